#!/bin/bash
# The first process of a container, already in its own pid, mount, uts and ipc namespaces: it builds the file
# system, enters it, and becomes the service. Mounts live and die with the mount namespace.
# Arguments: ROOT CGROUP PID_FILE AUID COMMAND...
# CONTAINER_VOLUMES, where it is set, has FOLDER:INSIDE for each folder of the host that the container has too.
set -euo pipefail
root=$1 cgroup=$2 pid_file=$3 auid=$4
shift 4

# /proc is still the host's here, and so is the pid it shows.
read -r host_pid _ </proc/self/stat
echo 0 >"$cgroup/cgroup.procs"
hostname "$(basename "$(dirname "$root")")"

mount --bind "$root" "$root"
mount --bind /usr "$root/usr"
mount -o remount,bind,ro "$root/usr"
for device in null zero random urandom; do
  : >"$root/dev/$device"
  mount --bind "/dev/$device" "$root/dev/$device"
done
for volume in ${CONTAINER_VOLUMES:-}; do
  mkdir -p "$root${volume#*:}"
  mount --bind "${volume%%:*}" "$root${volume#*:}"
done
echo "$host_pid" >"$pid_file"

mkdir -p "$root/.old"
cd "$root"
pivot_root . .old
mount -t proc proc /proc
umount -l /.old
rmdir /.old

# From here on audit records this process and whatever it starts.
echo "$auid" >/proc/self/loginuid
cd /
exec -c "$@"
