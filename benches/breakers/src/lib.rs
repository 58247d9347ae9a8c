//! Loops over calls through the breakers of crates.io, for host.c to time: the loop is on this
//! side, so that no foreign call counts against them. As in host.c each eighth call fails, which
//! trips none. A window of 0 is three failures in a row, another one a rate of one half over that
//! many outcomes (`failsafe`: over 30 s). With `clock` the time is read before and after each call,
//! as hosts do that measure their calls.

use failsafe::{CircuitBreaker, Config, backoff, failure_policy};
use recloser::Recloser;
use std::hint::black_box;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

const OPEN: Duration = Duration::from_secs(30);

fn run(times: usize, clock: i32, call: impl Fn(bool)) {
    for i in 0..times {
        let fails = black_box(i % 8 == 7);
        if clock == 0 {
            call(fails);
        } else {
            let start = Instant::now();
            call(fails);
            black_box(start.elapsed());
        }
    }
}

fn answer(fails: bool) -> Result<(), ()> {
    if fails { Err(()) } else { Ok(()) }
}

/// A loop over calls through one breaker, which lasts.
type Loop = Box<dyn Fn(usize, i32) + Send + Sync>;

fn through(breaker: impl CircuitBreaker + Send + Sync + 'static) -> Loop {
    Box::new(move |times, clock| {
        run(times, clock, |fails| drop(black_box(breaker.call(|| answer(fails)))));
    })
}

#[unsafe(no_mangle)]
pub extern "C" fn failsafe_breaker_calls(times: usize, window: usize, clock: i32) {
    static LOOPS: [OnceLock<Loop>; 2] = [const { OnceLock::new() }; 2];
    let open = backoff::constant(OPEN);
    let calls = if window == 0 {
        let policy = failure_policy::consecutive_failures(3, open);
        LOOPS[0].get_or_init(|| through(Config::new().failure_policy(policy).build()))
    } else {
        let policy = failure_policy::success_rate_over_time_window(0.5, 10, OPEN, open);
        LOOPS[1].get_or_init(|| through(Config::new().failure_policy(policy).build()))
    };
    calls(times, clock);
}

#[unsafe(no_mangle)]
pub extern "C" fn recloser_breaker_calls(times: usize, window: usize, clock: i32) {
    static BREAKERS: [OnceLock<Recloser>; 2] = [const { OnceLock::new() }; 2];
    let (len, rate) = if window == 0 { (3, 1.0) } else { (window, 0.5) };
    let breaker = BREAKERS[usize::from(window > 0)].get_or_init(|| {
        Recloser::custom().closed_len(len).error_rate(rate).open_wait(OPEN).build()
    });
    run(times, clock, |fails| drop(black_box(breaker.call(|| answer(fails)))));
}
