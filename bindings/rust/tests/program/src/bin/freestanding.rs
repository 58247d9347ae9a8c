//! The same without std: a main of C's kind, and a panic handler of the program's own.

#![no_std]
#![no_main]

use cloudcircuit::{Error, Ledger, LedgerConfig};
use core::{ffi::c_int, panic::PanicInfo};

// What std would link.
#[link(name = "c")]
unsafe extern "C" {}

#[panic_handler]
fn stop(_: &PanicInfo) -> ! {
    loop {}
}

// core refers to it, though nothing unwinds here.
#[unsafe(no_mangle)]
extern "C" fn rust_eh_personality() {}

/// What is left of 100 after a request of 70, which is the exit status.
fn left() -> Result<i64, Error> {
    let config = LedgerConfig { limit: 100, ..LedgerConfig::default() };
    let mut ledger = Ledger::init(1, 202611, 0)?;
    let (mut hold, _) = ledger.reserve(Some(&config), 80, 0)?;
    Ok(ledger.settle(Some(&config), &mut hold, 70, 1)?.available)
}

#[unsafe(no_mangle)]
extern "C" fn main() -> c_int {
    left().ok().and_then(|left| left.try_into().ok()).unwrap_or(1)
}
