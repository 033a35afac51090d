#!/usr/bin/env bash
# Keep a watcher running on compute nodes: cluster/watch.sh [OPTION OF SBATCH]...
# Ends with: scancel --me --name=deep-learning-watch
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=cluster/site.sh
source "${COURSE_SITE:-cluster/site.sh}"

command -v sbatch >/dev/null || {
    echo "error: there is no Slurm on this machine; log in to $COURSE_LOGIN first." >&2
    exit 1
}

umask 077 # the log has students' names and points
mkdir -p "$HOME/.deep-learning"

# One job of this name at a time: a later one starts when the earlier one has ended, however it ended. The signal comes
# five minutes before the time is over.
options=(--parsable --job-name=deep-learning-watch --dependency=singleton --signal=B:TERM@300 --open-mode=append
    "--output=$HOME/.deep-learning/watch.log" "--time=$COURSE_WATCH_HOURS:00:00" "--cpus-per-task=$COURSE_CPUS"
    "--mem=${COURSE_MEMORY_GB}G")
[ -z "$COURSE_PARTITION" ] || options+=("--partition=$COURSE_PARTITION")
[ -z "$COURSE_ACCOUNT" ] || options+=("--account=$COURSE_ACCOUNT")

job=$(sbatch "${options[@]}" "$@" cluster/watch.sbatch "$@") || {
    echo "error: Slurm refuses the job; fix partition and account in cluster/site.sh." >&2
    exit 1
}
echo "${job%%;*}" # some clusters append their name
