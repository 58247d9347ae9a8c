//! The limit of a ledger and its settings.

use crate::error::Error;
use crate::mode::{MODE_ENFORCE, MODE_MONITOR, MODE_UNLIMITED};

/// threshold_unit: thresholds are parts per million of limit + carried.
pub const THRESHOLD_PPM: u32 = 0;
/// threshold_unit: thresholds are amounts.
pub const THRESHOLD_AMOUNT: u32 = 1;
/// threshold_basis: settled is compared with the thresholds.
pub const BASIS_SETTLED: u32 = 0;
/// threshold_basis: settled + held is compared with the thresholds.
pub const BASIS_COMMITTED: u32 = 1;
/// The most thresholds that a config holds.
pub const LEDGER_MAX_THRESHOLDS: u32 = 8;

/// The limit of a ledger and its settings. 112 bytes. The defaults, which are zeroed memory, allow
/// nothing but requests of 0.
///
/// Writers that share a ledger pass the same config. It may change between calls and then counts
/// from the next call on: also limit, hold_duration and mode.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
#[repr(C)]
pub struct LedgerConfig {
    /// The most that may be settled and held together in a period; >= 0; default 0.
    pub limit: i64,
    /// The most of an unused limit that a roll carries into the next period; >= 0; default 0.
    pub carry_max: i64,
    /// The most overspend that a roll takes off the next period; >= 0; default 0.
    pub debt_max: i64,
    /// How long a hold lasts, in the unit of now; >= 0; 0 = without end; default 0.
    pub hold_duration: i64,
    /// The alert thresholds, > 0 and ascending; only the first threshold_count count.
    pub thresholds: [i64; 8],
    /// How many thresholds there are; at most CLOUDCIRCUIT_LEDGER_MAX_THRESHOLDS; default 0.
    pub threshold_count: u32,
    /// CLOUDCIRCUIT_THRESHOLD_PPM (the default; not with CLOUDCIRCUIT_MODE_UNLIMITED) or
    /// CLOUDCIRCUIT_THRESHOLD_AMOUNT.
    pub threshold_unit: u32,
    /// CLOUDCIRCUIT_BASIS_SETTLED (the default) or CLOUDCIRCUIT_BASIS_COMMITTED.
    pub threshold_basis: u32,
    /// CLOUDCIRCUIT_MODE_ENFORCE (the default), _MONITOR or _UNLIMITED.
    pub mode: u32,
}

impl LedgerConfig {
    pub(crate) fn check(&self) -> Result<(), Error> {
        let rules = [
            (self.limit >= 0, Error::LedgerLimit),
            (self.carry_max >= 0, Error::CarryMax),
            (self.debt_max >= 0, Error::DebtMax),
            (self.hold_duration >= 0, Error::HoldDuration),
            (self.threshold_count <= LEDGER_MAX_THRESHOLDS, Error::ThresholdCount),
            (self.threshold_unit <= THRESHOLD_AMOUNT, Error::ThresholdUnit),
            (self.threshold_basis <= BASIS_COMMITTED, Error::ThresholdBasis),
            (self.mode <= MODE_UNLIMITED, Error::Mode),
        ];
        for (is_kept, error) in rules {
            if !is_kept {
                return Err(error);
            }
        }
        let mut below = 0;
        for &threshold in self.thresholds() {
            if threshold <= below {
                return Err(Error::Thresholds);
            }
            below = threshold;
        }
        let has_shares = self.threshold_count > 0 && self.threshold_unit == THRESHOLD_PPM;
        if has_shares && self.is_unlimited() { Err(Error::ThresholdLimit) } else { Ok(()) }
    }

    pub(super) fn thresholds(&self) -> impl Iterator<Item = &i64> {
        self.thresholds.iter().take(self.threshold_count as usize)
    }

    pub(super) fn is_unlimited(&self) -> bool {
        self.mode == MODE_UNLIMITED
    }

    pub(super) fn enforces(&self) -> bool {
        self.mode == MODE_ENFORCE
    }

    pub(super) fn monitors(&self) -> bool {
        self.mode == MODE_MONITOR
    }

    /// What the period may have settled and held together.
    pub(super) fn cap(&self, carried: i64) -> i128 {
        i128::from(self.limit) + i128::from(carried)
    }

    /// The shift of the buckets' width: the largest power of two that is at most a sixteenth of
    /// the duration, at least 1.
    pub(super) fn width_shift(&self) -> u32 {
        (self.hold_duration / 16).max(1).ilog2()
    }
}
