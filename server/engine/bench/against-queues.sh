#!/usr/bin/env bash
# Our relays against job queues and against bare SQL: who empties a table on PostgreSQL how fast, round by round.
#
#   server/engine/bench/against-queues.sh [ROUNDS] [ROWS]     needs PostgreSQL with pgbench, npm and Node 20 or newer
#
# Only the ratios mean anything: all sides share the machine, the cluster and whatever else goes on. The rivals are
# installed into a folder that goes afterwards: graphile-worker with its local queue and batched completion, pg-boss with
# fetch and complete of a thousand jobs in four loops. Ours is one polling relay, or two that skip locked rows. Bare SQL
# is two clients that mark 500 rows in one statement. DRAIN names a drain program that is built already.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../../.."

readonly ROUNDS=${1:-3} ROWS=${2:-20000} SENT=1000000 RATE=1000
here=$PWD/server/engine/bench

if [ -z "${INTERLEAVE_TEST_POSTGRES:-}" ]; then
    exec server/engine/throwaway-postgres.sh "$0" "$ROUNDS" "$ROWS"
fi
drain=${DRAIN:-$(cargo bench -p engine --bench drain --no-run 2>&1 | sed -n 's/.*(\(.*\/drain-[^)]*\))/\1/p')}
url=$INTERLEAVE_TEST_POSTGRES
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# Each rival has a database of its own: the lab refuses one that holds somebody else's tables.
for name in graphile boss bare; do psql -q "$url" -c "create database rival_$name"; done
rival() { echo "${url%/*}/rival_$1"; }

cp "$here"/rival-queue-*.mjs "$folder"
(cd "$folder" && npm install --silent --no-audit --no-fund node@22 graphile-worker@0.18 pg-boss@12 pg@8)
node=$folder/node_modules/.bin/node

queue() { # NAME -> jobs per second
    DATABASE_URL=$(rival "$1") timeout 120 "$node" "$folder/rival-queue-$1.mjs" "$ROWS" 2>/dev/null | tail -n 1
}

bare() { # -> rows per second
    psql -q "$(rival bare)" -v rows="$ROWS" -f "$here/rival-queue-bare.sql"
    printf '%s\n' "with batch as (select id from outbox where sent_at is null order by id limit 500 for update skip locked)" \
        "update outbox set sent_at = now() from batch where outbox.id = batch.id returning outbox.id, outbox.key;" \
        >"$folder/mark.sql"
    local began ended left
    began=$(date +%s%N)
    pgbench -n -c 2 -j 1 -M prepared -t $((ROWS / 1000)) -f "$folder/mark.sql" "$(rival bare)" >/dev/null 2>&1
    ended=$(date +%s%N)
    left=$(psql -qAt "$(rival bare)" -c "select count(*) from outbox where sent_at is null")
    [ "$left" = 0 ] || echo "bare SQL left $left rows" >&2
    echo $((ROWS * 1000000000 / (ended - began)))
}

echo "round      two  polling  after-1M      log  graphile  pg-boss     bare   two to best queue  to bare  polling to best queue"
for round in $(seq "$ROUNDS"); do
    two=$("$drain" outbox-competing "$ROWS")
    polling=$("$drain" outbox-polling "$ROWS")
    graphile=$(queue graphile)
    log=$("$drain" outbox-cdc "$ROWS")
    boss=$(queue boss)
    after=$("$drain" outbox-polling "$ROWS" "$SENT")
    bare=$(bare)
    awk -v r="$round" -v t="$two" -v p="$polling" -v a="$after" -v l="$log" -v g="$graphile" -v b="$boss" -v s="$bare" 'BEGIN {
        best = g > b ? g : b
        printf "%5d %8d %8d %9d %8d %9d %8d %8d %19.2f %8.2f %22.2f\n", r, t, p, a, l, g, b, s, t / best, t / s, p / best }'
done
echo "from commit to publication at $RATE a second, p50 and p99 in ms"
for strategy in outbox-notify outbox-polling outbox-cdc; do
    echo "$strategy $("$drain" "$strategy" soon "$RATE")"
done
