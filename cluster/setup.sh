#!/usr/bin/env bash
# Create the course's environment and its kernel: cluster/setup.sh, once, on a login node or in an interactive job.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=cluster/enter.sh
source cluster/enter.sh

mkdir -p "$(dirname "$COURSE_ENVIRONMENT")" "$COURSE_CACHE" || {
    echo "error: $COURSE_ENVIRONMENT cannot be created; fix COURSE_ENVIRONMENT and COURSE_CACHE in site.sh." >&2
    exit 1
}

if [ -x "$COURSE_ENVIRONMENT/bin/python" ]; then
    echo "Updating the environment in $COURSE_ENVIRONMENT."
elif command -v conda >/dev/null; then
    conda create --yes --prefix "$COURSE_ENVIRONMENT" "python>=3.11" pip
else
    python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
        echo "error: python3 is older than 3.11; add a newer one to COURSE_MODULES in cluster/site.sh." >&2
        exit 1
    }
    python3 -m venv "$COURSE_ENVIRONMENT"
fi

python="$COURSE_ENVIRONMENT/bin/python"
"$python" -m pip install --requirement requirements.lock
"$python" -m pip install --no-deps --no-build-isolation --editable .
# For a JupyterLab outside this environment, such as a JupyterHub's.
"$python" -m ipykernel install --user --name deep-learning --display-name "Deep learning (course)"
"$python" -c 'from course_utils.student import environment; environment.report()'
