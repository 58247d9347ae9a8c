// The page in examples/wasm: a bill is typed, and its verdicts are those of spend_guard --json on the same bill.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { createReadStream, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import http from "node:http";
import os from "node:os";
import path from "node:path";
import test from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { startChromium } from "./chromium.js";

const { CLOUDCIRCUIT_PAGE: page, CLOUDCIRCUIT_SPEND_GUARD: spendGuard, CLOUDCIRCUIT_SCREENSHOTS: screenshots } = process.env;

/** Where random numbers start: SEED from the environment, or new in every run. */
const SEED = Number(process.env.SEED ?? Date.now() % 2 ** 31);
console.error(`SEED=${SEED}`);

/** A bill of rows out of order, with a weekly rhythm, fees, a wrong day, credits, days without a row, and quotes. */
function makeBill() {
  const lines = [];
  let state = SEED;
  const random = () => (state = (state * 1103515245 + 12345) % 2147483648) / 2147483648;
  for (let day = 0; day < 150; day++) {
    if (day === 40 || day === 41) continue;
    const date = new Date(Date.UTC(2025, 8, 20 + day));
    const usual = [0, 6].includes(date.getUTCDay()) ? 31 : 74;
    const name = date.toISOString().slice(0, 10);
    for (let row = 0; row < 3; row++) lines.push(`${name},"${(usual / 3 + 4 * random()).toFixed(6)}"`);
    if (date.getUTCDate() === 1) lines.push(`${name},180.25`);
    if (day === 90 || day === 133) lines.push(`${name},512.5`);
    if (day === 60) lines.push(`${name},-700.125`);
  }
  lines.reverse();
  return `day,amount\n${lines.join("\n")}\n`;
}

const bill = makeBill();
const LIMIT = 2350;

/** What the program says about each day, with its exit status. */
function verdictsOfProgram() {
  const options = ["--json", "--group-by", "none", "--date", "day", "--cost", "amount", "--limit", String(LIMIT), "--today", "2026-12-31"];
  const { stdout, stderr, status } = spawnSync(spendGuard, options, { input: bill, encoding: "utf8" });
  assert.ok(status === 0 || status === 3, stderr);
  const lines = stdout.trim().split("\n").map((line) => JSON.parse(line));
  const days = lines.filter(({ kind }) => kind === "day");
  return days.map(({ day, action, reasons }) => ({ day, action, reasons })).sort(byDay);
}

const byDay = (one, other) => (one.day < other.day ? -1 : 1);

/** What a limit a month admits, counted in millionths. */
function admittedByModel() {
  const rows = bill.trim().split("\n").slice(1).map((line) => line.replaceAll('"', "").split(","));
  const requests = rows.map(([day, amount]) => ({ day, amount: BigInt(Math.round(Number(amount) * 1e6)) }));
  requests.sort((one, other) => (one.day < other.day ? -1 : one.day > other.day ? 1 : 0));
  const spent = {};
  let [admitted, refused] = [0, 0];
  for (const { day, amount } of requests) {
    const month = day.slice(0, 7);
    const fits = (spent[month] ?? 0n) + amount <= BigInt(LIMIT) * 1_000_000n;
    if (amount < 0n || fits) spent[month] = (spent[month] ?? 0n) + amount;
    if (amount >= 0n) fits ? admitted++ : refused++;
  }
  return { admitted, refused };
}

