use crate::{
    MODE_ENFORCE, RateLimitConfig, RateLimitDecision, Result, error::check, state::state, sys,
    written,
};

impl RateLimitConfig {
    /// No more than `limit` in any window of `duration`; what is refused is refused.
    #[must_use]
    pub const fn new(limit: i64, duration: i64) -> Self {
        RateLimitConfig { limit, duration, mode: MODE_ENFORCE, reserved: 0 }
    }
}

state! {
    /// No more than this in any window of that length: money an hour, tokens a minute, requests a second.
    ///
    /// ```
    /// use cloudcircuit::{RateLimit, RateLimitConfig};
    ///
    /// let config = RateLimitConfig::new(90_000, 60_000);
    /// let mut rate_limit = RateLimit::init(0);
    /// let decision = rate_limit.acquire(&config, 50_000, 0)?;
    /// assert!(decision.allowed());
    /// let decision = rate_limit.acquire(&config, 50_000, 1_000)?;
    /// assert!(!decision.allowed() && decision.retry_after > 0);
    /// # Ok::<(), cloudcircuit::Error>(())
    /// ```
    RateLimit(RateLimitState),
    RATE_LIMIT_ENCODED_LEN,
    cloudcircuit_rate_limit_state_validate,
    cloudcircuit_rate_limit_state_encode,
    cloudcircuit_rate_limit_state_decode
}

impl RateLimit {
    /// A new rate limit: nothing taken.
    #[must_use]
    #[inline]
    pub fn init(now: i64) -> Self {
        // SAFETY: the state is written: the call fails only on NULL.
        unsafe {
            let mut state = core::mem::MaybeUninit::uninit();
            sys::cloudcircuit_rate_limit_init(now, state.as_mut_ptr());
            Self(state.assume_init())
        }
    }

    /// Takes an amount if it fits: all of it or nothing.
    ///
    /// # Errors
    ///
    /// When the amount is below 0, or a setting out of range.
    #[inline]
    pub fn acquire(
        &mut self,
        config: &RateLimitConfig,
        amount: i64,
        now: i64,
    ) -> Result<RateLimitDecision> {
        let state = &mut self.0;
        // SAFETY: the state is this rate limit's own, and the decision is written.
        unsafe {
            written(|decision| {
                sys::cloudcircuit_rate_limit_acquire(config, state, amount, now, decision)
            })
        }
    }

    /// Corrects what was taken: adds the difference between estimate and actual where it was taken. Never refused.
    ///
    /// # Errors
    ///
    /// When `taken_at` is in the future, or a setting out of range.
    #[inline]
    pub fn adjust(
        &mut self,
        config: &RateLimitConfig,
        taken_at: i64,
        by: i64,
        now: i64,
    ) -> Result<RateLimitDecision> {
        let state = &mut self.0;
        // SAFETY: the state is this rate limit's own, and the decision is written.
        unsafe {
            written(|decision| {
                sys::cloudcircuit_rate_limit_adjust(config, state, taken_at, by, now, decision)
            })
        }
    }

    /// Starts the rate limit over by an operator's word: nothing taken, and `now` is true, also backwards.
    ///
    /// # Errors
    ///
    /// When the state is corrupt.
    #[inline]
    pub fn reset(&mut self, now: i64) -> Result<()> {
        // SAFETY: the state is this rate limit's own.
        check(unsafe { sys::cloudcircuit_rate_limit_reset(&mut self.0, now) })
    }
}
