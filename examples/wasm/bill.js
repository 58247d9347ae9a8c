// From the text of a CSV file to what the safeguards say about it. Knows nothing of the page.

"use strict";

/** Amounts are exact: integers of this many decimal places. */
const PLACES = 9;

const DATE_NAMES = ["day", "date", "usagedate", "chargeperiodstart", "lineitem/usagestartdate", "time", "timestamp"];
const AMOUNT_NAMES = ["amount", "cost", "spend", "billedcost", "effectivecost", "costinbillingcurrency", "lineitem/unblendedcost"];

/**
 * The rows of a CSV file, fields as text, each with the line where it begins. Takes commas, semicolons and tabs, and
 * quotes as RFC 4180 has them.
 */
function parseCsv(text) {
  const separator = [",", ";", "\t"].find((it) => text.split("\n", 1)[0].includes(it)) ?? ",";
  const rows = [];
  let [row, field, isQuoted] = [[], "", false];
  let [line, start] = [1, 1];
  const endRow = () => {
    row.push(field);
    if (row.length > 1 || row[0] !== "") rows.push(Object.assign(row, { line: start }));
    [row, field, start] = [[], "", line];
  };
  for (let at = text.startsWith("\ufeff") ? 1 : 0; at < text.length; at++) {
    const character = text[at];
    if (character === "\n") line++;
    if (isQuoted) {
      if (character !== '"') field += character;
      else if (text[at + 1] === '"') field += text[++at];
      else isQuoted = false;
    } else if (character === '"') {
      isQuoted = true;
    } else if (character === separator) {
      row.push(field);
      field = "";
    } else if (character === "\n") {
      endRow();
    } else if (character !== "\r") {
      field += character;
    }
  }
  endRow();
  return rows;
}

/** Days since 1970-01-01, or null. */
function parseDay(text) {
  const found = /^\s*(\d{4}-\d{2}-\d{2})(?![\d-])/.exec(text);
  const time = found ? Date.parse(`${found[1]}T00:00Z`) : NaN;
  const isReal = !Number.isNaN(time) && new Date(time).toISOString().startsWith(found[1]);
  return isReal ? time / 86_400_000 : null;
}

/** An exact amount, or null. */
function parseAmount(text) {
  const found = /^\s*([+-]?)(\d*)(?:\.(\d*))?\s*$/.exec(text);
  if (!found || (found[2] === "" && !found[3])) return null;
  const fraction = (found[3] ?? "").padEnd(PLACES, "0");
  if (/[1-9]/.test(fraction.slice(PLACES))) return null;
  return BigInt(`${found[2] || "0"}${fraction.slice(0, PLACES)}`) * (found[1] === "-" ? -1n : 1n);
}

/** The double nearest to an exact amount. */
function toNumber(amount) {
  const digits = String(amount < 0n ? -amount : amount).padStart(PLACES + 1, "0");
  return Number(`${amount < 0n ? "-" : ""}${digits.slice(0, -PLACES)}.${digits.slice(-PLACES)}`);
}

function dayName(day) {
  return new Date(day * 86_400_000).toISOString().slice(0, 10);
}

/** The columns that look like a date and an amount, by name or by what the first row holds. */
function guessColumns(rows) {
  const [names, first = []] = rows;
  const plain = names.map((name) => name.trim().toLowerCase());
  const byName = (wanted) => wanted.map((name) => plain.indexOf(name)).find((index) => index >= 0);
  const date = byName(DATE_NAMES) ?? first.findIndex((field) => parseDay(field) !== null);
  const amount = byName(AMOUNT_NAMES) ?? first.findIndex((field, index) => index !== date && parseAmount(field) !== null);
  return { date, amount };
}

/** Every row's day and amount in order of time, and the lines that have none. */
function readRows(rows, columns) {
  const entries = [];
  const leftOut = [];
  rows.slice(1).forEach((row) => {
    const [day, amount] = [parseDay(row[columns.date] ?? ""), parseAmount(row[columns.amount] ?? "")];
    if (day === null || amount === null) leftOut.push(row.line);
    else entries.push({ day, amount });
  });
  return { entries: entries.sort((one, other) => one.day - other.day), leftOut };
}

/** The sum of each day from the first to the last; null where no row is. */
function dailySums(entries) {
  const [first, last] = [entries[0].day, entries.at(-1).day];
  const days = Array.from({ length: last - first + 1 }, (_, index) => ({ day: first + index, amount: null }));
  for (const { day, amount } of entries) days[day - first].amount = (days[day - first].amount ?? 0n) + amount;
  return days;
}

