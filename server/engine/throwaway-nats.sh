#!/usr/bin/env bash
# Runs a command beside a NATS server with JetStream that exists for it alone.
#
#   throwaway-nats.sh COMMAND [ARGS...]   INTERLEAVE_TEST_NATS holds nats://host:port,
#                                         INTERLEAVE_TEST_NATS_SERVER the program, for tests that stop one
#   throwaway-nats.sh --find              succeeds when the server is here
#
# The server is stopped and its folder removed when the command ends, however it ends. The exit status is
# the command's. NATS_SERVER names another nats-server.
set -euo pipefail

# Below the range from which the kernel hands out ports for outgoing connections.
readonly PORT_MIN=20000
readonly PORT_MAX=32000
# A random port is taken by somebody else now and then; ten in a row means another trouble.
readonly PORT_ATTEMPTS_MAX=10
readonly START_SECONDS_MAX=10

fail() {
    echo "throwaway-nats: $*" >&2
    exit 1
}

# Debian puts it where only root's path leads.
find_program() { PATH=$PATH:/usr/sbin command -v "${NATS_SERVER:-nats-server}"; }

answers() {
    local line
    exec 3<>"/dev/tcp/127.0.0.1/$1" || return 1
    read -r line <&3 || true
    exec 3>&-
    [[ ${line:-} == INFO* ]]
}

start_on() {
    local waited
    "$program" -a 127.0.0.1 -p "$1" -js -sd "$folder/data" >"$folder/log" 2>&1 &
    server=$!
    for ((waited = 0; waited < START_SECONDS_MAX * 20; waited++)); do
        if answers "$1" 2>/dev/null; then return; fi
        kill -0 "$server" 2>/dev/null || return 1
        sleep 0.05
    done
    kill "$server"
    return 1
}

start_server() {
    local attempt port
    for ((attempt = 0; attempt < PORT_ATTEMPTS_MAX; attempt++)); do
        port=$((PORT_MIN + RANDOM % (PORT_MAX - PORT_MIN)))
        if start_on "$port"; then
            export INTERLEAVE_TEST_NATS=nats://127.0.0.1:$port INTERLEAVE_TEST_NATS_SERVER=$program
            return
        fi
    done
    fail "NATS did not start: $(tail -n 20 "$folder/log")"
}

remove_server() {
    [ -z "$server" ] || kill "$server" 2>/dev/null || true
    wait "$server" 2>/dev/null || true
    rm -rf "$folder"
}

[ $# -gt 0 ] || fail "usage: throwaway-nats.sh COMMAND [ARGS...]"
if [ "$1" = --find ]; then
    find_program >/dev/null
    exit
fi
program=$(find_program) || fail "nats-server is missing; on Debian: apt-get install --no-install-recommends nats-server"
server=
folder=$(mktemp -d "${TMPDIR:-/tmp}/interleave-nats.XXXXXX")
trap remove_server EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
start_server
"$@"
