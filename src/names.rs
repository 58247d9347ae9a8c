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
    words::words,
};

words!(action {
    ACTION_BLOCK => "block",
    ACTION_THROTTLE => "throttle",
    ACTION_ALERT => "alert",
    ACTION_ALLOW => "allow",
});
words!(reason {
    REASON_WARNING => "warning",
    REASON_BREACH => "breach",
    REASON_SPIKE => "spike",
    REASON_OPEN => "open",
    REASON_MISSING => "missing",
    REASON_LEAK => "leak",
    REASON_OVER_LIMIT => "over_limit",
    REASON_RATE => "rate",
    REASON_FORECAST => "forecast",
    REASON_INSUFFICIENT => "insufficient",
    REASON_ERROR => "error",
});
words!(signal {
    SIGNAL_BUDGET => "budget",
    SIGNAL_SPIKE => "spike",
    SIGNAL_BREAKER => "breaker",
    SIGNAL_RATE => "rate",
    SIGNAL_FORECAST => "forecast",
});
words!(phase {
    BREAKER_CLOSED => "closed",
    BREAKER_OPEN => "open",
    BREAKER_HALF_OPEN => "half_open",
    BREAKER_FORCED_OPEN => "forced_open",
    BREAKER_FORCED_CLOSED => "forced_closed",
});
words!(outcome {
    OUTCOME_SUCCESS => "success",
    OUTCOME_FAILURE => "failure",
    OUTCOME_IGNORED => "ignored",
});
words!(verdict {
    VERDICT_NORMAL => "normal",
    VERDICT_SPIKE => "spike",
    VERDICT_INSUFFICIENT_DATA => "insufficient_data",
});
words!(detect_reason {
    DETECT_REASON_REFUSED => "refused",
    DETECT_REASON_SCORE => "score",
    DETECT_REASON_ONE_POINT => "one_point",
    DETECT_REASON_TWO_POINTS => "two_points",
    DETECT_REASON_THREE_POINTS => "three_points",
    DETECT_REASON_MIN_IMPACT => "min_impact",
    DETECT_REASON_MIN_RELATIVE_IMPACT => "min_relative_impact",
    DETECT_REASON_HISTORY => "history",
    DETECT_REASON_MISSING => "missing",
    DETECT_REASON_RECURRING => "recurring",
});
words!(ledger_reason {
    LEDGER_REASON_WITHIN => "within",
    LEDGER_REASON_AT_LIMIT => "at_limit",
    LEDGER_REASON_OVER_LIMIT => "over_limit",
    LEDGER_REASON_EXCEEDS_LIMIT => "exceeds_limit",
    LEDGER_REASON_UNLIMITED => "unlimited",
    LEDGER_REASON_EXPIRED => "expired",
    LEDGER_REASON_FREE => "free",
    LEDGER_REASON_UNVERIFIED => "unverified",
});
words!(rate_reason {
    RATE_REASON_WITHIN => "within",
    RATE_REASON_OVER_LIMIT => "over_limit",
    RATE_REASON_EXCEEDS_LIMIT => "exceeds_limit",
    RATE_REASON_UNLIMITED => "unlimited",
    RATE_REASON_FREE => "free",
});
words!(negative_points {
    NEGATIVE_POINTS_ERROR => "error",
    NEGATIVE_POINTS_MISSING => "missing",
    NEGATIVE_POINTS_ZERO => "zero",
});
words!(mode {
    MODE_ENFORCE => "enforce",
    MODE_MONITOR => "monitor",
    MODE_UNLIMITED => "unlimited",
});
words!(threshold_unit {
    THRESHOLD_PPM => "ppm",
    THRESHOLD_AMOUNT => "amount",
});
words!(threshold_basis {
    BASIS_SETTLED => "settled",
    BASIS_COMMITTED => "committed",
});
