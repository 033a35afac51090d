# shellcheck shell=bash disable=SC2034  # read by the other files here
# The settings of this cluster, and nothing else; every file in cluster/ reads them here. Open OnDemand's form reads
# those without $, too, so keep each on one line, in double quotes. An empty value means the cluster's default.

# Where jobs go. `sinfo` lists the partitions, `sacctmgr show associations user=$USER` your accounts.
COURSE_CLUSTER="explorer"
COURSE_PARTITION="short"
COURSE_ACCOUNT=""

# What a JupyterLab session requests.
COURSE_HOURS="4"
COURSE_CPUS="2"
COURSE_MEMORY_GB="8"
COURSE_GPUS="0"

# How long one job of the watcher runs (cluster/watch.sh) before its successor takes over; at most the partition's limit.
COURSE_WATCH_HOURS="24"

# The login host, which your own computer reaches by SSH.
COURSE_LOGIN="login.explorer.northeastern.edu"

# Modules that provide conda or Python 3.11 or newer, in the order of loading; `module avail` lists them.
COURSE_MODULES="anaconda3"

# The folders of the course, the environment and downloads. Home folders are small; the environment takes gigabytes.
COURSE_FOLDER="$HOME/deep-learning"
COURSE_ENVIRONMENT="/scratch/$USER/deep-learning/environment"
COURSE_CACHE="/scratch/$USER/deep-learning/cache"
