// Headless Chromium, driven through its DevTools protocol over a pipe.

import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";

/** Starts a browser with one page. Close it in the end. */
export async function startChromium() {
  const profile = mkdtempSync(path.join(os.tmpdir(), "chromium-"));
  const quiet = ["--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage"];
  const child = spawn("chromium", ["--headless", "--no-sandbox", ...quiet, `--user-data-dir=${profile}`, "--remote-debugging-pipe", "about:blank"], {
    stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"],
  });
  const [input, output] = [child.stdio[3], child.stdio[4]];
  const ended = new Promise((resolve) => child.once("exit", resolve));
  const waiting = new Map();
  const listeners = new Set();
  let [nextId, received] = [1, ""];
  output.setEncoding("utf8").on("data", (text) => {
    const messages = (received + text).split("\0");
    received = messages.pop();
    for (const message of messages.map((message) => JSON.parse(message))) {
      waiting.get(message.id)?.(message);
      for (const listener of listeners) listener(message);
    }
  });
  child.once("exit", () => waiting.forEach((answer) => answer({ error: { message: "chromium ended" } })));

  let sessionId;
  const send = async (method, params = {}) => {
    const id = nextId++;
    const message = await new Promise((answer) => {
      waiting.set(id, answer);
      input.write(JSON.stringify({ id, method, params, sessionId }) + "\0");
    });
    waiting.delete(id);
    if (message.error) throw new Error(`${method}: ${message.error.message}`);
    return message.result;
  };
  const { targetInfos } = await send("Target.getTargets");
  const { targetId } = targetInfos.find(({ type }) => type === "page");
  sessionId = (await send("Target.attachToTarget", { targetId, flatten: true })).sessionId;
  await send("Page.enable");
  await send("Network.enable");

  return {
    send,

    /** Every address that the pages asked for since. */
    watchRequests() {
      const requests = [];
      listeners.add(({ method, params }) => method === "Network.requestWillBeSent" && requests.push(params.request.url));
      return requests;
    },

    async open(url) {
      const loaded = new Promise((resolve) => {
        const listener = ({ method }) => method === "Page.loadEventFired" && (listeners.delete(listener), resolve());
        listeners.add(listener);
      });
      await send("Page.navigate", { url });
      await loaded;
    },

    /** The value of an expression in the page, awaited. */
    async evaluate(expression) {
      const { result, exceptionDetails } = await send("Runtime.evaluate", { expression, awaitPromise: true, returnByValue: true });
      if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
      return result.value;
    },

    async close() {
      await send("Browser.close").catch(() => {});
      await ended;
      rmSync(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
    },
  };
}
