#!/bin/sh
# Writes laurel-E3.jsonl.zst anew: LAUREL (cargo install laurel) on the audit log of the recorded theft, as auditd would
# have handed it over: with the end of each event, which a log file leaves out.
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cat > "$work/laurel.toml" << EOF
directory = "$work"
input = "stdin"
[auditlog]
file = "audit.jsonl"
size = 1000000000
[translate]
universal = true
[enrich]
container = true
EOF
zcat "$here/../lamp/recordings/E3/audit.log.gz" | awk '
  { match($0, /audit\([0-9.:]+\)/); id = substr($0, RSTART, RLENGTH) }
  !(id in text) { order[++count] = id }
  { text[id] = text[id] $0 "\n" }
  END { for (i = 1; i <= count; i++) printf "%stype=EOE msg=%s: \n", text[order[i]], order[i] }
' | laurel -c "$work/laurel.toml"
zstd -19 -q -f "$work/audit.jsonl" -o "$here/laurel-E3.jsonl.zst"
