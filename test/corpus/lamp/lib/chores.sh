# shellcheck shell=bash
# What operators do in containers meanwhile: shells that read the same kinds of file as the attack and connect
# outwards, for reasons of their own.
# Needs: the container functions.

MIRROR_ADDRESS=192.0.2.80

# chores NUMBER runs one round and returns when it is done.
chores() {
  container_exec web /bin/sh -c 'ls -l /var/log/apache2; tail -n 3 /var/log/apache2/access.log | wc -c'
  container_exec app /bin/sh -c 'cat /etc/os-release | head -n 1; ls /var/lib/php/sessions | wc -l'
  container_exec db /bin/sh -c "date -u; ls /var/lib/mysql; echo round $1 >/tmp/chores-$1; rm /tmp/chores-$1"
  container_exec app /bin/bash -c "printf 'GET /debian/ HTTP/1.0\r\n\r\n' >/dev/tcp/$MIRROR_ADDRESS/80"
}
