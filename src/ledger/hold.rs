//! Holds: which one it is, whether it lives, and what it takes from its ledger.

use super::state::LedgerState;
use crate::error::Error;

/// What cloudcircuit_ledger_reserve held, to be settled or released. 40 bytes. The host stores it
/// with the state, in one transaction, as its bytes or its fields. Zeroed memory is no hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(C)]
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

impl LedgerHold {
    pub(crate) const NONE: Self = Self { ledger_id: 0, id: 0, period: 0, amount: 0, expires_at: 0 };

    /// What a hold is once it is settled or released.
    pub(super) fn spent(&self) -> Self {
        Self { ledger_id: self.ledger_id, ..Self::NONE }
    }
}

/// A hold at a call, after what has ended was let go.
pub(super) struct Found {
    /// It is so old that nobody knows whether it is spent.
    pub(super) is_forgotten: bool,
    pub(super) is_live: bool,
    /// How much of its amount the ledger still holds.
    pub(super) taken: i64,
}

impl LedgerState {
    /// Finds a hold of this ledger that is not spent. `updated_at` is the time of the call.
    pub(super) fn find(&mut self, hold: &LedgerHold) -> Result<Found, Error> {
        if hold.id == 0 {
            return Err(Error::HoldSpent);
        }
        if hold.ledger_id != self.ledger_id {
            return Err(Error::HoldLedger);
        }
        if hold.id >= self.next_hold {
            return Err(Error::HoldId);
        }
        let is_forgotten = self.is_forgotten(hold.id);
        if !is_forgotten && self.is_spent(hold.id) {
            return Err(Error::HoldSpent);
        }
        let is_live = self.is_live(hold);
        let bucket = if is_live { self.bucket_of(hold).map_or(0, |bucket| *bucket) } else { 0 };
        if hold.amount < 0 || is_live && !is_forgotten && hold.amount > bucket {
            return Err(Error::HoldAmount);
        }
        Ok(Found { is_forgotten, is_live, taken: hold.amount.min(bucket) })
    }

    fn is_live(&self, hold: &LedgerHold) -> bool {
        if hold.expires_at == i64::MAX {
            return true;
        }
        if self.was_reset(hold) {
            // A clock that was wrong made this end: it lasts as long as the reset's bucket.
            self.reset_bucket > 0 && hold.id >= self.dead_hold && hold.expires_at > self.reset_clock
        } else {
            hold.expires_at > self.updated_at
        }
    }

    /// Whether a reset moved what the hold holds.
    pub(super) fn was_reset(&self, hold: &LedgerHold) -> bool {
        hold.id < self.reset_hold && hold.expires_at < i64::MAX
    }

    fn bucket_of(&mut self, hold: &LedgerHold) -> Option<&mut i64> {
        if self.was_reset(hold) { self.reset_bucket() } else { self.bucket(hold.expires_at) }
    }

    /// Takes out what the ledger holds of a hold, and spends its id.
    pub(super) fn take(&mut self, hold: &LedgerHold, found: &Found) {
        if let Some(bucket) = self.bucket_of(hold) {
            *bucket -= found.taken;
            self.held -= found.taken;
        }
        self.spend(hold.id);
    }
}
