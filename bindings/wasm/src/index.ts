// Spend safeguards as pure functions: libcloudcircuit for Node and browsers.

export * from "./breaker.js";
export * from "./columns.js";
export * from "./constants.js";
export type { Integer, IntegerSeries, Series } from "./convert.js";
export * from "./detect.js";
export * from "./guard.js";
export * from "./ledger.js";
export * from "./ledgers.js";
export * from "./rate_limit.js";
export { RefusedError } from "./refused.js";
export { CloudcircuitError } from "./result.js";
export type { Result } from "./result.js";
export * from "./safeguards.js";
export type * from "./structs.js";
