// The page: reads the fields, shows what bill.js finds.

"use strict";

const element = (id) => document.getElementById(id);
const amountText = (value) => value.toLocaleString("en", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
const plain = (word) => word.replaceAll("_", " ");

/** The rows of the text that was parsed last. */
let rows = [];

function fillColumns() {
  const guess = rows.length > 0 ? guessColumns(rows) : { date: -1, amount: -1 };
  for (const [id, chosen] of [["date-column", guess.date], ["amount-column", guess.amount]]) {
    const options = (rows[0] ?? []).map((name, index) => new Option(name || `column ${index + 1}`, String(index)));
    element(id).replaceChildren(...options);
    element(id).value = String(chosen);
  }
}

function readText(text) {
  rows = parseCsv(text);
  fillColumns();
  judge();
}

function judge() {
  element("results").hidden = true;
  element("message").textContent = "";
  element("message").classList.remove("error");
  if (rows.length < 2) return;
  try {
    show();
  } catch (error) {
    element("message").textContent = error instanceof cloudcircuit.CloudcircuitError || error instanceof RangeError ? `Not judged: ${plain(error.message)}.` : String(error);
    element("message").classList.add("error");
  }
}

function show() {
  const columns = { date: Number(element("date-column").value), amount: Number(element("amount-column").value) };
  const { entries, leftOut } = readRows(rows, columns);
  if (entries.length === 0) throw new RangeError("no row has a day such as 2026-01-31 and an amount such as 12.50");
  const limit = element("limit").valueAsNumber;
  const settings = {
    limit,
    warningRatio: element("warning").valueAsNumber / 100,
    scoreThreshold: element("threshold").valueAsNumber,
  };
  const { days, forecast } = judgeDays(cloudcircuit, dailySums(entries), settings);
  const ledger = replayLedger(cloudcircuit, entries, limit);
  showMessage(entries, leftOut);
  showSummary(days, forecast, limit);
  showDays(days);
  showLedger(ledger);
  element("results").hidden = false;
  drawChart(days);
}

function showMessage(entries, leftOut) {
  const lines = leftOut.slice(0, 5).join(", ") + (leftOut.length > 5 ? ", …" : "");
  const missing = leftOut.length > 0 ? ` ${leftOut.length} left out, which have no day or amount: line ${lines}.` : "";
  element("message").textContent = `${entries.length} rows.${missing}`;
}

function showSummary(days, forecast, limit) {
  const { day, guard, budget } = days.at(-1);
  const spikes = days.filter(({ findings }) => findings.some((finding) => finding.verdict === "spike"));
  element("last-day").textContent = dayName(day);
  element("action").textContent = guard.action;
  element("action").dataset.action = guard.action;
  element("budget").textContent = `${(budget.usageRatio * 100).toFixed(1)} % used, ${amountText(budget.remainingBudget)} left`;
  element("forecast").textContent =
    forecast.verdict === "insufficient_data"
      ? "too few days"
      : `${amountText(forecast.forecastSpend)} of ${amountText(limit)} by the end of the month`;
  element("spikes").textContent = `${spikes.length} in ${days.length} days`;
}

function cell(text, className = "") {
  const made = document.createElement("td");
  made.textContent = text;
  made.className = className;
  return made;
}

function tableRow(...cells) {
  const made = document.createElement("tr");
  made.append(...cells);
  return made;
}

function showDays(days) {
  const found = days.filter(({ guard }) => guard.reasons.length > 0).reverse();
  const lines = found.map(({ day, amount, guard, findings, budget }) => {
    const detected = findings.find((finding) => "expectedSpend" in finding);
    const action = cell(guard.action);
    action.dataset.action = guard.action;
    const line = tableRow(
      cell(dayName(day)),
      action,
      cell(guard.reasons.map(plain).join(", ")),
      cell(amountText(toNumber(amount ?? 0n)), "number"),
      cell(detected ? amountText(detected.expectedSpend) : "–", "number"),
      cell(amountText(budget.currentSpend), "number"),
    );
    // For whoever reads the page by a program.
    line.dataset.finding = JSON.stringify({ day: dayName(day), action: guard.action, reasons: guard.reasons });
    return line;
  });
  element("days").tBodies[0].replaceChildren(...lines);
  element("days-title").textContent = found.length === 0 ? "No day with a finding" : `Days with findings: ${found.length}`;
  element("days").hidden = found.length === 0;
}

function showLedger({ admitted, refused, told }) {
  const alerts = told.slice(-3).map(({ day, share }) => `${share} % on ${dayName(day)}`).join(", ");
  element("ledger").textContent =
    `With a limit that no request may pass, ${admitted} rows would have been admitted and ${refused.length} refused.` +
    (alerts ? ` Thresholds told last: ${alerts}.` : "");
  element("ledger").dataset.counts = JSON.stringify({ admitted, refused: refused.length });
  const lines = refused.slice(-10).reverse().map(({ day, amount, available }) =>
    tableRow(cell(dayName(day)), cell(amountText(toNumber(amount)), "number"), cell(amountText(toNumber(available)), "number")),
  );
  element("refused").tBodies[0].replaceChildren(...lines);
  element("refused").hidden = lines.length === 0;
}

/** Bars for the days, a line for what is expected. The table has the same as text. */
function drawChart(days) {
  const shown = days.slice(-120);
  const [width, height] = [shown.length * 10, 200];
  const spend = ({ amount }) => Math.max(0, toNumber(amount ?? 0n));
  const top = Math.max(...shown.map(spend), ...shown.map(({ expected }) => expected), 1e-9) * 1.05;
  const y = (value) => height - (value / top) * height;
  const svg = (name, attributes) => {
    const made = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    return made;
  };
  const bars = shown.map((row, index) => {
    const isSpike = row.findings.some((finding) => finding.verdict === "spike");
    const kind = isSpike ? "bar spike" : row.budget.isBreached ? "bar breach" : "bar";
    return svg("rect", { class: kind, x: index * 10 + 1, y: y(spend(row)), width: 8, height: height - y(spend(row)) });
  });
  const line = shown.map(({ expected }, index) => (expected > 0 ? `${index * 10 + 5},${y(expected)}` : "")).filter(Boolean);
  element("chart").setAttribute("viewBox", `0 0 ${width} ${height}`);
  element("chart").replaceChildren(...bars, svg("polyline", { class: "expected", points: line.join(" ") }));
  element("chart-title").textContent =
    `${dayName(shown[0].day)} to ${dayName(shown.at(-1).day)}: spend a day up to ${amountText(top / 1.05)}, ` +
    "the line is what was expected. Spikes and days over budget have colours of their own.";
}

/** Ninety days with weekends, and one day that went wrong. */
function sample() {
  const first = Date.UTC(2026, 0, 1) / 86_400_000;
  const lines = Array.from({ length: 90 }, (_, index) => {
    const weekday = (first + index + 4) % 7;
    const usual = weekday === 0 || weekday === 6 ? 42 : 96;
    const wrong = index === 71 ? 610 : 0;
    return `${dayName(first + index)},${(usual + ((index * 7919) % 13) + wrong).toFixed(2)}`;
  });
  return `day,amount\n${lines.join("\n")}\n`;
}

async function open(file) {
  if (!file) return;
  const text = await file.text();
  // A longer one would make the field slow.
  element("csv").value = text.length > 500_000 ? "" : text;
  readText(text);
}

let timer;
element("csv").addEventListener("input", () => {
  clearTimeout(timer);
  timer = setTimeout(() => readText(element("csv").value), 150);
});
element("file").addEventListener("change", ({ target }) => open(target.files[0]));
element("sample").addEventListener("click", () => {
  element("csv").value = sample();
  readText(element("csv").value);
});
for (const id of ["date-column", "amount-column", "limit", "warning", "threshold"]) element(id).addEventListener("input", judge);
document.addEventListener("dragover", (event) => event.preventDefault());
document.addEventListener("drop", (event) => {
  event.preventDefault();
  open(event.dataTransfer.files[0]);
});
