# Sourced by ./dev: the edit loop. Save a file, and the open page shows the result.
#
# We look at the files' times a few times a second, which works on every system without a watcher to
# install, and costs a few milliseconds. The server is started with INTERLEAVE_RELOAD=1; its pages then
# carry /pkg/reload.js, which asks for /pkg/reload.txt and reloads the page when its content changes.

readonly WATCHED=(app server style public Cargo.toml Cargo.lock)
readonly LOOK_SECONDS=0.2
# An editor that saves several files at once is given the time to finish.
readonly SETTLE_SECONDS=0.05
readonly STOP_TENTHS_MAX=10

server=
round=0

watch() {
    need_cargo
    need_wasm
    mark=$target/watch-mark
    touch "$mark"
    build_for_watching
    before_exit=stop_server
    tell_pages
    start_server "$@"
    while true; do
        wait_for_change
        rebuild "$@"
    done
}

build_for_watching() {
    start_wasm wasm-dev
    step "program" compile_host
    step "page (wasm)" finish_wasm
    step "site" fill_site --quick
}

# Waits until watched files are newer than the mark, names them in `changed`, and moves the mark to now.
#
# The new mark is set before the files are listed: one that is saved in between is seen twice, never missed.
wait_for_change() {
    while [ -z "$(newer_files)" ]; do sleep "$LOOK_SECONDS"; done
    sleep "$SETTLE_SECONDS"
    touch "$mark.next"
    changed=$(newer_files)
    mv "$mark.next" "$mark"
}

# Folders count too: that is how a removed file shows. Editors' own files do not.
newer_files() {
    local present=() path
    for path in "${WATCHED[@]}"; do
        [ ! -e "$path" ] || present+=("$path")
    done
    find "${present[@]}" -newer "$mark" ! -name '.*' ! -name '*~' ! -name '#*' 2>/dev/null || true
}

only_site_changed() { ! printf '%s\n' "$changed" | grep -qvE '^(style|public)(/|$)'; }

# A build that fails leaves the last good server and page where they are.
rebuild() {
    local began=$SECONDS hashes_before
    hashes_before=$(cat "$site/hash.txt")
    say "changed: $(printf '%s\n' "$changed" | head -n 3 | tr '\n' ' ')"
    if ! build_changed; then
        note "not built; the page stays as it was"
        return 0
    fi
    if [ "$program" -nt "$mark" ]; then
        stop_server
        tell_pages
        start_server "$@"
    elif [ "$(cat "$site/hash.txt")" != "$hashes_before" ] || only_site_changed; then
        tell_pages
    else
        note "nothing to show"
        return 0
    fi
    note "ready after about $((SECONDS - began)) s"
}

# Called in a condition, where `set -e` sleeps: hence the bookkeeping.
build_changed() {
    local status=0
    if ! only_site_changed; then
        start_wasm wasm-dev
        compile_host || status=1
        finish_wasm || status=1
    fi
    [ "$status" = 0 ] && fill_site --quick
}

start_server() {
    INTERLEAVE_RELOAD=1 "$program" serve "$@" &
    server=$!
}

stop_server() {
    local tenths
    [ -n "$server" ] || return 0
    kill "$server" 2>/dev/null || true
    for ((tenths = 0; tenths < STOP_TENTHS_MAX; tenths++)); do
        kill -0 "$server" 2>/dev/null || break
        sleep 0.1
    done
    # An open feed can keep a server that stops in good order from stopping at all.
    kill -9 "$server" 2>/dev/null || true
    wait "$server" 2>/dev/null || true
    server=
}

# Pages compare the word with the one they saw before. It is written when the old server is gone and the
# new one not yet there, so that no page can reload into the old one.
tell_pages() {
    round=$((round + 1))
    printf '%s.%s\n' "$$" "$round" >"$site/pkg/reload.txt"
}
