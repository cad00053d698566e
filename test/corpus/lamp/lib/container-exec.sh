#!/bin/bash
# Runs a command inside a container, as an operator's shell does. Like a container engine, it joins the cgroup and
# the namespaces first; audit records from the command on.
# Arguments: CGROUP INIT_PID AUID COMMAND...
set -euo pipefail
cgroup=$1 init_pid=$2 auid=$3
shift 3
echo 0 >"$cgroup/cgroup.procs"
# shellcheck disable=SC2016 # the inner shell expands these
exec nsenter --target "$init_pid" --pid --mount --net --uts --ipc --root --wd="/proc/$init_pid/root" \
  /bin/bash -c 'echo "$1" >/proc/self/loginuid; shift; exec -c "$@"' container-exec "$auid" "$@"
