// The npm package in Node: the golden cases, what goes in and out, and that memory stays.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import test from "node:test";
import { runGolden } from "./golden.js";

const root = path.resolve(import.meta.dirname, "../../..");
const npm = process.env.CLOUDCIRCUIT_NPM;
const cc = await import(path.join(npm, "index.js"));
const { constants } = JSON.parse(readFileSync(path.join(root, "include/cloudcircuit.json"), "utf8"));
const cases = readFileSync(path.join(root, "tests/golden/cases.txt"), "utf8");

for (const [form, library] of [["a module", cc], ["CommonJS", createRequire(import.meta.url)(path.join(npm, "index.cjs"))]]) {
  test(`every golden line holds for ${form}`, () => {
    const { seen, failures } = runGolden(library, constants, cases);
    assert.deepEqual(failures, []);
    assert.ok(Object.keys(seen).length >= 36 && Object.values(seen).reduce((sum, count) => sum + count) >= 972);
  });
}

test("a wrong golden line is found", () => {
  // Lines that end in a flag, with the other flag.
  const lines = cases.split("\n").filter((line) => /^(budget|budget_i64|spike|spike_i64|breaker|detect) .*=> OK .* [01]$/.test(line));
  const wrong = lines.map((line) => line.slice(0, -1) + (1 - Number(line.at(-1))));
  const configs = cases.split("\n").filter((line) => line.startsWith("detect_config")).slice(0, 1);
  const { failures } = runGolden(cc, constants, [...configs, ...wrong].join("\n"));
  assert.ok(wrong.length > 300);
  assert.equal(failures.length, wrong.length);
});

test("columns answer what single calls answer", () => {
  const spend = [50, 95, 120, null, -1, NaN];
  const found = cc.checkBudgetColumns(spend, spend.map(() => 100));
  assert.deepEqual([...found.flags], spend.map((spend) => cc.budgetFlags(spend ?? NaN, 100)));
  assert.deepEqual([...found.usageRatio], [0.5, 0.95, 1.2, 0, 0, 0]);
  assert.equal(found.invalidRows, 3);

  const exact = cc.checkBudgetColumnsI64([50, 95n, 2n ** 63n - 1n], BigInt64Array.of(100n, 100n, 100n), { warningPpm: 500000 });
  assert.deepEqual([...exact.flags], [1, 1, 3]);
  assert.deepEqual([...exact.usagePpm].slice(0, 2), [500000n, 950000n]);

  const series = [10, 10, 20, 5, 5, 5, 1];
  for (const offsets of [[0, 3, 6, 7], Int32Array.of(0, 3, 6, 7), BigInt64Array.of(0n, 3n, 6n, 7n)]) {
    const rows = cc.checkAnomalySpikeColumns(Float64Array.from(series), offsets);
    assert.deepEqual([...rows.flags], [cc.FLAG_SPIKE, 0, cc.FLAG_SPIKE | cc.FLAG_INVALID]);
    assert.deepEqual([...rows.threshold], [15, 7.5, 0]);
    assert.equal(rows.invalidRows, 1);
  }
  const days = [...Array(40).fill(100), 900, ...Array(41).fill(100)];
  const judged = cc.detectSpikeColumns(days, [0, 41, 82]);
  assert.deepEqual([...judged.flags], [cc.FLAG_SPIKE, 0]);
  assert.equal(judged.scores[0], cc.detectSpike(days.slice(0, 41)).score);

  assert.deepEqual(cc.checkBudgetColumns([], []), { flags: new Uint8Array(), invalidRows: 0, usageRatio: new Float64Array() });
  assert.throws(() => cc.checkBudgetColumns([1, 2], [1]), /budgetLimit must have a row for each of currentSpend: 2, not 1/);
  assert.throws(() => cc.checkAnomalySpikeColumns([1, 2], [0, 3]), { name: "CLOUDCIRCUIT_ERR_OFFSETS", argument: "offsets" });
  assert.throws(() => cc.checkAnomalySpikeColumns([1, 2], []), RangeError);
});

