#!/usr/bin/env bash
# A Debian with nothing but a C compiler, made by debootstrap: the Debian packages that `make deb` made, then what
# `make install` installs, each with the C section of docs/INSTALL.md. Needs root. Prints the seconds to the decision.
#
#     tests/install/chroot.sh FOLDER DIST
set -euo pipefail
cd "$(dirname "$0")/../.."
root=$(mkdir -p "$1" && cd "$1" && pwd)/root
dist=$2

decides() {
    local said
    said=$(chroot "$root" sh -ec "cd /home
        cc decide.c \$(pkg-config --cflags --libs cloudcircuit) -o decide && ./decide")
    test "$said" = '8000 cents left, warning'
    chroot "$root" spend_guard --version
    echo "first decision from $1: $SECONDS s"
}

mirror=$(apt-get indextargets --format "\$(REPO_URI)" 'Created-By: Packages' 'Codename: bookworm' | head -n 1)
rm -rf "$root"
debootstrap --variant=minbase --include=gcc,libc6-dev,pkg-config bookworm "$root" "$mirror" >"$1/debootstrap.log"
# shellcheck disable=SC2016 # the backquotes are those of the page
sed -n '/^`decide.c`/,/^```$/p' docs/INSTALL.md | sed '1,/^```c/d; /^```$/d' >"$root/home/decide.c"

SECONDS=0
cp "$dist"/deb/*.deb "$root/home"
chroot "$root" sh -c 'dpkg --install /home/*.deb' >/dev/null
decides 'the Debian packages'
chroot "$root" dpkg --purge libcloudcircuit-dev spend-guard sqlite3-cloudcircuit libcloudcircuit0 >/dev/null
test -z "$(find "$root/usr" -name '*cloudcircuit*')"

SECONDS=0
make --no-print-directory install DESTDIR="$root" >/dev/null
chroot "$root" ldconfig
decides 'make install'
make --no-print-directory uninstall DESTDIR="$root" >/dev/null
test -z "$(find "$root/usr" -name '*cloudcircuit*')"
rm -rf "$root"
