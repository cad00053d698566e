#!/bin/bash
# Records one scenario of the login application for real: record.sh E1|E2|E3 OUTDIR (as root, on Debian).
# It must leave nothing behind on the host but OUTDIR and the packages it had to install.
set -euo pipefail

HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
LAMP_MPM=${LAMP_MPM:-prefork}
WORK=
HELPERS=()
# Debian's own tools, whatever else the host has; but for the capture's Node, which may be from elsewhere.
USER_PATH=$PATH
PATH=/usr/sbin:/usr/bin:/sbin:/bin
export PYTHONDONTWRITEBYTECODE=1

# shellcheck source-path=SCRIPTDIR source=lib/install.sh
source "$HERE/lib/install.sh"
# shellcheck source-path=SCRIPTDIR source=lib/network.sh
source "$HERE/lib/network.sh"
# shellcheck source-path=SCRIPTDIR source=lib/audit.sh
source "$HERE/lib/audit.sh"
# shellcheck source-path=SCRIPTDIR source=lib/capture.sh
source "$HERE/lib/capture.sh"
# shellcheck source-path=SCRIPTDIR source=lib/container.sh
source "$HERE/lib/container.sh"
# shellcheck source-path=SCRIPTDIR source=lib/services.sh
source "$HERE/lib/services.sh"
# shellcheck source-path=SCRIPTDIR source=lib/chores.sh
source "$HERE/lib/chores.sh"

main() {
  local scenario="$HERE/scenarios/${1:-}.json" start
  if (($# != 2)) || [[ ! -f $scenario ]]; then
    echo 'usage: record.sh E1|E2|E3 OUTDIR' >&2
    return 2
  fi
  if ((EUID != 0)); then
    echo 'record.sh: needs root (namespaces, kernel audit and eBPF)' >&2
    return 2
  fi
  install_missing
  capture_build
  # The services run as their own users and must be able to walk to their files.
  WORK=$(mktemp -d /tmp/lamp.XXXXXX)
  chmod 755 "$WORK"
  # Audit keeps command lines: run from a copy, so that no recording tells where the repository lay.
  cp -r "$HERE/lib" "$WORK/lib"
  trap cleanup EXIT
  trap 'exit 130' INT TERM

  progress 'preparing the three containers'
  build_network "$(scenario_field "$scenario" client)"
  container_setup
  echo "$CGROUP_PARENT" >"$WORK/cgroup-parent"
  services_prepare
  progress 'starting capture, audit and the services'
  # In this order, since audit tells of programs that are loaded into the kernel.
  capture_start
  audit_start
  start=$(date -u +%FT%T.%NZ)
  helper setpriv --pdeathsig TERM python3 "$HERE/truth/identity.py" "$WORK/identity.jsonl" "$WORK" web=10.77.0.10 app=10.77.0.20 db=10.77.0.30
  services_start
  progress 'playing the scenario amid other traffic'
  play "$scenario"
  audit_finish
  capture_finish
  collect "$scenario" "$1" "$2" "$start"
  progress "done: $2"
}

progress() {
  echo "record.sh: $1" >&2
}

# Nothing where the process is gone.
command_line() {
  { tr '\0' ' ' <"/proc/$1/cmdline"; } 2>/dev/null || true
}

scenario_field() {
  python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))[sys.argv[2]])' "$1" "$2"
}

build_network() {
  net_up
  net_attach web 10.77.0.10
  net_attach app 10.77.0.20
  net_attach db 10.77.0.30
  net_attach actor "$1"
  net_attach benign 198.51.100.{100..105}
  net_attach attacker 203.0.113.66
  net_attach mirror "$MIRROR_ADDRESS"
}

# helper COMMAND... runs in the background until the cleanup.
helper() {
  "$@" &
  HELPERS+=($!)
}

in_net() {
  local ns
  ns=$(net_name "$1")
  shift
  nsenter --net="/run/netns/$ns" "$@"
}

play() {
  local benign round
  : >"$WORK/attacker.jsonl"
  helper in_net attacker python3 "$HERE/client/listener.py" 203.0.113.66 4444 "$WORK/attacker.jsonl"
  helper in_net mirror python3 "$HERE/client/listener.py" "$MIRROR_ADDRESS" 80 "$WORK/mirror.jsonl"
  net_wait_listening attacker 4444 10
  net_wait_listening mirror 80 10

  in_net benign python3 "$HERE/client/benign.py" "$WORK/benign.jsonl" "$WORK/stop" lamp &
  benign=$!
  HELPERS+=("$benign")
  chores 1 >>"$WORK/chores.log"
  sleep 3
  (for round in 2 3; do chores "$round" && sleep 0.7; done) >>"$WORK/chores.log" &
  HELPERS+=($!)
  in_net actor python3 "$HERE/client/actor.py" "$1" "$WORK/actor.jsonl"
  wait "${HELPERS[-1]}"
  chores 4 >>"$WORK/chores.log"
  touch "$WORK/stop"
  wait "$benign"
}

# collect gathers and checks everything before OUTDIR is touched.
collect() {
  local scenario=$1 name=$2 start=$4 file logs="$WORK/logs" out="$WORK/out"
  mkdir -p "$logs" "$out"
  cp "$WORK/audit/audit.log" "$logs/audit.log"
  cp "$WORK/web/root/var/log/apache2/access.log" "$logs/apache-access.log"
  cp "$WORK/web/root/var/log/apache2/error.log" "$logs/apache-error.log"
  cp "$WORK/app/root/var/log/php-fpm/access.log" "$logs/php-fpm-access.log"
  cp "$WORK/app/root/var/log/php-fpm/error.log" "$logs/php-fpm-error.log"
  cp "$WORK/db/root/var/log/mysql/error.log" "$logs/mariadb-error.log"
  cp "$WORK/db/root/var/log/mysql/general.log" "$logs/mariadb-general.log"
  python3 "$HERE/truth/ground_truth.py" "$scenario" "$WORK" "$out/ground-truth.json"
  python3 "$HERE/truth/meta.py" "$WORK" "$out/meta.json" "$name" "$start" "$(date -u +%FT%T.%NZ)" "$LAMP_MPM" \
    "${PACKAGES[@]}" "$(dpkg-query -S "$(php_fpm_binary)" | cut -d: -f1)"
  cp "$WORK/identity.jsonl" "$WORK/recording.dpt.zst" "$out/"
  for file in "$logs"/*.log; do
    gzip -9 -n -c "$file" >"$out/$(basename "$file").gz"
  done
  mkdir -p "$3"
  cp "$out"/* "$3/"
}

cleanup() {
  local pid
  trap - EXIT INT TERM
  set +e
  audit_restore
  for pid in "${HELPERS[@]}"; do
    kill -TERM "$pid" 2>/dev/null
  done
  container_stop_all
  net_down
  wait 2>/dev/null
  [[ -n $WORK ]] && rm -rf --one-file-system "$WORK"
}

main "$@"
