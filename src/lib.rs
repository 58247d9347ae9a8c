//! Spend safeguards as pure functions behind a C ABI.
//!
//! The host owns memory, clock, storage and I/O. The library owns the decision. Modules import only
//! modules further down in this list:
//!
//! - [`abi`]: the C functions, named as the modules that they call, and the one place for pointers;
//! - [`json`], results as records, and [`names`], constants in words;
//! - [`guard`], one verdict over the findings of the safeguards;
//! - the safeguards, each a rule in safe Rust on plain values: [`budget`], [`spike`], [`breaker`],
//!   [`ledger`], [`rate_limit`], [`detect`] and [`forecast`];
//! - what they share: [`flags`] (decisions as bits), [`mode`], [`verdict`], [`series`] (how long one
//!   may be), [`timeline`] (how its points are read), [`codec`] (states as bytes) and [`money`]
//!   (doubles and minor units);
//! - [`arch`]: the choice of CPU instructions, and kernels written in them;
//! - [`numeric`]: amounts, means, exact sums, order statistics; [`calendar`]: days of the month;
//! - [`error`]: every status;
//! - [`words`]: static strings by number.
//!
//! Public items and their comments become `include/cloudcircuit.h`, so they are written for readers
//! of C.

// The release artefact is freestanding. `cargo test` ignores `panic = "abort"` of the profiles, so
// that the same code becomes an ordinary std crate with a test harness.
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
mod arch;
mod breaker;
mod budget;
mod calendar;
mod codec;
mod detect;
mod error;
mod flags;
mod forecast;
mod guard;
mod json;
mod ledger;
mod mode;
mod money;
mod names;
mod numeric;
mod rate_limit;
mod series;
mod spike;
mod timeline;
mod verdict;
mod words;

#[cfg(all(panic = "unwind", not(any(debug_assertions, test, cloudcircuit_may_panic))))]
compile_error!("a release build needs panic = \"abort\": no panic may unwind into its host");

/// Required by no_std. Nothing reaches it in a release build: one in which something does cannot be
/// linked, see [`arch::panic_path`]. Debug assertions are there to panic, and `--cfg
/// cloudcircuit_may_panic` says that a build may.
#[cfg(panic = "abort")]
#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    if cfg!(any(debug_assertions, cloudcircuit_may_panic)) {
        arch::trap()
    } else {
        arch::panic_path()
    }
}
