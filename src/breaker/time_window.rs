//! The window by time: outcomes counted in 16 buckets.
//!
//! A bucket is window_duration / 16 long, rounded up. Bucket n starts at n times that length and
//! counts while that instant is less than window_duration old, so nothing older than the window
//! ever counts, and nothing younger than 15/16 of it is left out. All that counts thus lies in the
//! newest bucket and the 15 before it.

use core::array;

use crate::breaker::state::BreakerState;
use crate::numeric::slots::change;

const BUCKETS: u64 = 16;
/// How many buckets before the newest the oldest is.
const OLDEST: u32 = 15;

/// What a window holds.
pub(crate) struct Window {
    pub(crate) calls: u64,
    pub(crate) failures: u64,
    pub(crate) slow: u64,
    /// Failures after the latest success.
    pub(crate) streak: u64,
}

/// One bucket's share of a window.
#[derive(Clone, Copy)]
struct Bucket {
    calls: u32,
    failures: u32,
    slow: u32,
}

/// How long a bucket of a window is.
fn bucket_duration(window_duration: i64) -> i64 {
    window_duration.unsigned_abs().div_ceil(BUCKETS) as i64
}

/// The slot of a bucket.
fn slot_of(bucket: i64) -> usize {
    (bucket as u64 % BUCKETS) as usize
}

/// In which bucket of another length a bucket's first instant lies. That instant may lie before the
/// first that there is: the bucket's number then wraps around.
fn bucket_of_start(bucket: i128, duration: i64, length: i64) -> i64 {
    let start = bucket * i128::from(duration);
    if let Ok(start) = i64::try_from(start) {
        return start.div_euclid(length);
    }
    let before_first = (i128::from(i64::MIN) - start) as u64;
    let into_bucket = i64::MIN.rem_euclid(length) as u64;
    let back = before_first.saturating_sub(into_bucket).div_ceil(length as u64);
    i64::MIN.div_euclid(length).wrapping_sub(back as i64)
}

impl BreakerState {
    /// All buckets' bits.
    #[inline(always)]
    pub(crate) fn all_buckets(&self) -> u32 {
        let bits = |counts: &[u32; 16]| counts.iter().fold(0, |bits, count| bits | count);
        bits(&self.bucket_calls) | bits(&self.bucket_failures) | bits(&self.bucket_slow)
    }

    fn bucket(&self, bucket: i64) -> Bucket {
        let slot = slot_of(bucket);
        let count = |counts: &[u32; 16]| counts.get(slot).copied().unwrap_or(0);
        Bucket {
            calls: count(&self.bucket_calls),
            failures: count(&self.bucket_failures),
            slow: count(&self.bucket_slow),
        }
    }

    fn set_bucket(&mut self, bucket: i64, to: Bucket) {
        let slot = slot_of(bucket);
        let set = |counts: &mut [u32; 16], to| change(counts, slot, |count| *count = to);
        set(&mut self.bucket_calls, to.calls);
        set(&mut self.bucket_failures, to.failures);
        set(&mut self.bucket_slow, to.slow);
    }

    /// Adds to a bucket, each count up to its type's largest.
    fn add_to_bucket(&mut self, bucket: i64, more: Bucket) {
        let before = self.bucket(bucket);
        let after = Bucket {
            calls: before.calls.saturating_add(more.calls),
            failures: before.failures.saturating_add(more.failures),
            slow: before.slow.saturating_add(more.slow),
        };
        self.set_bucket(bucket, after);
    }

    /// The buckets from the newest to the oldest. Before the first instant of all they wrap around,
    /// to buckets that nothing is in.
    fn newest_to_oldest(&self) -> [i64; 16] {
        array::from_fn(|back| self.newest_bucket.wrapping_sub(back as i64))
    }

    /// Records an outcome at `now`, which is not before updated_at.
    pub(crate) fn record_in_bucket(
        &mut self,
        window_duration: i64,
        now: i64,
        is_failure: bool,
        is_slow: bool,
    ) {
        let length = bucket_duration(window_duration);
        if self.bucket_duration != length {
            self.change_bucket_duration(length, now);
        }
        self.advance(now.div_euclid(length));
        let one = Bucket { calls: 1, failures: is_failure.into(), slow: is_slow.into() };
        self.add_to_bucket(self.newest_bucket, one);
        if !is_failure {
            self.streak_age = 0;
            self.streak_skipped = self.bucket(self.newest_bucket).failures;
        }
    }

