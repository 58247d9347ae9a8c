#!/bin/sh
# Runs a command, make as a rule, with compiler and tools for another machine:
#
#     packaging/cross.sh aarch64-unknown-linux-gnu make shared static
#
# What it builds is in target/TARGET/release and target/dist/TARGET. Where rustc has the target (rustup target add
# TARGET), that compiler is used. Elsewhere the one of Debian is unpacked into CROSS_RUST, which is target/cross-rust
# unless it is set, and builds core for the target too. Needs the binutils and the C compiler for the target: Debian's
# gcc-aarch64-linux-gnu and the like.
set -eu

target=${1:?usage: packaging/cross.sh TARGET COMMAND...}
shift
here=$(cd "$(dirname "$0")/.." && pwd)

# The prefix of the tools for a target, as Debian names them.
case $target in
x86_64-pc-windows-gnu) tools=x86_64-w64-mingw32- ;;
x86_64-unknown-linux-*) tools= ;;
riscv64gc-unknown-linux-gnu) tools=riscv64-linux-gnu- ;;
armv7-unknown-linux-gnueabihf) tools=arm-linux-gnueabihf- ;;
i?86-unknown-linux-gnu) tools=i686-linux-gnu- ;;
*-unknown-linux-musl) tools=${target%-unknown-linux-musl}-linux-gnu- ;;
*-unknown-linux-*) tools=${target%%-*}-linux-${target##*-}- ;;
*) tools= ;;
esac
compiler=${tools}gcc
if [ "$target" = x86_64-unknown-linux-musl ]; then compiler=musl-gcc; fi
for tool in "$compiler" "${tools}ld" "${tools}objcopy"; do
	command -v "$tool" >/dev/null || { echo "cross.sh: no $tool, which builds for $target" >&2; exit 1; }
done

# Debian's compiler with the sources of core, unpacked and not installed: nothing of the machine changes.
unpack_compiler() {
	mkdir -p "$CROSS_RUST/packages"
	(cd "$CROSS_RUST/packages" &&
		apt-get -qq download rustc-web rust-web-src libstd-rust-web-dev libstd-rust-web-1.96 libllvm22 &&
		for package in *.deb; do dpkg -x "$package" ..; done)
	rm -r "$CROSS_RUST/packages"
}

if [ ! -e "$(rustc --print target-libdir --target "$target" 2>/dev/null)" ]; then
	CROSS_RUST=${CROSS_RUST:-${CARGO_TARGET_DIR:-$here/target}/cross-rust}
	if [ ! -x "$CROSS_RUST/usr/bin/rustc" ]; then unpack_compiler; fi
	export RUSTC="$CROSS_RUST/usr/bin/rustc" RUSTC_BOOTSTRAP=1 CARGO_UNSTABLE_BUILD_STD=core
	LD_LIBRARY_PATH="$CROSS_RUST/usr/lib/$(uname -m)-linux-gnu${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"
	export LD_LIBRARY_PATH
fi

name=$(echo "$target" | tr 'a-z-' 'A-Z_')
export "CARGO_TARGET_${name}_LINKER=$compiler"
export CARGO_BUILD_TARGET="$target" CC="$compiler" AR="${tools}ar" LD="${tools}ld" OBJCOPY="${tools}objcopy"
# Else rustc makes no shared library for musl.
case $target in *-musl) export RUSTFLAGS="${RUSTFLAGS:-} -C target-feature=-crt-static" ;; esac
exec "$@"
