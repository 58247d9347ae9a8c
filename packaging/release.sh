#!/usr/bin/env bash
# Builds what a release has: in target/release-files what each ecosystem installs, for x86-64 and aarch64, with a bill
# of materials and checksums; in target/release-notes.md what the changelog says. Run it on x86-64, after .ci/run has
# installed its tools. The same sources give the same bytes: tests/reproducible.sh.
set -euo pipefail
cd "$(dirname "$0")/.."
target=$PWD/target
files=$target/release-files
version=$(sed -n '/^version = /{s/.*"\(.*\)"/\1/p;q;}' Cargo.toml)
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}
export SOURCE_DATE_EPOCH
unset CARGO_TARGET_DIR
arm=aarch64-unknown-linux-gnu

# Debian's tools for aarch64, and for the bill of materials the one of CycloneDX: two minutes to compile.
install() {
    if ! command -v aarch64-linux-gnu-gcc >/dev/null; then
        apt-get install -y -qq --no-install-recommends gcc-aarch64-linux-gnu libc6-dev-arm64-cross >/dev/null
    fi
    if ! command -v cargo-cyclonedx >/dev/null; then
        cargo install --quiet --locked cargo-cyclonedx@0.5.9
    fi
}

# Without the folder in which it was made.
bill_of_materials() {
    cargo cyclonedx --format json --spec-version 1.5 --no-build-deps --override-filename bill-of-materials
    sed "s|path+file://$PWD#||g" bill-of-materials.json >"$files/libcloudcircuit-$version.cdx.json"
    rm bill-of-materials.json
}

# As cargo packs them, under a name by which other builds know how to unpack them.
sources() {
    cargo package --quiet --locked --no-verify --allow-dirty --target-dir "$target/dist/sources"
    cp "$target/dist/sources/package/libcloudcircuit-$version.crate" "$files/libcloudcircuit-$version.tar.gz"
}

install
rm -rf "$files" "$target/dist"
mkdir -p "$files"
awk -v version="$version" -f packaging/notes.awk CHANGELOG.md >"$target/release-notes.md"
bill_of_materials
sources
packaging/cross.sh $arm make dist gem wheel
make dist gem wheel deb npm site
make crate dist-go ARM64="$target/dist/$arm/libcloudcircuit.a"

cd "$target/dist"
cp ./*.tar.gz ./*.tgz ./*.gem ./*.crate ./*.whl deb/*.deb $arm/lib*.tar.gz $arm/*-aarch64-linux.gem $arm/*.whl "$files"
cd "$files"
sha256sum -- * >SHA256SUMS
cat SHA256SUMS
