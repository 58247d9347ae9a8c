//! What a ledger, a rate limit and a breaker do with what they judge.

/// What the rules refuse is refused. The default.
pub const MODE_ENFORCE: u32 = 0;
/// Judges and books as with CLOUDCIRCUIT_MODE_ENFORCE, but refuses nothing: allowed is 1 in every
/// call that is no error, and would_refuse says what the rules refuse.
pub const MODE_MONITOR: u32 = 1;
/// There is no limit. Of a ledger and a rate limit; not of a breaker.
pub const MODE_UNLIMITED: u32 = 2;
