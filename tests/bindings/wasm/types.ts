// What the package's types must accept, and with @ts-expect-error what they must not.

import * as cc from "cloudcircuit";

const result: cc.BudgetResult = cc.checkBudget(1, 2, { warningRatio: 0.5 });
const isBreached: boolean = result.isBreached;
const exact: bigint = cc.checkBudgetI64(1, 2n).usagePpm;
const found: cc.DetectResult = cc.detectSpike([1, null, NaN], { negativePoints: "missing", startTime: 0 });
const verdict: "normal" | "spike" | "insufficient_data" = found.verdict;
const ledger = new cc.Ledger({ ledgerId: 1n, period: 2, now: 3 }, { limit: 100, mode: "monitor", thresholds: [1, 2n] });
const { hold, decision } = ledger.reserve(1, 2);
const reason: cc.LedgerReason | null = ledger.settle(hold, 1n, 3).reason;
const signal: cc.Signal = decision.toSignal();
const guard: cc.GuardDecision = cc.evaluateGuard([result, found, signal, new Error("").cause as cc.CloudcircuitError], { required: ["budget"] });
const flags: Uint8Array = cc.checkBudgetColumns([1], new Float64Array(1)).flags;
const bits: number = cc.FLAG_SPIKE | cc.ERR_HOLD_SPENT;
console.log(isBreached, exact, verdict, reason, guard.action === "block", flags, bits);

// @ts-expect-error a field that the config does not have
cc.checkBudget(1, 2, { warningRate: 0.5 });
// @ts-expect-error no word of this field
cc.detectSpike([1], { negativePoints: "never" });
// @ts-expect-error results are not changed
result.isBreached = false;
// @ts-expect-error nobody but the library makes results
new cc.BudgetResult(0, null);
