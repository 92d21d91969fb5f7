# Sourced by ./dev and its parts: says what is going on, and installs what the operating system lacks.

say() { printf '\033[1m==> %s\033[0m\n' "$*" >&2; }
note() { printf '    %s\n' "$*" >&2; }
fail() {
    printf '\033[1;31merror:\033[0m %s\n' "$*" >&2
    exit 1
}
have() { command -v "$1" >/dev/null 2>&1; }

# Runs a command with the rights that a package manager needs.
as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    elif have sudo; then
        sudo "$@"
    else
        fail "this needs root, and sudo is not here. Please run as root: $*"
    fi
}

# Only Debian and its children are tested; elsewhere we name what is missing rather than guess a package.
can_install() { have apt-get && have dpkg-query; }

is_installed() { [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]; }

# install_packages WHY PACKAGE...: installs those that are missing; says nothing when none is.
install_packages() {
    local why=$1 package
    local missing=()
    shift
    can_install || fail "$why is needed and this system has no apt-get (only Debian is tested). Please install: $*"
    for package in "$@"; do
        is_installed "$package" || missing+=("$package")
    done
    [ "${#missing[@]}" -gt 0 ] || return 0
    say "installing ${missing[*]} for $why"
    update_package_lists
    as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}

# The lists of a fresh machine are empty, or name versions that the mirror has dropped since.
update_package_lists() {
    [ -z "${package_lists_updated:-}" ] || return 0
    as_root apt-get update -qq >/dev/null
    package_lists_updated=yes
}
