# shellcheck shell=bash
# Stamped capture of the containers and nothing else, beside audit: what `disprotrack record` makes of them on any host.
# It must not know what the processes do.
# Needs: HERE, WORK, CGROUP_PARENT, USER_PATH, helper.

CAPTURE=

capture_build() {
  "$HERE/../../../kernel-module/build.sh"
}

# Returns once records flow. The containers' cgroups must be there, and nothing in them yet.
capture_start() {
  local deadline=$((SECONDS + 60))
  PATH=$USER_PATH helper setpriv --pdeathsig TERM "$HERE/../../../scripts/disprotrack" record --source ebpf \
    --out "$WORK/recording.dpt.zst" --container "$CGROUP_PARENT" --only 2>"$WORK/capture-output"
  CAPTURE=${HELPERS[-1]}
  until grep -q '^recording' "$WORK/capture-output"; do
    if ((SECONDS >= deadline)) || ! kill -0 "$CAPTURE" 2>/dev/null; then
      echo "record.sh: capture did not start: $(tail -n 1 "$WORK/capture-output")" >&2
      return 1
    fi
    sleep 0.1
  done
}

# Ends the recording, and fails where it is not whole.
capture_finish() {
  kill -TERM "$CAPTURE"
  wait "$CAPTURE" || true
  if ! grep -q 'log writes, none lost; ' "$WORK/capture-output"; then
    echo "record.sh: capture is not whole: $(tail -n 1 "$WORK/capture-output")" >&2
    return 1
  fi
}
