//! Spend safeguards as pure functions behind a C ABI.
//!
//! The host owns memory, clock, storage and I/O; the library owns the decision. The map of
//! the house:
//!
//! - one room per safeguard, its rule in safe Rust on plain values: [`budget`], [`spike`],
//!   [`breaker`], [`guard`], and [`budget_i64`] and [`spike_i64`] on exact integers;
//! - [`detect`] with [`scan`] and [`tracker`] (their method in [`baseline`] over the windows of
//!   [`memory`], their settings completed in [`plan`]) and [`forecast`] (its method in [`outlook`]);
//! - two whose state the host keeps: the whole breaker, from [`breaker_state`] (what it is made
//!   of) by [`breaker_machine`] (how it moves), [`breaker_closed`] (the usual call, short) and
//!   [`breaker_window`] (its latest outcomes), and [`ledger`];
//! - [`record`] writes results as JSON, [`money`] goes between doubles and integers;
//! - what rooms share: [`error`] (every status), [`flags`] (decisions as bits), [`rows`] (budgets
//!   sixteen at a time), [`amount`] (which numbers are money), [`series`] (means of series, added up
//!   by the vectors of `series_x86`), [`exact`] (the sum that never rounds), [`robust`] (medians),
//!   [`calendar`] (days of the month, weekends) and [`codec`] (states as bytes);
//! - [`abi`], one file per room of the same name: the C functions, and the only place with
//!   `unsafe`.
//!
//! Public items and their comments become `include/cloudcircuit.h`, so they are written for
//! readers of C.

// The release artefact is freestanding. `cargo test` ignores the profiles' `panic = "abort"`,
// unwinds, and so compiles the same rules as an ordinary std crate with a test harness.
#![cfg_attr(panic = "abort", no_std)]
#![deny(unsafe_code, missing_docs)]
#![deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
#![deny(
    clippy::todo,
    clippy::unimplemented,
    clippy::unreachable,
    clippy::undocumented_unsafe_blocks
)]

mod abi;
mod amount;
mod baseline;
mod breaker;
mod breaker_closed;
mod breaker_machine;
mod breaker_state;
mod breaker_window;
mod budget;
mod budget_i64;
mod calendar;
mod codec;
mod detect;
mod error;
mod exact;
mod flags;
mod forecast;
mod guard;
mod ledger;
mod memory;
mod money;
mod outlook;
mod plan;
mod record;
mod robust;
mod rows;
mod scan;
mod series;
#[cfg(target_arch = "x86_64")]
mod series_x86;
mod spike;
mod spike_i64;
mod tracker;

/// Required by no_std, reached by nothing: a test finds no panic in the release artefact.
#[cfg(panic = "abort")]
#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}
