// The ledger.

import { LEDGER_ENCODED_LEN } from "./constants.js";
import { i64, u64, type Integer } from "./convert.js";
import { library, memory } from "./memory.js";
import { RefusedError } from "./refused.js";
import { check, configBytes, putConfig } from "./result.js";
import { State, type StateType } from "./state.js";
import { Hold, LedgerConfig, LedgerDecision, LedgerState } from "./structs.js";

/** Where a ledger begins. */
export interface LedgerStart {
  /** Above 0, another for every ledger, also for one made again. */
  readonly ledgerId: Integer;
  /** The number of the period, for example 202601. */
  readonly period: Integer;
  readonly now: Integer;
}

const TYPE: StateType = {
  size: LedgerState.size,
  encodedLen: LEDGER_ENCODED_LEN,
  encode: library.cloudcircuit_ledger_state_encode,
  decode: library.cloudcircuit_ledger_state_decode,
};

/** What a function that runs in Ledger.call() holds, and may say. */
export interface Spending {
  readonly hold: Hold;
  /** What it did cost. */
  actual?: Integer;
}

/** A budget that cannot be overspent: it holds what a request may cost, and books what it did cost. */
export class Ledger extends State {
  /** The bytes that encode() returns. */
  static readonly ENCODED_LEN = LEDGER_ENCODED_LEN;
  /** @internal */
  readonly config: Uint8Array;

  constructor(start: LedgerStart, config: LedgerConfig) {
    super(TYPE);
    this.config = memory.lend(() => configBytes(LedgerConfig, putConfig(LedgerConfig, config ?? {}))!);
    const [id, period] = [u64("ledgerId", start.ledgerId), i64("period", start.period)];
    this.begin((at) => library.cloudcircuit_ledger_init(id, period, i64("now", start.now), at));
  }

  /** The ledger that encode() stored. */
  static decode(encoded: Uint8Array, config: LedgerConfig): Ledger {
    const ledger = new this({ ledgerId: 1, period: 0, now: 0 }, config);
    ledger.load(encoded);
    return ledger;
  }

  /** The state's fields. */
  read(): LedgerState {
    return LedgerState.read(this.view);
  }

  /** How often the ledger was changed: store only where the stored one is still what was loaded. */
  get revision(): bigint {
    return this.read().revision;
  }

  /** Holds an estimate if it fits. Go on only when decision.allowed, and settle or release the hold. */
  reserve(estimate: Integer, now: Integer): { readonly hold: Hold; readonly decision: LedgerDecision } {
    return this.change((at) => {
      const holdAt = memory.take(Hold.size);
      const decision = this.#decide((config, decision) =>
        library.cloudcircuit_ledger_reserve(config, at, i64("estimate", estimate), i64("now", now), holdAt, decision),
      );
      return { hold: Hold.read(holdAt), decision };
    });
  }

  /** Makes a hold larger, or with 0 longer. The hold gets a new id and end when that is allowed. */
  extend(hold: Hold, more: Integer, now: Integer): LedgerDecision {
    return this.#onHold(hold, (config, at, holdAt, decision) =>
      library.cloudcircuit_ledger_extend(config, at, holdAt, i64("more", more), i64("now", now), decision),
    );
  }

  /** Books a part of what is held. The hold keeps the rest, under a new id. */
  post(hold: Hold, part: Integer, now: Integer): LedgerDecision {
    return this.#onHold(hold, (config, at, holdAt, decision) =>
      library.cloudcircuit_ledger_post(config, at, holdAt, i64("part", part), i64("now", now), decision),
    );
  }

  /** Books what the request did cost. The hold is spent: its id is 0. */
  settle(hold: Hold, actual: Integer, now: Integer): LedgerDecision {
    return this.#onHold(hold, (config, at, holdAt, decision) =>
      library.cloudcircuit_ledger_settle(config, at, holdAt, i64("actual", actual), i64("now", now), decision),
    );
  }

  /** Lets a hold go without a cost. The hold is spent. */
  release(hold: Hold, now: Integer): LedgerDecision {
    return this.#onHold(hold, (config, at, holdAt, decision) =>
      library.cloudcircuit_ledger_release(config, at, holdAt, i64("now", now), decision),
    );
  }

  /** Books a cost that was not reserved, or with a negative amount a credit. */
  record(amount: Integer, now: Integer): LedgerDecision {
    return this.change((at) =>
      this.#decide((config, decision) => library.cloudcircuit_ledger_record(config, at, i64("amount", amount), i64("now", now), decision)),
    );
  }

  /**
   * Reserves, runs a function, and settles what it has set as actual; without one all that is held, also when it
   * throws, because the money may be spent. Throws a RefusedError when the ledger refuses. For one process.
   */
  async call<T>(estimate: Integer, clock: () => Integer, run: (spending: Spending) => T | Promise<T>): Promise<T> {
    const { hold, decision } = this.reserve(estimate, clock());
    if (!decision.allowed) {
      throw new RefusedError(`the ledger refuses (${decision.reason}), ${decision.available} is available`, decision);
    }
    const spending: Spending = { hold };
    try {
      return await run(spending);
    } finally {
      this.#finish(spending, clock());
    }
  }

  /** Goes on to another period. */
  roll(period: Integer, now: Integer): LedgerDecision {
    return this.change((at) =>
      this.#decide((config, decision) => library.cloudcircuit_ledger_roll(config, at, i64("period", period), i64("now", now), decision)),
    );
  }

  /** Begins a period with nothing settled. Also sets right a state whose clock ran ahead. */
  reset(period: Integer, now: Integer): void {
    this.change((at) => check(library.cloudcircuit_ledger_reset(at, i64("period", period), i64("now", now))));
  }

  #finish({ hold, actual }: Spending, now: Integer): void {
    try {
      if (hold.id !== 0n && actual !== undefined) this.settle(hold, actual, now);
    } finally {
      // Also where that actual could not be booked.
      if (hold.id !== 0n) this.settle(hold, hold.amount, now);
    }
  }

  #decide(call: (config: number, decision: number) => number): LedgerDecision {
    const at = memory.take(LedgerDecision.size);
    const status = call(memory.put(this.config), at);
    const decision = new LedgerDecision(at, { status, config: this.config });
    check(status, decision);
    return decision;
  }

  #onHold(hold: Hold, call: (config: number, state: number, hold: number, decision: number) => number): LedgerDecision {
    return this.change((at) => {
      const holdAt = memory.take(Hold.size);
      Hold.write(holdAt, hold);
      const decision = this.#decide((config, decisionAt) => call(config, at, holdAt, decisionAt));
      Object.assign(hold, Hold.read(holdAt));
      return decision;
    });
  }
}
