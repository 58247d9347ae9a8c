// What happens around a call that a safeguard guards.

import type { BreakerPermit, LedgerDecision } from "./structs.js";

/** A safeguard does not let the call run. No mistake of the caller: what it answered is in decision. */
export class RefusedError extends Error {
  override readonly name = "RefusedError";

  /** @internal */
  constructor(
    message: string,
    readonly decision: BreakerPermit | LedgerDecision,
  ) {
    super(message);
  }
}

/** Whether the error says nothing about the service: another safeguard refused, or the caller gave up. */
export function saysNothing(error: unknown): boolean {
  return error instanceof RefusedError || (error instanceof Error && error.name === "AbortError");
}
