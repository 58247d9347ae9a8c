//! Words for constants: one table each, used by the name functions of the ABI and by the records.

use crate::{
    breaker::state::*,
    detect::config::*,
    guard::{evaluate::*, signal::*},
    ledger::config::*,
    ledger::decide::*,
    mode::*,
    rate_limit::*,
    timeline::{NEGATIVE_POINTS_ERROR, NEGATIVE_POINTS_MISSING, NEGATIVE_POINTS_ZERO},
    verdict::*,
};
use core::ffi::CStr;

macro_rules! names {
    ($($function:ident($type:ty) { $($constant:ident => $name:literal,)* })*) => {$(
        pub(crate) fn $function(value: $type) -> Option<&'static CStr> {
            match value {
                $($constant => Some($name),)*
                _ => None,
            }
        }
    )*};
}

names! {
    action(i32) {
        ACTION_BLOCK => c"block",
        ACTION_THROTTLE => c"throttle",
        ACTION_ALERT => c"alert",
        ACTION_ALLOW => c"allow",
    }
    reason(u32) {
        REASON_WARNING => c"warning",
        REASON_BREACH => c"breach",
        REASON_SPIKE => c"spike",
        REASON_OPEN => c"open",
        REASON_MISSING => c"missing",
        REASON_LEAK => c"leak",
        REASON_OVER_LIMIT => c"over_limit",
        REASON_RATE => c"rate",
        REASON_FORECAST => c"forecast",
        REASON_INSUFFICIENT => c"insufficient",
        REASON_ERROR => c"error",
    }
    signal(u32) {
        SIGNAL_BUDGET => c"budget",
        SIGNAL_SPIKE => c"spike",
        SIGNAL_BREAKER => c"breaker",
        SIGNAL_RATE => c"rate",
        SIGNAL_FORECAST => c"forecast",
    }
    phase(i32) {
        BREAKER_CLOSED => c"closed",
        BREAKER_OPEN => c"open",
        BREAKER_HALF_OPEN => c"half_open",
        BREAKER_FORCED_OPEN => c"forced_open",
        BREAKER_FORCED_CLOSED => c"forced_closed",
    }
    outcome(i32) {
        OUTCOME_SUCCESS => c"success",
        OUTCOME_FAILURE => c"failure",
        OUTCOME_IGNORED => c"ignored",
    }
    verdict(i32) {
        VERDICT_NORMAL => c"normal",
        VERDICT_SPIKE => c"spike",
        VERDICT_INSUFFICIENT_DATA => c"insufficient_data",
    }
    detect_reason(i32) {
        DETECT_REASON_REFUSED => c"refused",
        DETECT_REASON_SCORE => c"score",
        DETECT_REASON_ONE_POINT => c"one_point",
        DETECT_REASON_TWO_POINTS => c"two_points",
        DETECT_REASON_THREE_POINTS => c"three_points",
        DETECT_REASON_MIN_IMPACT => c"min_impact",
        DETECT_REASON_MIN_RELATIVE_IMPACT => c"min_relative_impact",
        DETECT_REASON_HISTORY => c"history",
        DETECT_REASON_MISSING => c"missing",
        DETECT_REASON_RECURRING => c"recurring",
    }
    ledger_reason(i32) {
        LEDGER_REASON_WITHIN => c"within",
        LEDGER_REASON_AT_LIMIT => c"at_limit",
        LEDGER_REASON_OVER_LIMIT => c"over_limit",
        LEDGER_REASON_EXCEEDS_LIMIT => c"exceeds_limit",
        LEDGER_REASON_UNLIMITED => c"unlimited",
        LEDGER_REASON_EXPIRED => c"expired",
        LEDGER_REASON_FREE => c"free",
        LEDGER_REASON_UNVERIFIED => c"unverified",
    }
    rate_reason(i32) {
        RATE_REASON_WITHIN => c"within",
        RATE_REASON_OVER_LIMIT => c"over_limit",
        RATE_REASON_EXCEEDS_LIMIT => c"exceeds_limit",
        RATE_REASON_UNLIMITED => c"unlimited",
        RATE_REASON_FREE => c"free",
    }
    negative_points(u32) {
        NEGATIVE_POINTS_ERROR => c"error",
        NEGATIVE_POINTS_MISSING => c"missing",
        NEGATIVE_POINTS_ZERO => c"zero",
    }
    mode(u32) {
        MODE_ENFORCE => c"enforce",
        MODE_MONITOR => c"monitor",
        MODE_UNLIMITED => c"unlimited",
    }
    threshold_unit(u32) {
        THRESHOLD_PPM => c"ppm",
        THRESHOLD_AMOUNT => c"amount",
    }
    threshold_basis(u32) {
        BASIS_SETTLED => c"settled",
        BASIS_COMMITTED => c"committed",
    }
}
