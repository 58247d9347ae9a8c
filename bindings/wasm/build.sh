#!/usr/bin/env bash
# Makes the npm package in target/dist: the library for wasm32, bundled with the JavaScript that calls it.
#
# Needs node and npm, and what packaging/cross.sh needs for wasm32-unknown-unknown.
set -euo pipefail
cd "$(dirname "$0")/../.."
target=$(realpath -m "${1:-target}")
npm=$target/npm
wasm=wasm32-unknown-unknown

CARGO_TARGET_DIR=$target packaging/cross.sh "$wasm" "${CARGO:-cargo}" build --release --lib --locked --quiet

rm -rf "$npm" && mkdir -p "$npm" "$target/dist"
cp -r bindings/wasm/{package.json,tsconfig.json,README.md,src} LICENSE "$npm"
bindings/wasm/make_structs.py "$npm/src"
bindings/wasm/make_module.py "$target/$wasm/release/cloudcircuit.wasm" "$npm/src/cloudcircuit.wasm"

# TypeScript and the bundler, by the versions that package.json names.
tools=$target/npm-tools
if ! cmp -s bindings/wasm/package.json "$tools/package.json"; then
    rm -rf "$tools" && mkdir -p "$tools"
    cp bindings/wasm/package.json "$tools"
    npm install --prefix "$tools" --silent --no-audit --no-fund --no-package-lock
fi
cd "$npm"
"$tools/node_modules/.bin/tsc"
# The same types, where TypeScript knows by the folder that they are CommonJS.
cp -r types types-cjs
echo '{ "type": "commonjs" }' >types-cjs/package.json
bundle() {
    "$tools/node_modules/.bin/esbuild" src/index.ts --bundle --minify-syntax --target=es2022 --loader:.wasm=binary \
        --platform=neutral --log-level=warning "$@"
}
bundle --format=esm --outfile=index.js
bundle --format=cjs --outfile=index.cjs
# For pages without modules, also those that are opened from a file.
bundle --format=iife --global-name=cloudcircuit --outfile=cloudcircuit.global.js

# The page in examples/wasm with the library next to it, to be opened from there.
rm -rf "$target/dist/wasm" && cp -r "$OLDPWD/examples/wasm" "$target/dist"
cp cloudcircuit.global.js "$target/dist/wasm"
# Whatever the user's umask is.
chmod -R u=rwX,go=rX .
npm pack --silent --pack-destination "$target/dist" >/dev/null
