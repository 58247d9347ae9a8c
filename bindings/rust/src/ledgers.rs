use crate::{Error, Ledger, LedgerConfig, LedgerDecision, LedgerHold, Result, error::check, sys};
use core::{fmt, ptr};

/// Why a call on several ledgers failed, and on which of them.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct LedgersError {
    /// The rule that was broken.
    pub error: Error,
    /// The first ledger that it is about; `None` when it is about none of them.
    pub failed_at: Option<usize>,
}

impl From<Error> for LedgersError {
    fn from(error: Error) -> Self {
        LedgersError { error, failed_at: None }
    }
}

impl From<LedgersError> for Error {
    fn from(error: LedgersError) -> Self {
        error.error
    }
}

impl fmt::Display for LedgersError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.failed_at {
            Some(index) => write!(f, "ledger {index}: {}", self.error),
            None => self.error.fmt(f),
        }
    }
}

impl core::error::Error for LedgersError {}

/// In a slice of amounts: this ledger is not asked.
pub const NOT_ASKED: i64 = i64::MIN;

/// The index that a call has written; `u32::MAX` is none.
fn index(written: u32) -> Option<usize> {
    usize::try_from(written).ok().filter(|_| written != u32::MAX)
}

fn answer(status: i32, first: u32) -> Result<Option<usize>, LedgersError> {
    let first = index(first);
    check(status).map_err(|error| LedgersError { error, failed_at: first })?;
    Ok(first)
}

/// Whether every slice has a place for each ledger; if not, every decision refuses.
fn fits(
    count: usize,
    configs: Option<&[LedgerConfig]>,
    others: &[usize],
    decisions: &mut [LedgerDecision],
) -> Result<()> {
    let lengths = configs.map(<[_]>::len).into_iter().chain([decisions.len()]);
    if lengths.chain(others.iter().copied()).all(|len| len == count) {
        return Ok(());
    }
    decisions.fill(LedgerDecision::default());
    Err(Error::LENGTH)
}

/// Settings of each ledger, or NULL for the defaults in all.
fn pointer(configs: Option<&[LedgerConfig]>) -> *const LedgerConfig {
    configs.map_or(ptr::null(), <[_]>::as_ptr)
}

/// Holds an estimate in several ledgers at once: in all of them, or in none. Returns the first ledger that
/// refuses. An estimate of [`NOT_ASKED`] leaves a ledger out.
///
/// ```
/// use cloudcircuit::{Ledger, LedgerConfig, LedgerDecision, LedgerHold, ledgers_reserve};
///
/// // A request must fit into the team's budget and into the whole company's.
/// let config = |limit| LedgerConfig { limit, ..LedgerConfig::default() };
/// let configs = [config(50), config(1_000)];
/// let mut ledgers = [Ledger::init(1, 202611, 0)?, Ledger::init(2, 202611, 0)?];
/// let (mut holds, mut decisions) = ([LedgerHold::default(); 2], [LedgerDecision::default(); 2]);
///
/// let refused_by =
///     ledgers_reserve(Some(&configs), &mut ledgers, &[60; 2], 0, &mut holds, &mut decisions)?;
/// assert_eq!(refused_by, Some(0));
/// assert_eq!(ledgers[1].state().held, 0);
/// # Ok::<(), cloudcircuit::Error>(())
/// ```
///
/// # Errors
///
/// [`Error::LENGTH`] when the slices have different lengths, [`Error::OVERLAP`] when a ledger is there twice, and
/// what [`Ledger::reserve`] fails on. Each ledger stays as it was.
pub fn ledgers_reserve(
    configs: Option<&[LedgerConfig]>,
    ledgers: &mut [Ledger],
    estimates: &[i64],
    now: i64,
    holds: &mut [LedgerHold],
    decisions: &mut [LedgerDecision],
) -> Result<Option<usize>, LedgersError> {
    fits(ledgers.len(), configs, &[estimates.len(), holds.len()], decisions)?;
    let mut refused_by = u32::MAX;
    // SAFETY: every slice has that many, and a ledger is its state and nothing more.
    let status = unsafe {
        sys::cloudcircuit_ledgers_reserve(
            pointer(configs),
            ledgers.as_mut_ptr().cast(),
            estimates.as_ptr(),
            ledgers.len(),
            now,
            holds.as_mut_ptr(),
            decisions.as_mut_ptr(),
            &mut refused_by,
        )
    };
    answer(status, refused_by)
}

