# shellcheck shell=bash
# Kernel audit of the containers and nothing else: their processes carry a login uid of their own, inherited by all
# that they start, and the one rule matches it. It must not know what the processes do.
# Needs: WORK, command_line.

AUDIT_AUID=1933077
AUDIT_KEY=disprotrack-lamp
AUDIT_DAEMON=
AUDIT_BEFORE=

AUDIT_SYSCALLS=(
  open openat openat2 creat close close_range dup dup2 dup3 fcntl
  read readv pread64 preadv preadv2 write writev pwrite64 pwritev pwritev2
  sendfile splice tee copy_file_range
  pipe pipe2 socket socketpair bind listen accept accept4 connect
  sendto sendmsg sendmmsg recvfrom recvmsg recvmmsg
  clone clone3 fork vfork execve execveat exit exit_group
  rename renameat renameat2 unlink unlinkat link linkat symlink symlinkat truncate ftruncate
  mmap chdir fchdir
)

audit_status() {
  auditctl -s | awk -v field="$1" '$1 == field { print $2 }'
}

# Writes the daemon's configuration: the raw format, no dispatcher, never a full-disk action on the host.
audit_configure() {
  mkdir -p "$WORK/audit/plugins.d"
  cat >"$WORK/audit/auditd.conf" <<END
local_events = yes
write_logs = yes
log_file = $WORK/audit/audit.log
log_format = RAW
log_group = root
flush = INCREMENTAL_ASYNC
freq = 500
priority_boost = 4
name_format = NONE
max_log_file = 4096
num_logs = 0
max_log_file_action = IGNORE
space_left = 75
space_left_action = IGNORE
admin_space_left = 50
admin_space_left_action = IGNORE
disk_full_action = IGNORE
disk_error_action = IGNORE
plugin_dir = $WORK/audit/plugins.d
END
  chmod 640 "$WORK/audit/auditd.conf"
}

# The kernel has one audit system, so the registered daemon is the lock. Waits for the daemon of another recording,
# ends the daemon of one that was killed, and leaves anybody else's alone.
audit_claim() {
  local pid parent deadline=$((SECONDS + 300))
  while pid=$(audit_status pid) && [[ $pid != 0 ]] && ((SECONDS < deadline)); do
    command_line "$pid" | grep -q '^auditd -n .* -c /tmp/lamp\.' || break
    parent=$(awk '$1 == "PPid:" { print $2 }' "/proc/$pid/status" 2>/dev/null || true)
    command_line "$parent" | grep -q 'record\.sh' || kill -TERM "$pid" 2>/dev/null || true
    sleep 0.5
  done
  if [[ $pid != 0 ]]; then
    echo "record.sh: another audit daemon (pid $pid) is running; stop it first" >&2
    return 1
  fi
  # A recording that was killed left its rule behind.
  auditctl -D -k "$AUDIT_KEY" >/dev/null 2>&1 || true
}

audit_start() {
  local name known=() deadline=$((SECONDS + 10))
  audit_claim
  AUDIT_BEFORE="$(audit_status enabled) $(audit_status backlog_limit)"
  audit_configure
  auditd -n -s nochange -c "$WORK/audit" >"$WORK/audit/output" 2>&1 &
  AUDIT_DAEMON=$!
  until [[ $(audit_status pid) == "$AUDIT_DAEMON" ]]; do
    if ((SECONDS >= deadline)) || ! kill -0 "$AUDIT_DAEMON" 2>/dev/null; then
      echo "record.sh: auditd did not start: $(tail -n 1 "$WORK/audit/output")" >&2
      return 1
    fi
    sleep 0.1
  done
  # A full queue holds the applications back; it does not lose records.
  auditctl -b 65536 >"$WORK/audit/auditctl.log"
  auditctl --reset-lost >>"$WORK/audit/auditctl.log" 2>&1
  for name in "${AUDIT_SYSCALLS[@]}"; do
    # Some versions of audit call pread64 and pwrite64 pread and pwrite; some machines lack open, fork and others.
    if ausyscall "$name" --exact >>"$WORK/audit/auditctl.log" 2>&1; then
      known+=(-S "$name")
    elif ausyscall "${name%64}" --exact >>"$WORK/audit/auditctl.log" 2>&1; then
      known+=(-S "${name%64}")
    fi
  done
  printf '%s ' "${known[@]}" >"$WORK/audit/syscalls"
  auditctl -a always,exit -F arch=b64 "${known[@]}" -F "auid=$AUDIT_AUID" -k "$AUDIT_KEY"
  auditctl -e 1 >>"$WORK/audit/auditctl.log"
}

# Stops recording without losing what the kernel still holds.
audit_finish() {
  local deadline=$((SECONDS + 30))
  auditctl -D -k "$AUDIT_KEY" >>"$WORK/audit/auditctl.log"
  until [[ $(audit_status backlog) == 0 ]] || ((SECONDS >= deadline)); do
    sleep 0.1
  done
  audit_status lost >"$WORK/audit/lost"
  audit_restore
}

audit_restore() {
  [[ -n $AUDIT_DAEMON ]] || return 0
  auditctl -D -k "$AUDIT_KEY" >/dev/null 2>&1 || true
  kill -TERM "$AUDIT_DAEMON" 2>/dev/null || true
  wait "$AUDIT_DAEMON" 2>/dev/null || true
  AUDIT_DAEMON=
  auditctl -e "${AUDIT_BEFORE% *}" >/dev/null || true
  auditctl -b "${AUDIT_BEFORE#* }" >/dev/null || true
}
