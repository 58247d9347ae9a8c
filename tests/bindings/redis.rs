//! Redis: the module and the clients against real servers, which may be slow, killed, emptied or replaced.

use super::support::*;
use std::{path::PathBuf, process::Command};

#[test]
fn decisions_are_the_librarys_and_survive_what_happens_to_the_server() {
    let check = "the Redis module";
    if has_tool("redis-server", check) && has_tool("clang", check) {
        run(alone(Command::new("make").args(["redis"])).current_dir(path("")));
        let module = release().join("../redis-module/release/libcloudcircuit_redis.so");
        let library = release().join("libcloudcircuit.so");
        let checks: PathBuf = path("tests/bindings/redis/check.py");
        let mut python = Command::new("python3");
        println!("{}", run(python.env("CLOUDCIRCUIT_LIBRARY", library).arg(checks).arg(module)));
    }
}
