# shellcheck shell=bash
# Sourced by the other scripts, in the course's folder: loads the site's settings and modules, and keeps downloads
# out of the home folder.

# shellcheck source=cluster/site.sh
source "${COURSE_SITE:-cluster/site.sh}"
export PIP_CACHE_DIR="$COURSE_CACHE/pip" CONDA_PKGS_DIRS="$COURSE_CACHE/conda"
# JupyterLab's settings of the course, as `make lab` hands them over.
export JUPYTER_CONFIG_PATH="$PWD/jupyter${JUPYTER_CONFIG_PATH:+:$JUPYTER_CONFIG_PATH}"

for module in $COURSE_MODULES; do
    module load "$module" || {
        echo "error: there is no module $module; see \`module avail\`, then fix COURSE_MODULES in cluster/site.sh." >&2
        exit 1
    }
done

has_environment() {
    [ -x "$COURSE_ENVIRONMENT/bin/jupyter" ] || {
        echo "error: there is no environment in $COURSE_ENVIRONMENT; run cluster/setup.sh, which creates it." >&2
        return 1
    }
}