    /// Makes a bucket the newest and drops those that are too old for a slot.
    fn advance(&mut self, newest: i64) {
        let steps = newest.abs_diff(self.newest_bucket).min(BUCKETS);
        self.newest_bucket = newest;
        for bucket in self.newest_to_oldest().into_iter().take(steps as usize) {
            self.set_bucket(bucket, Bucket { calls: 0, failures: 0, slow: 0 });
        }
        self.streak_age += steps as u32;
        if self.streak_age > OLDEST {
            self.streak_age = OLDEST;
            self.streak_skipped = 0;
        }
    }

    /// Moves what is in the buckets to buckets of another length, each to where its first instant
    /// lies: nothing then counts for longer than it did.
    #[cold]
    #[inline(never)]
    fn change_bucket_duration(&mut self, length: i64, now: i64) {
        let before = *self;
        self.bucket_duration = length;
        self.newest_bucket = now.div_euclid(length);
        self.bucket_calls = [0; 16];
        self.bucket_failures = [0; 16];
        self.bucket_slow = [0; 16];
        self.streak_age = if before.bucket_duration == 0 { 0 } else { OLDEST };
        self.streak_skipped = 0;

        for (age, bucket) in (0..).zip(before.newest_to_oldest()) {
            if before.bucket_duration == 0 {
                break;
            }
            let number = i128::from(before.newest_bucket) - i128::from(age);
            let to = bucket_of_start(number, before.bucket_duration, length);
            let age_after = (self.newest_bucket.wrapping_sub(to) as u64).min(BUCKETS) as u32;
            if age_after > OLDEST {
                break;
            }
            let counts = before.bucket(bucket);
            self.add_to_bucket(to, counts);
            // What was before the streak stays before it.
            if age == before.streak_age {
                self.streak_age = age_after;
                self.streak_skipped = before.streak_skipped;
            } else if age > before.streak_age && age_after == self.streak_age {
                self.streak_skipped = self.streak_skipped.saturating_add(counts.failures);
            }
        }
    }

    /// What counts at `now`, which is not before updated_at.
    #[inline(never)]
    pub(crate) fn window_by_time(&self, window_duration: i64, now: i64) -> Window {
        let mut window = Window { calls: 0, failures: 0, slow: 0, streak: 0 };
        let length = i128::from(self.bucket_duration);
        let mut elapsed = i128::from(now) - i128::from(self.newest_bucket) * length;
        for (age, bucket) in (0..).zip(self.newest_to_oldest()) {
            if elapsed >= i128::from(window_duration) {
                break;
            }
            let counts = self.bucket(bucket);
            window.calls += u64::from(counts.calls);
            window.failures += u64::from(counts.failures);
            window.slow += u64::from(counts.slow);
            if age <= self.streak_age {
                let skipped = if age == self.streak_age { self.streak_skipped } else { 0 };
                window.streak += u64::from(counts.failures.saturating_sub(skipped));
            }
            elapsed += length;
        }
        window
    }

    /// Whether a failure that a success has not ended counts at updated_at, the earliest time of
    /// any later call, or may do so under another length of buckets.
    pub(crate) fn has_streak_by_time(&self, window_duration: i64) -> bool {
        self.bucket_duration > 0
            && (self.bucket_duration != bucket_duration(window_duration)
                || self.window_by_time(window_duration, self.updated_at).streak > 0)
    }

