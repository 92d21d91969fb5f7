# Sourced by ./dev: runs named steps, remembers how long each took, and ends with a table of them.

steps_done=()
step_running=
step_began=0

# step NAME COMMAND...: a failing command ends the script, and the table then says which step it was.
#
# The command must not stand in an `if` or beside `||`: bash would switch `set -e` off inside of it.
step() {
    step_running=$1
    step_began=$SECONDS
    shift
    say "$step_running"
    "$@"
    end_step ok
}

end_step() {
    [ -n "$step_running" ] || return 0
    local took=$((SECONDS - step_began))
    steps_done+=("$(printf '%-24s %6d s   %s' "$step_running" "$took" "$1")")
    [ "$took" -lt 1 ] || note "$step_running: $took s"
    step_running=
}

# To be called when the script exits, for whatever reason.
print_steps() {
    end_step FAILED
    [ "${#steps_done[@]}" -gt 0 ] || return 0
    printf '\n'
    printf '%s\n' "${steps_done[@]}"
    printf '%-24s %6d s\n' total "$SECONDS"
}
