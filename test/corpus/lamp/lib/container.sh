# shellcheck shell=bash
# Containers of plain namespaces: own pid, mount, network, uts and ipc namespaces, own cgroup (version 2), the
# host's packages bound read-only. They must not know which services run in them.
# Needs: WORK (with a copy of this folder in WORK/lib), AUDIT_AUID, net_name, net_down, command_line.

CGROUP_PARENT=

container_setup() {
  local mount_point
  mount_point=$(findmnt -rn -t cgroup2 -o TARGET | head -n 1)
  if [[ -z $mount_point ]]; then
    echo 'record.sh: no cgroup version 2 hierarchy is mounted' >&2
    return 1
  fi
  container_sweep "$mount_point"
  CGROUP_PARENT="$mount_point/lamp$$"
  mkdir "$CGROUP_PARENT"
}

# Ends the containers and the network of a recording that was killed: audit would record them with our own.
container_sweep() {
  local left owner
  for left in "$1"/lamp[0-9]*; do
    owner=${left##*/lamp}
    [[ -d $left ]] || continue
    command_line "$owner" | grep -q 'record\.sh' && continue
    CGROUP_PARENT=$left container_stop_all
    NET_PREFIX="lamp$owner" net_down
  done
}

# container_root NAME makes WORK/NAME/root with what every Debian process expects to find, and the container's cgroup,
# which is named after it, as containerd names those of a container that somebody gave a name.
container_root() {
  local root="$WORK/$1/root" link file
  mkdir -p "$root"/{usr,proc,dev,etc,run,tmp,root,srv,var/log,var/lib}
  chmod 755 "$WORK/$1" "$root"
  chmod 1777 "$root/tmp"
  for link in /bin /sbin /lib /lib32 /lib64; do
    [[ -L $link ]] && cp -a "$link" "$root$link"
  done
  for file in passwd group nsswitch.conf ld.so.cache debian_version os-release alternatives; do
    [[ -e /etc/$file || -L /etc/$file ]] && cp -a "/etc/$file" "$root/etc/$file"
  done
  ln -s /proc/self/fd "$root/dev/fd"
  mkdir "$CGROUP_PARENT/$1"
}

container_cgroup() {
  echo "$CGROUP_PARENT/$1"
}

# container_start NAME COMMAND... returns once the host pid of the first process is known.
container_start() {
  local name=$1 deadline=$((SECONDS + 10))
  shift
  nsenter --net="/run/netns/$(net_name "$name")" \
    unshare --pid --mount --uts --ipc --fork --kill-child \
    "$WORK/lib/container-init.sh" "$WORK/$name/root" "$(container_cgroup "$name")" "$WORK/$name/pid" \
    "$AUDIT_AUID" "$@" </dev/null >"$WORK/$name/output" 2>&1 &
  until [[ -s $WORK/$name/pid ]]; do
    if ((SECONDS >= deadline)); then
      echo "record.sh: container $name did not start: $(tail -n 1 "$WORK/$name/output")" >&2
      return 1
    fi
    sleep 0.05
  done
}

container_exec() {
  local name=$1
  shift
  "$WORK/lib/container-exec.sh" "$(container_cgroup "$name")" "$(cat "$WORK/$name/pid")" "$AUDIT_AUID" "$@"
}

# container_stop_all kills by cgroup, so that nothing that a container started can outlive it.
container_stop_all() {
  local cgroup pids tries
  [[ -n $CGROUP_PARENT && -d $CGROUP_PARENT ]] || return 0
  for cgroup in "$CGROUP_PARENT"/*/; do
    [[ -d $cgroup ]] || continue
    for ((tries = 0; tries < 100; tries++)); do
      mapfile -t pids <"$cgroup/cgroup.procs"
      ((${#pids[@]})) || break
      kill -KILL "${pids[@]}" 2>/dev/null || true
      sleep 0.05
    done
    # A killed process can hold its cgroup for a moment after it has left the list.
    for ((tries = 0; tries < 100; tries++)); do
      rmdir "$cgroup" 2>/dev/null && break
      sleep 0.05
    done
  done
  rmdir "$CGROUP_PARENT" || echo "record.sh: could not remove $CGROUP_PARENT" >&2
}
