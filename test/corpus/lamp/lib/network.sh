# shellcheck shell=bash
# The recording's network: one bridge in a namespace of its own, so that the host gets no interface, route or
# address. It must not know what runs behind an address.

NET_PREFIX="lamp$$"

net_name() {
  echo "$NET_PREFIX-$1"
}

net_up() {
  ip netns add "$(net_name switch)"
  ip -n "$(net_name switch)" link add br0 type bridge
  ip -n "$(net_name switch)" link set br0 up
}

# net_attach NAME ADDRESS... makes a namespace with these addresses. Its default route has no gateway: all hosts
# share the link, whatever network their addresses come from.
net_attach() {
  local name=$1 ns port="p-$1" address
  shift
  ns=$(net_name "$name")
  ip netns add "$ns"
  ip -n "$(net_name switch)" link add "$port" type veth peer name eth0 netns "$ns"
  ip -n "$(net_name switch)" link set "$port" master br0 up
  ip -n "$ns" link set lo up
  for address in "$@"; do
    ip -n "$ns" address add "$address/32" dev eth0
  done
  ip -n "$ns" link set eth0 up
  ip -n "$ns" route add default dev eth0 src "$1"
}

# net_wait_listening NAME PORT SECONDS reads the namespace's socket table, so that nobody connects just to ask.
net_wait_listening() {
  local ns deadline=$((SECONDS + $3))
  ns=$(net_name "$1")
  until [[ -n $(ip netns exec "$ns" ss -Hltn "sport = :$2") ]]; do
    if ((SECONDS >= deadline)); then
      echo "record.sh: $1 does not listen on port $2 after $3 s" >&2
      return 1
    fi
    sleep 0.1
  done
}

# net_down ends whatever still runs in the namespaces: a namespace with a process in it would outlive its name.
net_down() {
  local ns pids
  ip netns list | awk '{print $1}' | { grep "^$NET_PREFIX-" || true; } | while read -r ns; do
    mapfile -t pids < <(ip netns pids "$ns")
    ((${#pids[@]} == 0)) || kill -KILL "${pids[@]}" 2>/dev/null || true
    ip netns del "$ns" || true
  done
}
