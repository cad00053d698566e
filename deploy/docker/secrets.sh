#!/bin/sh
# Makes what docker-compose.yml keeps secret, once: deploy/docker/secrets. The first argument names the agent's host.
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
folder=$here/secrets
host=${1-node1}
[ ! -e "$folder" ] || { echo "secrets.sh: $folder is there already" >&2; exit 3; }
# Services in containers are other users than the one who made this: the folder is what keeps it.
mkdir -m 700 "$folder"
token() { "$here/../../scripts/disprotrack" token --file "$folder/tokens.json" "$@"; }
token --name agent --host "$host" > "$folder/agent.token"
token --name query --scope query > "$folder/query.token"
token --name profiles --scope profiles > "$folder/profiles.token"
token --name operator --scope operator > "$folder/operator.token"
od -An -N24 -tx1 /dev/urandom | tr -d ' \n' > "$folder/neo4j.password"
printf 'neo4j/%s' "$(cat "$folder/neo4j.password")" > "$folder/neo4j.auth"
chmod 644 "$folder"/*
