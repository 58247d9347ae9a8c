//! Structs, constants and statuses of libcloudcircuit. Made from cloudcircuit.json by make_sys.py: do not
//! edit.

use crate::{Error, sys};
use core::mem::{MaybeUninit, offset_of};

/// The version of this header, as a string.
pub const VERSION: &str = "0.2.0";
/// Its first number.
pub const VERSION_MAJOR: u32 = 0;
/// Its second number.
pub const VERSION_MINOR: u32 = 2;
/// Its third number.
pub const VERSION_PATCH: u32 = 0;
/// The ABI version of this header.
pub const ABI_VERSION: u32 = 0;
/// What the rules refuse is refused.
pub const MODE_ENFORCE: u32 = 0;
/// Judges and books as with `MODE_ENFORCE`, but refuses nothing: allowed is 1 in every call that is
/// no error, and `would_refuse` says what the rules refuse.
pub const MODE_MONITOR: u32 = 1;
/// There is no limit.
pub const MODE_UNLIMITED: u32 = 2;
/// `is_warning` of a budget.
pub const FLAG_WARNING: u32 = 1;
/// `is_breached` of a budget, or `is_forecast_breached`.
pub const FLAG_BREACHED: u32 = 2;
/// A spike.
pub const FLAG_SPIKE: u32 = 4;
/// `is_open` of a breaker.
pub const FLAG_OPEN: u32 = 8;
/// The end of a slow leak.
pub const FLAG_LEAK: u32 = 16;
/// A fall: a point far below what is usual.
pub const FLAG_DROP: u32 = 32;
/// The detector cannot judge the point: too few points came before it, or it is missing.
pub const FLAG_INSUFFICIENT: u32 = 64;
/// The inputs broke a rule.
pub const FLAG_INVALID: u32 = 128;
/// A buffer of this size is enough for any record of this version, with its NUL.
pub const RECORD_CAPACITY: usize = 1536;
/// Default `warning_ratio`.
pub const DEFAULT_WARNING_RATIO: f64 = 0.9;
/// Default `warning_ppm`.
pub const DEFAULT_WARNING_PPM: u32 = 900000;
/// The largest number of points in a series: 2^31; 2^28 - 1 where addresses have 32 bits.
pub const MAX_SERIES_LEN: u32 = 2147483648;
/// Default `spike_multiplier`.
pub const DEFAULT_SPIKE_MULTIPLIER: f64 = 1.5;
/// Default `min_baseline`.
pub const DEFAULT_MIN_BASELINE: f64 = 0.0;
/// Default `spike_multiplier_ppm`.
pub const DEFAULT_SPIKE_MULTIPLIER_PPM: u32 = 1500000;
/// Consecutive failures that open the breaker, when the host sets none.
pub const DEFAULT_FAILURE_THRESHOLD: i64 = 3;
/// The default of `half_open_max_probes`.
pub const DEFAULT_HALF_OPEN_MAX_PROBES: u32 = 1;
/// The default of `half_open_calls`.
pub const DEFAULT_HALF_OPEN_CALLS: u32 = 1;
/// The default of `half_open_failure_rate_ppm`: the first failed probe opens the breaker.
pub const DEFAULT_HALF_OPEN_FAILURE_RATE_PPM: u32 = 1;
/// The default of `backoff_ppm`: each open time is twice the one before, up to `max_open_duration`,
/// which is `open_duration` by default.
pub const DEFAULT_BACKOFF_PPM: u32 = 2000000;
/// The default of `open_duration`, in milliseconds.
pub const DEFAULT_OPEN_DURATION: i64 = 30000;
/// The default of `max_open_duration`, in milliseconds.
pub const DEFAULT_MAX_OPEN_DURATION: i64 = 30000;
/// The default of `probe_timeout`, in milliseconds.
pub const DEFAULT_PROBE_TIMEOUT: i64 = 60000;
/// Every call is allowed, on a ramp a share of them; outcomes are counted.
pub const BREAKER_CLOSED: i32 = 1;
/// Every call is refused until `open_until`.
pub const BREAKER_OPEN: i32 = 2;
/// A few calls are allowed as probes; they decide whether it closes or opens again.
pub const BREAKER_HALF_OPEN: i32 = 3;
/// Every call is refused until `forced_until`, then it is half-open; nothing is judged.
pub const BREAKER_FORCED_OPEN: i32 = 4;
/// Every call is allowed until `forced_until`, then it is closed; nothing is judged.
pub const BREAKER_FORCED_CLOSED: i32 = 5;
/// The call did what it should.
pub const OUTCOME_SUCCESS: i32 = 1;
/// The call failed.
pub const OUTCOME_FAILURE: i32 = 2;
/// The call says nothing about what it called, for example because it was cancelled: gives its
/// probe's place back, judges nothing.
pub const OUTCOME_IGNORED: i32 = 3;
/// The first field of every `BreakerState`; "CCB1" as little-endian bytes.
pub const BREAKER_LAYOUT: u32 = 826426179;
/// The bytes that `breaker_state_encode` writes.
pub const BREAKER_ENCODED_LEN: usize = 420;
/// The largest `window_size`: the outcomes that a state remembers one by one.
pub const BREAKER_MAX_WINDOW: u32 = 128;
/// The largest `half_open_max_probes`: the probes that a state has slots for.
pub const BREAKER_MAX_PROBES: u32 = 8;
/// The largest `half_open_calls`.
pub const BREAKER_MAX_HALF_OPEN_CALLS: u32 = 64;
/// `threshold_unit`: thresholds are parts per million of limit + carried.
pub const THRESHOLD_PPM: u32 = 0;
/// `threshold_unit`: thresholds are amounts.
pub const THRESHOLD_AMOUNT: u32 = 1;
/// `threshold_basis`: settled is compared with the thresholds.
pub const BASIS_SETTLED: u32 = 0;
/// `threshold_basis`: settled + held is compared with the thresholds.
pub const BASIS_COMMITTED: u32 = 1;
/// The most thresholds that a config holds.
pub const LEDGER_MAX_THRESHOLDS: u32 = 8;
/// The first field of every `LedgerState`; "CCL1" as little-endian bytes.
pub const LEDGER_LAYOUT: u32 = 827081539;
/// The bytes that `ledger_state_encode` writes.
pub const LEDGER_ENCODED_LEN: usize = 532;
/// settled + held is below limit + carried.
pub const LEDGER_REASON_WITHIN: i32 = 1;
/// settled + held is limit + carried exactly.
pub const LEDGER_REASON_AT_LIMIT: i32 = 2;
/// settled + held is above limit + carried, or would be with what is asked for.
pub const LEDGER_REASON_OVER_LIMIT: i32 = 3;
/// The estimate alone is above limit + carried: it would not fit into an empty ledger.
pub const LEDGER_REASON_EXCEEDS_LIMIT: i32 = 4;
/// The mode is `MODE_UNLIMITED`.
pub const LEDGER_REASON_UNLIMITED: i32 = 5;
/// The hold had ended: what was spent is booked, and nothing was let go for it.
pub const LEDGER_REASON_EXPIRED: i32 = 6;
/// Nothing was asked for: an estimate of 0, or an extend that only moves the end.
pub const LEDGER_REASON_FREE: i32 = 7;
/// The hold is more than 1,024 holds old: nobody knows whether it was spent before.
pub const LEDGER_REASON_UNVERIFIED: i32 = 8;
/// The most ledgers of one call.
pub const LEDGERS_MAX_COUNT: usize = 16;
/// used is at most the limit.
pub const RATE_REASON_WITHIN: i32 = 1;
/// used is above the limit, or would be with the amount.
pub const RATE_REASON_OVER_LIMIT: i32 = 3;
/// The amount alone is above the limit: it never fits.
pub const RATE_REASON_EXCEEDS_LIMIT: i32 = 4;
/// The mode is `MODE_UNLIMITED`.
pub const RATE_REASON_UNLIMITED: i32 = 5;
/// The amount is 0, which always fits.
pub const RATE_REASON_FREE: i32 = 7;
/// The first field of every `RateLimitState`; "CCR1" as little-endian bytes.
pub const RATE_LIMIT_LAYOUT: u32 = 827474755;
/// The bytes that `rate_limit_state_encode` writes.
pub const RATE_LIMIT_ENCODED_LEN: usize = 172;
/// A forecast was made, or the point judged is no spike.
pub const VERDICT_NORMAL: i32 = 1;
/// The point judged is a spike.
pub const VERDICT_SPIKE: i32 = 2;
/// There are too few points for an answer.
pub const VERDICT_INSUFFICIENT_DATA: i32 = 3;
/// The `start_time` of a series whose dates are unknown.
pub const TIME_UNKNOWN: i64 = i64::MIN;
/// The default step, in seconds: a day.
pub const DEFAULT_STEP: i64 = 86400;
/// The largest `lag_points`.
pub const MAX_LAG_POINTS: u32 = 480;
/// A negative point, for example a credit, is an error.
pub const NEGATIVE_POINTS_ERROR: u32 = 0;
/// A negative point counts as missing.
pub const NEGATIVE_POINTS_MISSING: u32 = 1;
/// A negative point counts as 0.
pub const NEGATIVE_POINTS_ZERO: u32 = 2;
/// The default `score_threshold`, a robust z-score.
pub const DEFAULT_SCORE_THRESHOLD: f64 = 3.5;
/// The default `min_relative_impact`: 8 % of the expected spend.
pub const DEFAULT_MIN_RELATIVE_IMPACT: f64 = 0.08;
/// The default `min_baseline`, in the unit of the series.
pub const DEFAULT_DETECT_MIN_BASELINE: f64 = 0.01;
/// The largest `season_length`: the hours of ten days.
pub const MAX_SEASON_LENGTH: u32 = 240;
/// The smallest window, in points.
pub const MIN_DETECT_WINDOW: u32 = 14;
/// The largest window, in points: the hours of twenty days.
pub const MAX_DETECT_WINDOW: u32 = 480;
/// The call failed, so nothing was judged.
pub const DETECT_REASON_REFUSED: i32 = 0;
/// Normal: the score is at most `score_threshold`.
pub const DETECT_REASON_SCORE: i32 = 1;
/// A spike: the score of the point alone is above `score_threshold`.
pub const DETECT_REASON_ONE_POINT: i32 = 2;
/// A spike: the scores of two points in a row are above `score_threshold` / 1.2 (hourly 1.4).
pub const DETECT_REASON_TWO_POINTS: i32 = 3;
/// A spike: the scores of three points in a row are above `score_threshold` / 3 (hourly 2).
pub const DETECT_REASON_THREE_POINTS: i32 = 4;
/// Normal: the score is above `score_threshold`, but the excess is below `min_impact`.
pub const DETECT_REASON_MIN_IMPACT: i32 = 5;
/// Normal: the score is above `score_threshold`, but the point is too little above what the past
/// explains for `min_relative_impact`.
pub const DETECT_REASON_MIN_RELATIVE_IMPACT: i32 = 6;
/// Insufficient data: too few known points come before the point.
pub const DETECT_REASON_HISTORY: i32 = 7;
/// Insufficient data: the point itself is missing.
pub const DETECT_REASON_MISSING: i32 = 8;
/// Normal: the score is above `score_threshold`, but the like came before: twice at half its
/// height, at one distance or on one day of the month, or once at nearly its height whole seasons
/// ago.
pub const DETECT_REASON_RECURRING: i32 = 9;
/// The value of layout in a `SpikeTrackerState`.
pub const SPIKE_TRACKER_LAYOUT: u32 = 844317507;
/// Length of an encoded tracker in bytes.
pub const SPIKE_TRACKER_ENCODED_LEN: usize = 2292;
/// The default `season_length`: a week of daily points.
pub const DEFAULT_FORECAST_SEASON_LENGTH: u32 = 7;
/// The largest `season_length`: the hours of a week.
pub const MAX_FORECAST_SEASON_LENGTH: u32 = 168;
/// The largest number of points in a period: 2^20, more than the minutes of a year.
pub const MAX_PERIOD_LEN: u32 = 1048576;
/// A budget, an exact budget or a ledger.
pub const SIGNAL_BUDGET: u32 = 1;
/// A spike, an exact spike or a detector's answer.
pub const SIGNAL_SPIKE: u32 = 2;
/// A breaker from counters or a breaker's permit.
pub const SIGNAL_BREAKER: u32 = 4;
/// A rate limit.
pub const SIGNAL_RATE: u32 = 8;
/// A forecast.
pub const SIGNAL_FORECAST: u32 = 16;
/// The budget's `is_warning` is set, or a ledger has newly crossed a threshold.
pub const REASON_WARNING: u32 = 1;
/// The budget's `is_breached` is set.
pub const REASON_BREACH: u32 = 2;
/// The spike's `is_spike` is set, or the detector's verdict is a spike.
pub const REASON_SPIKE: u32 = 4;
/// The breaker is open or refuses the call.
pub const REASON_OPEN: u32 = 8;
/// A kind of signal that the policy requires is not there.
pub const REASON_MISSING: u32 = 16;
/// The detector's `is_leak` is set.
pub const REASON_LEAK: u32 = 32;
/// The ledger refuses, or what is settled and held is above its limit.
pub const REASON_OVER_LIMIT: u32 = 64;
/// The rate limit refuses.
pub const REASON_RATE: u32 = 128;
/// The forecast's `is_forecast_breached` is set.
pub const REASON_FORECAST: u32 = 256;
/// The detector or the forecast had too few points.
pub const REASON_INSUFFICIENT: u32 = 512;
/// A safeguard's call failed.
pub const REASON_ERROR: u32 = 1024;
/// Stop the operation.
pub const ACTION_BLOCK: i32 = 0;
/// Let it run, but less of it.
pub const ACTION_THROTTLE: i32 = 1;
/// Let it run and tell somebody.
pub const ACTION_ALERT: i32 = 2;
/// Let it run.
pub const ACTION_ALLOW: i32 = 3;
/// The most signals in one call of `evaluate_guard()`.
pub const GUARD_MAX_SIGNALS: u32 = 64;
/// The largest scale: decimal places of a minor unit.
pub const MAX_MONEY_SCALE: u32 = 9;

