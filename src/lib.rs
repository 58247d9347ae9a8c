//! Spend safeguards as pure functions behind a C ABI.
//!
//! The host owns memory, clock, storage and I/O; the library owns the decision. The map of
//! crate:
//!
//! - one folder or file per safeguard, its rule in safe Rust on plain values: [`budget`], [`spike`],
//!   [`breaker`], [`ledger`], [`rate_limit`], [`detect`], [`forecast`] and [`guard`];
//! - [`json`] writes results as JSON, [`money`] converts between doubles and integers;
//! - what safeguards share: [`error`] (every status), [`flags`] (decisions as bits), [`codec`] (states
//!   as bytes) and [`numeric`] (amounts, means, exact sums, order statistics);
//! - [`arch`], the instructions of a CPU: which it has, and kernels written in them;
//! - [`abi`], the same names once more: the C functions, the one place for pointers.
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
mod arch;
mod breaker;
mod budget;
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
mod numeric;
mod rate_limit;
mod series;
mod spike;
mod verdict;

/// Required by no_std, reached by nothing: a test finds no panic in the release artefact.
#[cfg(panic = "abort")]
#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}