/// Extends several holds at once: all of them, or none. Returns the first ledger that refuses. A hold that is
/// wholly 0, or [`NOT_ASKED`], leaves a ledger out.
///
/// # Errors
///
/// As for [`ledgers_reserve`] and [`Ledger::extend`].
pub fn ledgers_extend(
    configs: Option<&[LedgerConfig]>,
    ledgers: &mut [Ledger],
    holds: &mut [LedgerHold],
    mores: &[i64],
    now: i64,
    decisions: &mut [LedgerDecision],
) -> Result<Option<usize>, LedgersError> {
    fits(ledgers.len(), configs, &[holds.len(), mores.len()], decisions)?;
    let mut failed_at = u32::MAX;
    // SAFETY: every slice has that many, and a ledger is its state and nothing more.
    let status = unsafe {
        sys::cloudcircuit_ledgers_extend(
            pointer(configs),
            ledgers.as_mut_ptr().cast(),
            holds.as_mut_ptr(),
            mores.as_ptr(),
            ledgers.len(),
            now,
            decisions.as_mut_ptr(),
            &mut failed_at,
        )
    };
    answer(status, failed_at)
}

/// Settles several holds at once: all of them, or none. A hold that is wholly 0, or [`NOT_ASKED`], leaves a ledger
/// out.
///
/// # Errors
///
/// As for [`ledgers_reserve`] and [`Ledger::settle`]. A hold that is spent is an error of the whole call.
pub fn ledgers_settle(
    configs: Option<&[LedgerConfig]>,
    ledgers: &mut [Ledger],
    holds: &mut [LedgerHold],
    actuals: &[i64],
    now: i64,
    decisions: &mut [LedgerDecision],
) -> Result<(), LedgersError> {
    fits(ledgers.len(), configs, &[holds.len(), actuals.len()], decisions)?;
    let mut failed_at = u32::MAX;
    // SAFETY: every slice has that many, and a ledger is its state and nothing more.
    let status = unsafe {
        sys::cloudcircuit_ledgers_settle(
            pointer(configs),
            ledgers.as_mut_ptr().cast(),
            holds.as_mut_ptr(),
            actuals.as_ptr(),
            ledgers.len(),
            now,
            decisions.as_mut_ptr(),
            &mut failed_at,
        )
    };
    answer(status, failed_at).map(drop)
}

/// Releases several holds at once: all of them, or none. A hold that is wholly 0 leaves a ledger out.
///
/// # Errors
///
/// As for [`ledgers_reserve`] and [`Ledger::release`].
pub fn ledgers_release(
    configs: Option<&[LedgerConfig]>,
    ledgers: &mut [Ledger],
    holds: &mut [LedgerHold],
    now: i64,
    decisions: &mut [LedgerDecision],
) -> Result<(), LedgersError> {
    fits(ledgers.len(), configs, &[holds.len()], decisions)?;
    let mut failed_at = u32::MAX;
    // SAFETY: every slice has that many, and a ledger is its state and nothing more.
    let status = unsafe {
        sys::cloudcircuit_ledgers_release(
            pointer(configs),
            ledgers.as_mut_ptr().cast(),
            holds.as_mut_ptr(),
            ledgers.len(),
            now,
            decisions.as_mut_ptr(),
            &mut failed_at,
        )
    };
    answer(status, failed_at).map(drop)
}

/// A call on several ledgers with one number for each.
type WithNumbers = unsafe extern "C" fn(
    *const LedgerConfig,
    *mut crate::LedgerState,
    *const i64,
    usize,
    i64,
    *mut LedgerDecision,
    *mut u32,
) -> i32;

fn with_numbers(
    call: WithNumbers,
    configs: Option<&[LedgerConfig]>,
    ledgers: &mut [Ledger],
    numbers: &[i64],
    now: i64,
    decisions: &mut [LedgerDecision],
) -> Result<(), LedgersError> {
    fits(ledgers.len(), configs, &[numbers.len()], decisions)?;
    let mut failed_at = u32::MAX;
    // SAFETY: every slice has that many, and a ledger is its state and nothing more.
    let status = unsafe {
        call(
            pointer(configs),
            ledgers.as_mut_ptr().cast(),
            numbers.as_ptr(),
            ledgers.len(),
            now,
            decisions.as_mut_ptr(),
            &mut failed_at,
        )
    };
    answer(status, failed_at).map(drop)
}

/// Books spend that was not held on several ledgers at once: on all of them, or none. An amount of [`NOT_ASKED`]
/// leaves a ledger out.
///
/// # Errors
///
/// As for [`ledgers_reserve`] and [`Ledger::record`].
pub fn ledgers_record(
    configs: Option<&[LedgerConfig]>,
    ledgers: &mut [Ledger],
    amounts: &[i64],
    now: i64,
    decisions: &mut [LedgerDecision],
) -> Result<(), LedgersError> {
    with_numbers(sys::cloudcircuit_ledgers_record, configs, ledgers, amounts, now, decisions)
}

/// Moves several ledgers to later periods at once: all of them, or none. A ledger's own period leaves it out.
///
/// # Errors
///
/// As for [`ledgers_reserve`] and [`Ledger::roll`].
pub fn ledgers_roll(
    configs: Option<&[LedgerConfig]>,
    ledgers: &mut [Ledger],
    periods: &[i64],
    now: i64,
    decisions: &mut [LedgerDecision],
) -> Result<(), LedgersError> {
    with_numbers(sys::cloudcircuit_ledgers_roll, configs, ledgers, periods, now, decisions)
}
