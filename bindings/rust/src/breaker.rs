use crate::{
    BreakerConfig, BreakerCounters, BreakerDecision, BreakerPermit, Result, error::check, pointer,
    state::state, sys, written,
};

/// Decides from the program's own counters whether an operation may run: the breaker is open when
/// `consecutive_failures >= failure_threshold` or a cooldown remains.
///
/// ```
/// use cloudcircuit::{BreakerCounters, evaluate_circuit_breaker};
///
/// let counters = BreakerCounters { consecutive_failures: 3, ..BreakerCounters::default() };
/// let decision = evaluate_circuit_breaker(&counters)?;
/// assert!(decision.is_open() && !decision.allow_operation());
/// # Ok::<(), cloudcircuit::Error>(())
/// ```
///
/// # Errors
///
/// When a counter is below 0, or the threshold not above 0.
#[inline]
pub fn evaluate_circuit_breaker(counters: &BreakerCounters) -> Result<BreakerDecision> {
    // SAFETY: the counters are readable, and the decision is written.
    unsafe { written(|decision| sys::cloudcircuit_evaluate_circuit_breaker(counters, decision)) }
}

/// Answers [`evaluate_circuit_breaker`] as bits: [`FLAG_OPEN`](crate::FLAG_OPEN) or 0. On an error it is set, with
/// [`FLAG_INVALID`](crate::FLAG_INVALID).
#[must_use]
#[inline]
pub fn breaker_flags(
    consecutive_failures: i64,
    failure_threshold: i64,
    cooldown_steps_remaining: i64,
) -> u32 {
    // SAFETY: it takes no pointer.
    unsafe {
        sys::cloudcircuit_breaker_flags(
            consecutive_failures,
            failure_threshold,
            cooldown_steps_remaining,
        )
    }
}

/// What C calls that there is no `retry_at`.
const NO_RETRY_AT: i64 = i64::MIN;

state! {
    /// The whole circuit breaker: it counts, opens, waits, probes and closes again. Acquire a permit before a
    /// call, and report the outcome with that permit after it.
    ///
    /// ```
    /// use cloudcircuit::{BREAKER_OPEN, Breaker, OUTCOME_FAILURE};
    ///
    /// let mut breaker = Breaker::init(0);
    /// for now in 0..3 {
    ///     let permit = breaker.acquire(None, now)?;
    ///     assert!(permit.allowed());
    ///     breaker.report(None, &permit, OUTCOME_FAILURE, 0, None, now)?;
    /// }
    /// let permit = breaker.acquire(None, 3)?;
    /// assert!(!permit.allowed());
    /// assert_eq!((permit.phase, permit.retry_after), (BREAKER_OPEN, 29_999));
    /// # Ok::<(), cloudcircuit::Error>(())
    /// ```
    Breaker(BreakerState),
    BREAKER_ENCODED_LEN,
    cloudcircuit_breaker_state_validate,
    cloudcircuit_breaker_state_encode,
    cloudcircuit_breaker_state_decode
}

impl Breaker {
    /// A new breaker: closed. Call it once per breaker, since permits of an earlier one could be accepted.
    #[must_use]
    #[inline]
    pub fn init(now: i64) -> Self {
        // SAFETY: the state is written: the call fails only on NULL.
        unsafe {
            let mut state = core::mem::MaybeUninit::uninit();
            sys::cloudcircuit_breaker_init(now, state.as_mut_ptr());
            Self(state.assume_init())
        }
    }

    /// Asks whether a call may run now. A refused call is no error.
    ///
    /// # Errors
    ///
    /// When a setting is out of range, or the state corrupt.
    #[inline]
    pub fn acquire(&mut self, config: Option<&BreakerConfig>, now: i64) -> Result<BreakerPermit> {
        let state = &mut self.0;
        // SAFETY: the state is this breaker's own, and the permit is written.
        unsafe {
            written(|permit| sys::cloudcircuit_breaker_acquire(pointer(config), state, now, permit))
        }
    }

    /// Says what [`acquire`](Self::acquire) would answer now. The permit cannot be reported.
    ///
    /// # Errors
    ///
    /// As for [`acquire`](Self::acquire).
    #[inline]
    pub fn peek(&self, config: Option<&BreakerConfig>, now: i64) -> Result<BreakerPermit> {
        // SAFETY: the state is readable, and the permit is written.
        unsafe {
            written(|permit| sys::cloudcircuit_breaker_peek(pointer(config), &self.0, now, permit))
        }
    }

    /// Reports how an allowed call went: a permit, an `OUTCOME` constant, how long it took, and with a failure the
    /// time before which the called service wants no call.
    ///
    /// # Errors
    ///
    /// [`Error::STALE_PERMIT`](crate::Error::STALE_PERMIT) when the phase has changed since, which is expected
    /// under concurrency, and when an argument or a setting is out of range.
    #[inline]
    pub fn report(
        &mut self,
        config: Option<&BreakerConfig>,
        permit: &BreakerPermit,
        outcome: i32,
        duration: i64,
        retry_at: Option<i64>,
        now: i64,
    ) -> Result<()> {
        let retry_at = retry_at.unwrap_or(NO_RETRY_AT);
        // SAFETY: the state is this breaker's own, and the permit is readable.
        check(unsafe {
            sys::cloudcircuit_breaker_report(
                pointer(config),
                &mut self.0,
                permit,
                outcome,
                duration,
                retry_at,
                now,
            )
        })
    }

    /// Reports one call and acquires for the next at the same time.
    ///
    /// # Errors
    ///
    /// As for [`report`](Self::report); nothing is then reported.
    #[inline]
    pub fn report_and_acquire(
        &mut self,
        config: Option<&BreakerConfig>,
        permit: &BreakerPermit,
        outcome: i32,
        duration: i64,
        retry_at: Option<i64>,
        now: i64,
    ) -> Result<BreakerPermit> {
        let retry_at = retry_at.unwrap_or(NO_RETRY_AT);
        let state = &mut self.0;
        // SAFETY: the state is this breaker's own, the permit is readable, and the next one is written.
        unsafe {
            written(|next| {
                sys::cloudcircuit_breaker_report_and_acquire(
                    pointer(config),
                    state,
                    permit,
                    outcome,
                    duration,
                    retry_at,
                    now,
                    next,
                )
            })
        }
    }

    /// Forces the breaker open or closed until a time, or closes it: `BREAKER_FORCED_OPEN`,
    /// `BREAKER_FORCED_CLOSED` or `BREAKER_CLOSED`; `i64::MAX` for ever.
    ///
    /// # Errors
    ///
    /// [`Error::FORCED_PHASE`](crate::Error::FORCED_PHASE) for another phase.
    #[inline]
    pub fn force(&mut self, forced_phase: i32, until: i64, now: i64) -> Result<()> {
        // SAFETY: the state is this breaker's own.
        check(unsafe { sys::cloudcircuit_breaker_force(&mut self.0, forced_phase, until, now) })
    }

    /// Starts the breaker over: closed, all counters 0. `now` is the truth, also backwards.
    ///
    /// # Errors
    ///
    /// When the state is corrupt.
    #[inline]
    pub fn reset(&mut self, now: i64) -> Result<()> {
        // SAFETY: the state is this breaker's own.
        check(unsafe { sys::cloudcircuit_breaker_reset(&mut self.0, now) })
    }
}
