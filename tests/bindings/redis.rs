//! Redis: the module and the clients against real servers, which may be slow, killed, emptied or replaced.

use super::{
    go::{go, has_go},
    support::*,
};
use std::process::Command;

#[test]
fn decisions_are_the_librarys_and_survive_what_happens_to_the_server() {
    let check = "the Redis module";
    if has_tool("redis-server", check) && has_tool("clang", check) && has_go(check) {
        run(alone(Command::new("make").args(["redis"])).current_dir(path("")));
        let mut python = Command::new("python3");
        // The clients in Go are built as the Go package's tests are.
        python.envs(go(&[]).get_envs().filter_map(|(name, value)| Some((name, value?))));
        python.env("CLOUDCIRCUIT_LIBRARY", release().join("libcloudcircuit.so"));
        python.arg(path("tests/bindings/redis/check.py"));
        python.arg(release().join("../redis-module/release/libcloudcircuit_redis.so"));
        println!("{}", run(&mut python));
    }
}
