#!/usr/bin/env bash
# What a server costs that nobody uses: resident memory and share of a core.
#
#   server/bench/idle.sh [SECONDS]     Linux only: reads /proc
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

readonly SECONDS_IDLE=${1:-30}

cargo build --release --quiet -p server
target=$(cargo metadata --no-deps --format-version 1 | sed 's/.*"target_directory":"\([^"]*\)".*/\1/')
folder=$(mktemp -d)
"$target/release/interleave" serve --listen 127.0.0.1:0 --data "$folder/data" >"$folder/log" 2>&1 &
server=$!
trap 'kill "$server" 2>/dev/null; wait "$server" 2>/dev/null; rm -rf "$folder"' EXIT

address=
while [ -z "$address" ]; do
    kill -0 "$server" || { cat "$folder/log" >&2; exit 1; }
    address=$(sed -n 's/^Interleave listens on \(.*\)$/\1/p' "$folder/log")
done
# One page and one run, so that what is made on first use is there.
curl -s -o /dev/null "$address/"
curl -s -o /dev/null "$address/labs/concurrency"
curl -s -o /dev/null -X POST -H 'Content-Type: application/json' -d '{"pace":"instant"}' "$address/api/v1/runs"

ticks() { awk '{ print $14 + $15 }' "/proc/$server/stat"; }
before=$(ticks)
sleep "$SECONDS_IDLE"
after=$(ticks)
rss=$(awk '/VmRSS/ { print $2 }' "/proc/$server/status")
awk -v t="$((after - before))" -v hz="$(getconf CLK_TCK)" -v s="$SECONDS_IDLE" -v rss="$rss" \
    'BEGIN { printf "idle for %d s: %.2f %% of a core, %.1f MB resident\n", s, 100 * t / hz / s, rss / 1024 }'