test("an error tells status, name, argument and record", () => {
  const error = catchError(() => cc.checkBudget(5, -1, { warningRatio: 0.5 }));
  assert.ok(error instanceof cc.CloudcircuitError && error instanceof Error);
  assert.equal(error.status, cc.ERR_BUDGET_LIMIT);
  assert.equal(error.name, "CLOUDCIRCUIT_ERR_BUDGET_LIMIT");
  assert.equal(error.argument, "budgetLimit");
  assert.equal(error.message, "budget_limit must be finite and > 0");
  const record = JSON.parse(error.toJson());
  assert.deepEqual([record.status, record.config.warning_ratio], [error.name, 0.5]);
  assert.equal(cc.evaluateGuard([error], { required: ["budget"] }).action, "block");
  assert.equal(catchError(() => cc.checkAnomalySpike([1, null])).argument, "spendSeries");
  assert.equal(catchError(() => new cc.RateLimit(0, { limit: 1, duration: 0 }).acquire(1, 0)).argument, "duration");
  assert.throws(() => cc.Ledger.decode(new Uint8Array(3), {}).read(), { name: "CLOUDCIRCUIT_ERR_ENCODED_LENGTH", argument: "len" });
});

test("what is no number, or does not fit, names its argument", () => {
  const wrong = [
    [() => cc.checkBudget("5", 100), TypeError, /^currentSpend must be a number, not string$/],
    [() => cc.checkBudget(5, 100n), TypeError, /^budgetLimit /],
    [() => cc.checkBudget(5, 100, { warningRate: 1 }), TypeError, /^BudgetConfig has no field warningRate$/],
    [() => cc.checkBudget(60, 100, 0.5), TypeError, /^a config must be an object, not number$/],
    [() => cc.checkBudget(60, 100, null), TypeError, /^a config must be an object, not null$/],
    [() => cc.checkBudgetI64(2n ** 63n, 1), RangeError, /^currentSpend must be an integer of 64 bits, not 9223372036854775808$/],
    [() => cc.checkBudgetI64(2 ** 53, 1), RangeError, /^currentSpend .* a bigint/],
    [() => cc.checkBudgetI64(0.5, 1), RangeError, /^currentSpend /],
    [() => cc.checkBudgetI64(1, 1, { warningPpm: 2 ** 32 }), RangeError, /^warningPpm must be an integer from 0 to 4294967295, not 4294967296$/],
    [() => cc.detectSpike([1, "2"]), TypeError, /^spendSeries\[1\] must be a number, not string$/],
    [() => cc.detectSpike("12"), TypeError, /^spendSeries must be an array of numbers/],
    [() => cc.checkAnomalySpikeI64([1n, 2.5]), RangeError, /^spendSeries\[1\] /],
    [() => cc.detectSpike([1], { negativePoints: "no" }), TypeError, /^negativePoints must be one of error, missing, zero, not no$/],
    [() => new cc.Ledger({ ledgerId: -1, period: 0, now: 0 }, { limit: 1 }), RangeError, /^ledgerId must be an unsigned/],
  ];
  for (const [call, type, message] of wrong) assert.throws(call, (error) => error instanceof type && message.test(error.message));
});

test("a record tells the result and the settings", () => {
  const config = { warningRatio: 0.8 };
  const result = cc.checkBudget(920.9, 1000, config);
  config.warningRatio = 0.1;
  const { status, usage_ratio, is_warning, config: told } = JSON.parse(result.toJson());
  assert.deepEqual([status, usage_ratio, is_warning, told.warning_ratio], ["CLOUDCIRCUIT_OK", 0.9208999999999999, true, 0.8]);
  const days = Array(40).fill(100);
  const ledger = new cc.Ledger({ ledgerId: 1, period: 1, now: 0 }, { limit: 100, thresholds: [500000, 900000] });
  const tracker = new cc.SpikeTracker({ scoreThreshold: 4 });
  const permit = new cc.Breaker(0).acquire(0);
  const decision = ledger.reserve(95, 0).decision;
  const kinds = [
    [cc.checkBudgetI64(1, 2), "budget_result_i64"], [cc.checkAnomalySpike([1, 2]), "spike_result"],
    [cc.checkAnomalySpikeI64([1, 2]), "spike_result_i64"], [cc.detectSpike(days), "detect_result"],
    [tracker.update(1), "detect_result"], [cc.forecastBudget(days, [], 30, 1e4), "forecast_result"],
    [cc.evaluateCircuitBreaker({ consecutiveFailures: 1, failureThreshold: 3, cooldownStepsRemaining: 0 }), "breaker_decision"],
    [permit, "breaker_permit"], [decision, "ledger_decision"],
    [new cc.RateLimit(0, { limit: 5, duration: 10 }).acquire(1, 0), "rate_limit_decision"],
    [cc.evaluateGuard([result], { required: ["budget"] }), "guard_decision"],
  ];
  for (const [result, kind] of kinds) assert.equal(JSON.parse(result.toJson()).kind, kind);
  assert.equal(JSON.parse(tracker.update(1).toJson()).config.score_threshold, 4);
  assert.deepEqual(JSON.parse(decision.toJson()).config.thresholds, [500000, 900000]);
  assert.deepEqual(cc.evaluateGuard([result, kinds[1][0], permit]).reasons, ["warning", "spike"]);
  assert.throws(() => kinds.at(-1)[0].toSignal(), /no finding/);
});