/// An error for each status: the name without `CLOUDCIRCUIT_ERR_`.
impl Error {
    /// every required pointer must be non-NULL.
    pub const NULL_POINTER: Error = Error(1);
    /// reserved must be 0.
    pub const RESERVED: Error = Error(2);
    /// state must be one that the library wrote, whole and unchanged.
    pub const CORRUPT_STATE: Error = Error(3);
    /// len must be the constant CLOUDCIRCUIT_...`_ENCODED_LEN` of this kind of state.
    pub const ENCODED_LENGTH: Error = Error(4);
    /// count must be at most what the call takes, and at least 1 for several ledgers.
    pub const COUNT: Error = Error(5);
    /// mode must be a `MODE` constant that this kind of config knows.
    pub const MODE: Error = Error(6);
    /// `budget_limit` must be finite and > 0.
    pub const BUDGET_LIMIT: Error = Error(100);
    /// `warning_ratio` must be > 0 and <= 1.
    pub const WARNING_RATIO: Error = Error(101);
    /// `current_spend` must be finite and >= 0.
    pub const CURRENT_SPEND: Error = Error(102);
    /// `warning_ppm` must be 1 to 1000000.
    pub const WARNING_PPM: Error = Error(103);
    /// `spend_series_len` must be at least 2.
    pub const SERIES_TOO_SHORT: Error = Error(200);
    /// `spend_series_len` must be at most `MAX_SERIES_LEN`.
    pub const SERIES_TOO_LONG: Error = Error(201);
    /// `spike_multiplier` must be finite and > 1.
    pub const SPIKE_MULTIPLIER: Error = Error(202);
    /// `min_baseline` must be finite and >= 0.
    pub const MIN_BASELINE: Error = Error(203);
    /// every point of `spend_series` must be finite and >= 0.
    pub const SPEND_SERIES: Error = Error(204);
    /// `spike_multiplier_ppm` must be > 1000000.
    pub const SPIKE_MULTIPLIER_PPM: Error = Error(205);
    /// `consecutive_failures` must be >= 0.
    pub const CONSECUTIVE_FAILURES: Error = Error(300);
    /// `failure_threshold` must be > 0.
    pub const FAILURE_THRESHOLD: Error = Error(301);
    /// `cooldown_steps_remaining` must be >= 0.
    pub const COOLDOWN_STEPS_REMAINING: Error = Error(302);
    /// `window_size` must be at most `BREAKER_MAX_WINDOW`.
    pub const WINDOW_SIZE: Error = Error(310);
    /// `minimum_calls` must be 1 to `window_size`, or > 0 for a rate over `window_duration`.
    pub const MINIMUM_CALLS: Error = Error(311);
    /// `failure_rate_ppm` must be at most 1000000, and 0 without a window.
    pub const FAILURE_RATE_PPM: Error = Error(312);
    /// `slow_call_rate_ppm` must be at most 1000000, and 0 without a window.
    pub const SLOW_CALL_RATE_PPM: Error = Error(313);
    /// `half_open_max_probes` must be 1 to `BREAKER_MAX_PROBES`.
    pub const HALF_OPEN_MAX_PROBES: Error = Error(314);
    /// `jitter_ppm` must be at most 1000000.
    pub const JITTER_PPM: Error = Error(316);
    /// `slow_call_duration` must be > 0 when `slow_call_rate_ppm` is.
    pub const SLOW_CALL_DURATION: Error = Error(317);
    /// `open_duration` must be > 0.
    pub const OPEN_DURATION: Error = Error(318);
    /// `max_open_duration` must be >= `open_duration`.
    pub const MAX_OPEN_DURATION: Error = Error(319);
    /// `probe_timeout` must be > 0.
    pub const PROBE_TIMEOUT: Error = Error(320);
    /// permit must be one with which this breaker allowed a call.
    pub const PERMIT: Error = Error(321);
    /// outcome must be a `OUTCOME` constant.
    pub const OUTCOME: Error = Error(322);
    /// duration must be >= 0.
    pub const DURATION: Error = Error(323);
    /// permit must be of the current generation and a probe's not yet reported.
    pub const STALE_PERMIT: Error = Error(324);
    /// `forced_phase` must be `BREAKER_FORCED_OPEN`, `_FORCED_CLOSED` or `_CLOSED`.
    pub const FORCED_PHASE: Error = Error(325);
    /// `window_duration` must be >= 0, and 0 when `window_size` is above 0.
    pub const WINDOW_DURATION: Error = Error(326);
    /// `failure_count` must be at most `window_size`, and 0 without a window.
    pub const FAILURE_COUNT: Error = Error(327);
    /// `half_open_calls` must be 1 to `BREAKER_MAX_HALF_OPEN_CALLS`.
    pub const HALF_OPEN_CALLS: Error = Error(328);
    /// `half_open_failure_rate_ppm` must be 1 to 1000000.
    pub const HALF_OPEN_FAILURE_RATE_PPM: Error = Error(329);
    /// `half_open_duration` must be >= 0.
    pub const HALF_OPEN_DURATION: Error = Error(330);
    /// `backoff_ppm` must be 1000000 to 16000000.
    pub const BACKOFF_PPM: Error = Error(331);
    /// `trips_decay` must be >= 0.
    pub const TRIPS_DECAY: Error = Error(332);
    /// `max_retry_after` must be >= 0.
    pub const MAX_RETRY_AFTER: Error = Error(333);
    /// `ramp_duration` must be >= 0.
    pub const RAMP_DURATION: Error = Error(334);
    /// a breaker's config must have a rule: `failure_threshold`, `failure_count`, a rate or
    /// `max_retry_after` above 0.
    pub const NO_RULE: Error = Error(335);
    /// policy must have a `ACTION` constant in `on_warning`.
    pub const ON_WARNING: Error = Error(400);
    /// policy must have a `ACTION` constant in `on_breach`.
    pub const ON_BREACH: Error = Error(401);
    /// policy must have a `ACTION` constant in `on_spike`.
    pub const ON_SPIKE: Error = Error(402);
    /// policy must have a `ACTION` constant in `on_open`.
    pub const ON_OPEN: Error = Error(403);
    /// policy must have a `ACTION` constant in `on_missing`.
    pub const ON_MISSING: Error = Error(404);
    /// policy must have `SIGNAL` constants, at least one and no other bits, in required.
    pub const REQUIRED: Error = Error(405);
    /// result must be one that a budget's call wrote with `OK`.
    pub const BUDGET_SIGNAL: Error = Error(406);
    /// result must be one that a spike's call wrote with `OK`.
    pub const SPIKE_SIGNAL: Error = Error(407);
    /// decision must be one that a breaker from counters wrote with `OK`.
    pub const BREAKER_SIGNAL: Error = Error(408);
    /// policy must have a `ACTION` constant in `on_leak`.
    pub const ON_LEAK: Error = Error(409);
    /// policy must have a `ACTION` constant in `on_over_limit`.
    pub const ON_OVER_LIMIT: Error = Error(410);
    /// policy must have a `ACTION` constant in `on_rate`.
    pub const ON_RATE: Error = Error(411);
    /// policy must have a `ACTION` constant in `on_forecast`.
    pub const ON_FORECAST: Error = Error(412);
    /// policy must have a `ACTION` constant in `on_insufficient`.
    pub const ON_INSUFFICIENT: Error = Error(413);
    /// policy must have a `ACTION` constant in `on_error`.
    pub const ON_ERROR: Error = Error(414);
    /// policy must have no bits but `REASON` constants in monitor.
    pub const MONITOR: Error = Error(415);
    /// every signal must be one that a CLOUDCIRCUIT signal function wrote.
    pub const SIGNAL: Error = Error(416);
    /// permit must be one that a breaker's call wrote with `OK`.
    pub const PERMIT_SIGNAL: Error = Error(417);
    /// decision must be one that a ledger's call wrote with `OK`.
    pub const LEDGER_SIGNAL: Error = Error(418);
    /// decision must be one that a rate limit's call wrote with `OK`.
    pub const RATE_SIGNAL: Error = Error(419);
    /// result must be one that a detector's call wrote with `OK`.
    pub const DETECT_SIGNAL: Error = Error(420);
    /// result must be one that a forecast's call wrote with `OK`.
    pub const FORECAST_SIGNAL: Error = Error(421);
    /// every row must be valid: invalid rows are refused, the others decided.
    pub const INVALID_ROWS: Error = Error(500);
    /// len must be small enough for the columns to fit into memory.
    pub const TOO_MANY_ROWS: Error = Error(501);
    /// outputs must not overlap one another, another array or a tracker; a ledger must stand in a
    /// call once.
    pub const OVERLAP: Error = Error(502);
    /// offsets must not decrease and must lie within 0 to `spend_len`.
    pub const OFFSETS: Error = Error(503);
    /// amount must be finite, that of a rate limit >= 0.
    pub const AMOUNT: Error = Error(600);
    /// scale must be 0 to 9.
    pub const SCALE: Error = Error(601);
    /// amount must fit into int64_t at this scale.
    pub const AMOUNT_RANGE: Error = Error(602);
    /// amount must have no more decimal places than scale.
    pub const AMOUNT_PRECISION: Error = Error(603);
    /// capacity must be greater than the record's length.
    pub const BUFFER_TOO_SMALL: Error = Error(700);
    /// every number in the result must be finite and every flag 0 or 1.
    pub const RECORD_FIELD: Error = Error(701);
    /// limit of a ledger must be >= 0.
    pub const LEDGER_LIMIT: Error = Error(800);
    /// `threshold_count` must be at most `LEDGER_MAX_THRESHOLDS`.
    pub const THRESHOLD_COUNT: Error = Error(802);
    /// thresholds in `THRESHOLD_PPM` need a limit: mode must not be `MODE_UNLIMITED`.
    pub const THRESHOLD_LIMIT: Error = Error(803);
    /// estimate must be >= 0.
    pub const ESTIMATE: Error = Error(805);
    /// actual must be >= 0.
    pub const ACTUAL: Error = Error(806);
    /// hold must not have been settled, released, posted or extended, nor refused.
    pub const HOLD_SPENT: Error = Error(807);
    /// hold must have an amount >= 0 and at most what its ledger holds until its end.
    pub const HOLD_AMOUNT: Error = Error(809);
    /// settled, held and their sum, used, `next_hold` and revision must fit into 64 bits.
    pub const OVERFLOW: Error = Error(811);
    /// `carry_max` must be >= 0.
    pub const CARRY_MAX: Error = Error(812);
    /// `debt_max` must be >= 0.
    pub const DEBT_MAX: Error = Error(813);
    /// `hold_duration` must be >= 0.
    pub const HOLD_DURATION: Error = Error(814);
    /// `threshold_unit` must be a `THRESHOLD` constant.
    pub const THRESHOLD_UNIT: Error = Error(815);
    /// `threshold_basis` must be a `BASIS` constant.
    pub const THRESHOLD_BASIS: Error = Error(816);
    /// thresholds must be > 0 and ascend.
    pub const THRESHOLDS: Error = Error(817);
    /// `ledger_id` must be > 0.
    pub const LEDGER_ID: Error = Error(818);
    /// hold must be of this ledger.
    pub const HOLD_LEDGER: Error = Error(819);
    /// hold must have an id that this ledger has given out.
    pub const HOLD_ID: Error = Error(820);
    /// more must be >= 0.
    pub const MORE: Error = Error(821);
    /// part must be >= 0.
    pub const PART: Error = Error(822);
    /// limit of a rate limit must be >= 0.
    pub const RATE_LIMIT: Error = Error(850);
    /// duration of a rate limit must be > 0.
    pub const RATE_DURATION: Error = Error(851);
    /// `taken_at` must not be after the rate limit's `updated_at`.
    pub const TAKEN_AT: Error = Error(852);
    /// `season_length` must be at most `MAX_SEASON_LENGTH`.
    pub const SEASON_LENGTH: Error = Error(900);
    /// window must be 0, or 14 to 480 and at least two seasons.
    pub const DETECT_WINDOW: Error = Error(901);
    /// `lag_points` must be at most `MAX_LAG_POINTS`.
    pub const LAG_POINTS: Error = Error(902);
    /// `score_threshold` must be finite and > 0.
    pub const SCORE_THRESHOLD: Error = Error(904);
    /// `min_impact` must be finite and >= 0.
    pub const MIN_IMPACT: Error = Error(905);
    /// `min_relative_impact` must be finite and >= 0.
    pub const MIN_RELATIVE_IMPACT: Error = Error(906);
    /// `start_time` must be `TIME_UNKNOWN` or at most 2^53 seconds from 1970.
    pub const START_TIME: Error = Error(907);
    /// step must be 1 to 2^31 seconds.
    pub const STEP: Error = Error(908);
    /// spend or every point of `spend_series` must be NaN for a missing point or finite, and >= 0
    /// unless `negative_points` is MISSING or ZERO.
    pub const DETECT_POINT: Error = Error(909);
    /// config of a tracker must have a season of at most 14, a window of at most 98 and
    /// `lag_points` 0.
    pub const TRACKER_SETTINGS: Error = Error(910);
    /// `negative_points` must be a `NEGATIVE_POINTS` constant.
    pub const NEGATIVE_POINTS: Error = Error(911);
    /// `history_len` must be at most `MAX_SERIES_LEN`.
    pub const HISTORY_LEN: Error = Error(950);
    /// `period_len` must be 1 to `MAX_PERIOD_LEN`.
    pub const PERIOD_LEN: Error = Error(951);
    /// elapsed must be at most `period_len`.
    pub const ELAPSED: Error = Error(952);
    /// `season_length` must be 1 to `MAX_FORECAST_SEASON_LENGTH`.
    pub const FORECAST_SEASON_LENGTH: Error = Error(953);
    /// every point of history must be NaN for a missing point or finite, and >= 0 unless
    /// `negative_points` is MISSING or ZERO.
    pub const HISTORY: Error = Error(954);
    /// every point of `period_spend` must be NaN for a missing point or finite, and >= 0 unless
    /// `negative_points` is MISSING or ZERO.
    pub const PERIOD_SPEND: Error = Error(955);
}

