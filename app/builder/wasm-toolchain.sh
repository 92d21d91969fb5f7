#!/usr/bin/env bash
# Finds, or makes, a Rust toolchain that can compile for wasm32-unknown-unknown.
#
#   wasm-toolchain.sh route     prints `own` (plain cargo can do it) or `debian`; installs the packages of
#                               that route, so it may ask for a password: call it in the foreground
#   wasm-toolchain.sh prepare   makes the Debian toolchain when it is not there yet (about a minute, once)
#
# Most people have rustup and a network, and `rustup target add` is all it takes. Machines that reach
# package registries only have Debian's `rustc-web` instead: its packages carry the sources of the standard
# library, and we compile those for wasm ourselves. Debian's compiler must then build the page as well,
# because a compiler refuses a standard library of any other version.
#
# INTERLEAVE_WASM=debian forces the Debian route; CI does that, to walk it every time.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$here/packages.sh"

readonly TARGET=wasm32-unknown-unknown
readonly TOOLCHAIN=interleave-wasm
readonly DEBIAN_RUSTC=/usr/bin/rustc
readonly DEBIAN_SOURCES=/usr/lib/rustlib/src/rust/library
# `rustup target add` waits for ever on a network that swallows packets.
readonly DOWNLOAD_SECONDS_MAX=60

cache_dir() { printf '%s' "${XDG_CACHE_HOME:-$HOME/.cache}/interleave"; }

# One folder for each version of Debian's compiler: after an upgrade the old one would not fit.
toolchain_dir() {
    local version
    version=$(dpkg-query -W -f '${Version}' rustc-web 2>/dev/null) || version=missing
    printf '%s/wasm-toolchain-%s' "$(cache_dir)" "$version"
}

# The folder is moved into place when it is whole, so to exist is to be complete.
debian_is_ready() { [ -d "$(toolchain_dir)" ]; }

own_compiler_is_ready() {
    local libraries
    libraries=$(rustc --print target-libdir --target "$TARGET" 2>/dev/null) || return 1
    [ -d "$libraries" ]
}

download_target() {
    have rustup || return 1
    # Rustup reads 0 as "never download by yourself"; we take it at its word.
    [ "${RUSTUP_AUTO_INSTALL:-1}" != 0 ] || return 1
    say "adding the $TARGET target with rustup"
    if have timeout; then
        timeout "$DOWNLOAD_SECONDS_MAX" rustup target add "$TARGET" >&2
    else
        rustup target add "$TARGET" >&2
    fi
}

explain_by_hand() {
    fail "no way to compile for $TARGET was found. By hand, one of:
    rustup target add $TARGET
    apt-get install rustc-web rust-web-src      (Debian; needs rustup too, then run this again)"
}

choose_route() {
    if [ "${INTERLEAVE_WASM:-}" = debian ]; then
        echo debian
    elif own_compiler_is_ready; then
        echo own
    elif debian_is_ready; then
        echo debian
    elif download_target; then
        echo own
    elif can_install && have rustup; then
        echo debian
    else
        explain_by_hand
    fi
}

route() {
    local chosen
    chosen=$(choose_route)
    if [ "$chosen" = debian ] && ! debian_is_ready; then
        have rustup || fail "the Debian route links its toolchain with rustup, which is not here"
        install_packages "the page (wasm)" rustc-web rust-web-src
    fi
    echo "$chosen"
}

# Compiles the standard library for wasm into $1/target, driven by an empty crate.
compile_standard_library() {
    local work=$1
    mkdir -p "$work/src"
    : >"$work/src/lib.rs"
    cat >"$work/Cargo.toml" <<'MANIFEST'
[package]
name = "seed"
version = "0.0.0"
edition = "2021"

[profile.release]
opt-level = 3
debug = 0
codegen-units = 1
panic = "abort"

[workspace]
MANIFEST
    # Building the standard library is a nightly feature of cargo; the bootstrap variable opens it.
    # Without bitcode in its libraries, the page could not be optimised across crates (fat LTO).
    (
        cd "$work"
        RUSTC=$DEBIAN_RUSTC RUSTC_BOOTSTRAP=1 CARGO_TARGET_DIR="$work/target" \
            CARGO_ENCODED_RUSTFLAGS=-Cembed-bitcode=yes \
            cargo build --release --target "$TARGET" -Zbuild-std=std,panic_abort,proc_macro,test
    ) >&2
}

# A symlink to the compiler would make it look for its libraries beside the real file; a wrapper tells it.
write_wrapper() {
    printf '#!/bin/sh\nexec /usr/bin/%s --sysroot "%s" "$@"\n' "$1" "$3" >"$2/bin/$1"
    chmod +x "$2/bin/$1"
}

# assemble DRAFT FINAL: lays out in DRAFT what rustup accepts as a toolchain, to be moved to FINAL.
assemble() {
    local draft=$1 final=$2 host
    host=$("$DEBIAN_RUSTC" -vV | sed -n 's/^host: //p')
    mkdir -p "$draft/bin" "$draft/lib/rustlib/$host" "$draft/lib/rustlib/$TARGET/lib"
    write_wrapper rustc "$draft" "$final"
    write_wrapper rustdoc "$draft" "$final"
    ln -s "/usr/lib/rustlib/$host/lib" "$draft/lib/rustlib/$host/lib"
}

# Cargo, and rust-lld, which links wasm, come from rustup's toolchain: Debian's packages have neither. That
# toolchain may move or be replaced, so these links are renewed each time.
borrow_from_rustup() {
    local dir=$1 sysroot host
    sysroot=$(rustc --print sysroot)
    host=$(rustc -vV | sed -n 's/^host: //p')
    ln -sfn "$sysroot/bin/cargo" "$dir/bin/cargo"
    ln -sfn "$sysroot/lib/rustlib/$host/bin" "$dir/lib/rustlib/$host/bin"
}

make_toolchain() {
    local final=$1 draft work built
    [ -d "$DEBIAN_SOURCES" ] || fail "$DEBIAN_SOURCES is missing: the package rust-web-src holds it"
    say "compiling the standard library for wasm, once (about a minute)"
    mkdir -p "$(cache_dir)"
    work=$(mktemp -d)
    draft=$(mktemp -d "$(cache_dir)/draft.XXXXXX")
    # shellcheck disable=SC2064  # The names must be expanded now: they are local to this function.
    trap "rm -rf '$work' '$draft'" EXIT
    compile_standard_library "$work"
    assemble "$draft" "$final"
    built=$work/target/$TARGET/release/deps
    rm -f "$built"/libseed-*
    cp "$built"/lib*.rlib "$built"/lib*.rmeta "$draft/lib/rustlib/$TARGET/lib/"
    chmod 755 "$draft"
    # Somebody else's run may have been faster; theirs is as good as ours.
    mv -T "$draft" "$final" 2>/dev/null || debian_is_ready
}

link_toolchain() {
    local dir=$1 linked
    linked=$(rustup show home)/toolchains/$TOOLCHAIN
    [ "$(readlink "$linked" 2>/dev/null)" = "$dir" ] || rustup toolchain link "$TOOLCHAIN" "$dir" >&2
}

prepare() {
    local dir
    dir=$(toolchain_dir)
    debian_is_ready || make_toolchain "$dir"
    borrow_from_rustup "$dir"
    link_toolchain "$dir"
}

case "${1:-}" in
route) route ;;
prepare) prepare ;;
*) fail "usage: wasm-toolchain.sh route|prepare" ;;
esac
