//! Verdicts of the detector and of the forecast.

/// A forecast was made, or the point judged is no spike.
pub const VERDICT_NORMAL: i32 = 1;
/// The point judged is a spike.
pub const VERDICT_SPIKE: i32 = 2;
/// There are too few points for an answer.
pub const VERDICT_INSUFFICIENT_DATA: i32 = 3;
