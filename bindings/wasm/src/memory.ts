// The library's WebAssembly instance and its memory.
//
// The library owns no memory. What a call needs lies above the library's own data, from `__heap_base` on, for as long
// as the call runs. Memory grows to what the largest call needed and is used again by every later one.

import wasm from "./cloudcircuit.wasm";
import type { Library } from "./structs.js";

const { exports } = new WebAssembly.Instance(new WebAssembly.Module(wasm as Uint8Array<ArrayBuffer>));
const buffers = exports["memory"] as WebAssembly.Memory;
const PAGE = 65536;

/** The library's functions. */
export const library = exports as unknown as Library;

let bytes = new Uint8Array(buffers.buffer);
let view = new DataView(buffers.buffer);
let top = roundUp((exports["__heap_base"] as WebAssembly.Global).value as number);

function roundUp(at: number): number {
  return Math.ceil(at / 8) * 8;
}

/** Memory that has grown is another buffer. */
function refresh(): void {
  if (bytes.buffer !== buffers.buffer) {
    bytes = new Uint8Array(buffers.buffer);
    view = new DataView(buffers.buffer);
  }
}

export const memory = {
  get bytes(): Uint8Array {
    return bytes;
  },

  get view(): DataView {
    return view;
  },

  /** Runs a call. What it took is free again when it ends. */
  lend<T>(call: () => T): T {
    const mark = top;
    try {
      return call();
    } finally {
      top = mark;
    }
  },

  /** Takes so many bytes, for the call that runs. Returns where they start. */
  take(size: number): number {
    const at = top;
    const end = roundUp(at + size);
    if (end > bytes.length) {
      buffers.grow(Math.ceil((end - bytes.length) / PAGE));
      refresh();
    }
    top = end;
    return at;
  },

  zero(at: number, size: number): void {
    bytes.fill(0, at, at + size);
  },

  /** A copy that no later call changes. */
  copy(at: number, size: number): Uint8Array {
    return bytes.slice(at, at + size);
  },

  /** Takes room for a copy of some bytes. */
  put(from: Uint8Array): number {
    const at = memory.take(from.length);
    bytes.set(from, at);
    return at;
  },

  /** A static string of the library. */
  text(at: number): string {
    return String.fromCharCode(...bytes.subarray(at, bytes.indexOf(0, at)));
  },
};
