//! Decides, panics and goes on deciding where panics unwind: the library has no panic handler that could clash.

use cloudcircuit::{Breaker, Error, Ledger, LedgerConfig, OUTCOME_FAILURE, version};
use std::panic;

fn main() -> Result<(), Error> {
    let config = LedgerConfig { limit: 100, ..LedgerConfig::default() };
    let mut ledger = Ledger::init(1, 202611, 0)?;
    let (mut hold, decision) = ledger.reserve(Some(&config), 80, 0)?;
    assert!(decision.allowed());
    if cfg!(panic = "unwind") {
        panic::set_hook(Box::new(|_| ()));
        assert!(panic::catch_unwind(|| panic!("the request failed")).is_err());
        let mut breaker = Breaker::init(0);
        let permit = breaker.acquire(None, 0)?;
        breaker.report(None, &permit, OUTCOME_FAILURE, 1, None, 1)?;
    }
    let left = ledger.settle(Some(&config), &mut hold, 70, 1)?.available;
    println!("{} {left}", version());
    Ok(())
}
