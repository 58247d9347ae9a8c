// The circuit breaker with a state.

import { BREAKER_ENCODED_LEN, ERR_STALE_PERMIT, TIME_UNKNOWN } from "./constants.js";
import { i64, numberOf, type Integer } from "./convert.js";
import { library, memory } from "./memory.js";
import { RefusedError, saysNothing } from "./refused.js";
import { check, CloudcircuitError, configBytes, putConfig } from "./result.js";
import { State, type StateType } from "./state.js";
import {
  BREAKER,
  BreakerConfig,
  BreakerPermit,
  BreakerState,
  OUTCOME,
  type BreakerPhase,
  type Outcome,
} from "./structs.js";

/** What a report may add. */
export interface Report {
  /** How long the call took, in the unit of now; for slowCallDuration. */
  readonly duration?: Integer;
  /** With a failure: the time before which the called service wants no call. */
  readonly retryAt?: Integer | undefined;
}

const TYPE: StateType = {
  size: BreakerState.size,
  encodedLen: BREAKER_ENCODED_LEN,
  encode: library.cloudcircuit_breaker_state_encode,
  decode: library.cloudcircuit_breaker_state_decode,
};

/** What a function that runs in Breaker.call() may say about how it went. */
export interface Call {
  /** In place of "success" for a function that returned, or "failure" for one that threw. */
  outcome?: Outcome;
  /** With a failure: the time before which the called service wants no call. */
  retryAt?: Integer;
}

/** The whole circuit breaker: it counts, opens, waits, probes and closes. The caller brings the time, for example Date.now(). */
export class Breaker extends State {
  /** The bytes that encode() returns. */
  static readonly ENCODED_LEN = BREAKER_ENCODED_LEN;
  readonly #config: Uint8Array | null;

  constructor(now: Integer, config?: BreakerConfig) {
    super(TYPE);
    this.#config = memory.lend(() => configBytes(BreakerConfig, putConfig(BreakerConfig, config)));
    this.begin((at) => library.cloudcircuit_breaker_init(i64("now", now), at));
  }

  /** The breaker that encode() stored. */
  static decode(encoded: Uint8Array, config?: BreakerConfig): Breaker {
    const breaker = new this(0, config);
    breaker.load(encoded);
    return breaker;
  }

  /** The state's fields. */
  read(): BreakerState {
    return BreakerState.read(this.view);
  }

  get phase(): BreakerPhase {
    return this.read().phase;
  }

  /** How often the breaker was changed: store only where the stored one is still what was loaded. */
  get revision(): bigint {
    return this.read().revision;
  }

  /** May a call run now? Report every permit that allows one. */
  acquire(now: Integer): BreakerPermit {
    return this.change((at) => this.#permit((config, permit) => library.cloudcircuit_breaker_acquire(config, at, i64("now", now), permit)));
  }

  /** What acquire() would answer. Changes nothing, and the permit is not for a report. */
  peek(now: Integer): BreakerPermit {
    return this.change((at) => this.#permit((config, permit) => library.cloudcircuit_breaker_peek(config, at, i64("now", now), permit)));
  }

  /** Says how an allowed call went. */
  report(permit: BreakerPermit, outcome: Outcome, now: Integer, more: Report = {}): void {
    this.change((at) => {
      const config = this.#putConfig();
      const permitAt = putPermit(permit);
      const [kind, duration, retryAt] = numbersOf(outcome, more);
      check(library.cloudcircuit_breaker_report(config, at, permitAt, kind, duration, retryAt, i64("now", now)));
    });
  }

  /** Reports one call and acquires for the next at the same time. */
  reportAndAcquire(permit: BreakerPermit, outcome: Outcome, now: Integer, more: Report = {}): BreakerPermit {
    return this.change((at) => {
      const permitAt = putPermit(permit);
      const [kind, duration, retryAt] = numbersOf(outcome, more);
      return this.#permit((config, next) =>
        library.cloudcircuit_breaker_report_and_acquire(config, at, permitAt, kind, duration, retryAt, i64("now", now), next),
      );
    });
  }

  /**
   * Runs a function if the breaker allows it, else throws a RefusedError, and reports how it went. An error is a
   * failure, unless it is a RefusedError of another safeguard or an AbortError. For one process: clock is Date.now.
   */
  async call<T>(clock: () => Integer, run: (call: Call) => T | Promise<T>): Promise<T> {
    const started = i64("clock", clock());
    const permit = this.acquire(started);
    if (!permit.allowed) {
      throw new RefusedError(`the breaker is ${permit.phase}: retry after ${permit.retryAfter}`, permit);
    }
    const call: Call = {};
    let outcome: Outcome = "success";
    try {
      return await run(call);
    } catch (error) {
      outcome = saysNothing(error) ? "ignored" : "failure";
      throw error;
    } finally {
      const ended = i64("clock", clock());
      const duration = ended > started ? ended - started : 0n;
      let isReported = false;
      try {
        this.#reportIfCurrent(permit, call.outcome ?? outcome, ended, { duration, retryAt: call.retryAt });
        isReported = true;
      } finally {
        // What the function said may not be reportable. It has failed then.
        if (!isReported) this.#reportIfCurrent(permit, "failure", ended, { duration });
      }
    }
  }

  /** Forces the breaker open or closed until a time, or closes it. */
  force(forcedPhase: BreakerPhase, until: Integer, now: Integer): void {
    const phase = numberOf(BREAKER, "forcedPhase", forcedPhase);
    this.change((at) => check(library.cloudcircuit_breaker_force(at, phase, i64("until", until), i64("now", now))));
  }

  /** Starts over, closed. Also sets right a state whose clock ran ahead. */
  reset(now: Integer): void {
    this.change((at) => check(library.cloudcircuit_breaker_reset(at, i64("now", now))));
  }

  /** A breaker that has moved on without the call wants no report. */
  #reportIfCurrent(permit: BreakerPermit, outcome: Outcome, now: bigint, more: Report): void {
    try {
      this.report(permit, outcome, now, more);
    } catch (error) {
      if (!(error instanceof CloudcircuitError && error.status === ERR_STALE_PERMIT)) throw error;
    }
  }

  #putConfig(): number {
    return this.#config === null ? 0 : memory.put(this.#config);
  }

  #permit(call: (config: number, permit: number) => number): BreakerPermit {
    const at = memory.take(BreakerPermit.size);
    const status = call(this.#putConfig(), at);
    const permit = new BreakerPermit(at, { status, config: this.#config });
    check(status, permit);
    return permit;
  }
}

function putPermit(permit: BreakerPermit): number {
  const at = memory.take(BreakerPermit.size);
  // A permit that was stored as JSON has its fields alone.
  BreakerPermit.prototype.write.call(permit, at);
  return at;
}

function numbersOf(outcome: Outcome, { duration = 0n, retryAt = TIME_UNKNOWN }: Report): [number, bigint, bigint] {
  return [numberOf(OUTCOME, "outcome", outcome), i64("duration", duration), i64("retryAt", retryAt)];
}
