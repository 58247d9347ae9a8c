//! The header as shipped.

mod support;

use std::{env, fs};
use support::path;

/// `make header` sets this to refresh the committed copy.
const UPDATE: &str = "CLOUDCIRCUIT_UPDATE_HEADER";

#[test]
fn the_committed_header_is_the_generated_one() {
    let generated = fs::read_to_string(concat!(env!("OUT_DIR"), "/cloudcircuit.h")).unwrap();
    let committed = path("include/cloudcircuit.h");
    if env::var_os(UPDATE).is_some() {
        fs::write(&committed, &generated).unwrap();
    }
    let committed = fs::read_to_string(committed).unwrap();
    assert!(committed == generated, "include/cloudcircuit.h is stale: run `make header`");
}
