# shellcheck shell=bash
# The three services: what each container's file system holds and which command is its first process.
# They must not know how a container is made or that they are recorded.
# Needs: HERE, WORK, LAMP_MPM and the container functions.

php_fpm_binary() {
  local binary
  for binary in /usr/sbin/php-fpm*; do
    [[ -x $binary ]] && echo "$binary" && return
  done
}

services_prepare() {
  prepare_web
  prepare_app
  prepare_db
}

services_start() {
  container_start db /usr/sbin/mariadbd --defaults-file=/etc/mysql/my.cnf
  service_wait db 3306 60
  # Without a scan directory, the host's own extensions stay out.
  container_start app /usr/bin/env PHP_INI_SCAN_DIR= "$(php_fpm_binary)" --nodaemonize \
    --fpm-config /etc/php/php-fpm.conf -c /etc/php/php.ini
  service_wait app 9000 20
  container_start web /usr/sbin/apache2 -f /etc/apache2/apache2.conf -D FOREGROUND
  service_wait web 80 20
}

service_wait() {
  if ! net_wait_listening "$@"; then
    echo "record.sh: $1 said: $(tail -n 1 "$WORK/$1/output")" >&2
    return 1
  fi
}

prepare_web() {
  local root="$WORK/web/root"
  container_root web
  mkdir -p "$root/etc/apache2" "$root/var/log/apache2" "$root/srv/static"
  sed "s/@MPM@/$LAMP_MPM/g" "$HERE/etc/apache2.conf" >"$root/etc/apache2/apache2.conf"
  cp "$HERE"/app/static/* "$root/srv/static/"
}

prepare_app() {
  local root="$WORK/app/root"
  container_root app
  mkdir -p "$root/etc/php" "$root/var/log/php-fpm" "$root/var/lib/php/sessions" "$root/srv/app"
  cp "$HERE/etc/php-fpm.conf" "$HERE/etc/php.ini" "$root/etc/php/"
  cp -r "$HERE/app/pages" "$root/srv/app/"
  # Planted in every scenario, started in one.
  cp -r "$HERE/app/bin" "$root/srv/app/"
  chown www-data:www-data "$root/var/lib/php/sessions"
}

prepare_db() {
  local root="$WORK/db/root"
  container_root db
  mkdir -p "$root/etc/mysql" "$root/var/log/mysql" "$root/var/lib/mysql" "$root/run/mysqld"
  cp "$HERE/etc/mariadb.cnf" "$root/etc/mysql/my.cnf"
  cp "$HERE/etc/schema.sql" "$root/etc/mysql/schema.sql"
  # Under the container's host name, because the accounts it creates carry it.
  # shellcheck disable=SC2016 # the inner shell expands these
  if ! unshare --uts /bin/bash -c 'hostname db && exec "$@"' install mariadb-install-db \
    --no-defaults --user=mysql --datadir="$root/var/lib/mysql" --skip-test-db --innodb-log-file-size=8M --auth-root-authentication-method=normal >"$WORK/db/install.log" 2>&1; then
    echo "record.sh: mariadb-install-db failed: $(tail -n 1 "$WORK/db/install.log")" >&2
    return 1
  fi
  chown -R mysql:mysql "$root/var/log/mysql" "$root/var/lib/mysql" "$root/run/mysqld"
}
