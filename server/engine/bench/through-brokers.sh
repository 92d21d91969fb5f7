#!/usr/bin/env bash
# How many messages a second go through the lab's brokers, everything recorded, and through NATS with a bare client.
#
#   server/engine/bench/through-brokers.sh [ROUNDS] [MESSAGES] [PARTITIONS]     needs nats-server
#
# Only the ratio means anything: both sides share the machine and whatever else it does.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../../.."

readonly ROUNDS=${1:-3} MESSAGES=${2:-20000} PARTITIONS=${3:-2}

if [ -z "${INTERLEAVE_TEST_NATS:-}" ]; then
    cargo bench --quiet -p engine --bench broker --no-run
    exec server/engine/throwaway-nats.sh "$0" "$ROUNDS" "$MESSAGES" "$PARTITIONS"
fi
run() { cargo bench --quiet -p engine --bench broker -- "$@"; }

echo "round  embedded      nats  bare nats  ratio"
for round in $(seq "$ROUNDS"); do
    embedded=$(run sqlite embedded "$MESSAGES" "$PARTITIONS")
    nats=$(run sqlite nats "$MESSAGES" "$PARTITIONS")
    bare=$(run bare "$MESSAGES")
    awk -v n="$round" -v e="$embedded" -v a="$nats" -v b="$bare" \
        'BEGIN { printf "%5d %9d %9d %10d %6.2f\n", n, e, a, b, a / b }'
done
