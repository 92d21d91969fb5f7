#!/usr/bin/env bash
# What a delivery costs: our feed against Node's `ws`, with a hundred clients, round by round in one run.
#
#   server/bench/feed.sh [ROUNDS]     Linux only: reads /proc; needs Node and npm, which fetches `ws`
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

readonly ROUNDS=${1:-3}
readonly WS_VERSION=8.23.0

cargo build --release --quiet -p server
target=$(cargo metadata --no-deps --format-version 1 | sed 's/.*"target_directory":"\([^"]*\)".*/\1/')
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
npm install --silent --no-audit --no-fund --prefix "$folder" "ws@$WS_VERSION"
cp server/bench/feed-rival.mjs "$folder"
node server/bench/feed.mjs "$target/release/interleave" "$folder" "$ROUNDS"