/// Settings of `check_budget`.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BudgetConfig {
    /// Share of the limit at which a warning starts; > 0, <= 1.
    pub warning_ratio: f64,
}

const _: () = {
    assert!(size_of::<BudgetConfig>() == 8);
    assert!(offset_of!(BudgetConfig, warning_ratio) == 0);
};

/// Result of `check_budget`.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BudgetResult {
    /// The spend that was checked; 0 for -0.0.
    pub current_spend: f64,
    /// The limit that it was checked against.
    pub budget_limit: f64,
    /// `current_spend` / `budget_limit`, rounded once; at most the largest double.
    pub usage_ratio: f64,
    /// `budget_limit` - `current_spend`, rounded once; negative when the limit is exceeded.
    pub remaining_budget: f64,
    /// 1 when `usage_ratio` >= `warning_ratio`, else 0.
    pub is_warning: u32,
    /// 1 when `current_spend` >= `budget_limit`, else 0. The host must not spend more.
    pub is_breached: u32,
}

const _: () = {
    assert!(size_of::<BudgetResult>() == 40);
    assert!(offset_of!(BudgetResult, current_spend) == 0);
    assert!(offset_of!(BudgetResult, budget_limit) == 8);
    assert!(offset_of!(BudgetResult, usage_ratio) == 16);
    assert!(offset_of!(BudgetResult, remaining_budget) == 24);
    assert!(offset_of!(BudgetResult, is_warning) == 32);
    assert!(offset_of!(BudgetResult, is_breached) == 36);
};

impl BudgetResult {
    /// The field as a truth value.
    #[must_use]
    pub const fn is_warning(&self) -> bool {
        self.is_warning != 0
    }

    /// The field as a truth value.
    #[must_use]
    pub const fn is_breached(&self) -> bool {
        self.is_breached != 0
    }
}

/// Settings of `check_budget_i64`.
#[repr(C)]
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct BudgetConfigI64 {
    /// Share of the limit at which a warning starts, in parts per million; 1 to 1000000.
    pub warning_ppm: u32,
    /// Always 0.
    pub reserved: u32,
}

const _: () = {
    assert!(size_of::<BudgetConfigI64>() == 8);
    assert!(offset_of!(BudgetConfigI64, warning_ppm) == 0);
    assert!(offset_of!(BudgetConfigI64, reserved) == 4);
};

/// Result of `check_budget_i64`.
#[repr(C)]
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct BudgetResultI64 {
    /// The spend that was checked.
    pub current_spend: i64,
    /// The limit that it was checked against.
    pub budget_limit: i64,
    /// `budget_limit` - `current_spend`; negative when the limit is exceeded.
    pub remaining_budget: i64,
    /// `current_spend` / `budget_limit` in parts per million, rounded down; at most UINT64_MAX.
    pub usage_ppm: u64,
    /// 1 when `current_spend` is at least `warning_ppm` of `budget_limit`, else 0.
    pub is_warning: u32,
    /// 1 when `current_spend` >= `budget_limit`, else 0. The host must not spend more.
    pub is_breached: u32,
}

const _: () = {
    assert!(size_of::<BudgetResultI64>() == 40);
    assert!(offset_of!(BudgetResultI64, current_spend) == 0);
    assert!(offset_of!(BudgetResultI64, budget_limit) == 8);
    assert!(offset_of!(BudgetResultI64, remaining_budget) == 16);
    assert!(offset_of!(BudgetResultI64, usage_ppm) == 24);
    assert!(offset_of!(BudgetResultI64, is_warning) == 32);
    assert!(offset_of!(BudgetResultI64, is_breached) == 36);
};

