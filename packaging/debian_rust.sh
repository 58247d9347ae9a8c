#!/bin/sh
# Prints the path of a rustc for machines that rustup's lacks here: the one of Debian, with the sources of core.
#
#     RUSTC=$(packaging/debian_rust.sh) RUSTC_BOOTSTRAP=1 cargo build -Zbuild-std=core --target TARGET
#
# It is unpacked once into CROSS_RUST, or target/cross-rust, and not installed: nothing of the machine changes.
set -eu
here=$(cd "$(dirname "$0")/.." && pwd)
folder=${CROSS_RUST:-${CARGO_TARGET_DIR:-$here/target}/cross-rust}

if [ ! -x "$folder/rustc" ]; then
	if [ ! -x "$folder/usr/bin/rustc" ]; then
		rm -rf "$folder" && mkdir -p "$folder/packages"
		(cd "$folder/packages" && apt-get -o APT::Sandbox::User=root -qq download \
			rustc-web rust-web-src libstd-rust-web-dev libstd-rust-web-1.96 libllvm22) >&2
		for package in "$folder"/packages/*.deb; do
			# Of the sources only the library is needed.
			dpkg-deb --fsys-tarfile "$package" | tar -x -C "$folder" --no-wildcards-match-slash \
				--exclude './usr/share' --exclude './usr/src/*/[!l]*'
		done
		rm -r "$folder/packages"
	fi
	folder=$(cd "$folder" && pwd)
	printf '#!/bin/sh\nLD_LIBRARY_PATH=%s exec %s "$@"\n' \
		"$(echo "$folder"/usr/lib/*-linux-gnu)" "$folder/usr/bin/rustc" >"$folder/rustc"
	chmod +x "$folder/rustc"
fi
cd "$folder" && echo "$PWD/rustc"
