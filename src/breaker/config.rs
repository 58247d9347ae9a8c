//! The breaker's settings: their defaults, their ranges, and which rules are switched on.

use crate::breaker::counters::DEFAULT_FAILURE_THRESHOLD;
use crate::breaker::state::{BREAKER_MAX_HALF_OPEN_CALLS, BREAKER_MAX_PROBES, BREAKER_MAX_WINDOW};
use crate::error::Error;
use crate::mode::{MODE_ENFORCE, MODE_MONITOR};
use crate::numeric::amount::PPM;

/// The largest backoff_ppm.
const MAX_BACKOFF_PPM: u32 = 16 * PPM;

/// The default of half_open_max_probes.
pub const DEFAULT_HALF_OPEN_MAX_PROBES: u32 = 1;
/// The default of half_open_calls.
pub const DEFAULT_HALF_OPEN_CALLS: u32 = 1;
/// The default of half_open_failure_rate_ppm: the first failed probe opens the breaker.
pub const DEFAULT_HALF_OPEN_FAILURE_RATE_PPM: u32 = 1;
/// The default of backoff_ppm: each open time is twice the one before, up to max_open_duration,
/// which is open_duration by default.
pub const DEFAULT_BACKOFF_PPM: u32 = 2000000;
/// The default of open_duration, in milliseconds.
pub const DEFAULT_OPEN_DURATION: i64 = 30000;
/// The default of max_open_duration, in milliseconds.
pub const DEFAULT_MAX_OPEN_DURATION: i64 = 30000;
/// The default of probe_timeout, in milliseconds.
pub const DEFAULT_PROBE_TIMEOUT: i64 = 60000;

/// When a breaker opens and how it recovers. 128 bytes.
///
/// Durations are in the host's unit of time, the same as every now. The defaults are in
/// milliseconds. A host may change its config between calls on the same state.
///
/// Shares are in parts per million. Thirds are rounded down: 666666 is reached by two of three,
/// 666667 is not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(C)]
pub struct BreakerConfig {
    /// Opens after this many failures in a row; with window_duration, in a row and within it.
    /// 0 = off; default CLOUDCIRCUIT_DEFAULT_FAILURE_THRESHOLD.
    pub failure_threshold: u32,
    /// Opens at this many failures in the window, whatever succeeded in between; at most
    /// window_size when that is above 0; 0 without a window. 0 = off; default 0.
    pub failure_count: u32,
    /// The window is the latest this many outcomes; at most CLOUDCIRCUIT_BREAKER_MAX_WINDOW.
    /// 0 = no window by count; default 0.
    pub window_size: u32,
    /// Outcomes that must be in the window before a rate may open the breaker: 1 to window_size
    /// when window_size is above 0, above 0 for a rate over window_duration, else of no effect.
    /// Default 0.
    pub minimum_calls: u32,
    /// Opens when failures / outcomes in the window reach this share, in ppm; at most 1000000;
    /// 0 without a window. 0 = off; default 0.
    pub failure_rate_ppm: u32,
    /// Opens when slow calls / outcomes in the window reach this share, in ppm; at most 1000000;
    /// 0 without a window. While it is on, a slow probe has failed. 0 = off; default 0.
    pub slow_call_rate_ppm: u32,
    /// Probes in flight at once while half-open, 1 to CLOUDCIRCUIT_BREAKER_MAX_PROBES; default
    /// CLOUDCIRCUIT_DEFAULT_HALF_OPEN_MAX_PROBES.
    pub half_open_max_probes: u32,
    /// Probes that are judged while half-open, 1 to CLOUDCIRCUIT_BREAKER_MAX_HALF_OPEN_CALLS;
    /// default CLOUDCIRCUIT_DEFAULT_HALF_OPEN_CALLS.
    pub half_open_calls: u32,
    /// Opens again when failed probes reach this share of half_open_calls, in ppm; closes when
    /// all are judged or the share is out of reach; 1 to 1000000; default
    /// CLOUDCIRCUIT_DEFAULT_HALF_OPEN_FAILURE_RATE_PPM.
    pub half_open_failure_rate_ppm: u32,
    /// Each trip multiplies the open time by this, in ppm; 1000000 to 16000000; default
    /// CLOUDCIRCUIT_DEFAULT_BACKOFF_PPM.
    pub backoff_ppm: u32,
    /// The open time is lengthened by up to this share of itself, in ppm; at most 1000000;
    /// default 0.
    pub jitter_ppm: u32,
    /// CLOUDCIRCUIT_MODE_ENFORCE, the default, or CLOUDCIRCUIT_MODE_MONITOR, in which no call is
    /// refused and would_refuse says what the rules say.
    pub mode: u32,
    /// What the jitter is drawn from, for example an instance's number: the same seed gives the
    /// same jitter; default 0.
    pub jitter_seed: u64,
    /// The window is the outcomes of this much time, in 16 buckets: a bucket counts until its first
    /// instant is this old. >= 0; 0 when window_size is above 0. 0 = no window by time; default 0.
    pub window_duration: i64,
    /// A call that took this long or longer is slow, success or failure; > 0 when
    /// slow_call_rate_ppm is, else of no effect; default 0.
    pub slow_call_duration: i64,
    /// How long the first trip opens it; > 0; default CLOUDCIRCUIT_DEFAULT_OPEN_DURATION.
    pub open_duration: i64,
    /// The longest open time, before jitter; >= open_duration; default
    /// CLOUDCIRCUIT_DEFAULT_MAX_OPEN_DURATION.
    pub max_open_duration: i64,
    /// A probe that has not reported before this has passed has failed as of then; > 0; default
    /// CLOUDCIRCUIT_DEFAULT_PROBE_TIMEOUT.
    pub probe_timeout: i64,
    /// After this long half-open ends and is judged by the probes that are judged by then; >= 0;
    /// 0 = it waits for its probes; default 0.
    pub half_open_duration: i64,
    /// A close keeps trips, and one fades per this much closed time; >= 0; 0 = a close forgets
    /// all trips; default 0.
    pub trips_decay: i64,
    /// A failure with a retry_at opens until then, at most this long after now; >= 0;
    /// 0 = retry_at is ignored; default 0.
    pub max_retry_after: i64,
    /// After a close a share of calls is allowed that rises from none to all over this long;
    /// >= 0; 0 = all at once; default 0.
    pub ramp_duration: i64,
}