impl BudgetResultI64 {
    /// The field as a truth value.
    #[must_use]
    pub const fn is_warning(&self) -> bool {
        self.is_warning != 0
    }

    /// The field as a truth value.
    #[must_use]
    pub const fn is_breached(&self) -> bool {
        self.is_breached != 0
    }
}

/// Settings of `check_anomaly_spike`.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SpikeConfig {
    /// A spike lies above this many times the baseline; finite, > 1.
    pub spike_multiplier: f64,
    /// Lower bound of the baseline: small amounts over a near-zero baseline are not flagged;
    /// finite, >= 0, in the unit of the series.
    pub min_baseline: f64,
}

const _: () = {
    assert!(size_of::<SpikeConfig>() == 16);
    assert!(offset_of!(SpikeConfig, spike_multiplier) == 0);
    assert!(offset_of!(SpikeConfig, min_baseline) == 8);
};

/// Result of `check_anomaly_spike`.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SpikeResult {
    /// The last point of the series, which was judged; 0 for -0.0.
    pub latest_spend: f64,
    /// Mean of all points before it, also where `min_baseline` is larger.
    pub baseline_mean: f64,
    /// The larger of `baseline_mean` and `min_baseline`, times `spike_multiplier`; at most the
    /// largest double.
    pub threshold: f64,
    /// 1 when `latest_spend` > threshold, else 0.
    pub is_spike: u32,
    /// Number of points in `baseline_mean`, at least 1; 0 after an error.
    pub points_used: u32,
}

const _: () = {
    assert!(size_of::<SpikeResult>() == 32);
    assert!(offset_of!(SpikeResult, latest_spend) == 0);
    assert!(offset_of!(SpikeResult, baseline_mean) == 8);
    assert!(offset_of!(SpikeResult, threshold) == 16);
    assert!(offset_of!(SpikeResult, is_spike) == 24);
    assert!(offset_of!(SpikeResult, points_used) == 28);
};

impl SpikeResult {
    /// The field as a truth value.
    #[must_use]
    pub const fn is_spike(&self) -> bool {
        self.is_spike != 0
    }
}

/// Settings of `check_anomaly_spike_i64`.
#[repr(C)]
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct SpikeConfigI64 {
    /// A spike lies above this many parts per million of the baseline; > 1000000.
    pub spike_multiplier_ppm: u32,
    /// Always 0.
    pub reserved: u32,
    /// Lower bound of the baseline; >= 0, in the unit of the series; default 0.
    pub min_baseline: i64,
}

const _: () = {
    assert!(size_of::<SpikeConfigI64>() == 16);
    assert!(offset_of!(SpikeConfigI64, spike_multiplier_ppm) == 0);
    assert!(offset_of!(SpikeConfigI64, reserved) == 4);
    assert!(offset_of!(SpikeConfigI64, min_baseline) == 8);
};

/// Result of `check_anomaly_spike_i64`.
#[repr(C)]
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct SpikeResultI64 {
    /// The last point of the series, which was judged.
    pub latest_spend: i64,
    /// Mean of all points before it, rounded down, also where `min_baseline` is larger.
    pub baseline_mean: i64,
    /// The larger of the exact mean and `min_baseline`, times `spike_multiplier_ppm` / 1000000,
    /// rounded down; at most INT64_MAX. A spend is above the exact threshold exactly when it is
    /// above this one.
    pub threshold: i64,
    /// 1 when `latest_spend` is above the exact threshold, else 0.
    pub is_spike: u32,
    /// Number of points in `baseline_mean`, at least 1; 0 after an error.
    pub points_used: u32,
}

const _: () = {
    assert!(size_of::<SpikeResultI64>() == 32);
    assert!(offset_of!(SpikeResultI64, latest_spend) == 0);
    assert!(offset_of!(SpikeResultI64, baseline_mean) == 8);
    assert!(offset_of!(SpikeResultI64, threshold) == 16);
    assert!(offset_of!(SpikeResultI64, is_spike) == 24);
    assert!(offset_of!(SpikeResultI64, points_used) == 28);
};

impl SpikeResultI64 {
    /// The field as a truth value.
    #[must_use]
    pub const fn is_spike(&self) -> bool {
        self.is_spike != 0
    }
}

/// What the host has counted, for `evaluate_circuit_breaker`.
#[repr(C)]
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct BreakerCounters {
    /// Failures since the last success; >= 0.
    pub consecutive_failures: i64,
    /// Consecutive failures from which the breaker is open; > 0.
    pub failure_threshold: i64,
    /// Steps (runs, minutes, billing cycles: the host's choice) until a cooldown ends; >= 0, 0 when
    /// there is none.
    pub cooldown_steps_remaining: i64,
}

const _: () = {
    assert!(size_of::<BreakerCounters>() == 24);
    assert!(offset_of!(BreakerCounters, consecutive_failures) == 0);
    assert!(offset_of!(BreakerCounters, failure_threshold) == 8);
    assert!(offset_of!(BreakerCounters, cooldown_steps_remaining) == 16);
};

/// What `evaluate_circuit_breaker` decided.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub struct BreakerDecision {
    /// The remaining cooldown when open, else 0. An open breaker without a cooldown says 0 too.
    pub retry_after_steps: i64,
    /// 1 when open, else 0.
    pub is_open: u32,
    /// The opposite of `is_open`: 1 when the operation may run.
    pub allow_operation: u32,
}

const _: () = {
    assert!(size_of::<BreakerDecision>() == 16);
    assert!(offset_of!(BreakerDecision, retry_after_steps) == 0);
    assert!(offset_of!(BreakerDecision, is_open) == 8);
    assert!(offset_of!(BreakerDecision, allow_operation) == 12);
};

impl BreakerDecision {
    /// The field as a truth value.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        self.is_open != 0
    }

    /// The field as a truth value.
    #[must_use]
    pub const fn allow_operation(&self) -> bool {
        self.allow_operation == 1
    }
}

/// When a breaker opens and how it recovers.
#[repr(C)]
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct BreakerConfig {
    /// Opens after this many failures in a row; with `window_duration`, in a row and within it. 0 =
    /// off; default `DEFAULT_FAILURE_THRESHOLD`.
    pub failure_threshold: u32,
    /// Opens at this many failures in the window, whatever succeeded in between; at most
    /// `window_size` when that is above 0; 0 without a window. 0 = off; default 0.
    pub failure_count: u32,
    /// The window is the latest this many outcomes; at most `BREAKER_MAX_WINDOW`. 0 = no window by
    /// count; default 0.
    pub window_size: u32,
    /// Outcomes that must be in the window before a rate may open the breaker: 1 to `window_size`
    /// when `window_size` is above 0, above 0 for a rate over `window_duration`, else of no effect.
    /// Default 0.
    pub minimum_calls: u32,
    /// Opens when failures / outcomes in the window reach this share, in ppm; at most 1000000; 0
    /// without a window. 0 = off; default 0.
    pub failure_rate_ppm: u32,
    /// Opens when slow calls / outcomes in the window reach this share, in ppm; at most 1000000; 0
    /// without a window. While it is on, a slow probe has failed. 0 = off; default 0.
    pub slow_call_rate_ppm: u32,
    /// Probes in flight at once while half-open, 1 to `BREAKER_MAX_PROBES`; default
    /// `DEFAULT_HALF_OPEN_MAX_PROBES`.
    pub half_open_max_probes: u32,
    /// Probes that are judged while half-open, 1 to `BREAKER_MAX_HALF_OPEN_CALLS`; default
    /// `DEFAULT_HALF_OPEN_CALLS`.
    pub half_open_calls: u32,
    /// Opens again when failed probes reach this share of `half_open_calls`, in ppm; closes when
    /// all are judged or the share is out of reach; 1 to 1000000; default
    /// `DEFAULT_HALF_OPEN_FAILURE_RATE_PPM`.
    pub half_open_failure_rate_ppm: u32,
    /// Each trip multiplies the open time by this, in ppm; 1000000 to 16000000; default
    /// `DEFAULT_BACKOFF_PPM`.
    pub backoff_ppm: u32,
    /// The open time is lengthened by up to this share of itself, in ppm; at most 1000000; default
    /// 0.
    pub jitter_ppm: u32,
    /// `MODE_ENFORCE`, the default, or `MODE_MONITOR`, in which no call is refused and
    /// `would_refuse` says what the rules say.
    pub mode: u32,
    /// What the jitter is drawn from, for example an instance's number: the same seed gives the
    /// same jitter; default 0.
    pub jitter_seed: u64,
    /// The window is the outcomes of this much time, in 16 buckets: a bucket counts until its first
    /// instant is this old. >= 0; 0 when `window_size` is above 0. 0 = no window by time; default
    /// 0.
    pub window_duration: i64,
    /// A call that took this long or longer is slow, success or failure; > 0 when
    /// `slow_call_rate_ppm` is, else of no effect; default 0.
    pub slow_call_duration: i64,
    /// How long the first trip opens it; > 0; default `DEFAULT_OPEN_DURATION`.
    pub open_duration: i64,
    /// The longest open time, before jitter; >= `open_duration`; default
    /// `DEFAULT_MAX_OPEN_DURATION`.
    pub max_open_duration: i64,
    /// A probe that has not reported before this has passed has failed as of then; > 0; default
    /// `DEFAULT_PROBE_TIMEOUT`.
    pub probe_timeout: i64,
    /// After this long half-open ends and is judged by the probes that are judged by then; >= 0; 0
    /// = it waits for its probes; default 0.
    pub half_open_duration: i64,
    /// A close keeps trips, and one fades per this much closed time; >= 0; 0 = a close forgets all
    /// trips; default 0.
    pub trips_decay: i64,
    /// A failure with a `retry_at` opens until then, at most this long after now; >= 0; 0 =
    /// `retry_at` is ignored; default 0.
    pub max_retry_after: i64,
    /// After a close a share of calls is allowed that rises from none to all over this long; >= 0;
    /// 0 = all at once; default 0.
    pub ramp_duration: i64,
}

