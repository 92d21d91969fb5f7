#!/usr/bin/env bash
# Live runs with everything recorded, against pgbench with the same SQL on the same PostgreSQL, round by round.
#
#   server/engine/bench/against-pgbench.sh [ROUNDS]     prints a table; needs PostgreSQL with pgbench
#
# Only the ratio means anything: both sides share the machine and whatever else it does. The operations of a live run
# are counted from its own journal, from the first to the last; pgbench leaves its connection time out too.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../../.."

readonly ROUNDS=${1:-3}
readonly CLIENTS=16
readonly EACH=1000
readonly STOCK=1000000

if [ -z "${INTERLEAVE_TEST_POSTGRES:-}" ]; then
    cargo build --release --quiet -p server
    exec server/engine/throwaway-postgres.sh "$0" "$ROUNDS"
fi
program=$(cargo metadata --no-deps --format-version 1 | sed 's/.*"target_directory":"\([^"]*\)".*/\1/')/release/interleave
url=$INTERLEAVE_TEST_POSTGRES
here=server/engine/bench
command -v pgbench >/dev/null || { echo "pgbench is missing; it comes with PostgreSQL's contrib programs" >&2; exit 1; }

# pgbench gets a database of its own: the lab refuses one that holds somebody else's tables.
psql -q "$url" -c "create database rival"
rival="${url%/*}/rival"
psql -q "$rival" -f "$here/rival.sql"

# The lab as people use it: a server that keeps every entry and judges it.
folder=$(mktemp -d)
"$program" serve --listen 127.0.0.1:0 --data "$folder/data" --engine "postgres=$url" >"$folder/log" 2>&1 &
server=$!
trap 'kill "$server" 2>/dev/null; wait "$server" 2>/dev/null; rm -rf "$folder"' EXIT
address=
while [ -z "$address" ]; do
    kill -0 "$server" || { cat "$folder/log" >&2; exit 1; }
    address=$(sed -n 's/^Interleave listens on \(.*\)$/\1/p' "$folder/log")
done

ours() { # STRATEGY PRODUCTS -> operations per second, conflicts per operation
    local spec id run
    spec=$(printf '{"strategy":"%s","workload":{"buyers":%d,"purchases":%d,"products":%d,"quantity":%d,"think_ms":0},
        "retry":{"policy":"immediate","attempts_max":100},"engine":{"store":"postgres"},"pace":"instant","seed":%d}' \
        "$1" "$CLIENTS" "$EACH" "$2" "$STOCK" "$round")
    id=$(curl -s -H 'Content-Type: application/json' -d "$spec" "$address/api/v1/runs" | sed 's/.*"id":"\([^"]*\)".*/\1/')
    while run=$(curl -s "$address/api/v1/runs/$id") && [[ $run != *'"state":"finished"'* ]]; do sleep 0.2; done
    sed 's/.*"operations":\([0-9]*\).*"conflicts":\([0-9]*\).*"operations_per_second":\([0-9.]*\).*/\1 \2 \3/' <<<"$run" |
        awk '{ printf "%.0f %.3f\n", $3, $2 / $1 }'
}

theirs() { # STRATEGY PRODUCTS -> transactions per second, retries per transaction
    psql -q "$rival" -c "update stock set quantity = $STOCK, version = 1" -c "truncate sales" -c "vacuum stock"
    pgbench -n -c "$CLIENTS" -j 1 -t "$EACH" -M prepared --max-tries=10000 -D products="$2" \
        -f "$here/rival-$1.sql" "$rival" 2>/dev/null | awk '
        /^tps/ { rate = $3 }
        /total number of retries/ { retries = $NF }
        END { printf "%.0f %.3f\n", rate, retries / ('"$CLIENTS"' * '"$EACH"') }'
}

echo "strategy        products  round    ours  pgbench  ratio  conflicts/op  pgbench's"
for round in $(seq "$ROUNDS"); do
    for products in 1 100; do
        for strategy in row-lock atomic-update optimistic; do
            read -r our_rate our_conflicts < <(ours "$strategy" "$products")
            read -r rate conflicts < <(theirs "$strategy" "$products")
            awk -v s="$strategy" -v p="$products" -v n="$round" -v a="$our_rate" -v b="$rate" -v c="$our_conflicts" -v d="$conflicts" \
                'BEGIN { printf "%-14s %9d %6d %7d %8d %6.2f %13.3f %10.3f\n", s, p, n, a, b, a / b, c, d }'
        done
    done
done
