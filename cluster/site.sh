# shellcheck shell=bash disable=SC2034  # read by the other files here
# The names of this cluster, and nothing else: every file in cluster/ reads them here. Values without $ are read by Open
# OnDemand, too, so each stays on its line, in double quotes. Empty: what the cluster has set for you.

# Where jobs go. `sinfo` lists the partitions, `sacctmgr show associations user=$USER` your accounts.
COURSE_CLUSTER="explorer"
COURSE_PARTITION="short"
COURSE_ACCOUNT=""

# What a session gets.
COURSE_HOURS="4"
COURSE_CPUS="2"
COURSE_MEMORY_GB="8"
COURSE_GPUS="0"

# The host that your own computer reaches by SSH.
COURSE_LOGIN="login.explorer.northeastern.edu"

# Modules that bring conda or Python 3.11 or newer, in the order in which they are loaded; `module avail` lists them.
COURSE_MODULES="anaconda3"

# The course, the environment and downloads. Homes are small: the environment takes gigabytes.
COURSE_FOLDER="$HOME/deep-learning"
COURSE_ENVIRONMENT="/scratch/$USER/deep-learning/environment"
COURSE_CACHE="/scratch/$USER/deep-learning/cache"
