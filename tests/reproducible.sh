#!/usr/bin/env bash
# Builds a release twice, in folders of different names, with different users' settings, and compares every byte.
#
#     tests/reproducible.sh FOLDER
set -euo pipefail
cd "$(dirname "$0")/.."
folder=$(mkdir -p "$1" && cd "$1" && pwd)
SOURCE_DATE_EPOCH=$(git log -1 --format=%ct)
export SOURCE_DATE_EPOCH
# Debian's compiler for other machines, where it is needed, is unpacked once.
export CROSS_RUST=${CROSS_RUST:-$folder/cross-rust}

copy() {
    rm -rf "$1" && mkdir -p "$1"
    git ls-files -z | tar --null --files-from=- -cf - | tar -C "$1" -xf -
}

build() {
    (cd "$1" && packaging/release.sh) >"$1.log" 2>&1 || {
        tail -n 50 "$1.log"
        return 1
    }
}

copy "$folder/a"
umask 077
copy "$folder/another/folder"
umask 022
build "$folder/a"
(
    umask 077
    export TZ=Asia/Tokyo LC_ALL=C.UTF-8
    build "$folder/another/folder"
)
diff "$folder/a/target/release-files/SHA256SUMS" "$folder/another/folder/target/release-files/SHA256SUMS"
wc -l <"$folder/a/target/release-files/SHA256SUMS"
rm -rf "$folder/a" "$folder/another"
