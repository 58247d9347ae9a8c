//! Ledgers, rate limits and breakers as Redis commands. A command decodes the state under its key, calls the library,
//! stores the state and answers the decision: one round trip, and no other client comes between.
//!
//! A panic would end the server, so there is none: no unwrap, no indexing, and every argument is checked.

#![deny(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects
)]

mod arguments;
mod breaker;
mod ledger;
mod rate_limit;
mod status;
mod store;

use redis_module::{alloc::RedisAlloc, redis_module};

/// Commands on one key.
const WRITE: &str = "write deny-oom fast";
/// What books or reports overwrites bytes in place, and must also work when memory is full.
const BOOK: &str = "write fast";
const BOOK_SEVERAL: &str = "write fast getkeys-api";
/// Commands that take several keys of one hash slot, with AND between them.
const WRITE_SEVERAL: &str = "write deny-oom fast getkeys-api";
const READ: &str = "readonly fast";

redis_module! {
    name: "cloudcircuit",
    version: 200,
    allocator: (RedisAlloc, RedisAlloc),
    data_types: [],
    commands: [
        ["cc.ledger", ledger::create, WRITE, 1, 1, 1, ""],
        ["cc.reserve", ledger::reserve, WRITE_SEVERAL, 1, 1, 1, ""],
        ["cc.extend", ledger::extend, WRITE_SEVERAL, 1, 1, 1, ""],
        ["cc.settle", ledger::settle, BOOK_SEVERAL, 1, 1, 1, ""],
        ["cc.release", ledger::release, BOOK_SEVERAL, 1, 1, 1, ""],
        ["cc.record", ledger::record, BOOK_SEVERAL, 1, 1, 1, ""],
        ["cc.post", ledger::post, BOOK, 1, 1, 1, ""],
        ["cc.draw", ledger::draw, WRITE, 1, 1, 1, ""],
        ["cc.roll", ledger::roll, WRITE, 1, 1, 1, ""],
        ["cc.breaker", breaker::create, WRITE, 1, 1, 1, ""],
        ["cc.acquire", breaker::acquire, WRITE, 1, 1, 1, ""],
        ["cc.peek", breaker::peek, READ, 1, 1, 1, ""],
        ["cc.report", breaker::report, BOOK, 1, 1, 1, ""],
        ["cc.force", breaker::force, BOOK, 1, 1, 1, ""],
        ["cc.rate", rate_limit::create, WRITE, 1, 1, 1, ""],
        ["cc.take", rate_limit::take, WRITE, 1, 1, 1, ""],
        ["cc.adjust", rate_limit::adjust, BOOK, 1, 1, 1, ""],
        ["cc.reset", status::reset, BOOK, 1, 1, 1, ""],
        ["cc.status", status::status, READ, 1, 1, 1, ""],
    ],
}
