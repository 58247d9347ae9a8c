// Numbers, words and series from JavaScript to memory and back. Nothing is cut off or wraps around: what does not fit
// into the type in C is a RangeError, and what is no number a TypeError, which names the argument.

import { memory } from "./memory.js";

/** An integer of 64 bits: a bigint, or a number up to 2^53. Results always hold bigints. */
export type Integer = bigint | number;

/** Points of a series. A missing point is NaN, null or undefined. */
export type Series = Float64Array | Float32Array | readonly (number | null | undefined)[];

/** Amounts in a minor unit. */
export type IntegerSeries = BigInt64Array | readonly Integer[];

function wrongType(argument: string, wanted: string, value: unknown): never {
  throw new TypeError(`${argument} must be ${wanted}, not ${value === null ? "null" : typeof value}`);
}

function outOfRange(argument: string, wanted: string, value: unknown): never {
  throw new RangeError(`${argument} must be ${wanted}, not ${String(value)}`);
}

export function unknownField(of: string, key: never): never {
  throw new TypeError(`${of} has no field ${String(key)}`);
}

export function f64(argument: string, value: unknown): number {
  return typeof value === "number" ? value : wrongType(argument, "a number", value);
}

function integer(argument: string, value: unknown, lowest: number, highest: number): number {
  if (typeof value === "bigint") value = Number(value);
  if (typeof value !== "number") wrongType(argument, "an integer", value);
  if (!(Number.isInteger(value) && value >= lowest && value <= highest)) {
    outOfRange(argument, `an integer from ${lowest} to ${highest}`, value);
  }
  return value;
}

export function u32(argument: string, value: unknown): number {
  return integer(argument, value, 0, 0xffffffff);
}

export function i32(argument: string, value: unknown): number {
  return integer(argument, value, -0x80000000, 0x7fffffff);
}

function big(argument: string, value: unknown): bigint {
  if (typeof value === "bigint") return value;
  if (typeof value !== "number") wrongType(argument, "a bigint or an integer", value);
  if (!Number.isSafeInteger(value)) outOfRange(argument, "an integer, above 2^53 a bigint", value);
  return BigInt(value);
}

export function i64(argument: string, value: unknown): bigint {
  const number = big(argument, value);
  return BigInt.asIntN(64, number) === number ? number : outOfRange(argument, "an integer of 64 bits", value);
}

export function u64(argument: string, value: unknown): bigint {
  const number = big(argument, value);
  return BigInt.asUintN(64, number) === number ? number : outOfRange(argument, "an unsigned integer of 64 bits", value);
}

/** A group of constants: the word of each number. */
type Words = ReadonlyMap<number, string>;

export function wordOf(words: Words, number: number): string | null {
  return words.get(number) ?? null;
}

export function wordsOf(words: Words, bits: number): string[] {
  const names = [];
  for (const [bit, word] of words) if (bits & bit) names.push(word);
  return names;
}

/** The constant of a word. Numbers are the library's to judge. */
export function numberOf(words: Words, argument: string, word: unknown): number {
  if (typeof word === "number") return i32(argument, word);
  if (word === null) return 0;
  for (const [number, name] of words) if (name === word) return number;
  throw new TypeError(`${argument} must be one of ${[...words.values()].join(", ")}, not ${String(word)}`);
}

export function bitsOf(words: Words, argument: string, names: unknown): number {
  if (typeof names === "number") return u32(argument, names);
  if (!Array.isArray(names)) wrongType(argument, "an array of words", names);
  return names.reduce((bits: number, name) => bits | numberOf(words, argument, name), 0);
}

/** The places of the bits that are set. */
export function indices(bits: number): number[] {
  const places = [];
  for (let place = 0; bits !== 0; place++, bits >>>= 1) if (bits & 1) places.push(place);
  return places;
}

export function bits(places: readonly number[]): number {
  return places.reduce((bits, place) => bits | (1 << place), 0) >>> 0;
}

/** The ledger config's thresholds. The library refuses a count above what its array holds. */
export function writeThresholds(at: number, config: { thresholds: number; count: number; room: number }, thresholds: readonly Integer[]): void {
  thresholds.slice(0, config.room).forEach((threshold, index) => {
    memory.view.setBigInt64(at + config.thresholds + 8 * index, i64("thresholds", threshold), true);
  });
  memory.view.setUint32(at + config.count, thresholds.length, true);
}

/** Where a series lies in memory. */
export interface Placed {
  at: number;
  length: number;
}

function isList(value: unknown): value is ArrayLike<unknown> {
  return Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView));
}

export function putDoubles(argument: string, series: Series): Placed {
  if (!isList(series)) wrongType(argument, "an array of numbers", series);
  const { length } = series;
  const at = memory.take(8 * length);
  const column = new Float64Array(memory.bytes.buffer, at, length);
  if (series instanceof Float64Array || series instanceof Float32Array) {
    column.set(series);
  } else {
    for (let index = 0; index < length; index++) {
      const point = series[index];
      // No message is made for a point that is fine.
      column[index] = point == null ? NaN : typeof point === "number" ? point : f64(`${argument}[${index}]`, point);
    }
  }
  return { at, length };
}

export function putIntegers(argument: string, series: IntegerSeries | Int32Array): Placed {
  if (!isList(series)) wrongType(argument, "an array of integers", series);
  const { length } = series;
  const at = memory.take(8 * length);
  const column = new BigInt64Array(memory.bytes.buffer, at, length);
  if (series instanceof BigInt64Array) {
    column.set(series);
  } else {
    for (let index = 0; index < length; index++) column[index] = i64(`${argument}[${index}]`, series[index]);
  }
  return { at, length };
}
