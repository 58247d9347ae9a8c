// What all states share: their bytes stay in JavaScript and visit the library's memory for a call.

import { memory } from "./memory.js";
import { check } from "./result.js";

/** @internal */
export interface StateType {
  readonly size: number;
  readonly encodedLen: number;
  encode(state: number, bytes: number, len: number): number;
  decode(bytes: number, len: number, state: number): number;
}

/** A safeguard with a state, which encode() turns into bytes for a row or a key. */
export abstract class State {
  readonly #type: StateType;
  readonly #bytes: Uint8Array;

  /** @internal */
  protected constructor(type: StateType) {
    this.#type = type;
    this.#bytes = new Uint8Array(type.size);
  }

  /** @internal */
  protected get view(): DataView {
    return new DataView(this.#bytes.buffer);
  }

  /** The state as bytes with a checksum, the same on every machine. */
  encode(): Uint8Array {
    return memory.lend(() => {
      const state = this.place();
      const at = memory.take(this.#type.encodedLen);
      check(this.#type.encode(state, at, this.#type.encodedLen));
      return memory.copy(at, this.#type.encodedLen);
    });
  }

  /** @internal */
  protected load(encoded: Uint8Array): void {
    memory.lend(() => {
      const at = memory.put(encoded);
      this.begin((state) => this.#type.decode(at, encoded.length, state));
    });
  }

  /** Takes the state that a call writes. @internal */
  protected begin(call: (at: number) => number): void {
    memory.lend(() => {
      const at = memory.take(this.#type.size);
      check(call(at));
      this.keep(at);
    });
  }

  /** Runs a call on the state. If it throws, the state stays as it was. @internal */
  protected change<T>(call: (at: number) => T): T {
    return memory.lend(() => {
      const at = this.place();
      const answer = call(at);
      this.keep(at);
      return answer;
    });
  }

  /** Puts the state into memory. @internal */
  place(at = memory.take(this.#bytes.length)): number {
    memory.bytes.set(this.#bytes, at);
    return at;
  }

  /** Takes the state back. @internal */
  keep(at: number): void {
    this.#bytes.set(memory.bytes.subarray(at, at + this.#bytes.length));
  }
}
