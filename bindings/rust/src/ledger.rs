use crate::{
    LedgerConfig, LedgerDecision, LedgerHold, Result, error::check, pointer, state::state, sys,
    written,
};
use core::mem::MaybeUninit;

state! {
    /// A budget that cannot be overspent: it holds what a request may cost before it runs, and books what it did
    /// cost afterwards. Amounts are in the program's smallest unit.
    ///
    /// ```
    /// use cloudcircuit::{LEDGER_REASON_OVER_LIMIT, Ledger, LedgerConfig};
    ///
    /// let config = LedgerConfig { limit: 100, ..LedgerConfig::default() };
    /// let mut ledger = Ledger::init(1, 202611, 0)?;
    /// let (_hold, decision) = ledger.reserve(Some(&config), 80, 0)?;
    /// assert!(decision.allowed());
    /// let (_none, decision) = ledger.reserve(Some(&config), 30, 0)?;
    /// assert!(!decision.allowed());
    /// assert_eq!((decision.reason, decision.available), (LEDGER_REASON_OVER_LIMIT, 20));
    ///
    /// // What is stored is what another writer goes on from.
    /// let stored = ledger.encode()?;
    /// assert_eq!(Ledger::decode(&stored)?, ledger);
    /// # Ok::<(), cloudcircuit::Error>(())
    /// ```
    Ledger(LedgerState),
    LEDGER_ENCODED_LEN,
    cloudcircuit_ledger_state_validate,
    cloudcircuit_ledger_state_encode,
    cloudcircuit_ledger_state_decode
}

/// Calls on a ledger with a hold that each take one amount.
macro_rules! with_hold {
    ($($(#[$doc:meta])* $name:ident($amount:ident) = $function:ident;)*) => {
        impl Ledger {
            $(
                $(#[$doc])*
                #[inline]
                pub fn $name(
                    &mut self,
                    config: Option<&LedgerConfig>,
                    hold: &mut LedgerHold,
                    $amount: i64,
                    now: i64,
                ) -> Result<LedgerDecision> {
                    let state = &mut self.0;
                    // SAFETY: the state is this ledger's own, the hold the caller's, and the decision is written.
                    unsafe {
                        written(|decision| {
                            sys::$function(pointer(config), state, hold, $amount, now, decision)
                        })
                    }
                }
            )*
        }
    };
}

with_hold! {
    /// Asks for more on a hold, and gives it a new end. 0 only moves the end.
    ///
    /// The hold gets a new id: every older copy of it is spent. When refused, it stays as it was.
    ///
    /// # Errors
    ///
    /// When `more` is below 0, the hold spent or another ledger's, or a setting out of range.
    extend(more) = cloudcircuit_ledger_extend;

    /// Books a part of what a hold is for, and goes on holding the rest. Never refused.
    ///
    /// # Errors
    ///
    /// When `part` is below 0, the hold spent or another ledger's, or a setting out of range.
    post(part) = cloudcircuit_ledger_post;

    /// Books what a held request cost and lets the rest of the hold go. Never refused.
    ///
    /// # Errors
    ///
    /// When `actual` is below 0, the hold spent or another ledger's, or a setting out of range.
    settle(actual) = cloudcircuit_ledger_settle;
}

impl Ledger {
    /// A new ledger: nothing settled, nothing held. Every ledger needs an id of its own, above 0.
    ///
    /// # Errors
    ///
    /// [`Error::LEDGER_ID`](crate::Error::LEDGER_ID) when the id is 0.
    #[inline]
    pub fn init(ledger_id: u64, period: i64, now: i64) -> Result<Self> {
        // SAFETY: the state is written.
        unsafe { written(|state| sys::cloudcircuit_ledger_init(ledger_id, period, now, state)) }
            .map(Self)
    }

    /// Holds an estimate if `settled + held + estimate <= limit + carried`: all of it or nothing. The hold of a
    /// refused one is wholly 0, which is no hold.
    ///
    /// # Errors
    ///
    /// When the estimate is below 0, or a setting out of range.
    #[inline]
    pub fn reserve(
        &mut self,
        config: Option<&LedgerConfig>,
        estimate: i64,
        now: i64,
    ) -> Result<(LedgerHold, LedgerDecision)> {
        let (mut hold, state) = (MaybeUninit::uninit(), &mut self.0);
        // SAFETY: the state is this ledger's own, and both answers are written.
        unsafe {
            let decision = written(|decision| {
                sys::cloudcircuit_ledger_reserve(
                    pointer(config),
                    state,
                    estimate,
                    now,
                    hold.as_mut_ptr(),
                    decision,
                )
            })?;
            Ok((hold.assume_init(), decision))
        }
    }

    /// Lets a hold go whose request did not run.
    ///
    /// # Errors
    ///
    /// When the hold is spent or another ledger's, or a setting out of range.
    #[inline]
    pub fn release(
        &mut self,
        config: Option<&LedgerConfig>,
        hold: &mut LedgerHold,
        now: i64,
    ) -> Result<LedgerDecision> {
        let state = &mut self.0;
        // SAFETY: the state is this ledger's own, the hold the caller's, and the decision is written.
        unsafe {
            written(|decision| {
                sys::cloudcircuit_ledger_release(pointer(config), state, hold, now, decision)
            })
        }
    }

    /// Books spend that was not held, or a credit, which is below 0. Never refused.
    ///
    /// # Errors
    ///
    /// When a setting is out of range, or a sum leaves 64 bits.
    #[inline]
    pub fn record(
        &mut self,
        config: Option<&LedgerConfig>,
        amount: i64,
        now: i64,
    ) -> Result<LedgerDecision> {
        let state = &mut self.0;
        // SAFETY: the state is this ledger's own, and the decision is written.
        unsafe {
            written(|decision| {
                sys::cloudcircuit_ledger_record(pointer(config), state, amount, now, decision)
            })
        }
    }

    /// Moves to a later period. What is held stays held; pass the config of the period that ends.
    ///
    /// # Errors
    ///
    /// When a setting is out of range.
    #[inline]
    pub fn roll(
        &mut self,
        config: Option<&LedgerConfig>,
        period: i64,
        now: i64,
    ) -> Result<LedgerDecision> {
        let state = &mut self.0;
        // SAFETY: the state is this ledger's own, and the decision is written.
        unsafe {
            written(|decision| {
                sys::cloudcircuit_ledger_roll(pointer(config), state, period, now, decision)
            })
        }
    }

    /// Starts the ledger over by an operator's word: nothing settled or carried, and period and now are true, also
    /// backwards.
    ///
    /// # Errors
    ///
    /// When the state is corrupt.
    #[inline]
    pub fn reset(&mut self, period: i64, now: i64) -> Result<()> {
        // SAFETY: the state is this ledger's own.
        check(unsafe { sys::cloudcircuit_ledger_reset(&mut self.0, period, now) })
    }
}
