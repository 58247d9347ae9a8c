//! The arrays of a call on several ledgers: checked, read, and written when all went well.

use crate::abi::Status;
use crate::abi::columns::Range;
use crate::error::{Error, OK};
use crate::ledger::config::LedgerConfig;
use crate::ledger::decide::{Call, LedgerDecision};
use crate::ledger::hold::LedgerHold;
use crate::ledger::several::{self, LEDGERS_MAX_COUNT, LEDGERS_NONE};
use crate::ledger::state::LedgerState;
use crate::numeric::slots::change;
use core::ptr;

/// The arrays of a call, as the host passed them.
pub(super) struct Ledgers {
    pub(super) configs: *const LedgerConfig,
    pub(super) states: *mut LedgerState,
    /// `None` in calls without holds.
    pub(super) holds: Option<*mut LedgerHold>,
    /// Whether the call makes the holds; else it is passed them.
    pub(super) makes_holds: bool,
    /// `None` in calls without an argument for each ledger.
    pub(super) arguments: Option<*const i64>,
    pub(super) count: usize,
    pub(super) now: i64,
    pub(super) decisions: *mut LedgerDecision,
    pub(super) failed_at: *mut u32,
}

/// Makes a call of a hold and an argument. A pointer, not a closure: the code exists once.
type MakeCall = fn(LedgerHold, i64) -> Call;

/// The ledger that an error is about, or LEDGERS_NONE.
type Failure = (u32, Error);

impl Ledgers {
    /// Makes the call that `call` puts together from a hold and an argument.
    ///
    /// # Safety
    /// The arrays are NULL or of `count` entries, `configs` and `arguments` readable, the others
    /// writable too; `failed_at` is NULL or writable.
    pub(super) unsafe fn decide(&self, call: MakeCall) -> Status {
        let result = match self.check() {
            // SAFETY: the same contract as this function's, and no array but the configs is NULL.
            Ok(()) => unsafe { self.run(call) },
            Err(error) => Err((LEDGERS_NONE, error)),
        };
        let (index, status) = match result {
            Ok(refused_by) => (refused_by, OK),
            Err((index, error)) => (index, error.status()),
        };
        if result.is_err() && self.has_valid_count() && self.is_apart() {
            // SAFETY: the same contract as this function's.
            unsafe { self.refuse() };
        }
        let [states, holds, decisions, failed_at, configs, arguments] = self.ranges();
        let others = [states, holds, decisions, configs, arguments];
        if !self.failed_at.is_null() && !others.iter().any(|other| failed_at.overlaps(*other)) {
            // SAFETY: not NULL, so writable by contract.
            unsafe { self.failed_at.write_unaligned(index) };
        }
        status
    }

    fn check(&self) -> Result<(), Error> {
        let has_null = self.states.is_null()
            || self.decisions.is_null()
            || self.holds.is_some_and(<*mut _>::is_null)
            || self.arguments.is_some_and(<*const _>::is_null);
        if has_null {
            Err(Error::NullPointer)
        } else if !self.has_valid_count() {
            Err(Error::Count)
        } else if !self.is_apart() {
            Err(Error::Overlap)
        } else {
            Ok(())
        }
    }

    fn has_valid_count(&self) -> bool {
        (1..=LEDGERS_MAX_COUNT).contains(&self.count)
    }

    /// The bytes of the arrays; those that are written come first.
    #[inline(never)]
    fn ranges(&self) -> [Range; 6] {
        let count = self.count.min(LEDGERS_MAX_COUNT);
        fn range<T>(array: *const T, count: usize) -> Range {
            Range::new(array, count * size_of::<T>())
        }
        [
            range(self.states, count),
            range(self.holds.unwrap_or(ptr::null_mut()), count),
            range(self.decisions, count),
            range(self.failed_at, 1),
            range(self.configs, count),
            range(self.arguments.unwrap_or(ptr::null()), count),
        ]
    }

    /// Whether what is written overlaps nothing else.
    fn is_apart(&self) -> bool {
        let ranges = self.ranges();
        ranges.iter().take(4).enumerate().all(|(place, written)| {
            !ranges.iter().skip(place + 1).any(|other| written.overlaps(*other))
        })
    }

    /// All ledgers are judged before one is written. The second time each entry is read and judged
    /// as if for the first time: where another thread has changed it meanwhile, against the
    /// contract, the call may no longer be all or none, but books nothing that a rule refuses.
    ///
    /// # Safety
    /// As for `decide`, and no array but the configs is NULL.
    unsafe fn run(&self, call: MakeCall) -> Result<u32, Failure> {
        let mut refused_by = LEDGERS_NONE;
        let mut ids = [0; LEDGERS_MAX_COUNT];
        for (index, id) in (0..self.count).zip(0..) {
            // SAFETY: index < count.
            let (config, mut state, call) = unsafe { self.read(index, call) };
            let earlier = ids.get(..index).unwrap_or(&[]);
            let ledger_id = state.ledger_id;
            let answer = several::take_part(&config, &mut state, call, self.now, earlier)
                .map_err(|error| (id, error))?;
            change(&mut ids, index, |place| *place = ledger_id);
            if refused_by == LEDGERS_NONE && several::refuses(&config, call, &answer) {
                refused_by = id;
            }
        }

        for (index, id) in (0..self.count).zip(0..) {
            // SAFETY: index < count.
            let (config, mut state, call) = unsafe { self.read(index, call) };
            let answer = if refused_by == LEDGERS_NONE {
                several::take_part(&config, &mut state, call, self.now, &[])
            } else {
                several::withdraw(&config, &mut state, call, self.now)
            };
            let answer = answer.map_err(|error| (id, error))?;
            // SAFETY: index < count, and none of these is NULL.
            unsafe {
                if refused_by == LEDGERS_NONE {
                    self.states.add(index).write_unaligned(state);
                }
                if let Some(holds) = self.holds {
                    holds.add(index).write_unaligned(answer.hold);
                }
                self.decisions.add(index).write_unaligned(answer.decision);
            }
        }
        Ok(refused_by)
    }

    /// # Safety
    /// As for `run`, and `index` is below `count`.
    #[inline(never)]
    unsafe fn read(&self, index: usize, call: MakeCall) -> (LedgerConfig, LedgerState, Call) {
        // SAFETY: what is read is not NULL and has an entry of this index.
        unsafe {
            let config = if self.configs.is_null() {
                LedgerConfig::default()
            } else {
                self.configs.add(index).read_unaligned()
            };
            let state = self.states.add(index).read_unaligned();
            let hold = match self.holds {
                Some(holds) if !self.makes_holds => holds.add(index).read_unaligned(),
                _ => LedgerHold::NONE,
            };
            let argument = self.arguments.map_or(0, |array| array.add(index).read_unaligned());
            (config, state, call(hold, argument))
        }
    }

    /// Writes the refusing answer everywhere. Only holds that were to be made are written.
    ///
    /// # Safety
    /// As for `decide`, and `count` is valid.
    unsafe fn refuse(&self) {
        for index in 0..self.count {
            if !self.decisions.is_null() {
                // SAFETY: not NULL, so of `count` writable entries by contract.
                unsafe { self.decisions.add(index).write_unaligned(LedgerDecision::REFUSED) };
            }
            if let Some(holds) = self.holds.filter(|holds| self.makes_holds && !holds.is_null()) {
                // SAFETY: as above.
                unsafe { holds.add(index).write_unaligned(LedgerHold::NONE) };
            }
        }
    }
}
