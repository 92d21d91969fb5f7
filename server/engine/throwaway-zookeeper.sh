#!/usr/bin/env bash
# Runs a command beside a ZooKeeper server that exists for it alone.
#
#   throwaway-zookeeper.sh COMMAND [ARGS...]   INTERLEAVE_TEST_ZOOKEEPER holds host:port
#   throwaway-zookeeper.sh --find              succeeds when Java and ZooKeeper are here
#
# The server is stopped and its folder removed when the command ends, however it ends. The exit status is
# the command's. ZOOKEEPER_JARS names the folder with ZooKeeper's jars; Debian's is /usr/share/java.
set -euo pipefail

# Below the range from which the kernel hands out ports for outgoing connections.
readonly PORT_MIN=20000
readonly PORT_MAX=32000
# A random port is taken by somebody else now and then; ten in a row means another trouble.
readonly PORT_ATTEMPTS_MAX=10
readonly START_SECONDS_MAX=30
# The shortest session is two ticks: sessions must end quickly here, so that tests of it are quick.
readonly TICK_MS=100

fail() {
    echo "throwaway-zookeeper: $*" >&2
    exit 1
}

jars=${ZOOKEEPER_JARS:-/usr/share/java}

find_programs() { command -v java >/dev/null 2>&1 && [ -e "$jars/zookeeper.jar" ]; }

class_path() {
    local name path=
    for name in zookeeper zookeeper-jute metrics-core snappy-java findbugs-annotations jackson-core \
        jackson-databind jackson-annotations commons-cli commons-io slf4j-api slf4j-simple jetty9-server \
        jetty9-servlet jetty9-http jetty9-io jetty9-util jetty9-util-ajax jetty9-security servlet-api netty-all; do
        path=$path:$jars/$name.jar
    done
    echo "${path#:}"
}

# Losing the server with the machine is fine, so nothing is flushed to disk.
configure() {
    cat >"$folder/zoo.cfg" <<CFG
tickTime=$TICK_MS
dataDir=$folder/data
clientPort=$1
clientPortAddress=127.0.0.1
admin.enableServer=false
forceSync=no
maxClientCnxns=0
CFG
}

answers() {
    local line
    exec 3<>"/dev/tcp/127.0.0.1/$1" || return 1
    printf srvr >&3
    read -r line <&3 || true
    exec 3>&-
    [[ ${line:-} == "Zookeeper version"* ]]
}

start_on() {
    local waited
    configure "$1"
    java -Xmx96m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Dzookeeper.forceSync=no -cp "$(class_path)" \
        org.apache.zookeeper.server.ZooKeeperServerMain "$folder/zoo.cfg" >"$folder/log" 2>&1 &
    server=$!
    for ((waited = 0; waited < START_SECONDS_MAX * 10; waited++)); do
        if answers "$1" 2>/dev/null; then return; fi
        kill -0 "$server" 2>/dev/null || return 1
        sleep 0.1
    done
    kill "$server"
    return 1
}

start_server() {
    local attempt port
    for ((attempt = 0; attempt < PORT_ATTEMPTS_MAX; attempt++)); do
        port=$((PORT_MIN + RANDOM % (PORT_MAX - PORT_MIN)))
        if start_on "$port"; then
            export INTERLEAVE_TEST_ZOOKEEPER=127.0.0.1:$port
            return
        fi
    done
    fail "ZooKeeper did not start: $(tail -n 20 "$folder/log")"
}

remove_server() {
    [ -z "$server" ] || kill "$server" 2>/dev/null || true
    wait "$server" 2>/dev/null || true
    rm -rf "$folder"
}

[ $# -gt 0 ] || fail "usage: throwaway-zookeeper.sh COMMAND [ARGS...]"
if [ "$1" = --find ]; then
    find_programs
    exit
fi
find_programs || fail "Java or ZooKeeper is missing; on Debian: apt-get install --no-install-recommends zookeeper"
server=
folder=$(mktemp -d "${TMPDIR:-/tmp}/interleave-zookeeper.XXXXXX")
trap remove_server EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
start_server
"$@"