test("states are stored and loaded, holds and permits as JSON", () => {
  const config = { limit: 10_000n, holdDuration: 60_000 };
  const ledger = new cc.Ledger({ ledgerId: 7, period: 202601, now: 0 }, config);
  const { hold } = ledger.reserve(6_000, 5);
  const stored = ledger.encode();
  assert.equal(stored.length, cc.LEDGER_ENCODED_LEN);
  const loaded = cc.Ledger.decode(stored, config);
  assert.deepEqual([loaded.read().held, loaded.revision], [6_000n, ledger.revision]);
  const copy = { ...hold };
  assert.equal(loaded.settle(hold, 5_000, 9).settled, 5_000n);
  assert.equal(hold.id, 0n);
  assert.throws(() => loaded.settle(copy, 5_000, 9), { name: "CLOUDCIRCUIT_ERR_HOLD_SPENT" });
  assert.equal(ledger.read().settled, 0n);
  stored[100] ^= 1;
  assert.throws(() => cc.Ledger.decode(stored, config), { name: "CLOUDCIRCUIT_ERR_CORRUPT_STATE" });

  const breaker = new cc.Breaker(0, { failureThreshold: 1 });
  const permit = JSON.parse(JSON.stringify(breaker.acquire(1), (_, value) => (typeof value === "bigint" ? Number(value) : value)));
  breaker.report(permit, "failure", 2, { duration: 1 });
  assert.deepEqual([breaker.phase, breaker.peek(3).allowed, breaker.acquire(3).retryAfter], ["open", false, 29_999n]);
  breaker.force("closed", 0, 4);
  const next = breaker.reportAndAcquire(breaker.acquire(5), "success", 6);
  assert.ok(next.allowed);
});

test("a call behind breaker and ledger is reported and settled, however it ends", async () => {
  let time = 0;
  const clock = () => (time += 10);
  const breaker = new cc.Breaker(0, { failureThreshold: 2, openDuration: 100, maxOpenDuration: 1000, maxRetryAfter: 1000 });
  const ledger = new cc.Ledger({ ledgerId: 1, period: 1, now: 0 }, { limit: 100 });
  const spend = (estimate, run) => breaker.call(clock, () => ledger.call(estimate, clock, run));

  assert.equal(await spend(40, async (spending) => ((spending.actual = 30), "answer")), "answer");
  assert.equal(await spend(10, ({ hold }) => hold.amount), 10n);
  await assert.rejects(spend(20, () => Promise.reject(new Error("lost"))), /lost/);
  const { settled, held } = ledger.read();
  assert.deepEqual([settled, held, breaker.read().consecutiveFailures], [60n, 0n, 1]);

  // A refusal of the ledger and a caller who gives up say nothing about the service.
  await assert.rejects(spend(41, () => "never"), (error) => error instanceof cc.RefusedError && error.decision.available === 40n);
  await assert.rejects(breaker.call(clock, () => AbortSignal.abort().throwIfAborted()), { name: "AbortError" });
  assert.equal(breaker.read().consecutiveFailures, 1);

  // An actual that cannot be booked leaves nothing held.
  await assert.rejects(ledger.call(5, clock, (spending) => (spending.actual = -1)), { name: "CLOUDCIRCUIT_ERR_ACTUAL" });
  assert.deepEqual([ledger.read().settled, ledger.read().held], [65n, 0n]);

  const retryAt = BigInt(time + 500);
  await breaker.call(clock, (call) => Object.assign(call, { outcome: "failure", retryAt }));
  const refused = await breaker.call(clock, () => "never").catch((error) => error);
  assert.ok(refused instanceof cc.RefusedError && refused.decision.retryAfter === retryAt - BigInt(time), String(refused));
  assert.match(refused.message, /^the breaker is open: retry after \d+$/);

  // A time that cannot be reported does not hide that the call failed.
  breaker.reset(clock());
  const { generation } = breaker.read();
  for (let calls = 0; breaker.read().generation === generation; calls++) {
    assert.ok(calls < 10);
    await assert.rejects(breaker.call(clock, (call) => Object.assign(call, { outcome: "failure", retryAt: NaN })), RangeError);
  }

  // A breaker that was reset meanwhile wants no report.
  breaker.reset(clock());
  assert.equal(await breaker.call(clock, () => (breaker.reset(clock()), breaker.force("forced_closed", 10_000, clock()), "late")), "late");
});

