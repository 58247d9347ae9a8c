// The npm package in headless Chromium: the golden cases.

import assert from "node:assert/strict";
import { createReadStream } from "node:fs";
import http from "node:http";
import path from "node:path";
import test from "node:test";
import { startChromium } from "./chromium.js";

const root = path.resolve(import.meta.dirname, "../../..");
const FOLDERS = {
  "/npm/": process.env.CLOUDCIRCUIT_NPM,
  "/tests/": path.join(root, "tests"),
  "/include/": path.join(root, "include"),
};
const TYPES = { ".js": "text/javascript", ".json": "application/json", ".txt": "text/plain" };

/** Serves these folders on loopback, and an empty page. */
async function serve() {
  const server = http.createServer(({ url }, response) => {
    const folder = Object.keys(FOLDERS).find((folder) => url.startsWith(folder));
    response.setHeader("Content-Type", folder ? TYPES[path.extname(url)] : "text/html");
    if (!folder) return response.end("<!doctype html><title>golden</title>");
    createReadStream(path.join(FOLDERS[folder], url.slice(folder.length))).pipe(response);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { server, address: `http://127.0.0.1:${server.address().port}` };
}

test("every golden line holds in a browser", async () => {
  const { server, address } = await serve();
  const chromium = await startChromium();
  try {
    await chromium.open(`${address}/`);
    const { seen, failures } = await chromium.evaluate(`(async () => {
      const [cc, { runGolden }] = await Promise.all([import("/npm/index.js"), import("/tests/bindings/wasm/golden.js")]);
      const { constants } = await (await fetch("/include/cloudcircuit.json")).json();
      return runGolden(cc, constants, await (await fetch("/tests/golden/cases.txt")).text());
    })()`);
    assert.deepEqual(failures, []);
    assert.ok(Object.keys(seen).length >= 36 && Object.values(seen).reduce((sum, count) => sum + count) >= 972);
  } finally {
    await chromium.close();
    server.close();
  }
});
