//! Spend safeguards as pure functions: plain numbers in, a decision out. Is the budget breached, is this a
//! spike, may this request spend, may this call run?
//!
//! ```
//! use cloudcircuit::{Ledger, LedgerConfig};
//!
//! // One budget of 100.00 for every request of a gateway, in cents. Its period is November.
//! let config = LedgerConfig { limit: 10_000, ..LedgerConfig::default() };
//! let now = 1_794_000_000;
//! let mut ledger = Ledger::init(1, 202611, now)?;
//!
//! // A request may cost 40.00 at most. It runs while that is held, and costs 31.00.
//! let (mut hold, decision) = ledger.reserve(Some(&config), 4_000, now)?;
//! assert!(decision.allowed());
//! let decision = ledger.settle(Some(&config), &mut hold, 3_100, now)?;
//! assert_eq!(decision.available, 6_900);
//! # Ok::<(), cloudcircuit::Error>(())
//! ```
//!
//! The crate is a safe form of the C library libcloudcircuit: no `std`, no heap, no globals, no clock, no I/O.
//! Names are those of the C interface without `cloudcircuit_`, in Rust's case.
//!
//! **Errors.** A call answers `Ok` or the [`Error`] of the first rule that its arguments break. A refusal is
//! no error: it is a decision that says so.
//!
//! **Settings.** `None` means the defaults. A config starts from `Default`; reserved fields stay 0.
//!
//! **Flags** are `u32` fields, 0 or 1, as in C; a method of the same name gives the truth value.
//!
//! **States** ([`Ledger`], [`RateLimit`], [`Breaker`], [`SpikeTracker`]) are plain bytes that the program
//! stores. Several writers share one by compare-and-swap on `state().revision`. On an error a state stays as
//! it was.
//!
//! **Time** is an argument, in a unit of the program's choice.
//!
//! **Panics.** No call panics or unwinds.

#![no_std]
#![deny(missing_docs)]
#![deny(unsafe_op_in_unsafe_fn)]
#![warn(clippy::undocumented_unsafe_blocks)]

#[cfg(doctest)]
extern crate std;

mod breaker;
mod budget;
mod columns;
mod detect;
mod error;
mod forecast;
mod guard;
mod json;
mod ledger;
mod ledgers;
mod money;
mod names;
mod rate_limit;
mod spike;
mod state;
#[rustfmt::skip]
pub mod sys;
#[rustfmt::skip]
mod types;

pub use breaker::*;
pub use budget::*;
pub use columns::*;
pub use detect::*;
pub use error::{Error, Result};
pub use forecast::*;
pub use guard::*;
pub use json::*;
pub use ledger::*;
pub use ledgers::*;
pub use money::*;
pub use names::*;
pub use rate_limit::*;
pub use spike::*;
pub use types::*;

use core::{
    ffi::{CStr, c_char},
    mem::MaybeUninit,
    ptr,
};

/// Settings, or NULL for the defaults.
#[inline]
fn pointer<T>(settings: Option<&T>) -> *const T {
    settings.map_or(ptr::null(), ptr::from_ref)
}

/// What a call writes, when it succeeds.
///
/// Inlined, as the calls of one decision are: a copy of the answer would cost more than the decision.
///
/// # Safety
///
/// The call has written all of the value when it answers 0.
#[inline]
unsafe fn written<T>(call: impl FnOnce(*mut T) -> i32) -> Result<T> {
    let mut value = MaybeUninit::uninit();
    error::check(call(value.as_mut_ptr()))?;
    // SAFETY: it was written, as the caller promises.
    Ok(unsafe { value.assume_init() })
}

/// A string of the library.
///
/// # Safety
///
/// It is static and ends in a NUL.
unsafe fn text(string: *const c_char) -> &'static str {
    // SAFETY: as the caller promises.
    unsafe { CStr::from_ptr(string) }.to_str().unwrap_or_default()
}