const _: () = {
    assert!(size_of::<BreakerConfig>() == 128);
    assert!(offset_of!(BreakerConfig, failure_threshold) == 0);
    assert!(offset_of!(BreakerConfig, failure_count) == 4);
    assert!(offset_of!(BreakerConfig, window_size) == 8);
    assert!(offset_of!(BreakerConfig, minimum_calls) == 12);
    assert!(offset_of!(BreakerConfig, failure_rate_ppm) == 16);
    assert!(offset_of!(BreakerConfig, slow_call_rate_ppm) == 20);
    assert!(offset_of!(BreakerConfig, half_open_max_probes) == 24);
    assert!(offset_of!(BreakerConfig, half_open_calls) == 28);
    assert!(offset_of!(BreakerConfig, half_open_failure_rate_ppm) == 32);
    assert!(offset_of!(BreakerConfig, backoff_ppm) == 36);
    assert!(offset_of!(BreakerConfig, jitter_ppm) == 40);
    assert!(offset_of!(BreakerConfig, mode) == 44);
    assert!(offset_of!(BreakerConfig, jitter_seed) == 48);
    assert!(offset_of!(BreakerConfig, window_duration) == 56);
    assert!(offset_of!(BreakerConfig, slow_call_duration) == 64);
    assert!(offset_of!(BreakerConfig, open_duration) == 72);
    assert!(offset_of!(BreakerConfig, max_open_duration) == 80);
    assert!(offset_of!(BreakerConfig, probe_timeout) == 88);
    assert!(offset_of!(BreakerConfig, half_open_duration) == 96);
    assert!(offset_of!(BreakerConfig, trips_decay) == 104);
    assert!(offset_of!(BreakerConfig, max_retry_after) == 112);
    assert!(offset_of!(BreakerConfig, ramp_duration) == 120);
};

/// A breaker, whole: the host keeps these 416 bytes wherever it likes and only the library writes
/// them.
#[repr(C)]
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct BreakerState {
    /// `BREAKER_LAYOUT`.
    pub layout: u32,
    /// `BREAKER_CLOSED`, `_OPEN`, `_HALF_OPEN`, `_FORCED_OPEN` or `_FORCED_CLOSED`.
    pub phase: i32,
    /// One more at every call that changed the state, 0 at first: for the host's compare-and-swap.
    /// A call that leaves it as it was left every byte, and need not be stored. At most UINT64_MAX
    /// - 2.
    pub revision: u64,
    /// One more at every change of phase, 1 at first. At most UINT64_MAX - 4.
    pub generation: u64,
    /// The latest time at which the state changed.
    pub updated_at: i64,
    /// When the phase began, at most `updated_at`: the deadline of a lost probe can have begun it
    /// earlier.
    pub phase_since: i64,
    /// Without `window_duration`: failures since the latest success while closed; kept while open
    /// and half-open.
    pub consecutive_failures: u32,
    /// 0.
    pub reserved: u32,
    /// When open: from then on the next acquire makes it half-open; after `phase_since`, or
    /// INT64_MAX. Else 0.
    pub open_until: i64,
    /// When forced: from then on the next acquire ends that. Else 0.
    pub forced_until: i64,
    /// When closed with a ramp: its length; it starts at `phase_since`. Else 0.
    pub ramp_duration: i64,
    /// When closed with a ramp: what adds up to the next call that it lets through; at most
    /// `ramp_duration`. Else 0.
    pub ramp_credit: i64,
    /// With `window_duration`: the length of a bucket, at most 2^59. 0 when nothing is in the
    /// buckets.
    pub bucket_duration: i64,
    /// The newest bucket: a time divided by `bucket_duration`, rounded down. Bucket n is in slot n
    /// modulo 16.
    pub newest_bucket: i64,
    /// Bit i % 64 of word i / 64: the outcome in slot i of the window was a failure.
    pub window_failures: [u64; 2],
    /// Bit i % 64 of word i / 64: the call in slot i of the window was slow.
    pub window_slow: [u64; 2],
    /// By when the probe in slot i must have reported, after `updated_at`, or INT64_MAX; 0 when it
    /// is not in flight.
    pub probe_deadlines: [i64; 8],
    /// Bit i: the probe in slot i is in flight; at most 255.
    pub live_probes: u32,
    /// When half-open: probes that were judged, at most 63; with those in flight at most 64. Else
    /// 0.
    pub probes_judged: u32,
    /// When half-open: judged probes that failed, at most `probes_judged`. Else 0.
    pub probes_failed: u32,
    /// Trips since it was last closed, or as far as they have not faded by `trips_decay`; at most
    /// generation / 2.
    pub trips: u32,
    /// With `window_size`: outcomes in the window, up to 128, whatever `window_size` is; kept while
    /// open and half-open.
    pub window_calls: u32,
    /// The slot of the window that the next outcome goes into, 0 to 127; slots are used in a ring.
    pub window_next: u32,
    /// With `window_duration`: how many buckets before the newest the streak of failures starts, 0
    /// to 15.
    pub streak_age: u32,
    /// Failures in that bucket that were before the streak.
    pub streak_skipped: u32,
    /// With `window_duration`: the outcomes in each bucket; kept while open and half-open.
    pub bucket_calls: [u32; 16],
    /// The failures in each bucket, at most its calls.
    pub bucket_failures: [u32; 16],
    /// The slow calls in each bucket, at most its calls.
    pub bucket_slow: [u32; 16],
}

const _: () = {
    assert!(size_of::<BreakerState>() == 416);
    assert!(offset_of!(BreakerState, layout) == 0);
    assert!(offset_of!(BreakerState, phase) == 4);
    assert!(offset_of!(BreakerState, revision) == 8);
    assert!(offset_of!(BreakerState, generation) == 16);
    assert!(offset_of!(BreakerState, updated_at) == 24);
    assert!(offset_of!(BreakerState, phase_since) == 32);
    assert!(offset_of!(BreakerState, consecutive_failures) == 40);
    assert!(offset_of!(BreakerState, reserved) == 44);
    assert!(offset_of!(BreakerState, open_until) == 48);
    assert!(offset_of!(BreakerState, forced_until) == 56);
    assert!(offset_of!(BreakerState, ramp_duration) == 64);
    assert!(offset_of!(BreakerState, ramp_credit) == 72);
    assert!(offset_of!(BreakerState, bucket_duration) == 80);
    assert!(offset_of!(BreakerState, newest_bucket) == 88);
    assert!(offset_of!(BreakerState, window_failures) == 96);
    assert!(offset_of!(BreakerState, window_slow) == 112);
    assert!(offset_of!(BreakerState, probe_deadlines) == 128);
    assert!(offset_of!(BreakerState, live_probes) == 192);
    assert!(offset_of!(BreakerState, probes_judged) == 196);
    assert!(offset_of!(BreakerState, probes_failed) == 200);
    assert!(offset_of!(BreakerState, trips) == 204);
    assert!(offset_of!(BreakerState, window_calls) == 208);
    assert!(offset_of!(BreakerState, window_next) == 212);
    assert!(offset_of!(BreakerState, streak_age) == 216);
    assert!(offset_of!(BreakerState, streak_skipped) == 220);
    assert!(offset_of!(BreakerState, bucket_calls) == 224);
    assert!(offset_of!(BreakerState, bucket_failures) == 288);
    assert!(offset_of!(BreakerState, bucket_slow) == 352);
};

/// Whether a call may run, and its ticket for the report.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub struct BreakerPermit {
    /// The state's; 0 in a permit of `breaker_peek`, which cannot be reported.
    pub generation: u64,
    /// When `would_refuse` is 1: how long to wait, from the caller's own now: until `open_until` or
    /// `forced_until`, or for the rest of the ramp. Half-open and on a ramp it is at most: until
    /// the earliest deadline or the end of half-open, but a probe that reports may decide earlier.
    /// Else 0.
    pub retry_after: i64,
    /// By when a probe must report: at that time it is too late. Else 0.
    pub deadline: i64,
    /// The state's; 0 after an error.
    pub phase: i32,
    /// 1 when the call may run, else 0.
    pub allowed: u32,
    /// 1 when the rules refuse the call, else 0; with `MODE_MONITOR` allowed is 1 all the same. 0
    /// after an error.
    pub would_refuse: u32,
    /// The slot of a probe, from 1; 0 when the call is not a probe.
    pub probe_slot: u32,
    /// 1 when now was before the state's `updated_at`, which was then taken in its place; else 0.
    pub clock_regressed: u32,
    /// 0.
    pub reserved: u32,
}

const _: () = {
    assert!(size_of::<BreakerPermit>() == 48);
    assert!(offset_of!(BreakerPermit, generation) == 0);
    assert!(offset_of!(BreakerPermit, retry_after) == 8);
    assert!(offset_of!(BreakerPermit, deadline) == 16);
    assert!(offset_of!(BreakerPermit, phase) == 24);
    assert!(offset_of!(BreakerPermit, allowed) == 28);
    assert!(offset_of!(BreakerPermit, would_refuse) == 32);
    assert!(offset_of!(BreakerPermit, probe_slot) == 36);
    assert!(offset_of!(BreakerPermit, clock_regressed) == 40);
    assert!(offset_of!(BreakerPermit, reserved) == 44);
};

impl BreakerPermit {
    /// The field as a truth value.
    #[must_use]
    pub const fn allowed(&self) -> bool {
        self.allowed == 1
    }

    /// The field as a truth value.
    #[must_use]
    pub const fn would_refuse(&self) -> bool {
        self.would_refuse != 0
    }

    /// The field as a truth value.
    #[must_use]
    pub const fn clock_regressed(&self) -> bool {
        self.clock_regressed != 0
    }
}

/// The limit of a ledger and its settings.
#[repr(C)]
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct LedgerConfig {
    /// The most that may be settled and held together in a period; >= 0; default 0.
    pub limit: i64,
    /// The most of an unused limit that a roll carries into the next period; >= 0; default 0.
    pub carry_max: i64,
    /// The most overspend that a roll takes off the next period; >= 0; default 0.
    pub debt_max: i64,
    /// How long a hold lasts, in the unit of now; >= 0; 0 = without end; default 0.
    pub hold_duration: i64,
    /// The alert thresholds, > 0 and ascending; only the first `threshold_count` count.
    pub thresholds: [i64; 8],
    /// How many thresholds there are; at most `LEDGER_MAX_THRESHOLDS`; default 0.
    pub threshold_count: u32,
    /// `THRESHOLD_PPM` (the default; not with `MODE_UNLIMITED`) or `THRESHOLD_AMOUNT`.
    pub threshold_unit: u32,
    /// `BASIS_SETTLED` (the default) or `BASIS_COMMITTED`.
    pub threshold_basis: u32,
    /// `MODE_ENFORCE` (the default), `_MONITOR` or `_UNLIMITED`.
    pub mode: u32,
}

const _: () = {
    assert!(size_of::<LedgerConfig>() == 112);
    assert!(offset_of!(LedgerConfig, limit) == 0);
    assert!(offset_of!(LedgerConfig, carry_max) == 8);
    assert!(offset_of!(LedgerConfig, debt_max) == 16);
    assert!(offset_of!(LedgerConfig, hold_duration) == 24);
    assert!(offset_of!(LedgerConfig, thresholds) == 32);
    assert!(offset_of!(LedgerConfig, threshold_count) == 96);
    assert!(offset_of!(LedgerConfig, threshold_unit) == 100);
    assert!(offset_of!(LedgerConfig, threshold_basis) == 104);
    assert!(offset_of!(LedgerConfig, mode) == 108);
};

