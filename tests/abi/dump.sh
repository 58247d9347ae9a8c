#!/bin/sh
# Prints the ABI of a shared library that was built with debug information: its functions, and the
# structs that they take. Nothing in it depends on the machine, on lines or on modules.
set -eu

dump=$(abidw --no-corpus-path --no-comp-dir-path --no-show-locs --no-elf-needed \
    --no-parameter-names --no-write-default-sizes --type-id-style hash "$1" |
    sed -e '/^  <\/\{0,1\}abi-instr/d' -e '/<\/\{0,1\}namespace-decl/d' -e 's/^  *//' \
        -e "s|^</elf-function-symbols>|&<abi-instr address-size='64' path='src' language='LANG_Rust'>|" \
        -e 's|^</abi-corpus>|</abi-instr>&|')

# Without debug information there are only names, and any two libraries would look alike.
exported=$(printf '%s\n' "$dump" | grep -c '<elf-symbol ')
described=$(printf '%s\n' "$dump" | grep -c '<function-decl ' || true)
if [ "$exported" -ne "$described" ]; then
    echo "$1: debug information for $described of $exported functions" >&2
    exit 1
fi
printf '%s\n' "$dump"
