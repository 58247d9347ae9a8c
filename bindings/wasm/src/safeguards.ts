// Budget, spike and breaker from counters, each in one call without a state, and money.

import {
  DEFAULT_MIN_BASELINE,
  DEFAULT_SPIKE_MULTIPLIER,
  DEFAULT_WARNING_PPM,
  DEFAULT_WARNING_RATIO,
} from "./constants.js";
import { f64, i64, putDoubles, putIntegers, u32, type Integer, type IntegerSeries, type Series } from "./convert.js";
import { library, memory } from "./memory.js";
import { check, decided, putConfig } from "./result.js";
import {
  BreakerCounters,
  BreakerDecision,
  BudgetConfig,
  BudgetConfigI64,
  BudgetResult,
  BudgetResultI64,
  SpikeConfig,
  SpikeConfigI64,
  SpikeResult,
  SpikeResultI64,
} from "./structs.js";

/** How much of a budget is used, and is it breached? */
export function checkBudget(currentSpend: number, budgetLimit: number, config?: BudgetConfig): BudgetResult {
  return memory.lend(() => {
    const configAt = putConfig(BudgetConfig, config);
    const at = memory.take(BudgetResult.size);
    const [spend, limit] = [f64("currentSpend", currentSpend), f64("budgetLimit", budgetLimit)];
    const status = library.cloudcircuit_check_budget(spend, limit, configAt, at);
    return decided(BudgetResult, at, status, BudgetConfig, configAt);
  });
}

/** As checkBudget(), in exact integers of a minor unit. */
export function checkBudgetI64(currentSpend: Integer, budgetLimit: Integer, config?: BudgetConfigI64): BudgetResultI64 {
  return memory.lend(() => {
    const configAt = putConfig(BudgetConfigI64, config);
    const at = memory.take(BudgetResultI64.size);
    const [spend, limit] = [i64("currentSpend", currentSpend), i64("budgetLimit", budgetLimit)];
    const status = library.cloudcircuit_check_budget_i64(spend, limit, configAt, at);
    return decided(BudgetResultI64, at, status, BudgetConfigI64, configAt);
  });
}

/** Is the latest spend far above the mean of what came before? */
export function checkAnomalySpike(spendSeries: Series, config?: SpikeConfig): SpikeResult {
  return memory.lend(() => {
    const configAt = putConfig(SpikeConfig, config);
    const at = memory.take(SpikeResult.size);
    const series = putDoubles("spendSeries", spendSeries);
    const status = library.cloudcircuit_check_anomaly_spike(series.at, series.length, configAt, at);
    return decided(SpikeResult, at, status, SpikeConfig, configAt);
  });
}

/** As checkAnomalySpike(), in exact integers of a minor unit. */
export function checkAnomalySpikeI64(spendSeries: IntegerSeries, config?: SpikeConfigI64): SpikeResultI64 {
  return memory.lend(() => {
    const configAt = putConfig(SpikeConfigI64, config);
    const at = memory.take(SpikeResultI64.size);
    const series = putIntegers("spendSeries", spendSeries);
    const status = library.cloudcircuit_check_anomaly_spike_i64(series.at, series.length, configAt, at);
    return decided(SpikeResultI64, at, status, SpikeConfigI64, configAt);
  });
}

/** May the operation run, after the failures seen so far? */
export function evaluateCircuitBreaker(counters: BreakerCounters): BreakerDecision {
  return memory.lend(() => {
    const countersAt = putConfig(BreakerCounters, counters);
    const at = memory.take(BreakerDecision.size);
    const status = library.cloudcircuit_evaluate_circuit_breaker(countersAt, at);
    return decided(BreakerDecision, at, status, BreakerCounters, countersAt);
  });
}

/** checkBudget() as FLAG bits. Throws for no amount: FLAG_INVALID and the bits that refuse are set. */
export function budgetFlags(currentSpend: number, budgetLimit: number, warningRatio = DEFAULT_WARNING_RATIO): number {
  const [spend, limit] = [f64("currentSpend", currentSpend), f64("budgetLimit", budgetLimit)];
  return library.cloudcircuit_budget_flags(spend, limit, f64("warningRatio", warningRatio));
}

/** checkBudgetI64() as FLAG bits. */
export function budgetFlagsI64(currentSpend: Integer, budgetLimit: Integer, warningPpm = DEFAULT_WARNING_PPM): number {
  const [spend, limit] = [i64("currentSpend", currentSpend), i64("budgetLimit", budgetLimit)];
  return library.cloudcircuit_budget_flags_i64(spend, limit, u32("warningPpm", warningPpm));
}

/** checkAnomalySpike() as FLAG bits. */
export function spikeFlags(
  spendSeries: Series,
  spikeMultiplier = DEFAULT_SPIKE_MULTIPLIER,
  minBaseline = DEFAULT_MIN_BASELINE,
): number {
  return memory.lend(() => {
    const series = putDoubles("spendSeries", spendSeries);
    const [multiplier, baseline] = [f64("spikeMultiplier", spikeMultiplier), f64("minBaseline", minBaseline)];
    return library.cloudcircuit_spike_flags(series.at, series.length, multiplier, baseline);
  });
}

/** evaluateCircuitBreaker() as FLAG bits. */
export function breakerFlags(consecutiveFailures: Integer, failureThreshold: Integer, cooldownStepsRemaining: Integer): number {
  return library.cloudcircuit_breaker_flags(
    i64("consecutiveFailures", consecutiveFailures),
    i64("failureThreshold", failureThreshold),
    i64("cooldownStepsRemaining", cooldownStepsRemaining),
  );
}

/** An amount in a minor unit: moneyFromDouble(12.34, 2) is 1234n. An amount with more decimal places is an error. */
export function moneyFromDouble(amount: number, scale: number): bigint {
  return memory.lend(() => {
    const at = memory.take(8);
    check(library.cloudcircuit_money_from_double(f64("amount", amount), u32("scale", scale), at));
    return memory.view.getBigInt64(at, true);
  });
}

/** The double nearest to an amount in a minor unit: moneyToDouble(1234n, 2) is 12.34. */
export function moneyToDouble(minor: Integer, scale: number): number {
  return memory.lend(() => {
    const at = memory.take(8);
    check(library.cloudcircuit_money_to_double(i64("minor", minor), u32("scale", scale), at));
    return memory.view.getFloat64(at, true);
  });
}
