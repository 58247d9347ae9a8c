// The detector over a series, point by point or as a tracker that needs no history, and the forecast.

import { SPIKE_TRACKER_ENCODED_LEN } from "./constants.js";
import { f64, putDoubles, u32, type Series } from "./convert.js";
import { library, memory } from "./memory.js";
import { check, configBytes, decided, putConfig } from "./result.js";
import { State, type StateType } from "./state.js";
import { DetectConfig, DetectResult, ForecastConfig, ForecastResult, SpikeTrackerState } from "./structs.js";

/** Is the last point far above what its series usually does at that time? */
export function detectSpike(spendSeries: Series, config?: DetectConfig): DetectResult {
  return memory.lend(() => {
    const configAt = putConfig(DetectConfig, config);
    const at = memory.take(DetectResult.size);
    const series = putDoubles("spendSeries", spendSeries);
    const status = library.cloudcircuit_detect_spike(series.at, series.length, configAt, at);
    return decided(DetectResult, at, status, DetectConfig, configAt);
  });
}

/** What scanSpikes() finds, a row for each point. */
export interface Scan {
  /** FLAG bits. */
  readonly flags: Uint8Array;
  readonly expectedSpend: Float64Array;
  readonly upperBound: Float64Array;
}

/** Judges every point of a series by the points before it, each as detectSpike() does. */
export function scanSpikes(spendSeries: Series, config?: DetectConfig): Scan {
  return memory.lend(() => {
    const configAt = putConfig(DetectConfig, config);
    const { at, length } = putDoubles("spendSeries", spendSeries);
    const flags = memory.take(length);
    const [expected, upper] = [memory.take(8 * length), memory.take(8 * length)];
    check(library.cloudcircuit_scan_spikes(at, length, configAt, flags, expected, upper));
    const doubles = (at: number) => new Float64Array(memory.bytes.buffer, at, length).slice();
    return { flags: memory.copy(flags, length), expectedSpend: doubles(expected), upperBound: doubles(upper) };
  });
}

const TYPE: StateType = {
  size: SpikeTrackerState.size,
  encodedLen: SPIKE_TRACKER_ENCODED_LEN,
  encode: library.cloudcircuit_spike_tracker_state_encode,
  decode: library.cloudcircuit_spike_tracker_state_decode,
};

/** The detector for a series whose points come one by one. Its config stays with its state. */
export class SpikeTracker extends State {
  /** The bytes that encode() returns. */
  static readonly ENCODED_LEN = SPIKE_TRACKER_ENCODED_LEN;

  constructor(config?: DetectConfig) {
    super(TYPE);
    this.begin((at) => library.cloudcircuit_spike_tracker_init(putConfig(DetectConfig, config), at));
  }

  /** The tracker that encode() stored. */
  static decode(encoded: Uint8Array): SpikeTracker {
    const tracker = new this();
    tracker.load(encoded);
    return tracker;
  }

  /** Judges the next point and adds it. Call it for every step of time, with NaN for one without data. */
  update(spend: number | null): DetectResult {
    return this.change((at) => {
      const resultAt = memory.take(DetectResult.size);
      const status = library.cloudcircuit_spike_tracker_update(at, spend === null ? NaN : f64("spend", spend), resultAt);
      const config = configBytes(DetectConfig, at + CONFIG_IN_TRACKER);
      const result = new DetectResult(resultAt, { status, config });
      check(status, result);
      return result;
    });
  }

  /** How often the tracker was changed: store only where the stored one is still what was loaded. */
  get revision(): bigint {
    return SpikeTrackerState.read(this.view).revision;
  }
}

const CONFIG_IN_TRACKER = 16;

/** What will be spent by the end of the period, and is it within budget? */
export function forecastBudget(
  history: Series,
  periodSpend: Series,
  periodLen: number,
  budgetLimit: number,
  config?: ForecastConfig,
): ForecastResult {
  return memory.lend(() => {
    const configAt = putConfig(ForecastConfig, config);
    const at = memory.take(ForecastResult.size);
    const past = putDoubles("history", history);
    const period = putDoubles("periodSpend", periodSpend);
    const [length, limit] = [u32("periodLen", periodLen), f64("budgetLimit", budgetLimit)];
    const status = library.cloudcircuit_forecast_budget(past.at, past.length, period.at, period.length, length, limit, configAt, at);
    return decided(ForecastResult, at, status, ForecastConfig, configAt);
  });
}
