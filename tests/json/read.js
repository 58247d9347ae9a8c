// Reads records from standard input and compares every field with the bits in front of the record.
// Integers beyond 2^53, which JSON.parse rounds, are left out and counted.
const view = new DataView(new ArrayBuffer(8));
const bits = (number) => {
  view.setFloat64(0, number);
  return view.getBigUint64(0).toString(16).padStart(16, "0");
};
const fail = (text) => {
  console.error(text);
  process.exit(1);
};

let records = 0, fields = 0, leftOut = 0;
for (const line of require("fs").readFileSync(0, "utf8").trimEnd().split("\n")) {
  const [expected, record] = line.split("\t");
  const found = {};
  for (const [name, value] of Object.entries(JSON.parse(record))) {
    if (name === "config") for (const key in value) found[`config.${key}`] = value[key];
    else found[name] = value;
  }
  const names = [];
  for (const part of expected.split(" ")) {
    const [, name, kind, value] = part.match(/^([\w.]+)=(.):(.*)$/);
    names.push(name);
    fields++;
    const is = found[name];
    // Of an array of amounts only those that a double holds.
    const unsafe = kind === "a" && (value.match(/\d+/g) || []).some((it) => !Number.isSafeInteger(Number(it)));
    if (unsafe || kind === "i" && !Number.isSafeInteger(Number(value))) {
      leftOut++;
    } else if (
      kind === "d" ? typeof is !== "number" || bits(is) !== value
      : kind === "i" ? String(is) !== value
      : kind === "s" ? is !== value
      : kind === "a" ? JSON.stringify(is) !== value
      : is !== (value === "1")
    ) {
      fail(`${part}: ${is} in ${record}`);
    }
  }
  if (Object.keys(found).join() !== names.join()) fail(`other fields: ${line}`);
  records++;
}
console.log(`${records} records, ${fields} fields, ${leftOut} left out`);