/// A ledger.
#[repr(C)]
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct LedgerState {
    /// `LEDGER_LAYOUT`.
    pub layout: u32,
    /// Bit i: threshold i was reached at the last call that changed the ledger. Those reached are
    /// the first ones, and told.
    pub crossed: u32,
    /// 0 at first, one more at every call that changed the ledger: for the host's compare-and-swap.
    /// A call that leaves revision as it was left every byte.
    pub revision: u64,
    /// Which ledger this is; holds carry it; > 0.
    pub ledger_id: u64,
    /// The id of the next hold, at least 1; holds are numbered 1, 2, ...
    pub next_hold: u64,
    /// The greatest now of the calls that changed the ledger.
    pub updated_at: i64,
    /// The budget period, for example 202612: the host's choice, later ones greater.
    pub period: i64,
    /// What was spent in the period; below 0 when credits exceed it.
    pub settled: i64,
    /// What the last roll carried into the period; below 0 for debt, > INT64_MIN.
    pub carried: i64,
    /// What is reserved, not settled and not ended; >= 0.
    pub held: i64,
    /// The greatest settled of the period, at least 0.
    pub peak_settled: i64,
    /// The greatest settled + held of the period, at least 0.
    pub peak_committed: i64,
    /// Holds with lower ids are older than the last reset; at most `next_hold`; 0 = there was none.
    pub reset_hold: u64,
    /// Holds with lower ids have ended because of a reset, unless they have no end; at most
    /// `reset_hold`.
    pub dead_hold: u64,
    /// The clock before the reset while what it moved is held, else 0.
    pub reset_clock: i64,
    /// What is held without end; >= 0.
    pub endless: i64,
    /// What is held by when it ends, each >= 0; see docs/LEDGER.md.
    pub ends: [i64; 33],
    /// A bit for each of the last 1,024 hold ids: it is spent.
    pub spent: [u64; 16],
    /// Bit i: threshold i was told in the period; at most 255.
    pub told: u32,
    /// A bucket in ends is 1 << `width_shift` wide; at most 58.
    pub width_shift: u32,
    /// 1 + the place in ends of what a reset moved, at most 33, while that is held; else 0.
    pub reset_bucket: u32,
    /// 0.
    pub reserved: u32,
}

const _: () = {
    assert!(size_of::<LedgerState>() == 528);
    assert!(offset_of!(LedgerState, layout) == 0);
    assert!(offset_of!(LedgerState, crossed) == 4);
    assert!(offset_of!(LedgerState, revision) == 8);
    assert!(offset_of!(LedgerState, ledger_id) == 16);
    assert!(offset_of!(LedgerState, next_hold) == 24);
    assert!(offset_of!(LedgerState, updated_at) == 32);
    assert!(offset_of!(LedgerState, period) == 40);
    assert!(offset_of!(LedgerState, settled) == 48);
    assert!(offset_of!(LedgerState, carried) == 56);
    assert!(offset_of!(LedgerState, held) == 64);
    assert!(offset_of!(LedgerState, peak_settled) == 72);
    assert!(offset_of!(LedgerState, peak_committed) == 80);
    assert!(offset_of!(LedgerState, reset_hold) == 88);
    assert!(offset_of!(LedgerState, dead_hold) == 96);
    assert!(offset_of!(LedgerState, reset_clock) == 104);
    assert!(offset_of!(LedgerState, endless) == 112);
    assert!(offset_of!(LedgerState, ends) == 120);
    assert!(offset_of!(LedgerState, spent) == 384);
    assert!(offset_of!(LedgerState, told) == 512);
    assert!(offset_of!(LedgerState, width_shift) == 516);
    assert!(offset_of!(LedgerState, reset_bucket) == 520);
    assert!(offset_of!(LedgerState, reserved) == 524);
};

/// What `ledger_reserve` held, to be settled or released.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub struct LedgerHold {
    /// The ledger that it is held in.
    pub ledger_id: u64,
    /// Which hold of that ledger this is; 0 when it is spent, or was refused.
    pub id: u64,
    /// The period that it was reserved in, for the host to read.
    pub period: i64,
    /// What it holds; >= 0.
    pub amount: i64,
    /// When it ends; INT64_MAX = without end.
    pub expires_at: i64,
}

const _: () = {
    assert!(size_of::<LedgerHold>() == 40);
    assert!(offset_of!(LedgerHold, ledger_id) == 0);
    assert!(offset_of!(LedgerHold, id) == 8);
    assert!(offset_of!(LedgerHold, period) == 16);
    assert!(offset_of!(LedgerHold, amount) == 24);
    assert!(offset_of!(LedgerHold, expires_at) == 32);
};

/// What a ledger call decided.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub struct LedgerDecision {
    /// The state's, after the call.
    pub settled: i64,
    /// The state's, after the call.
    pub held: i64,
    /// The most that a reserve could hold now: limit + carried - settled - held, at least 0, and at
    /// most what keeps held and settled + held within INT64_MAX. In `MODE_UNLIMITED` only the
    /// second bound counts. In `MODE_MONITOR` a reserve of more is held too.
    pub available: i64,
    /// How far settled is above limit + carried, else 0; at most INT64_MAX. Always 0 in
    /// `MODE_UNLIMITED`.
    pub overshoot: i64,
    /// What the call let go because it had ended.
    pub expired: i64,
    /// Why: a `LEDGER_REASON` constant; 0 after an error, and for a ledger that was left out.
    pub reason: i32,
    /// Of reserve and extend: 1 when what was asked for is held, else 0. From other calls it is no
    /// permission: 1 when settled + held is not above limit + carried, else 0. Always 1 in
    /// `MODE_MONITOR` and `_UNLIMITED`.
    pub allowed: u32,
    /// 1 when the rules refuse, also in `MODE_MONITOR`, else 0. 0 after an error.
    pub would_refuse: u32,
    /// 1 when now was before the state's `updated_at`, or period before its period, else 0.
    pub clock_regressed: u32,
    /// The state's, after the call: bit i: threshold i is reached.
    pub crossed: u32,
    /// Bit i: threshold i is reached and was not told before in this period.
    pub newly_crossed: u32,
}

const _: () = {
    assert!(size_of::<LedgerDecision>() == 64);
    assert!(offset_of!(LedgerDecision, settled) == 0);
    assert!(offset_of!(LedgerDecision, held) == 8);
    assert!(offset_of!(LedgerDecision, available) == 16);
    assert!(offset_of!(LedgerDecision, overshoot) == 24);
    assert!(offset_of!(LedgerDecision, expired) == 32);
    assert!(offset_of!(LedgerDecision, reason) == 40);
    assert!(offset_of!(LedgerDecision, allowed) == 44);
    assert!(offset_of!(LedgerDecision, would_refuse) == 48);
    assert!(offset_of!(LedgerDecision, clock_regressed) == 52);
    assert!(offset_of!(LedgerDecision, crossed) == 56);
    assert!(offset_of!(LedgerDecision, newly_crossed) == 60);
};

impl LedgerDecision {
    /// The field as a truth value.
    #[must_use]
    pub const fn allowed(&self) -> bool {
        self.allowed == 1
    }

    /// The field as a truth value.
    #[must_use]
    pub const fn would_refuse(&self) -> bool {
        self.would_refuse != 0
    }

    /// The field as a truth value.
    #[must_use]
    pub const fn clock_regressed(&self) -> bool {
        self.clock_regressed != 0
    }
}

/// How much may be taken in how long.
#[repr(C)]
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct RateLimitConfig {
    /// The most that may be taken in any window of this duration; >= 0; 0 = nothing.
    pub limit: i64,
    /// The length of the window, in the unit of now; > 0.
    pub duration: i64,
    /// `MODE_ENFORCE`, `_MONITOR` or `_UNLIMITED`.
    pub mode: u32,
    /// 0.
    pub reserved: u32,
}

const _: () = {
    assert!(size_of::<RateLimitConfig>() == 24);
    assert!(offset_of!(RateLimitConfig, limit) == 0);
    assert!(offset_of!(RateLimitConfig, duration) == 8);
    assert!(offset_of!(RateLimitConfig, mode) == 16);
    assert!(offset_of!(RateLimitConfig, reserved) == 20);
};

/// What was taken, and when.
#[repr(C)]
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct RateLimitState {
    /// `RATE_LIMIT_LAYOUT`.
    pub layout: u32,
    /// 0.
    pub reserved: u32,
    /// 0 at first, one more at every call that changed the state: for the host's compare-and-swap.
    /// A call that leaves revision as it was left every byte.
    pub revision: u64,
    /// The greatest now of the calls that changed the state.
    pub updated_at: i64,
    /// How long a bucket is, at most 2^59; 0 when nothing is taken.
    pub width: i64,
    /// What was taken in each bucket, each >= 0, by the bucket's number modulo 17; see
    /// docs/LEDGER.md.
    pub taken: [i64; 17],
}

const _: () = {
    assert!(size_of::<RateLimitState>() == 168);
    assert!(offset_of!(RateLimitState, layout) == 0);
    assert!(offset_of!(RateLimitState, reserved) == 4);
    assert!(offset_of!(RateLimitState, revision) == 8);
    assert!(offset_of!(RateLimitState, updated_at) == 16);
    assert!(offset_of!(RateLimitState, width) == 24);
    assert!(offset_of!(RateLimitState, taken) == 32);
};

/// What a rate limit call decided.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub struct RateLimitDecision {
    /// What counts in the window, after the call.
    pub used: i64,
    /// The most that could be taken now; >= 0.
    pub available: i64,
    /// When refused: how long after now the amount fits, if nothing else is taken; INT64_MAX =
    /// never. Else 0.
    pub retry_after: i64,
    /// When the amount was taken, for `rate_limit_adjust()`.
    pub taken_at: i64,
    /// Why: a `RATE_REASON` constant; 0 after an error.
    pub reason: i32,
    /// Of acquire: 1 when the amount is taken, else 0. Of adjust it is no permission: 1 when used
    /// is not above the limit, else 0. Always 1 in `MODE_MONITOR` and `_UNLIMITED`.
    pub allowed: u32,
    /// 1 when the rules refuse, also in `MODE_MONITOR`, else 0. 0 after an error.
    pub would_refuse: u32,
    /// 1 when now was before the state's `updated_at`, else 0.
    pub clock_regressed: u32,
}