    pub(crate) fn has_consistent_buckets(&self) -> bool {
        if self.bucket_duration <= 0 {
            let is_empty = self.streak_age | self.streak_skipped | self.all_buckets() == 0;
            return self.bucket_duration == 0 && self.newest_bucket == 0 && is_empty;
        }
        let first_instant = i128::from(self.newest_bucket) * i128::from(self.bucket_duration);
        let streak_bucket = self.newest_bucket.wrapping_sub(self.streak_age.into());
        let counts = self.bucket_calls.iter().zip(&self.bucket_failures).zip(&self.bucket_slow);
        self.bucket_duration <= bucket_duration(i64::MAX)
            && first_instant <= i128::from(self.updated_at)
            && self.bucket(self.newest_bucket).calls > 0
            && self.streak_age <= OLDEST
            && self.streak_skipped <= self.bucket(streak_bucket).failures
            && counts.into_iter().all(|((calls, failures), slow)| calls >= failures.max(slow))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(seed: &mut u64, below: u64) -> u64 {
        *seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (*seed >> 33) % below
    }

    /// What the rule says of a list of all outcomes, (time, is_failure, is_slow).
    fn by_list(list: &[(i64, bool, bool)], window_duration: i64, now: i64) -> [u64; 4] {
        let length = (window_duration + 15) / 16;
        let live = |time: i64| now - time.div_euclid(length) * length < window_duration;
        let counted = list.iter().filter(|&&(time, ..)| live(time));
        let count = |is: fn(&(i64, bool, bool)) -> bool| {
            counted.clone().filter(|&outcome| is(outcome)).count() as u64
        };
        let streak = list.iter().rev().take_while(|(time, failed, _)| *failed && live(*time));
        [count(|_| true), count(|one| one.1), count(|one| one.2), streak.count() as u64]
    }

    fn by_buckets(state: &BreakerState, window_duration: i64, now: i64) -> [u64; 4] {
        let window = state.window_by_time(window_duration, now);
        [window.calls, window.failures, window.slow, window.streak]
    }

    #[test]
    fn buckets_count_what_a_list_counts() {
        let seed = &mut 3;
        for window_duration in [1, 2, 15, 16, 17, 31, 32, 100, 1000] {
            for start in [0, -1_000_000, 123_456] {
                let mut state = BreakerState { revision: 1 << 40, ..BreakerState::new(start) };
                let (mut list, mut now) = (Vec::new(), start);
                for _ in 0..2000 {
                    let is_still = drawn(seed, 3) > 0;
                    let step = drawn(seed, 1 + window_duration as u64 / 3) as i64;
                    now += if is_still { 0 } else { step };
                    let (is_failure, is_slow) = (drawn(seed, 3) > 0, drawn(seed, 2) == 0);
                    list.push((now, is_failure, is_slow));
                    state.record_in_bucket(window_duration, now, is_failure, is_slow);
                    state.updated_at = now;
                    assert!(state.has_consistent_buckets());
                    for later in [now, now + step, now + window_duration] {
                        let expected = by_list(&list, window_duration, later);
                        assert_eq!(by_buckets(&state, window_duration, later), expected);
                    }
                }
            }
        }
    }

    /// Three failures, a success and two failures, in buckets of 10; then in buckets of 25.
    #[test]
    fn another_length_never_counts_longer() {
        let mut state = BreakerState::new(0);
        for (time, is_failure) in
            [(100, true), (115, true), (125, true), (126, false), (129, true), (131, true)]
        {
            state.record_in_bucket(160, time, is_failure, false);
            state.updated_at = time;
        }
        assert_eq!(by_buckets(&state, 160, 131), [6, 5, 0, 2]);
        state.record_in_bucket(400, 140, true, true);
        state.updated_at = 140;
        assert!(state.has_consistent_buckets());
        // Buckets from 100 (all four of 100 to 126, and 129 from 120) and from 125 (131, 140).
        assert_eq!(by_buckets(&state, 400, 140), [7, 6, 1, 3]);
        assert_eq!(by_buckets(&state, 400, 499), [7, 6, 1, 3]);
        assert_eq!(by_buckets(&state, 400, 500), [2, 2, 1, 2]);
        assert_eq!(by_buckets(&state, 400, 525), [0, 0, 0, 0]);
    }

    #[test]
    fn the_first_and_the_last_instants_have_buckets() {
        for (now, later) in [(i64::MIN, i64::MAX), (i64::MAX, i64::MAX)] {
            for window_duration in [1, 7, 160, i64::MAX] {
                let mut state = BreakerState { revision: 1 << 40, ..BreakerState::new(now) };
                state.record_in_bucket(window_duration, now, true, true);
                assert!(state.has_consistent_buckets());
                assert_eq!(by_buckets(&state, window_duration, now), [1; 4]);
                state.record_in_bucket(window_duration, later, true, false);
                state.updated_at = later;
                assert!(state.has_consistent_buckets());
                state.record_in_bucket(window_duration / 2 + 1, later, true, false);
                assert!(state.has_consistent_buckets());
            }
        }
    }
}
