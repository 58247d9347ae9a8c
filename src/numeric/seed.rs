//! Where random numbers of the unit tests start.

use std::{
    env,
    io::{Write, stderr},
    sync::OnceLock,
    time::{SystemTime, UNIX_EPOCH},
};

/// SEED from the environment, or new in every run. It is printed, so that a failure can be repeated.
pub(crate) fn fresh_seed() -> u32 {
    static SEED: OnceLock<u32> = OnceLock::new();
    *SEED.get_or_init(|| {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let seed = env::var("SEED").ok().and_then(|given| given.parse().ok());
        let seed = seed.unwrap_or((now.as_nanos() >> 10) as u32 >> 1);
        // Not eprintln!, which the test harness would hide.
        let _ = writeln!(stderr(), "SEED={seed}");
        seed
    })
}