const _: () = assert!(size_of::<BreakerConfig>() == 128);

impl BreakerConfig {
    pub(crate) const DEFAULT: Self = Self {
        failure_threshold: DEFAULT_FAILURE_THRESHOLD as u32,
        failure_count: 0,
        window_size: 0,
        minimum_calls: 0,
        failure_rate_ppm: 0,
        slow_call_rate_ppm: 0,
        half_open_max_probes: DEFAULT_HALF_OPEN_MAX_PROBES,
        half_open_calls: DEFAULT_HALF_OPEN_CALLS,
        half_open_failure_rate_ppm: DEFAULT_HALF_OPEN_FAILURE_RATE_PPM,
        backoff_ppm: DEFAULT_BACKOFF_PPM,
        jitter_ppm: 0,
        mode: MODE_ENFORCE,
        jitter_seed: 0,
        window_duration: 0,
        slow_call_duration: 0,
        open_duration: DEFAULT_OPEN_DURATION,
        max_open_duration: DEFAULT_MAX_OPEN_DURATION,
        probe_timeout: DEFAULT_PROBE_TIMEOUT,
        half_open_duration: 0,
        trips_decay: 0,
        max_retry_after: 0,
        ramp_duration: 0,
    };
}

impl Default for BreakerConfig {
    fn default() -> Self {
        Self::DEFAULT
    }
}

pub(crate) fn require(is_kept: bool, error: Error) -> Result<(), Error> {
    if is_kept { Ok(()) } else { Err(error) }
}

