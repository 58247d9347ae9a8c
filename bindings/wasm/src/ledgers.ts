// Several ledgers in one call: all of them change, or none does. null in place of a number or hold leaves a ledger out.

import { i64, type Integer } from "./convert.js";
import type { Ledger } from "./ledger.js";
import { library, memory } from "./memory.js";
import { CloudcircuitError } from "./result.js";
import { Hold, LedgerConfig, LedgerDecision, LedgerState } from "./structs.js";

const NOT_ASKED = -(2n ** 63n);
/** UINT32_MAX: no ledger. */
const NONE = 0xffffffff;

/** Where the arrays of a call lie in memory. */
interface Arrays {
  readonly configs: number;
  readonly states: number;
  readonly count: number;
  readonly decisions: number;
  readonly place: number;
}

/** Reserves on all ledgers, or on none. refusedBy is the place of the first that refuses. */
export function ledgersReserve(
  ledgers: readonly Ledger[],
  estimates: readonly (Integer | null)[],
  now: Integer,
): { readonly holds: Hold[]; readonly decisions: LedgerDecision[]; readonly refusedBy: number | null } {
  return memory.lend(() => {
    const holds = memory.take(Hold.size * ledgers.length);
    const numbers = putNumbers(ledgers, "estimates", estimates);
    const { decisions, place } = decide(ledgers, ({ configs, states, count, decisions, place }) =>
      library.cloudcircuit_ledgers_reserve(configs, states, numbers, count, i64("now", now), holds, decisions, place),
    );
    return { holds: ledgers.map((_, index) => Hold.read(holds + Hold.size * index)), decisions, refusedBy: place };
  });
}

/** Makes the holds of all ledgers larger or longer, or of none. */
export function ledgersExtend(
  ledgers: readonly Ledger[],
  holds: readonly (Hold | null)[],
  mores: readonly (Integer | null)[],
  now: Integer,
): LedgerDecision[] {
  return memory.lend(() => {
    const numbers = putNumbers(ledgers, "mores", mores);
    return onHolds(ledgers, holds, (at, { configs, states, count, decisions, place }) =>
      library.cloudcircuit_ledgers_extend(configs, states, at, numbers, count, i64("now", now), decisions, place),
    );
  });
}

/** Settles the holds of all ledgers, or of none. */
export function ledgersSettle(
  ledgers: readonly Ledger[],
  holds: readonly (Hold | null)[],
  actuals: readonly (Integer | null)[],
  now: Integer,
): LedgerDecision[] {
  return memory.lend(() => {
    const numbers = putNumbers(ledgers, "actuals", actuals);
    return onHolds(ledgers, holds, (at, { configs, states, count, decisions, place }) =>
      library.cloudcircuit_ledgers_settle(configs, states, at, numbers, count, i64("now", now), decisions, place),
    );
  });
}

/** Lets the holds of all ledgers go, or of none. */
export function ledgersRelease(ledgers: readonly Ledger[], holds: readonly (Hold | null)[], now: Integer): LedgerDecision[] {
  return memory.lend(() =>
    onHolds(ledgers, holds, (at, { configs, states, count, decisions, place }) =>
      library.cloudcircuit_ledgers_release(configs, states, at, count, i64("now", now), decisions, place),
    ),
  );
}

/** Books costs that were not reserved. */
export function ledgersRecord(ledgers: readonly Ledger[], amounts: readonly (Integer | null)[], now: Integer): LedgerDecision[] {
  return memory.lend(() => {
    const numbers = putNumbers(ledgers, "amounts", amounts);
    return decide(ledgers, ({ configs, states, count, decisions, place }) =>
      library.cloudcircuit_ledgers_record(configs, states, numbers, count, i64("now", now), decisions, place),
    ).decisions;
  });
}

/** Goes on to another period. A ledger whose period is the same stays as it is. */
export function ledgersRoll(ledgers: readonly Ledger[], periods: readonly Integer[], now: Integer): LedgerDecision[] {
  return memory.lend(() => {
    const numbers = putNumbers(ledgers, "periods", periods);
    return decide(ledgers, ({ configs, states, count, decisions, place }) =>
      library.cloudcircuit_ledgers_roll(configs, states, numbers, count, i64("now", now), decisions, place),
    ).decisions;
  });
}

function oneForEach(ledgers: readonly Ledger[], name: string, values: readonly unknown[]): void {
  if (values.length !== ledgers.length) {
    throw new RangeError(`${name} must have one for each of ${ledgers.length} ledgers, not ${values.length}`);
  }
  // findIndex sees holes too.
  const hole = values.findIndex((value) => value === undefined);
  if (hole >= 0) throw new TypeError(`${name}[${hole}] must not be undefined: null leaves a ledger out`);
}

function putNumbers(ledgers: readonly Ledger[], name: string, values: readonly (Integer | null)[]): number {
  oneForEach(ledgers, name, values);
  const at = memory.take(8 * values.length);
  values.forEach((value, index) => {
    memory.view.setBigInt64(at + 8 * index, i64(`${name}[${index}]`, value ?? NOT_ASKED), true);
  });
  return at;
}

function onHolds(
  ledgers: readonly Ledger[],
  holds: readonly (Hold | null)[],
  call: (holds: number, arrays: Arrays) => number,
): LedgerDecision[] {
  oneForEach(ledgers, "holds", holds);
  const at = memory.take(Hold.size * holds.length);
  memory.zero(at, Hold.size * holds.length);
  holds.forEach((hold, index) => hold && Hold.write(at + Hold.size * index, hold));
  const { decisions } = decide(ledgers, (arrays) => call(at, arrays));
  holds.forEach((hold, index) => hold && Object.assign(hold, Hold.read(at + Hold.size * index)));
  return decisions;
}

function decide(
  ledgers: readonly Ledger[],
  call: (arrays: Arrays) => number,
): { decisions: LedgerDecision[]; place: number | null } {
  const count = ledgers.length;
  const configs = memory.take(LedgerConfig.size * count);
  const states = memory.take(LedgerState.size * count);
  const decisions = memory.take(LedgerDecision.size * count);
  const place = memory.take(4);
  ledgers.forEach((ledger, index) => {
    memory.bytes.set(ledger.config, configs + LedgerConfig.size * index);
    ledger.place(states + LedgerState.size * index);
  });
  memory.view.setUint32(place, NONE, true);
  const status = call({ configs, states, count, decisions, place });
  const failed = memory.view.getUint32(place, true);
  if (status !== 0) throw new CloudcircuitError(status, undefined, failed === NONE ? null : failed);
  ledgers.forEach((ledger, index) => ledger.keep(states + LedgerState.size * index));
  return {
    decisions: ledgers.map(
      ({ config }, index) => new LedgerDecision(decisions + LedgerDecision.size * index, { status, config }),
    ),
    place: failed === NONE ? null : failed,
  };
}