const _: () = {
    assert!(size_of::<RateLimitDecision>() == 48);
    assert!(offset_of!(RateLimitDecision, used) == 0);
    assert!(offset_of!(RateLimitDecision, available) == 8);
    assert!(offset_of!(RateLimitDecision, retry_after) == 16);
    assert!(offset_of!(RateLimitDecision, taken_at) == 24);
    assert!(offset_of!(RateLimitDecision, reason) == 32);
    assert!(offset_of!(RateLimitDecision, allowed) == 36);
    assert!(offset_of!(RateLimitDecision, would_refuse) == 40);
    assert!(offset_of!(RateLimitDecision, clock_regressed) == 44);
};

impl RateLimitDecision {
    /// The field as a truth value.
    #[must_use]
    pub const fn allowed(&self) -> bool {
        self.allowed == 1
    }

    /// The field as a truth value.
    #[must_use]
    pub const fn would_refuse(&self) -> bool {
        self.would_refuse != 0
    }

    /// The field as a truth value.
    #[must_use]
    pub const fn clock_regressed(&self) -> bool {
        self.clock_regressed != 0
    }
}

/// Settings of `detect_spike()`, `scan_spikes()` and the tracker.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DetectConfig {
    /// Number of points after which spend repeats its pattern, up to `MAX_SEASON_LENGTH`; 1 for no
    /// pattern. Default 0: a week (7) for daily points, a day (24) for hourly ones, which weekends
    /// then belong to, else no pattern.
    pub season_length: u32,
    /// Points looked back at, for the expected spend and for its deviations: `MIN_DETECT_WINDOW` to
    /// `MAX_DETECT_WINDOW`, and at least two seasons. Default 0: 98 for seasons of up to 14 points,
    /// else the larger of 336 and two seasons.
    pub window: u32,
    /// For bills that fill up late: judges the point this many before the last and ignores later
    /// ones. 0 to `MAX_LAG_POINTS`, default 0.
    pub lag_points: u32,
    /// What a negative point means, for example a credit: a `NEGATIVE_POINTS` constant. Default
    /// `NEGATIVE_POINTS_ERROR`.
    pub negative_points: u32,
    /// A point is a spike if its score, a robust z-score, is above this; finite and > 0. A higher
    /// threshold finds fewer spikes.
    pub score_threshold: f64,
    /// A point whose excess is below this amount is no spike, and one that a leak lifts by less is
    /// no leak; finite and >= 0, default 0.
    pub min_impact: f64,
    /// A spike lies above all spend that the past explains by at least this share of that, or of
    /// the usual spend if that is more; finite and >= 0.
    pub min_relative_impact: f64,
    /// The expected spend is taken as at least this amount, so that small amounts over a near-zero
    /// baseline are not flagged; finite and >= 0. With 0 any spend after an all-zero history is a
    /// spike.
    pub min_baseline: f64,
    /// Time of the first point, in seconds since 1970-01-01 in the bill's calendar, at most 2^53
    /// either way. `TIME_UNKNOWN`, the default, turns off weekends for hourly points and charges by
    /// the day of the month for daily ones; those charges then look like spikes.
    pub start_time: i64,
    /// Seconds between points, 1 to 2^31.
    pub step: i64,
}

const _: () = {
    assert!(size_of::<DetectConfig>() == 64);
    assert!(offset_of!(DetectConfig, season_length) == 0);
    assert!(offset_of!(DetectConfig, window) == 4);
    assert!(offset_of!(DetectConfig, lag_points) == 8);
    assert!(offset_of!(DetectConfig, negative_points) == 12);
    assert!(offset_of!(DetectConfig, score_threshold) == 16);
    assert!(offset_of!(DetectConfig, min_impact) == 24);
    assert!(offset_of!(DetectConfig, min_relative_impact) == 32);
    assert!(offset_of!(DetectConfig, min_baseline) == 40);
    assert!(offset_of!(DetectConfig, start_time) == 48);
    assert!(offset_of!(DetectConfig, step) == 56);
};

/// Result of `detect_spike()` and `spike_tracker_update()`.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DetectResult {
    /// The point judged; 0 if it is missing.
    pub latest_spend: f64,
    /// What the point should be: the level times its weekday's share, with the charges that come on
    /// its day of the month.
    pub expected_spend: f64,
    /// Spend above this is a spike, up to rounding, unless reason is `DETECT_REASON_RECURRING`. It
    /// lies above all spend that the past explains, such as the level before a holiday.
    pub upper_bound: f64,
    /// `latest_spend` - `expected_spend`; negative if less was spent.
    pub excess: f64,
    /// How far the point lies above all spend that the past explains, as a robust z-score. Two or
    /// three high points in a row raise it. The verdict compares it with `score_threshold`.
    pub score: f64,
    /// How far the last season lies above the line through earlier seasons, as a robust z-score. 0
    /// unless spend rose in each of the last three seasons.
    pub leak_score: f64,
    /// How far the point lies below all spend that the past explains, as a robust z-score. Two or
    /// three low points in a row raise it. 0 if it lies above, or belongs to a job that runs now
    /// and then.
    pub drop_score: f64,
    /// Number of earlier points whose deviations the score is based on.
    pub points_used: u32,
    /// `VERDICT_NORMAL`, `VERDICT_SPIKE` or `VERDICT_INSUFFICIENT_DATA`.
    pub verdict: i32,
    /// What decided: a `DETECT_REASON` constant.
    pub reason: i32,
    /// 1 if spend has crept up for the last three seasons, else 0: `leak_score` is above 1.25.
    /// Independent of verdict.
    pub is_leak: u32,
    /// 1 if `drop_score` is above `score_threshold` and the point far enough below for `min_impact`
    /// and `min_relative_impact`, else 0: for example an outage, or a commitment that is not used.
    /// Falls that recur are none. Independent of verdict, which stays `VERDICT_NORMAL`.
    pub is_drop: u32,
    /// Always 0.
    pub reserved: u32,
}

const _: () = {
    assert!(size_of::<DetectResult>() == 80);
    assert!(offset_of!(DetectResult, latest_spend) == 0);
    assert!(offset_of!(DetectResult, expected_spend) == 8);
    assert!(offset_of!(DetectResult, upper_bound) == 16);
    assert!(offset_of!(DetectResult, excess) == 24);
    assert!(offset_of!(DetectResult, score) == 32);
    assert!(offset_of!(DetectResult, leak_score) == 40);
    assert!(offset_of!(DetectResult, drop_score) == 48);
    assert!(offset_of!(DetectResult, points_used) == 56);
    assert!(offset_of!(DetectResult, verdict) == 60);
    assert!(offset_of!(DetectResult, reason) == 64);
    assert!(offset_of!(DetectResult, is_leak) == 68);
    assert!(offset_of!(DetectResult, is_drop) == 72);
    assert!(offset_of!(DetectResult, reserved) == 76);
};

impl DetectResult {
    /// The field as a truth value.
    #[must_use]
    pub const fn is_leak(&self) -> bool {
        self.is_leak != 0
    }

    /// The field as a truth value.
    #[must_use]
    pub const fn is_drop(&self) -> bool {
        self.is_drop != 0
    }
}

/// A tracker.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SpikeTrackerState {
    /// Always `SPIKE_TRACKER_LAYOUT`.
    pub layout: u32,
    /// Always 0.
    pub reserved: u32,
    /// Number of points added, below 2^63. Every change adds 1.
    pub revision: u64,
    /// The settings passed to `spike_tracker_init()`, with 0 for -0.0.
    pub config: DetectConfig,
    /// The windows over the series, private to the library.
    pub windows: [u64; 693],
}

const _: () = {
    assert!(size_of::<SpikeTrackerState>() == 5624);
    assert!(offset_of!(SpikeTrackerState, layout) == 0);
    assert!(offset_of!(SpikeTrackerState, reserved) == 4);
    assert!(offset_of!(SpikeTrackerState, revision) == 8);
    assert!(offset_of!(SpikeTrackerState, config) == 16);
    assert!(offset_of!(SpikeTrackerState, windows) == 80);
};

/// Settings of `forecast_budget()`.
#[repr(C)]
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct ForecastConfig {
    /// Number of points after which spend repeats its pattern, 1 to `MAX_FORECAST_SEASON_LENGTH`: 7
    /// for days, 24 for hours, 12 for months, 1 for no pattern. Default
    /// `DEFAULT_FORECAST_SEASON_LENGTH`.
    pub season_length: u32,
    /// For bills that fill up late: this many of the last points passed are incomplete. They count
    /// in `spend_to_date` as they are, and in the forecast as expected if that is more. 0 to
    /// `MAX_LAG_POINTS`, default 0.
    pub lag_points: u32,
    /// What a negative point means, for example a credit: a `NEGATIVE_POINTS` constant. Default
    /// `NEGATIVE_POINTS_ERROR`.
    pub negative_points: u32,
    /// Must be 0.
    pub reserved: u32,
    /// Time of the first point of history, or of `period_spend` if history is empty, in seconds
    /// since 1970-01-01 in the bill's calendar, at most 2^53 either way. With `TIME_UNKNOWN`, the
    /// default, or a step that is not a day, charges by the day of the month are not expected
    /// again.
    pub start_time: i64,
    /// Seconds between points, 1 to 2^31. Default `DEFAULT_STEP`.
    pub step: i64,
}

const _: () = {
    assert!(size_of::<ForecastConfig>() == 32);
    assert!(offset_of!(ForecastConfig, season_length) == 0);
    assert!(offset_of!(ForecastConfig, lag_points) == 4);
    assert!(offset_of!(ForecastConfig, negative_points) == 8);
    assert!(offset_of!(ForecastConfig, reserved) == 12);
    assert!(offset_of!(ForecastConfig, start_time) == 16);
    assert!(offset_of!(ForecastConfig, step) == 24);
};

/// Result of `forecast_budget()`.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ForecastResult {
    /// Sum of the period's points so far, incomplete ones included. A missing point adds nothing.
    pub spend_to_date: f64,
    /// Expected cost of the whole period; at least `spend_to_date`.
    pub forecast_spend: f64,
    /// Lower end of the 80 % prediction interval: one period in ten costs less. Between
    /// `spend_to_date` and `forecast_spend`.
    pub lower_bound: f64,
    /// Upper end of the 80 % prediction interval: one period in ten costs more. At least
    /// `forecast_spend`.
    pub upper_bound: f64,
    /// `forecast_spend` / `budget_limit`.
    pub forecast_ratio: f64,
    /// Share of the budget spent, divided by the share of the period elapsed, both without
    /// incomplete points. Above 1 the budget does not last at this pace. 0 when no complete point
    /// has elapsed.
    pub burn_rate: f64,
    /// Index in the period of the first point, past or forecast, at which spend reaches
    /// `budget_limit`; -1 if there is none.
    pub exhaustion_point: i64,
    /// 1 if spend, past or forecast, reaches `budget_limit` within the period, else 0.
    pub is_forecast_breached: u32,
    /// `VERDICT_NORMAL`, or `VERDICT_INSUFFICIENT_DATA` when there are too few points for a
    /// forecast.
    pub verdict: i32,
}

