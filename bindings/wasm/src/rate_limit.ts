// The rate limit.

import { RATE_LIMIT_ENCODED_LEN } from "./constants.js";
import { i64, type Integer } from "./convert.js";
import { library, memory } from "./memory.js";
import { check, configBytes, putConfig } from "./result.js";
import { State, type StateType } from "./state.js";
import { RateLimitConfig, RateLimitDecision, RateLimitState } from "./structs.js";

const TYPE: StateType = {
  size: RateLimitState.size,
  encodedLen: RATE_LIMIT_ENCODED_LEN,
  encode: library.cloudcircuit_rate_limit_state_encode,
  decode: library.cloudcircuit_rate_limit_state_decode,
};

/** No more than a limit in any window of time, in exact units: requests, tokens, cents. */
export class RateLimit extends State {
  /** The bytes that encode() returns. */
  static readonly ENCODED_LEN = RATE_LIMIT_ENCODED_LEN;
  readonly #config: Uint8Array;

  constructor(now: Integer, config: RateLimitConfig) {
    super(TYPE);
    this.#config = memory.lend(() => configBytes(RateLimitConfig, putConfig(RateLimitConfig, config ?? {}))!);
    this.begin((at) => library.cloudcircuit_rate_limit_init(i64("now", now), at));
  }

  /** The rate limit that encode() stored. */
  static decode(encoded: Uint8Array, config: RateLimitConfig): RateLimit {
    const limit = new this(0, config);
    limit.load(encoded);
    return limit;
  }

  /** The state's fields. */
  read(): RateLimitState {
    return RateLimitState.read(this.view);
  }

  /** How often it was changed: store only where the stored one is still what was loaded. */
  get revision(): bigint {
    return this.read().revision;
  }

  /** Takes an amount if it fits. */
  acquire(amount: Integer, now: Integer): RateLimitDecision {
    return this.#decide((config, at, decision) =>
      library.cloudcircuit_rate_limit_acquire(config, at, i64("amount", amount), i64("now", now), decision),
    );
  }

  /** Sets right what an acquire took at takenAt: by may be negative. */
  adjust(takenAt: Integer, by: Integer, now: Integer): RateLimitDecision {
    return this.#decide((config, at, decision) =>
      library.cloudcircuit_rate_limit_adjust(config, at, i64("takenAt", takenAt), i64("by", by), i64("now", now), decision),
    );
  }

  /** Starts over, empty. */
  reset(now: Integer): void {
    this.change((at) => check(library.cloudcircuit_rate_limit_reset(at, i64("now", now))));
  }

  #decide(call: (config: number, state: number, decision: number) => number): RateLimitDecision {
    return this.change((at) => {
      const decisionAt = memory.take(RateLimitDecision.size);
      const status = call(memory.put(this.#config), at, decisionAt);
      const decision = new RateLimitDecision(decisionAt, { status, config: this.#config });
      check(status, decision);
      return decision;
    });
  }
}