/** What recurs, such as a monthly fee, cannot be told from a spike before there were two charges. */
function isLikeTheOnlyCharge(series, index) {
  const charged = series.slice(0, index).filter((spend) => spend > 0);
  return charged.length < 2 && series[index] <= 2 * Math.max(0, ...charged);
}

/** The most days that are judged: 30 years. */
const MAX_DAYS = 11_000;

/**
 * What budget, detector, forecast and guard say about each day, as the program spend_guard does.
 * settings: limit of a calendar month, warningRatio, scoreThreshold.
 */
function judgeDays(library, days, settings) {
  if (days.length > MAX_DAYS) throw new RangeError(`from ${dayName(days[0].day)} to ${dayName(days.at(-1).day)} are too many days`);
  // Credits of a day that exceed its charges count as nothing.
  const series = days.map(({ amount }) => (amount === null ? NaN : Math.max(0, toNumber(amount))));
  const detect = { startTime: days[0].day * 86_400, step: 86_400, scoreThreshold: settings.scoreThreshold };
  const scan = library.scanSpikes(series, detect);
  const isFlagged = (index) => (scan.flags[index] & (library.FLAG_SPIKE | library.FLAG_LEAK)) !== 0;
  let [month, toDate, monthStart] = ["", 0n, 0];
  const judged = days.map(({ day, amount }, index) => {
    if (dayName(day).slice(0, 7) !== month) [month, toDate, monthStart] = [dayName(day).slice(0, 7), 0n, index];
    toDate += amount ?? 0n;
    const budget = library.checkBudget(Math.max(0, toNumber(toDate)), settings.limit, { warningRatio: settings.warningRatio });
    const findings = [budget];
    if (isFlagged(index) && !isLikeTheOnlyCharge(series, index)) {
      const found = library.detectSpike(series.slice(0, index + 1), detect);
      if (found.verdict !== "insufficient_data") findings.push(found);
    }
    return { day, amount, budget, findings, expected: scan.expectedSpend[index], upper: scan.upperBound[index] };
  });
  const forecast = forecastMonth(library, days, series, monthStart, settings.limit);
  if (forecast.verdict !== "insufficient_data") judged.at(-1).findings.push(forecast);
  for (const row of judged) {
    const required = [...new Set(row.findings.map((finding) => finding.toSignal().kind))];
    row.guard = library.evaluateGuard(row.findings, { required });
  }
  return { days: judged, forecast };
}

/** The last day's month, by its end. */
function forecastMonth(library, days, series, monthStart, limit) {
  const last = new Date(days.at(-1).day * 86_400_000);
  const end = Date.UTC(last.getUTCFullYear(), last.getUTCMonth() + 1, 1) / 86_400_000;
  const start = Date.UTC(last.getUTCFullYear(), last.getUTCMonth(), 1) / 86_400_000;
  const missing = Array(Math.max(0, days[0].day - start)).fill(null);
  const base = Math.min(start, days[0].day);
  return library.forecastBudget(
    series.slice(0, monthStart),
    [...missing, ...series.slice(monthStart)],
    end - start,
    limit,
    { startTime: base * 86_400, step: 86_400 },
  );
}

/** The same rows as requests that a ledger of that budget admits or refuses, month by month. */
function replayLedger(library, entries, limit) {
  const thresholds = [500_000, 800_000, 1_000_000];
  const config = { limit: library.moneyFromDouble(limit, PLACES), thresholds };
  const monthOf = (day) => Number(dayName(day).slice(0, 7).replace("-", ""));
  const ledger = new library.Ledger({ ledgerId: 1, period: monthOf(entries[0].day), now: entries[0].day }, config);
  const [refused, told] = [[], []];
  let admitted = 0;
  for (const { day, amount } of entries) {
    if (ledger.read().period !== BigInt(monthOf(day))) ledger.roll(monthOf(day), day);
    const note = (decision) => decision.newlyCrossed.forEach((place) => told.push({ day, share: thresholds[place] / 10_000 }));
    if (amount < 0n) {
      note(ledger.record(amount, day));
      continue;
    }
    const { hold, decision } = ledger.reserve(amount, day);
    if (decision.allowed) {
      admitted++;
      note(ledger.settle(hold, amount, day));
    } else {
      refused.push({ day, amount, available: decision.available });
    }
  }
  return { admitted, refused, told, settled: ledger.read().settled };
}
