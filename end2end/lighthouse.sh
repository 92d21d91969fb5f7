#!/usr/bin/env bash
# Lighthouse's judgement of the pages on a phone: performance, accessibility, best practices, search.
#
#   end2end/lighthouse.sh [ROUNDS]     needs Node, npm and Chromium; fetches Lighthouse into a folder of its own
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

readonly ROUNDS=${1:-3}
readonly LIGHTHOUSE_VERSION=12.8.2

target=$(cargo metadata --no-deps --format-version 1 | sed 's/.*"target_directory":"\([^"]*\)".*/\1/')
# The pages are the same from any build of the program; INTERLEAVE_BIN names one that is there.
program=${INTERLEAVE_BIN:-$target/release/interleave}
[ -x "$program" ] || cargo build --release --quiet -p server
[ -f "$target/site/hash.txt" ] || { echo "the page is missing: run ./dev build first" >&2; exit 1; }
folder=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null; wait 2>/dev/null; rm -rf "$folder"' EXIT
npm install --silent --no-audit --no-fund --prefix "$folder" "lighthouse@$LIGHTHOUSE_VERSION"
"$program" serve --listen 127.0.0.1:0 --data "$folder/data" >"$folder/log" 2>&1 &
server=$!
address=
while [ -z "$address" ]; do
    kill -0 "$server" || { cat "$folder/log" >&2; exit 1; }
    address=$(sed -n 's/^Interleave listens on \(.*\)$/\1/p' "$folder/log")
done

flags=--headless=new
[ "$(id -u)" != 0 ] || flags="$flags --no-sandbox"
export CHROME_PATH=${INTERLEAVE_CHROMIUM:-/usr/bin/chromium}
echo "page                 round  performance  accessibility  best practices  search    FCP    LCP    TBT   CLS  kB"
for round in $(seq "$ROUNDS"); do
    for page in / /labs/concurrency; do
        "$folder/node_modules/.bin/lighthouse" "$address$page" --quiet --output=json --output-path="$folder/report.json" \
            --only-categories=performance,accessibility,best-practices,seo --chrome-flags="$flags" >/dev/null 2>&1
        node -e '
            const { categories: c, audits: a } = JSON.parse(require("fs").readFileSync(process.argv[1]));
            const score = (name) => Math.round(c[name].score * 100);
            const ms = (name) => Math.round(a[name].numericValue);
            console.log(process.argv[2].padEnd(20), process.argv[3].padStart(5), String(score("performance")).padStart(12),
                String(score("accessibility")).padStart(14), String(score("best-practices")).padStart(15), String(score("seo")).padStart(7),
                String(ms("first-contentful-paint")).padStart(6), String(ms("largest-contentful-paint")).padStart(6),
                String(ms("total-blocking-time")).padStart(6), a["cumulative-layout-shift"].numericValue.toFixed(3),
                Math.round(a["total-byte-weight"].numericValue / 1000));
            const lacking = Object.values(a).filter((audit) => audit.score !== null && audit.score < 0.9 && audit.scoreDisplayMode !== "informative");
            if (process.argv[3] === "1") for (const audit of lacking) console.log("    " + audit.id + ": " + (audit.displayValue ?? audit.score));
        ' "$folder/report.json" "$page" "$round"
    done
done
