// Many budgets or series in one call. Each row gets the bits that the call for a single one answers.
//
// An invalid row does not spoil the others and is no error: its flags are FLAG_INVALID and every bit that refuses.

import { ERR_INVALID_ROWS } from "./constants.js";
import { putDoubles, putIntegers, type IntegerSeries, type Placed, type Series } from "./convert.js";
import { library, memory } from "./memory.js";
import { check, putConfig } from "./result.js";
import { BudgetConfig, BudgetConfigI64, DetectConfig, SpikeConfig } from "./structs.js";

/** A byte of FLAG bits for each row. */
export interface Rows {
  readonly flags: Uint8Array;
  readonly invalidRows: number;
}

/** Where the series of a column begin: rows + 1 positions. Plain numbers, or Arrow's offsets. */
export type Offsets = IntegerSeries | Int32Array;

function sameLength(first: Placed, second: Placed): void {
  if (first.length !== second.length) {
    throw new RangeError(`budgetLimit must have a row for each of currentSpend: ${second.length}, not ${first.length}`);
  }
}

/** Takes room for the answers, calls, and copies what was written. */
function decide<T>(
  rows: number,
  call: (flags: number, numbers: number, invalidRows: number) => number,
  numbers: (at: number) => T,
): Rows & T {
  const flagsAt = memory.take(rows);
  const numbersAt = memory.take(8 * rows);
  const invalidAt = memory.take(4);
  const status = call(flagsAt, numbersAt, invalidAt);
  if (status !== ERR_INVALID_ROWS) check(status);
  const invalidRows = memory.view.getUint32(invalidAt, true);
  return { flags: memory.copy(flagsAt, rows), invalidRows, ...numbers(numbersAt) };
}

function doubles(at: number, rows: number): Float64Array {
  return new Float64Array(memory.bytes.buffer, at, rows).slice();
}

/** Checks many budgets, each as checkBudget() does. */
export function checkBudgetColumns(
  currentSpend: Series,
  budgetLimit: Series,
  config?: BudgetConfig,
): Rows & { readonly usageRatio: Float64Array } {
  return memory.lend(() => {
    const configAt = putConfig(BudgetConfig, config);
    const spend = putDoubles("currentSpend", currentSpend);
    const limit = putDoubles("budgetLimit", budgetLimit);
    sameLength(limit, spend);
    return decide(
      spend.length,
      (flags, usage, invalid) =>
        library.cloudcircuit_check_budget_columns(spend.at, limit.at, spend.length, configAt, flags, usage, invalid),
      (at) => ({ usageRatio: doubles(at, spend.length) }),
    );
  });
}

/** Checks many budgets, each as checkBudgetI64() does. */
export function checkBudgetColumnsI64(
  currentSpend: IntegerSeries,
  budgetLimit: IntegerSeries,
  config?: BudgetConfigI64,
): Rows & { readonly usagePpm: BigUint64Array } {
  return memory.lend(() => {
    const configAt = putConfig(BudgetConfigI64, config);
    const spend = putIntegers("currentSpend", currentSpend);
    const limit = putIntegers("budgetLimit", budgetLimit);
    sameLength(limit, spend);
    return decide(
      spend.length,
      (flags, usage, invalid) =>
        library.cloudcircuit_check_budget_columns_i64(spend.at, limit.at, spend.length, configAt, flags, usage, invalid),
      (at) => ({ usagePpm: new BigUint64Array(memory.bytes.buffer, at, spend.length).slice() }),
    );
  });
}

type SeriesCall = (
  spend: number,
  spendLen: number,
  offsets: number,
  rows: number,
  config: number,
  flags: number,
  numbers: number,
  invalidRows: number,
) => number;

function decideSeries<T>(spend: Series, offsets: Offsets, configAt: number, call: SeriesCall, numbers: (column: Float64Array) => T) {
  const points = putDoubles("spend", spend);
  const starts = putIntegers("offsets", offsets);
  if (starts.length === 0) throw new RangeError("offsets must hold a position more than there are series");
  const rows = starts.length - 1;
  return decide(
    rows,
    (flags, column, invalid) => call(points.at, points.length, starts.at, rows, configAt, flags, column, invalid),
    (at) => numbers(doubles(at, rows)),
  );
}

/** Checks many series, each as checkAnomalySpike() does. Series i is spend[offsets[i]] to before spend[offsets[i + 1]]. */
export function checkAnomalySpikeColumns(
  spend: Series,
  offsets: Offsets,
  config?: SpikeConfig,
): Rows & { readonly threshold: Float64Array } {
  return memory.lend(() =>
    decideSeries(spend, offsets, putConfig(SpikeConfig, config), library.cloudcircuit_check_anomaly_spike_columns, (threshold) => ({ threshold })),
  );
}

/** Judges many series, each as detectSpike() does. */
export function detectSpikeColumns(
  spend: Series,
  offsets: Offsets,
  config?: DetectConfig,
): Rows & { readonly scores: Float64Array } {
  return memory.lend(() =>
    decideSeries(spend, offsets, putConfig(DetectConfig, config), library.cloudcircuit_detect_spike_columns, (scores) => ({ scores })),
  );
}
