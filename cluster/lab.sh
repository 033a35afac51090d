#!/usr/bin/env bash
# Start JupyterLab on a compute node and print how to reach it: cluster/lab.sh [OPTION OF SBATCH]...
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=cluster/site.sh
source "${COURSE_SITE:-cluster/site.sh}"

command -v sbatch >/dev/null || {
    echo "error: there is no Slurm on this machine; log in to $COURSE_LOGIN first." >&2
    exit 1
}

umask 077 # the log contains the token
logs="$HOME/.deep-learning"
mkdir -p "$logs"

options=(--parsable "--output=$logs/lab-%j.log" "--time=$COURSE_HOURS:00:00" "--cpus-per-task=$COURSE_CPUS"
    "--mem=${COURSE_MEMORY_GB}G")
[ -z "$COURSE_PARTITION" ] || options+=("--partition=$COURSE_PARTITION")
[ -z "$COURSE_ACCOUNT" ] || options+=("--account=$COURSE_ACCOUNT")
[ "$COURSE_GPUS" = 0 ] || options+=("--gres=gpu:$COURSE_GPUS")

job=$(sbatch "${options[@]}" "$@" cluster/lab.sbatch) || {
    echo "error: Slurm refuses the job; fix partition and account in cluster/site.sh." >&2
    exit 1
}
job=${job%%;*} # some clusters append their name
log="$logs/lab-$job.log"
echo "Job $job is waiting for a node. Ctrl-C stops this command, not the job; scancel $job ends the job."

until grep --quiet --no-messages '^On your own computer' "$log"; do
    # squeue does not list a job that has ended. When Slurm is busy, squeue may fail for a moment; then ask again.
    if queue=$(squeue --noheader --me --format=%A 2>/dev/null) && ! grep --quiet --line-regexp "$job" <<<"$queue"; then
        echo "error: the job ended before JupyterLab started; the end of $log:" >&2
        tail -n 5 "$log" >&2 || true
        exit 1
    fi
    sleep 1
done
sed -n '/^On your own computer/,$p' "$log"
