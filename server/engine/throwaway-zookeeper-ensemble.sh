#!/usr/bin/env bash
# Runs a command beside three ZooKeeper servers that exist for it alone, and that agree on a leader.
#
#   throwaway-zookeeper-ensemble.sh COMMAND [ARGS...]
#     INTERLEAVE_TEST_ZOOKEEPER_ENSEMBLE holds host:port,host:port,host:port
#     INTERLEAVE_TEST_ZOOKEEPER_PIDS     holds the servers' process ids, in the same order, so that one can be killed
#   throwaway-zookeeper-ensemble.sh --find     succeeds when Java and ZooKeeper are here
#
# The servers are stopped and their folders removed when the command ends, however it ends. The exit status is the
# command's. ZOOKEEPER_JARS names the folder with ZooKeeper's jars; Debian's is /usr/share/java.
set -euo pipefail

readonly SERVERS=3
# Below the range from which the kernel hands out ports for outgoing connections; each server takes three in a row.
readonly PORT_MIN=20000
readonly PORT_MAX=31900
# A random port is taken by somebody else now and then; ten in a row means another trouble.
readonly PORT_ATTEMPTS_MAX=10
readonly START_SECONDS_MAX=30
# Sessions end between two ticks and a hundred, so that tests can have short ones, and long ones that outlive a leader.
readonly TICK_MS=200

fail() {
    echo "throwaway-zookeeper-ensemble: $*" >&2
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

# Losing the servers with the machine is fine, so nothing is flushed to disk.
configure() {
    local number=$1 first=$2 other
    mkdir -p "$folder/$number"
    echo "$number" >"$folder/$number/myid"
    cat >"$folder/$number/zoo.cfg" <<CFG
tickTime=$TICK_MS
initLimit=50
syncLimit=10
maxSessionTimeout=$((TICK_MS * 100))
dataDir=$folder/$number
clientPort=$((first + 3 * number))
clientPortAddress=127.0.0.1
admin.enableServer=false
maxClientCnxns=0
CFG
    for ((other = 1; other <= SERVERS; other++)); do
        echo "server.$other=127.0.0.1:$((first + 3 * other + 1)):$((first + 3 * other + 2))" >>"$folder/$number/zoo.cfg"
    done
}

# Only a server that has found or become a leader tells its version.
answers() {
    local line
    exec 3<>"/dev/tcp/127.0.0.1/$1" || return 1
    printf srvr >&3
    read -r line <&3 || true
    exec 3>&-
    [[ ${line:-} == "Zookeeper version"* ]]
}

all_answer() {
    local number
    for ((number = 1; number <= SERVERS; number++)); do
        answers "$(($1 + 3 * number))" 2>/dev/null || return 1
    done
}

all_live() {
    local server
    for server in "${servers[@]}"; do
        kill -0 "$server" 2>/dev/null || return 1
    done
}

start_from() {
    local waited number
    servers=()
    for ((number = 1; number <= SERVERS; number++)); do
        configure "$number" "$1"
    done
    for ((number = 1; number <= SERVERS; number++)); do
        java -Xmx96m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Dzookeeper.forceSync=no -cp "$(class_path)" \
            org.apache.zookeeper.server.quorum.QuorumPeerMain "$folder/$number/zoo.cfg" >"$folder/log.$number" 2>&1 &
        servers+=($!)
    done
    for ((waited = 0; waited < START_SECONDS_MAX * 10; waited++)); do
        if all_answer "$1"; then return; fi
        all_live || break
        sleep 0.1
    done
    stop_servers
    return 1
}

start_servers() {
    local attempt first
    for ((attempt = 0; attempt < PORT_ATTEMPTS_MAX; attempt++)); do
        first=$((PORT_MIN + RANDOM % (PORT_MAX - PORT_MIN)))
        if start_from "$first"; then
            export INTERLEAVE_TEST_ZOOKEEPER_ENSEMBLE=127.0.0.1:$((first + 3)),127.0.0.1:$((first + 6)),127.0.0.1:$((first + 9))
            export INTERLEAVE_TEST_ZOOKEEPER_PIDS=${servers[0]},${servers[1]},${servers[2]}
            return
        fi
    done
    fail "ZooKeeper did not start: $(tail -n 20 "$folder/log.1")"
}

stop_servers() {
    local server
    for server in "${servers[@]}"; do
        kill "$server" 2>/dev/null || true
        wait "$server" 2>/dev/null || true
    done
    servers=()
}

remove_servers() {
    stop_servers
    rm -rf "$folder"
}

[ $# -gt 0 ] || fail "usage: throwaway-zookeeper-ensemble.sh COMMAND [ARGS...]"
if [ "$1" = --find ]; then
    find_programs
    exit
fi
find_programs || fail "Java or ZooKeeper is missing; on Debian: apt-get install --no-install-recommends zookeeper"
servers=()
folder=$(mktemp -d "${TMPDIR:-/tmp}/interleave-zookeeper.XXXXXX")
trap remove_servers EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
start_servers
"$@"
