// What every result can do, and the error that the library's refusals are.

import { library, memory } from "./memory.js";
import type { Library, Signal } from "./structs.js";

/** The call that a result is from. @internal */
export interface Origin {
  readonly status: number;
  /** The config's bytes, or null for the defaults. */
  readonly config: Uint8Array | null;
}

/** @internal */
interface Names {
  readonly size: number;
  readonly record: keyof Library;
  /** The most that a record needs. */
  readonly capacity: number;
  readonly signal: keyof Library | null;
  read(at: number): Signal;
}

/** What a signal needs at most: its size is 24. */
const SIGNAL_ROOM = 64;

type Call = (...values: number[]) => number;

/** A result: its fields, and what the library makes of it. */
export abstract class Result {
  #origin: Origin;

  /** @internal */
  constructor(origin: Origin) {
    this.#origin = origin;
  }

  /** @internal */
  abstract write(at: number): void;
  /** @internal */
  abstract names(): Names;

  /** One line of JSON for an audit log: the result, and the settings that decided. */
  toJson(): string {
    return memory.lend(() => {
      const { size, record, capacity } = this.names();
      const { status, config } = this.#origin;
      const at = memory.take(size);
      this.write(at);
      const configAt = config === null ? 0 : memory.put(config);
      const buffer = memory.take(capacity);
      const length = memory.take(4);
      check((library[record] as Call)(status, configAt, at, buffer, capacity, length));
      return new TextDecoder().decode(memory.copy(buffer, memory.view.getUint32(length, true)));
    });
  }

  /** What evaluateGuard() takes of it. */
  toSignal(): Signal {
    return memory.lend(() => {
      const { size, signal, read } = this.names();
      if (signal === null) throw new TypeError("a guard's decision is no finding");
      const at = memory.take(size);
      this.write(at);
      const signalAt = memory.take(SIGNAL_ROOM);
      check((library[signal] as Call)(this.#origin.status, at, signalAt));
      return read(signalAt);
    });
  }
}

/** The argument that a status is about, as its message names it: "budget_limit must be finite and > 0". */
function argumentOf(message: string): string {
  const subject = message.split(" must ")[0]!.split(" ");
  const name = ["a", "every"].includes(subject[0]!) ? subject.at(-1)! : subject[0]!;
  return name.replace(/\W/g, "").replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
}

/** The arguments broke a rule of the library. The message names the argument and the rule. */
export class CloudcircuitError extends Error {
  /** The library's number for the rule. It keeps its meaning for ever. */
  readonly status: number;
  /** The constant in cloudcircuit.h, for example "CLOUDCIRCUIT_ERR_BUDGET_LIMIT". */
  override readonly name: string;
  /** The argument, for example "budgetLimit". */
  readonly argument: string;
  /** Of a call on several ledgers: the place of the one that the error is about, from 0. */
  readonly failedAt: number | null;
  #refusal: Result | undefined;

  /** @internal */
  constructor(status: number, refusal?: Result, failedAt: number | null = null) {
    const message = memory.text(library.cloudcircuit_status_message(status));
    super(message);
    this.status = status;
    this.name = memory.text(library.cloudcircuit_status_name(status));
    this.argument = argumentOf(message);
    this.failedAt = failedAt;
    this.#refusal = refusal;
  }

  /** One line of JSON for an audit log: the status, the refusing result, the settings. */
  toJson(): string {
    return this.#refused().toJson();
  }

  /** What evaluateGuard() takes of it. */
  toSignal(): Signal {
    return this.#refused().toSignal();
  }

  #refused(): Result {
    if (this.#refusal === undefined) throw new TypeError(`${this.name} is not from a call that decides`);
    return this.#refusal;
  }
}

/** Throws for every status but OK. @internal */
export function check(status: number, refusal?: Result): void {
  if (status !== 0) throw new CloudcircuitError(status, refusal);
}

/** The type of a config that structs.ts writes. @internal */
export interface ConfigType<C> {
  readonly size: number;
  readonly init: keyof Library | null;
  write(at: number, config: C): void;
}

/** Where a config lies in memory: 0, which is NULL, for the defaults. @internal */
export function putConfig<C>(type: ConfigType<C>, config: C | undefined): number {
  if (config === undefined) return 0;
  if (typeof config !== "object" || config === null) {
    throw new TypeError(`a config must be an object, not ${config === null ? "null" : typeof config}`);
  }
  const at = memory.take(type.size);
  if (type.init) check((library[type.init] as Call)(at));
  else memory.zero(at, type.size);
  type.write(at, config);
  return at;
}

/** The bytes of such a config, for a record. @internal */
export function configBytes<C>(type: ConfigType<C>, at: number): Uint8Array | null {
  return at === 0 ? null : memory.copy(at, type.size);
}

/** The result that a call wrote, or its error. @internal */
export function decided<R extends Result, C>(
  type: { new (at: number, origin: Origin): R },
  at: number,
  status: number,
  config: ConfigType<C>,
  configAt: number,
): R {
  const result = new type(at, { status, config: configBytes(config, configAt) });
  check(status, result);
  return result;
}
