# shellcheck shell=bash
# Installs the Debian packages that are missing, without letting them start a service on the host.

PACKAGES=(apache2 php-fpm php-mysql mariadb-server auditd iproute2 procps python3 util-linux)

install_missing() {
  local package missing=() policy=/usr/sbin/policy-rc.d own_policy=
  for package in "${PACKAGES[@]}"; do
    if ! dpkg-query -W -f '${db:Status-Abbrev}' "$package" 2>/dev/null | grep -q '^ii'; then
      missing+=("$package")
    fi
  done
  ((${#missing[@]})) || return 0
  echo "record.sh: installing ${missing[*]}" >&2
  if [[ ! -e $policy ]]; then
    own_policy=yes
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod 755 "$policy"
  fi
  local failed=
  { apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends "${missing[@]}"; } >&2 || failed=yes
  [[ -z $own_policy ]] || rm -f "$policy"
  if [[ -n $failed ]]; then
    echo "record.sh: could not install ${missing[*]}" >&2
    return 1
  fi
}
