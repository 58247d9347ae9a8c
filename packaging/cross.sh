#!/bin/sh
# Runs a command, make as a rule, with compiler and tools for another machine:
#
#     packaging/cross.sh aarch64-unknown-linux-gnu make shared static
#
# What it builds is in target/TARGET/release and target/dist/TARGET. Where rustc has the target (rustup target add
# TARGET), that compiler is used, elsewhere that of debian_rust.sh, which builds core for the target too. Needs the
# binutils and the C compiler for the target: Debian's gcc-aarch64-linux-gnu and the like. make check-targets has what
# the targets are tried with: x86-64 with glibc and musl, aarch64, riscv64gc, s390x, armv7 and i686 Linux, 64-bit
# Windows, and wasm32-unknown-unknown. For the last, which make cannot build for, a linker is enough: that of rustup,
# or Debian's lld.
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
linker=$compiler
needed="$compiler ${tools}ld ${tools}objcopy"
case $target in wasm32-*)
	linker=$(ls "$(rustc --print sysroot)"/lib/rustlib/*/bin/rust-lld 2>/dev/null ||
		command -v wasm-ld-22 || command -v wasm-ld || echo wasm-ld)
	needed=$linker
	;;
esac
for tool in $needed; do
	command -v "$tool" >/dev/null || { echo "cross.sh: no $tool, which builds for $target" >&2; exit 1; }
done

if [ ! -e "$(rustc --print target-libdir --target "$target" 2>/dev/null)" ]; then
	RUSTC=$("$here/packaging/debian_rust.sh")
	export RUSTC RUSTC_BOOTSTRAP=1 CARGO_UNSTABLE_BUILD_STD=core
fi

name=$(echo "$target" | tr 'a-z-' 'A-Z_')
export "CARGO_TARGET_${name}_LINKER=$linker"
export CARGO_BUILD_TARGET="$target" CC="$compiler" AR="${tools}ar" LD="${tools}ld" OBJCOPY="${tools}objcopy"
case $target in
# Else rustc makes no shared library for musl.
*-musl) export RUSTFLAGS="${RUSTFLAGS:-} -C target-feature=-crt-static" ;;
# Else each function asks for ARM's routines that unwind.
arm*) export RUSTFLAGS="${RUSTFLAGS:-} -C force-unwind-tables=no" ;;
esac
exec "$@"