const _: () = {
    assert!(size_of::<ForecastResult>() == 64);
    assert!(offset_of!(ForecastResult, spend_to_date) == 0);
    assert!(offset_of!(ForecastResult, forecast_spend) == 8);
    assert!(offset_of!(ForecastResult, lower_bound) == 16);
    assert!(offset_of!(ForecastResult, upper_bound) == 24);
    assert!(offset_of!(ForecastResult, forecast_ratio) == 32);
    assert!(offset_of!(ForecastResult, burn_rate) == 40);
    assert!(offset_of!(ForecastResult, exhaustion_point) == 48);
    assert!(offset_of!(ForecastResult, is_forecast_breached) == 56);
    assert!(offset_of!(ForecastResult, verdict) == 60);
};

impl ForecastResult {
    /// The field as a truth value.
    #[must_use]
    pub const fn is_forecast_breached(&self) -> bool {
        self.is_forecast_breached != 0
    }
}

/// What one safeguard found: the input of `evaluate_guard()`.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub struct Signal {
    /// Which safeguard: one `SIGNAL` constant.
    pub kind: i32,
    /// The status of the safeguard's call.
    pub status: i32,
    /// What it found, as `REASON` bits; `REASON_ERROR` alone when status is an error.
    pub reasons: u32,
    /// What it would have refused but for `MODE_MONITOR`, as `REASON` bits.
    pub monitor_reasons: u32,
    /// How long to wait, in the unit of the safeguard's call; 0 when nothing is known.
    pub retry_after: i64,
}

const _: () = {
    assert!(size_of::<Signal>() == 24);
    assert!(offset_of!(Signal, kind) == 0);
    assert!(offset_of!(Signal, status) == 4);
    assert!(offset_of!(Signal, reasons) == 8);
    assert!(offset_of!(Signal, monitor_reasons) == 12);
    assert!(offset_of!(Signal, retry_after) == 16);
};

/// Which action each finding asks for: the policy of `evaluate_guard()`.
#[repr(C)]
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct GuardPolicy {
    /// For `REASON_WARNING`; default `ACTION_ALERT`.
    pub on_warning: i32,
    /// For `REASON_BREACH`; default `ACTION_BLOCK`.
    pub on_breach: i32,
    /// For `REASON_SPIKE`; default `ACTION_THROTTLE`.
    pub on_spike: i32,
    /// For `REASON_LEAK`; default `ACTION_ALERT`.
    pub on_leak: i32,
    /// For `REASON_OPEN`; default `ACTION_BLOCK`.
    pub on_open: i32,
    /// For `REASON_OVER_LIMIT`; default `ACTION_BLOCK`.
    pub on_over_limit: i32,
    /// For `REASON_RATE`; default `ACTION_THROTTLE`.
    pub on_rate: i32,
    /// For `REASON_FORECAST`; default `ACTION_ALERT`.
    pub on_forecast: i32,
    /// For `REASON_INSUFFICIENT`; default `ACTION_ALERT`.
    pub on_insufficient: i32,
    /// For `REASON_ERROR`; default `ACTION_BLOCK`.
    pub on_error: i32,
    /// For `REASON_MISSING`; default `ACTION_BLOCK`.
    pub on_missing: i32,
    /// The kinds of signals that must be there, as `SIGNAL` bits, at least one; default
    /// `SIGNAL_BUDGET`, `_SPIKE` and `_BREAKER`.
    pub required: u32,
    /// Findings that only `monitor_action` heeds, as `REASON` bits; default 0.
    pub monitor: u32,
}

const _: () = {
    assert!(size_of::<GuardPolicy>() == 52);
    assert!(offset_of!(GuardPolicy, on_warning) == 0);
    assert!(offset_of!(GuardPolicy, on_breach) == 4);
    assert!(offset_of!(GuardPolicy, on_spike) == 8);
    assert!(offset_of!(GuardPolicy, on_leak) == 12);
    assert!(offset_of!(GuardPolicy, on_open) == 16);
    assert!(offset_of!(GuardPolicy, on_over_limit) == 20);
    assert!(offset_of!(GuardPolicy, on_rate) == 24);
    assert!(offset_of!(GuardPolicy, on_forecast) == 28);
    assert!(offset_of!(GuardPolicy, on_insufficient) == 32);
    assert!(offset_of!(GuardPolicy, on_error) == 36);
    assert!(offset_of!(GuardPolicy, on_missing) == 40);
    assert!(offset_of!(GuardPolicy, required) == 44);
    assert!(offset_of!(GuardPolicy, monitor) == 48);
};

/// What `evaluate_guard()` decided.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub struct GuardDecision {
    /// The least permissive action that a finding asks for, a `ACTION` constant; `ACTION_ALLOW`
    /// when there is no finding.
    pub action: i32,
    /// What action would be if nothing were monitored, neither by the policy nor by a safeguard.
    pub monitor_action: i32,
    /// Every finding, as `REASON` bits, also those whose action is more permissive and those that
    /// policy.monitor names. The policy's action of each says which one decided. Which signal a
    /// finding is from is in that signal's reasons.
    pub reasons: u32,
    /// The findings that only `monitor_action` heeds: what policy.monitor names, and what
    /// safeguards in `MODE_MONITOR` would have refused.
    pub monitor_reasons: u32,
    /// The kinds of signals that were there, as `SIGNAL` bits.
    pub kinds: u32,
    /// Always 0.
    pub reserved: u32,
    /// When action is `ACTION_BLOCK` or `_THROTTLE`: the longest `retry_after` of the signals that
    /// ask for it, in their unit. Else 0.
    pub retry_after: i64,
}

const _: () = {
    assert!(size_of::<GuardDecision>() == 32);
    assert!(offset_of!(GuardDecision, action) == 0);
    assert!(offset_of!(GuardDecision, monitor_action) == 4);
    assert!(offset_of!(GuardDecision, reasons) == 8);
    assert!(offset_of!(GuardDecision, monitor_reasons) == 12);
    assert!(offset_of!(GuardDecision, kinds) == 16);
    assert!(offset_of!(GuardDecision, reserved) == 20);
    assert!(offset_of!(GuardDecision, retry_after) == 24);
};

impl Default for BudgetConfig {
    /// The defaults, as `budget_config_init` of the C interface writes them.
    fn default() -> Self {
        // SAFETY: the function writes the struct that it is passed, and fails only on NULL.
        unsafe {
            let mut value = MaybeUninit::uninit();
            sys::cloudcircuit_budget_config_init(value.as_mut_ptr());
            value.assume_init()
        }
    }
}

impl Default for BudgetConfigI64 {
    /// The defaults, as `budget_config_i64_init` of the C interface writes them.
    fn default() -> Self {
        // SAFETY: the function writes the struct that it is passed, and fails only on NULL.
        unsafe {
            let mut value = MaybeUninit::uninit();
            sys::cloudcircuit_budget_config_i64_init(value.as_mut_ptr());
            value.assume_init()
        }
    }
}

impl Default for SpikeConfig {
    /// The defaults, as `spike_config_init` of the C interface writes them.
    fn default() -> Self {
        // SAFETY: the function writes the struct that it is passed, and fails only on NULL.
        unsafe {
            let mut value = MaybeUninit::uninit();
            sys::cloudcircuit_spike_config_init(value.as_mut_ptr());
            value.assume_init()
        }
    }
}

impl Default for SpikeConfigI64 {
    /// The defaults, as `spike_config_i64_init` of the C interface writes them.
    fn default() -> Self {
        // SAFETY: the function writes the struct that it is passed, and fails only on NULL.
        unsafe {
            let mut value = MaybeUninit::uninit();
            sys::cloudcircuit_spike_config_i64_init(value.as_mut_ptr());
            value.assume_init()
        }
    }
}

impl Default for BreakerCounters {
    /// The defaults, as `breaker_counters_init` of the C interface writes them.
    fn default() -> Self {
        // SAFETY: the function writes the struct that it is passed, and fails only on NULL.
        unsafe {
            let mut value = MaybeUninit::uninit();
            sys::cloudcircuit_breaker_counters_init(value.as_mut_ptr());
            value.assume_init()
        }
    }
}

impl Default for BreakerConfig {
    /// The defaults, as `breaker_config_init` of the C interface writes them.
    fn default() -> Self {
        // SAFETY: the function writes the struct that it is passed, and fails only on NULL.
        unsafe {
            let mut value = MaybeUninit::uninit();
            sys::cloudcircuit_breaker_config_init(value.as_mut_ptr());
            value.assume_init()
        }
    }
}

impl Default for LedgerConfig {
    /// The defaults, as `ledger_config_init` of the C interface writes them.
    fn default() -> Self {
        // SAFETY: the function writes the struct that it is passed, and fails only on NULL.
        unsafe {
            let mut value = MaybeUninit::uninit();
            sys::cloudcircuit_ledger_config_init(value.as_mut_ptr());
            value.assume_init()
        }
    }
}

impl Default for DetectConfig {
    /// The defaults, as `detect_config_init` of the C interface writes them.
    fn default() -> Self {
        // SAFETY: the function writes the struct that it is passed, and fails only on NULL.
        unsafe {
            let mut value = MaybeUninit::uninit();
            sys::cloudcircuit_detect_config_init(value.as_mut_ptr());
            value.assume_init()
        }
    }
}

impl Default for ForecastConfig {
    /// The defaults, as `forecast_config_init` of the C interface writes them.
    fn default() -> Self {
        // SAFETY: the function writes the struct that it is passed, and fails only on NULL.
        unsafe {
            let mut value = MaybeUninit::uninit();
            sys::cloudcircuit_forecast_config_init(value.as_mut_ptr());
            value.assume_init()
        }
    }
}

impl Default for GuardPolicy {
    /// The defaults, as `guard_policy_init` of the C interface writes them.
    fn default() -> Self {
        // SAFETY: the function writes the struct that it is passed, and fails only on NULL.
        unsafe {
            let mut value = MaybeUninit::uninit();
            sys::cloudcircuit_guard_policy_init(value.as_mut_ptr());
            value.assume_init()
        }
    }
}
