#!/bin/sh
# Makes images that docker-compose.yml can build on and run, where no registry of images is reached: from Debian's
# packages, npm's Node and Maven Central's jars. Wants root, docker, mmdebstrap, mvn and a checkout that is set up; says the
# variables to give docker-compose. They stand in for the official images in tests, and are no replacement for them.
set -eu
root=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

say() { echo "export $1_IMAGE=$2"; }
build() { docker build -q -t "disprotrack-stand-in/$1" "$work/$1" > /dev/null && say "$2" "disprotrack-stand-in/$1"; }

mmdebstrap -q --variant=minbase --include=ca-certificates bookworm - |
  docker import - disprotrack-stand-in/debian > /dev/null
say DEBIAN disprotrack-stand-in/debian

mkdir "$work/node" "$work/node/authorities"
cp "$root"/node_modules/node-linux-*/bin/node "$work/node/"
cp -r "$(npm root -g)/npm" "$work/node/npm"
# Those that this machine trusts beside Debian's: a registry may stand behind one of them.
for authority in /usr/local/share/ca-certificates/*.crt; do
  [ ! -e "$authority" ] || cp "$authority" "$work/node/authorities/"
done
cat > "$work/node/Dockerfile" <<'END'
FROM disprotrack-stand-in/debian
COPY authorities /usr/local/share/ca-certificates
RUN update-ca-certificates > /dev/null && useradd -u 1000 -m node
COPY npm /usr/local/lib/node_modules/npm
COPY node /usr/local/bin/node
RUN ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm
ENV NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt
END
build node NODE

mkdir "$work/redis"
cat > "$work/redis/Dockerfile" <<'END'
FROM disprotrack-stand-in/debian
RUN apt-get -qq update && apt-get -qq install -y --no-install-recommends redis-server > /dev/null
VOLUME /data
WORKDIR /data
END
build redis REDIS

mkdir "$work/neo4j"
mvn -q -B -f "$root/test/e2e/neo4j/pom.xml" dependency:copy-dependencies -DincludeScope=runtime \
  "-DoutputDirectory=$work/neo4j/jars" >&2
cat > "$work/neo4j/start.sh" <<'END'
set -euf
mkdir -p /neo4j/conf
printf '%s\n' server.default_listen_address=0.0.0.0 server.directories.data=/data dbms.usage_report.enabled=false \
  server.memory.pagecache.size=256m > /neo4j/conf/neo4j.conf
export NEO4J_HOME=/neo4j NEO4J_CONF=/neo4j/conf
java="java -Xmx768m -cp /neo4j/jars/*"
if [ ! -e /data/databases ]; then
  $java org.neo4j.cli.AdminTool dbms set-initial-password "$(sed 's,^neo4j/,,' "$NEO4J_AUTH_FILE")"
fi
opens=
for name in java.lang java.io java.nio java.util.concurrent sun.nio.ch; do
  opens="$opens --add-opens java.base/$name=ALL-UNNAMED"
done
exec $java $opens org.neo4j.server.CommunityEntryPoint --home-dir=/neo4j --config-dir=/neo4j/conf
END
cat > "$work/neo4j/Dockerfile" <<'END'
FROM disprotrack-stand-in/debian
RUN apt-get -qq update && apt-get -qq install -y --no-install-recommends openjdk-17-jre-headless wget > /dev/null
COPY jars /neo4j/jars
COPY start.sh /neo4j/start.sh
VOLUME /data
ENTRYPOINT ["sh", "/neo4j/start.sh"]
END
build neo4j NEO4J
