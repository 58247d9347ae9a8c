//! Every short sequence of events, under configs that use every rule.

use crate::breaker::config::BreakerConfig;
use crate::breaker::permit::BreakerPermit;
use crate::breaker::state::*;
use crate::breaker::transitions::*;
use crate::error::Error;
use crate::mode::{MODE_ENFORCE, MODE_MONITOR};

const EVENTS: u32 = 12;
const LENGTH: u32 = 4;

/// Short durations, so that each event can end a phase.
fn configs() -> [BreakerConfig; 5] {
    let base = BreakerConfig {
        failure_threshold: 2,
        open_duration: 3,
        max_open_duration: 7,
        probe_timeout: 4,
        ..BreakerConfig::DEFAULT
    };
    let probing = BreakerConfig {
        half_open_max_probes: 2,
        half_open_calls: 3,
        half_open_failure_rate_ppm: 666_666,
        half_open_duration: 6,
        max_retry_after: 5,
        trips_decay: 4,
        ramp_duration: 6,
        ..base
    };
    let by_count = BreakerConfig {
        window_size: 3,
        minimum_calls: 2,
        failure_rate_ppm: 600_000,
        slow_call_rate_ppm: 900_000,
        slow_call_duration: 2,
        ..base
    };
    let by_time = BreakerConfig {
        failure_threshold: 0,
        failure_count: 2,
        window_duration: 20,
        window_size: 0,
        ..by_count
    };
    let streak_by_time = BreakerConfig { window_duration: 5, ..probing };
    [base, probing, by_count, by_time, streak_by_time]
}

struct Run {
    config: BreakerConfig,
    state: BreakerState,
    permits: Vec<BreakerPermit>,
    now: i64,
}

impl Run {
    fn take(&mut self, event: u32) {
        let before = self.state;
        let config = self.config;
        let report = |run: &mut Self, outcome, duration, retry_at| {
            if run.permits.is_empty() {
                return Ok(());
            }
            let permit = run.permits.remove(0);
            report(&config, &mut run.state, &permit, outcome, duration, retry_at, run.now)
        };
        let never = i64::MIN;
        let result = match event {
            0 => {
                self.acquire();
                Ok(())
            }
            1 => report(self, OUTCOME_SUCCESS, 0, never),
            2 => report(self, OUTCOME_FAILURE, 0, never),
            3 => report(self, OUTCOME_IGNORED, 0, never),
            4 => report(self, OUTCOME_SUCCESS, 2, never),
            5 => report(self, OUTCOME_FAILURE, 0, self.now + 9),
            6 => {
                self.now += 1;
                Ok(())
            }
            7 => {
                self.now += 3;
                Ok(())
            }
            8 => force(&mut self.state, BREAKER_FORCED_OPEN, self.now + 2, self.now),
            9 => force(&mut self.state, BREAKER_FORCED_CLOSED, self.now + 2, self.now),
            10 => force(&mut self.state, BREAKER_CLOSED, 0, self.now),
            _ => {
                self.now -= 2;
                reset(&mut self.state, self.now)
            }
        };
        assert!(matches!(result, Ok(()) | Err(Error::StalePermit)), "{result:?}");
        if result.is_err() {
            assert_eq!(before, self.state);
        }
        self.check(&before);
    }

    fn acquire(&mut self) {
        let peeked = peek(&self.config, self.state, self.now).unwrap();
        let monitored = BreakerConfig { mode: MODE_MONITOR, ..self.config };
        let mut in_monitor = self.state;
        let unrefused = acquire(&monitored, &mut in_monitor, self.now).unwrap();
        let permit = acquire(&self.config, &mut self.state, self.now).unwrap();
        // A peek answers the same, and monitor mode books the same and allows all.
        assert_eq!(peeked, BreakerPermit { generation: 0, ..permit });
        assert_eq!(peeked.check(&self.state), Err(Error::Permit));
        assert_eq!(in_monitor, self.state);
        assert_eq!(unrefused, BreakerPermit { allowed: 1, ..permit });
        assert_eq!(unrefused.check(&self.state), Ok(()));
        assert_eq!(permit.allowed, 1 - permit.would_refuse);
        assert!(permit.would_refuse == 1 || permit.retry_after == 0);
        if permit.allowed == 1 {
            self.permits.push(permit);
        }
    }

    /// A state is always consistent, and changes in nothing without its revision.
    fn check(&self, before: &BreakerState) {
        let state = &self.state;
        assert_eq!(state.check(), Ok(()), "{state:?}");
        let has_changed = state.revision == before.revision + 1;
        assert!(has_changed || state == before);
        let live = state.live_probes.count_ones();
        assert!(live <= self.config.half_open_max_probes);
        assert!(state.probes_judged + live <= self.config.half_open_calls);
    }
}

#[test]
fn every_short_sequence_keeps_the_promises() {
    for config in configs() {
        assert_eq!((config.check(), config.mode), (Ok(()), MODE_ENFORCE));
        // A breaker on the brink of its first trip, and one that is half-open.
        for forced in [false, true] {
            let mut start = BreakerState::new(0);
            if forced {
                force(&mut start, BREAKER_FORCED_OPEN, 0, 0).unwrap();
            }
            for sequence in 0..EVENTS.pow(LENGTH) {
                let mut run = Run { config, state: start, permits: Vec::new(), now: 0 };
                for _ in 0..2 {
                    run.acquire();
                }
                run.take(2);
                let mut rest = sequence;
                for _ in 0..LENGTH {
                    run.take(rest % EVENTS);
                    rest /= EVENTS;
                }
            }
        }
    }
}