test("several ledgers change together or not at all", () => {
  const ledgers = [1, 2].map((ledgerId) => new cc.Ledger({ ledgerId, period: 1, now: 0 }, { limit: ledgerId * 100 }));
  const refused = cc.ledgersReserve(ledgers, [150, 150], 1);
  assert.deepEqual([refused.refusedBy, refused.holds.map(({ id }) => id), ledgers[1].read().held], [0, [0n, 0n], 0n]);
  const { holds, decisions, refusedBy } = cc.ledgersReserve(ledgers, [60, 150], 1);
  assert.deepEqual([refusedBy, decisions.map(({ held }) => held)], [null, [60n, 150n]]);
  cc.ledgersExtend(ledgers, holds, [1, null], 2);
  assert.deepEqual(cc.ledgersSettle(ledgers, [holds[0], null], [61, null], 3).map(({ settled }) => settled), [61n, 0n]);
  assert.equal(catchError(() => cc.ledgersRelease(ledgers, holds, 4)).failedAt, 0);
  cc.ledgersRelease(ledgers, [null, holds[1]], 4);
  assert.deepEqual(cc.ledgersRecord(ledgers, [1, 2], 5).map(({ settled }) => settled), [62n, 2n]);
  cc.ledgersRoll(ledgers, [2, 2], 6);
  assert.deepEqual(ledgers.map((ledger) => ledger.read().period), [2n, 2n]);
  assert.throws(() => cc.ledgersRecord(ledgers, [1], 5), RangeError);
  for (const amounts of [[1, undefined], [, 1]]) {
    assert.throws(() => cc.ledgersReserve(ledgers, amounts, 7), (error) => error instanceof TypeError && /must not be undefined/.test(error.message));
  }
});

test("memory grows to the largest call, and a million calls take no more", () => {
  const { buffer } = catchMemory();
  const million = new Float64Array(1e6).fill(1);
  cc.checkBudgetColumns(million, million);
  const after = catchMemory().buffer.byteLength;
  assert.ok(after > buffer.byteLength);
  const ledger = new cc.Ledger({ ledgerId: 1, period: 1, now: 0 }, { limit: 2n ** 62n });
  for (let index = 0; index < 1e6; index++) {
    cc.checkBudget(index, 1e6, { warningRatio: 0.5 });
    if (index % 4 === 0) ledger.record(1, index);
    if (index % 64 === 0) assert.throws(() => cc.checkBudget(-1, 1));
  }
  cc.checkBudgetColumns(million, million);
  assert.equal(ledger.read().settled, 250_000n);
  assert.equal(catchMemory().buffer.byteLength, after);
});

test("no call needs more than 16 KiB of stack", () => {
  // The stack is the lowest part of memory and grows down. What no call reached still has the paint.
  const stack = new Uint8Array(catchMemory().buffer, 0, 131072);
  stack.fill(0xa5);
  runGolden(cc, constants, cases);
  const long = Array.from({ length: 2000 }, (_, index) => 100 + (index % 7) * 10 + (index % 30 === 1 ? 500 : 0));
  for (const step of [86400, 3600]) cc.scanSpikes(long, { startTime: 0, step });
  cc.forecastBudget(long, long.slice(0, 300), 700, 1e5, { seasonLength: 168 });
  const used = stack.length - stack.findIndex((byte) => byte !== 0xa5);
  assert.ok(used > 1000 && used <= 16384, `${used} bytes`);
});

function catchError(call) {
  try {
    call();
  } catch (error) {
    return error;
  }
  assert.fail("no error");
}

/** The library's memory, which the package keeps to itself. */
function catchMemory() {
  const { set } = Uint8Array.prototype.__proto__;
  let found;
  Uint8Array.prototype.__proto__.set = function (...values) {
    found = this.buffer;
    return set.apply(this, values);
  };
  try {
    cc.detectSpike(new Float64Array(3));
  } finally {
    Uint8Array.prototype.__proto__.set = set;
  }
  return { buffer: found };
}
