#!/usr/bin/env bash
# Runs a command beside a PostgreSQL cluster that exists for it alone.
#
#   throwaway-postgres.sh COMMAND [ARGS...]   INTERLEAVE_TEST_POSTGRES holds the URL of a superuser
#   throwaway-postgres.sh --find              prints the folder of PostgreSQL's programs, fails when there is none
#
# The cluster is stopped and its folder removed when the command ends, however it ends. The exit status is
# the command's. PG_BIN names the folder of another PostgreSQL (initdb, pg_ctl); PG_WAL_LEVEL is another wal_level than
# logical, for those who want to be refused. A forgotten slot keeps at most 1 GB of the log.
set -euo pipefail

# Below the range from which the kernel hands out ports for outgoing connections.
readonly PORT_MIN=20000
readonly PORT_MAX=32000
# A random port is taken by somebody else now and then; ten in a row means another trouble.
readonly PORT_ATTEMPTS_MAX=10
readonly START_SECONDS_MAX=30

fail() {
    echo "throwaway-postgres: $*" >&2
    exit 1
}

find_programs() {
    local initdb
    if [ -n "${PG_BIN:-}" ]; then
        echo "$PG_BIN"
        return
    fi
    # Debian keeps each major version in a folder of its own, out of PATH; the newest comes last.
    initdb=$(ls -d /usr/lib/postgresql/*/bin/initdb 2>/dev/null | sort -V | tail -n 1)
    [ -n "$initdb" ] || initdb=$(command -v initdb) || return 1
    dirname "$initdb"
}

# PostgreSQL refuses to run as root, so root lends it another name.
choose_owner() {
    [ "$(id -u)" = 0 ] || return 0
    if id postgres >/dev/null 2>&1; then echo postgres; else echo nobody; fi
}

as_owner() {
    if [ -z "$owner" ]; then
        "$@"
    else
        setpriv --reuid "$owner" --regid "$(id -g "$owner")" --clear-groups env HOME="$folder" "$@"
    fi
}

# The password keeps other users of this machine out; it is checked in the clear because the client's
# half of anything better is slow in a debug build, and nothing leaves the loopback interface.
make_cluster() {
    printf '%s\n' "$password" >"$folder/password"
    [ -z "$owner" ] || chown -R "$owner" "$folder"
    as_owner "$programs/initdb" --pgdata "$folder/data" --username lab --pwfile "$folder/password" \
        --auth password --encoding UTF8 --locale C --no-sync >"$folder/initdb.log" 2>&1 ||
        fail "initdb failed: $(cat "$folder/initdb.log")"
}

# Losing the cluster with the machine is fine, so nothing is flushed to disk. `synchronous_commit` stays on:
# logical decoding reads only what was written out, and without it would see a commit a second late.
# Six tests at once, some with six runs of a dozen actors each, need more connections than the usual 100.
start_on() {
    as_owner "$programs/pg_ctl" --pgdata "$folder/data" --log "$folder/server.log" \
        --wait --timeout "$START_SECONDS_MAX" --silent --options "-p $1 \
            -c listen_addresses=127.0.0.1 -c unix_socket_directories='' \
            -c fsync=off -c full_page_writes=off -c wal_level="${PG_WAL_LEVEL:-logical}" \
            -c max_replication_slots=50 -c max_slot_wal_keep_size=1GB \
            -c max_connections=400 -c shared_buffers=32MB -c jit=off" start >/dev/null 2>&1
}

start_cluster() {
    local attempt port
    for ((attempt = 0; attempt < PORT_ATTEMPTS_MAX; attempt++)); do
        port=$((PORT_MIN + RANDOM % (PORT_MAX - PORT_MIN)))
        if start_on "$port"; then
            export INTERLEAVE_TEST_POSTGRES="postgres://lab:$password@127.0.0.1:$port/postgres"
            return
        fi
    done
    fail "PostgreSQL did not start: $(tail -n 20 "$folder/server.log")"
}

remove_cluster() {
    # The working folder may be gone or closed to the owner by now.
    cd /
    if [ -f "$folder/data/postmaster.pid" ]; then
        as_owner "$programs/pg_ctl" --pgdata "$folder/data" --mode immediate --wait --silent stop >/dev/null 2>&1 || true
    fi
    rm -rf "$folder"
}

[ $# -gt 0 ] || fail "usage: throwaway-postgres.sh COMMAND [ARGS...]"
programs=$(find_programs) || fail "no PostgreSQL here: install it, or say where its programs are with PG_BIN"
if [ "$1" = --find ]; then
    echo "$programs"
    exit
fi
owner=$(choose_owner)
password=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
folder=$(mktemp -d "${TMPDIR:-/tmp}/interleave-postgres.XXXXXX")
trap remove_cluster EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
# PostgreSQL must be able to enter the folder it is started from; the command gets ours back.
came_from=$PWD
cd /
make_cluster
start_cluster
cd "$came_from"
"$@"
