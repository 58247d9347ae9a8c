/* Month picker, search and CSV files. Without this script the first rows of each table are there to read. */
"use strict";
const data = JSON.parse(document.getElementById("data").textContent);
const MINUS = "\u2212";
const MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");
const SIGNS = { block: "\u25a0", throttle: "\u25bc", alert: "\u25b2", allow: "\u25cf" };
const NUMBERS = ["money", "change", "percent", "count"];
const STEP = 20;
let month = "";

function digits(value, places) {
  const format = { minimumFractionDigits: places, maximumFractionDigits: places, roundingMode: "halfEven" };
  return new Intl.NumberFormat("en-US", format).format(String(value).replace("-", ""));
}

function money(value, isChange) {
  const text = digits(value, data.money.places);
  const isNothing = !/[1-9]/.test(text);
  const sign = isNothing ? "" : String(value).startsWith("-") ? MINUS : isChange ? "+" : "";
  return sign + data.money.symbol + text;
}

function shown(value, kind) {
  if (value === null) return "";
  if (kind === "money" || kind === "change") return money(value, kind === "change");
  if (kind === "percent") return (value < 0 ? MINUS : "") + digits(Math.abs(value) * 100, 1) + "\u2009%";
  if (kind === "count") return digits(value, 0);
  if (kind !== "date" && kind !== "month") return value;
  const [year, number, day] = value.split("-");
  return (kind === "date" ? Number(day) + " " : "") + MONTHS[number - 1] + " " + year;
}

function element(tag, text, kind) {
  const made = document.createElement(tag);
  made.textContent = text;
  if (kind) made.className = kind;
  return made;
}

function cell(value, [name, kind]) {
  const made = filled(value, kind);
  made.dataset.name = name;
  return made;
}

function filled(value, kind) {
  if (kind === "action") {
    const made = document.createElement("td");
    made.append(element("span", SIGNS[value] + " " + value[0].toUpperCase() + value.slice(1), "badge " + value));
    return made;
  }
  if (kind !== "drivers") return element("td", shown(value, kind), NUMBERS.includes(kind) ? "number" : "");
  const made = document.createElement("td");
  const list = document.createElement("ul");
  for (const [name, excess] of value) {
    const item = element("li", (name || "(none)") + " ");
    item.append(element("b", money(excess, true)));
    list.append(item);
  }
  if (value.length) made.append(list);
  return made;
}

function words(row) {
  return row.map((one) => (Array.isArray(one) ? one.map((driver) => driver[0]).join(" ") : one)).join("\t").toLowerCase();
}

function csvOf(table) {
  const quoted = (text) => (/[",\r\n]/.test(text) ? '"' + text.replaceAll('"', '""') + '"' : text);
  /* A spreadsheet would take a name that begins like this for a formula. */
  const safe = (text) => (/^[=+@\t\r]|^-(?![\d.])/.test(text) ? "'" + text : text);
  const plain = (value) => {
    if (value === null) return "";
    if (Array.isArray(value)) return value.map(([name, excess]) => name + " " + excess).join("; ");
    return String(value);
  };
  const lines = [table.columns.map(([name]) => name), ...table.rows];
  return lines.map((line) => line.map((one) => quoted(safe(plain(one)))).join(",") + "\r\n").join("");
}

const draws = [];
for (const section of document.querySelectorAll("[data-table]")) {
  const key = section.dataset.table;
  const table = data.tables[key];
  const body = section.querySelector("tbody");
  const more = section.querySelector(".more");
  const input = section.querySelector("input");
  let count = STEP;
  const draw = () => {
    const wanted = input ? input.value.trim().toLowerCase() : "";
    const found = table.rows.filter(
      (row) => (!month || String(row[table.month]).startsWith(month)) && (!wanted || words(row).includes(wanted)),
    );
    const rows = found.slice(0, count).map((row) => {
      const line = document.createElement("tr");
      line.append(...row.map((value, at) => cell(value, table.columns[at])));
      return line;
    });
    body.replaceChildren(...rows);
    section.classList.toggle("nothing", found.length === 0);
    more.textContent = found.length === 0 ? "Nothing here." : "";
    if (found.length > count) {
      const button = element("button", "Show " + Math.min(5 * STEP, found.length - count) + " more");
      button.type = "button";
      button.addEventListener("click", () => { count += 5 * STEP; draw(); });
      more.append(count + " of " + digits(found.length, 0) + " rows ", button);
    }
  };
  draws.push(draw);
  if (input) {
    section.querySelector(".find").hidden = false;
    input.addEventListener("input", () => { count = STEP; draw(); });
  }
  const button = section.querySelector(".csv");
  button.hidden = false;
  button.addEventListener("click", () => {
    const link = document.createElement("a");
    const address = URL.createObjectURL(new Blob(["\ufeff", csvOf(table)], { type: "text/csv" }));
    link.href = address;
    link.download = key + ".csv";
    link.click();
    setTimeout(() => URL.revokeObjectURL(address), 10000);
  });
}

/* The address may name a month and a search: report.html#month=2024-03&find=compute */
function show() {
  for (const draw of draws) draw();
  for (const chart of document.querySelectorAll("[data-chart]")) chart.hidden = chart.dataset.chart !== month;
}
const asked = new URLSearchParams(location.hash.slice(1));
const picker = document.getElementById("month");
if (picker) {
  picker.value = asked.get("month") || "";
  month = picker.value;
  picker.addEventListener("change", () => { month = picker.value; show(); });
}
for (const input of document.querySelectorAll("input[type=search]")) input.value = asked.get("find") || "";
show();

/* A day's numbers next to the pointer. */
const tip = document.body.appendChild(document.createElement("div"));
tip.id = "tip";
tip.hidden = true;
for (const hit of document.querySelectorAll("rect.hit")) {
  const title = hit.querySelector("title");
  const text = title.textContent;
  title.remove();
  const open = (event) => {
    tip.textContent = text;
    tip.hidden = false;
    const room = document.documentElement.clientWidth - tip.offsetWidth - 8;
    tip.style.left = Math.max(8, Math.min(event.clientX + 14, room)) + "px";
    tip.style.top = Math.max(8, event.clientY - tip.offsetHeight - 14) + "px";
  };
  hit.addEventListener("pointermove", open);
  hit.addEventListener("pointerdown", open);
  hit.addEventListener("pointerleave", () => { tip.hidden = true; });
}