async function serve() {
  const types = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css" };
  const server = http.createServer(({ url }, response) => {
    response.setHeader("Content-Type", types[path.extname(url)] ?? "text/plain");
    createReadStream(path.join(page, path.basename(url))).on("error", () => response.writeHead(404).end()).pipe(response);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
}

/** Types into the field with this id, as a user does. */
async function type(chromium, id, text) {
  await chromium.evaluate(`document.getElementById(${JSON.stringify(id)}).focus(); document.getElementById(${JSON.stringify(id)}).select()`);
  await chromium.send("Input.insertText", { text });
}

async function until(chromium, expression) {
  for (let attempt = 0; attempt < 200; attempt++) {
    if (await chromium.evaluate(expression)) return;
    await sleep(50);
  }
  assert.fail(`never true: ${expression}`);
}

async function checkPage(chromium, address) {
  const requests = chromium.watchRequests();
  await chromium.open(address);
  await type(chromium, "limit", String(LIMIT));
  await type(chromium, "csv", bill);
  await until(chromium, `!document.getElementById("results").hidden`);
  const shown = await chromium.evaluate(`[...document.querySelectorAll("[data-finding]")].map((line) => JSON.parse(line.dataset.finding))`);
  const expected = verdictsOfProgram();
  assert.deepEqual(shown.sort(byDay), expected);
  const reasons = new Set(expected.flatMap(({ reasons }) => reasons));
  assert.ok(["warning", "breach", "spike"].every((reason) => reasons.has(reason)), "a bill that shows something");
  assert.deepEqual(await chromium.evaluate(`JSON.parse(document.getElementById("ledger").dataset.counts)`), admittedByModel());
  // Only the page's own files, and nothing once it stands.
  const own = new URL(".", address).href;
  assert.deepEqual(requests.filter((url) => !url.startsWith(own) && !url.startsWith("data:")), []);
  await assert.rejects(chromium.evaluate(`fetch("http://127.0.0.1:9/")`), /Failed to fetch/);
}

/** Each control and region has a name, and nothing is wider than the window. */
async function checkLayout(chromium) {
  const { nodes } = await chromium.send("Accessibility.getFullAXTree");
  const named = ["textbox", "button", "combobox", "spinbutton", "region", "image", "table", "columnheader"];
  for (const { ignored, role, name, backendDOMNodeId } of nodes) {
    if (!ignored && named.includes(role?.value) && role.value !== "table") assert.ok(name?.value, `${role.value} ${backendDOMNodeId} has no name`);
  }
  assert.equal(await chromium.evaluate(`document.documentElement.scrollWidth <= innerWidth`), true);
}

/** The least contrast of text and its ground in the page. */
const CONTRAST = `(() => {
  const luminance = (color) => {
    const [r, g, b] = color.match(/[\\d.]+/g).map(Number).map((c) => c / 255).map((c) => (c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ground = (node) => {
    for (; node; node = node.parentElement) {
      const { backgroundColor } = getComputedStyle(node);
      if (backgroundColor !== "rgba(0, 0, 0, 0)") return backgroundColor;
    }
    return "rgb(255, 255, 255)";
  };
  const texts = [...document.querySelectorAll("body *")].filter((node) => [...node.childNodes].some((child) => child.nodeType === 3 && child.data.trim()));
  return Math.min(...texts.map((node) => {
    const [one, other] = [luminance(getComputedStyle(node).color), luminance(ground(node))].sort((a, b) => b - a);
    return (one + 0.05) / (other + 0.05);
  }));
})()`;

test("the page finds what the program finds", async () => {
  const server = await serve();
  const chromium = await startChromium();
  try {
    for (const address of [`file://${path.join(page, "index.html")}`, `http://127.0.0.1:${server.address().port}/index.html`]) {
      await checkPage(chromium, address);
    }
    for (const theme of ["light", "dark"]) {
      for (const [name, width] of [["wide", 1000], ["phone", 360]]) {
        await chromium.send("Emulation.setEmulatedMedia", { features: [{ name: "prefers-color-scheme", value: theme }] });
        await chromium.send("Emulation.setDeviceMetricsOverride", { width, height: 800, deviceScaleFactor: 1, mobile: name === "phone" });
        await checkLayout(chromium);
        assert.ok((await chromium.evaluate(CONTRAST)) >= 4.5, `contrast ${await chromium.evaluate(CONTRAST)} in ${theme}`);
        if (screenshots) {
          const { data } = await chromium.send("Page.captureScreenshot", { captureBeyondViewport: true });
          writeFileSync(path.join(screenshots, `${theme}-${name}.png`), Buffer.from(data, "base64"));
        }
      }
    }
  } finally {
    await chromium.close();
    server.close();
  }
});

test("the page says what it cannot judge", async () => {
  const chromium = await startChromium();
  try {
    await chromium.open(`file://${path.join(page, "index.html")}`);
    const message = `document.getElementById("message").textContent`;
    await type(chromium, "csv", "a,b\n1,2\n");
    await until(chromium, `${message}.startsWith("Not judged: no row has a day")`);
    await type(chromium, "csv", "day;cost\n2026-02-30;5\n2026-03-01;1e5\n2026-03-02;5.5\n");
    await until(chromium, `${message} === "1 rows. 2 left out, which have no day or amount: line 2, 3."`);
    // Lines are those of the file, with empty ones and such as stand in quotes.
    await type(chromium, "csv", '\nday,cost\n\n"2026-03-01\n",5\n2026-03-02,x\n2026-03-03,5.5\n');
    await until(chromium, `${message} === "2 rows. 1 left out, which have no day or amount: line 6."`);
    await type(chromium, "limit", "0");
    await until(chromium, `${message}.startsWith("Not judged: budget limit must be finite and > 0")`);
    await chromium.evaluate(`document.getElementById("limit").value = "3000"; document.getElementById("sample").click()`);
    await until(chromium, `!document.getElementById("results").hidden`);
    assert.equal(await chromium.evaluate(`document.getElementById("spikes").textContent`), "1 in 90 days");

    // A file that is opened, not typed.
    const folder = mkdtempSync(path.join(os.tmpdir(), "bill-"));
    try {
      writeFileSync(path.join(folder, "bill.csv"), bill);
      const { root } = await chromium.send("DOM.getDocument");
      const { nodeId } = await chromium.send("DOM.querySelector", { nodeId: root.nodeId, selector: "#file" });
      await chromium.send("DOM.setFileInputFiles", { files: [path.join(folder, "bill.csv")], nodeId });
      await until(chromium, `${message} === "452 rows."`);
      assert.equal(await chromium.evaluate(`document.getElementById("csv").value`), bill);
    } finally {
      rmSync(folder, { recursive: true });
    }
  } finally {
    await chromium.close();
  }
});
