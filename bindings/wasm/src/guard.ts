// One verdict from all that the safeguards found.

import { library, memory } from "./memory.js";
import { CloudcircuitError, decided, putConfig, Result } from "./result.js";
import { GuardDecision, GuardPolicy, Signal } from "./structs.js";

/** What a guard takes: a result, the error of a safeguard's call, or what toSignal() makes of either. */
export type Finding = Result | CloudcircuitError | Signal;

/** One verdict from all that the safeguards found, by the caller's policy. */
export function evaluateGuard(findings: Iterable<Finding>, policy?: GuardPolicy): GuardDecision {
  return memory.lend(() => {
    const signals = Array.from(findings, (finding) => ("toSignal" in finding ? finding.toSignal() : finding));
    const policyAt = putConfig(GuardPolicy, policy);
    const at = memory.take(GuardDecision.size);
    const signalsAt = memory.take(Signal.size * signals.length);
    signals.forEach((signal, index) => Signal.write(signalsAt + Signal.size * index, signal));
    const status = library.cloudcircuit_evaluate_guard(signalsAt, signals.length, policyAt, at);
    return decided(GuardDecision, at, status, GuardPolicy, policyAt);
  });
}