impl BreakerConfig {
    /// Each field in its range, a rule switched on, and none that is named without what it needs.
    #[inline(never)]
    pub(crate) fn check(&self) -> Result<(), Error> {
        let by_count = self.window_size > 0;
        let has_window = self.has_window();
        let has_rate = self.has_rate();
        require(self.window_size <= BREAKER_MAX_WINDOW, Error::WindowSize)?;
        require(
            self.window_duration == 0 || self.window_duration > 0 && !by_count,
            Error::WindowDuration,
        )?;
        if by_count {
            let has_enough = (1..=self.window_size).contains(&self.minimum_calls);
            require(has_enough, Error::MinimumCalls)?;
        } else if has_window && has_rate {
            require(self.minimum_calls > 0, Error::MinimumCalls)?;
        }
        let fits_window = has_window && (!by_count || self.failure_count <= self.window_size);
        require(self.failure_count == 0 || fits_window, Error::FailureCount)?;
        let is_rate = |ppm: u32| ppm == 0 || ppm <= PPM && has_window;
        require(is_rate(self.failure_rate_ppm), Error::FailureRatePpm)?;
        require(is_rate(self.slow_call_rate_ppm), Error::SlowCallRatePpm)?;
        require(
            self.slow_call_rate_ppm == 0 || self.slow_call_duration > 0,
            Error::SlowCallDuration,
        )?;

        let has_slots = (1..=BREAKER_MAX_PROBES).contains(&self.half_open_max_probes);
        require(has_slots, Error::HalfOpenMaxProbes)?;
        let has_calls = (1..=BREAKER_MAX_HALF_OPEN_CALLS).contains(&self.half_open_calls);
        require(has_calls, Error::HalfOpenCalls)?;
        let has_share = (1..=PPM).contains(&self.half_open_failure_rate_ppm);
        require(has_share, Error::HalfOpenFailureRatePpm)?;
        let can_grow = (PPM..=MAX_BACKOFF_PPM).contains(&self.backoff_ppm);
        require(can_grow, Error::BackoffPpm)?;
        require(self.jitter_ppm <= PPM, Error::JitterPpm)?;
        require(self.mode == MODE_ENFORCE || self.mode == MODE_MONITOR, Error::Mode)?;

        require(self.open_duration > 0, Error::OpenDuration)?;
        require(self.max_open_duration >= self.open_duration, Error::MaxOpenDuration)?;
        require(self.probe_timeout > 0, Error::ProbeTimeout)?;
        require(self.half_open_duration >= 0, Error::HalfOpenDuration)?;
        require(self.trips_decay >= 0, Error::TripsDecay)?;
        require(self.max_retry_after >= 0, Error::MaxRetryAfter)?;
        require(self.ramp_duration >= 0, Error::RampDuration)?;

        let has_rule =
            self.failure_threshold | self.failure_count > 0 || has_rate || self.max_retry_after > 0;
        require(has_rule, Error::NoRule)
    }

    /// Whether it passes its check with failure_threshold and no other rule, as most do.
    #[inline(always)]
    pub(crate) fn is_plain(&self) -> bool {
        let other_rules =
            self.failure_count | self.window_size | self.failure_rate_ppm | self.slow_call_rate_ppm;
        let signs = self.half_open_duration | self.trips_decay | self.ramp_duration;
        self.failure_threshold > 0
            && i64::from(other_rules) | self.window_duration | self.max_retry_after == 0
            && (1..=BREAKER_MAX_PROBES).contains(&self.half_open_max_probes)
            && (1..=BREAKER_MAX_HALF_OPEN_CALLS).contains(&self.half_open_calls)
            && (1..=PPM).contains(&self.half_open_failure_rate_ppm)
            && (PPM..=MAX_BACKOFF_PPM).contains(&self.backoff_ppm)
            && self.jitter_ppm <= PPM
            && (self.mode == MODE_ENFORCE || self.mode == MODE_MONITOR)
            && self.open_duration > 0
            && self.max_open_duration >= self.open_duration
            && self.probe_timeout > 0
            && signs >= 0
    }

    #[inline(always)]
    pub(crate) fn has_window(&self) -> bool {
        self.window_size > 0 || self.window_duration > 0
    }

    #[inline(always)]
    pub(crate) fn has_rate(&self) -> bool {
        self.failure_rate_ppm | self.slow_call_rate_ppm > 0
    }

    /// Whether a call that took this long is slow.
    pub(crate) fn is_slow(&self, duration: i64) -> bool {
        self.slow_call_rate_ppm > 0 && duration >= self.slow_call_duration
    }

    /// Until when a failure with this retry_at keeps the breaker open, if it is heeded.
    pub(crate) fn heeded(&self, retry_at: i64, now: i64) -> Option<i64> {
        let is_heeded = self.max_retry_after > 0 && retry_at > now;
        is_heeded.then(|| retry_at.min(now.saturating_add(self.max_retry_after)))
    }
}
