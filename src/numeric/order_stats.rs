//! Medians, quantiles and the median absolute deviation (MAD), without a branch on the data where
//! that costs time.
//!
//! `SmallSample` holds up to 16 numbers and sorts them by a sorting network (Batcher, odd-even
//! merge). `Ordered` keeps up to some hundred numbers in order while they come and go, `SmallWindow`
//! a few. NaN is a missing number in all of them and is left out. Called by detect/ and forecast/.

use crate::numeric::{
    float::{larger, smaller},
    slots::change,
};

/// Takes a number into the largest ones seen so far, which are in falling order.
#[inline(always)]
pub(crate) fn push_to_largest(largest: &mut [f64], mut value: f64) {
    if largest.last().is_some_and(|lowest| value > *lowest) {
        for place in largest {
            (*place, value) = (larger(value, *place), smaller(value, *place));
        }
    }
}

/// Of up to 31 numbers, those above `least`: the one that `rank` of them are above, or `least` where
/// there are not as many. None of those is negative, and the rank is at most 7.
#[inline(never)]
pub(crate) fn nth_largest(numbers: &[f64], least: f64, rank: usize) -> f64 {
    let (mut chunks, mut len) = ([[0.0; 8]; 4], 0);
    let slots = chunks.as_flattened_mut();
    for number in numbers {
        change(slots, len, |slot| *slot = *number);
        // Without a branch: the next number takes the place of one that is not wanted.
        len += usize::from(*number > least);
    }
    change(slots, len, |slot| *slot = 0.0);
    if len <= rank {
        return least;
    }
    let [largest, others @ ..] = &mut chunks;
    sort_eight(largest);
    for chunk in others.iter_mut().take((len - 1) / 8) {
        sort_eight(chunk);
        // Of each pair across, with one of them reversed, the larger is one of the eight largest.
        for (large, other) in largest.iter_mut().zip(chunk.iter().rev()) {
            *large = larger(*large, *other);
        }
        sort_eight(largest);
    }
    largest.iter().rev().nth(rank).copied().unwrap_or(least)
}

/// Up to 16 numbers, none of them negative.
pub(crate) struct SmallSample {
    /// Free slots are infinite, which is above all numbers or equal to them.
    values: [[f64; 8]; 2],
    len: usize,
}

impl SmallSample {
    pub(crate) const MAX: usize = 16;

    pub(crate) fn new() -> Self {
        Self { values: [[f64::INFINITY; 8]; 2], len: 0 }
    }

    pub(crate) fn len(&self) -> usize {
        self.len
    }

    /// Adds a number. NaN is left out, and so is a number for which no slot is free.
    #[inline(always)]
    pub(crate) fn push(&mut self, value: f64) {
        // A branch, so that the next number's slot does not wait for this number: NaNs are rare.
        if value.is_nan() {
            return;
        }
        change(self.values.as_flattened_mut(), self.len, |slot| {
            *slot = value;
            self.len += 1;
        });
    }

    fn sort(&mut self) {
        let [first, last] = &mut self.values;
        sort_eight(first);
        if self.len > 8 {
            sort_eight(last);
            // Bitonic merge: of each pair across, with the second half reversed, the lower belongs
            // to the lower half.
            for (low, high) in first.iter_mut().zip(last.iter_mut().rev()) {
                (*low, *high) = (smaller(*low, *high), larger(*low, *high));
            }
            sort_eight(first);
            sort_eight(last);
        }
    }

    fn at(&self, place: usize) -> f64 {
        self.values.as_flattened().get(place).copied().unwrap_or(f64::NAN)
    }

    /// The median, NaN when there is no number.
    #[inline(never)]
    pub(crate) fn median(&mut self) -> f64 {
        self.sort();
        // Without a number both are a free slot, and their difference is NaN.
        let lower = self.at(self.len.saturating_sub(1) / 2);
        if self.len % 2 == 1 { lower } else { lower + 0.5 * (self.at(self.len / 2) - lower) }
    }
}

/// How many of four numbers are known, that is not NaN, and the median of those; NaN if none is. No
/// number is negative.
#[inline(never)]
pub(crate) fn median_of_four(numbers: [f64; 4]) -> (usize, f64) {
    let known = numbers.iter().filter(|number| !number.is_nan()).count();
    // NaN comes last.
    let [a, b, c, d] = numbers.map(|number| smaller(number, f64::INFINITY));
    let ((a, b), (c, d)) = (in_order(a, b), in_order(c, d));
    let ((a, c), (b, _)) = (in_order(a, c), in_order(b, d));
    let (b, c) = in_order(b, c);
    let median = match known {
        0 => f64::NAN,
        1 => a,
        2 => a + 0.5 * (b - a),
        3 => b,
        _ => b + 0.5 * (c - b),
    };
    (known, median)
}

/// The same of eight numbers.
#[inline(never)]
pub(crate) fn median_of_eight(numbers: [f64; 8]) -> (usize, f64) {
    let known = numbers.iter().filter(|number| !number.is_nan()).count();
    let mut numbers = numbers.map(|number| smaller(number, f64::INFINITY));
    sort_eight(&mut numbers);
    let at = |place: usize| numbers.get(place).copied().unwrap_or(f64::NAN);
    let lower = if known > 0 { at((known - 1) / 2) } else { f64::NAN };
    (known, if known % 2 == 1 { lower } else { lower + 0.5 * (at(known / 2) - lower) })
}

/// Batcher's odd-even merge sort for eight numbers.
#[inline(never)]
fn sort_eight(values: &mut [f64; 8]) {
    let [a, b, c, d, e, f, g, h] = *values;
    let ((a, b), (c, d), (e, f), (g, h)) =
        (in_order(a, b), in_order(c, d), in_order(e, f), in_order(g, h));
    let ((a, c), (b, d), (e, g), (f, h)) =
        (in_order(a, c), in_order(b, d), in_order(e, g), in_order(f, h));
    let ((b, c), (f, g)) = (in_order(b, c), in_order(f, g));
    let ((a, e), (b, f), (c, g), (d, h)) =
        (in_order(a, e), in_order(b, f), in_order(c, g), in_order(d, h));
    let ((c, e), (d, f)) = (in_order(c, e), in_order(d, f));
    let ((b, c), (d, e), (f, g)) = (in_order(b, c), in_order(d, e), in_order(f, g));
    *values = [a, b, c, d, e, f, g, h];
}

/// The lower of two numbers and the higher, without a branch.
#[inline(always)]
fn in_order(one: f64, other: f64) -> (f64, f64) {
    (smaller(one, other), larger(one, other))
}

/// The number of places below `end` that `holds` accepts. They all come before the first that it
/// does not accept.
#[inline(always)]
fn partition(end: usize, holds: impl Fn(usize) -> bool) -> usize {
    let (mut start, mut len) = (0, end);
    while len > 0 {
        let half = len / 2;
        if holds(start + half) {
            (start, len) = (start + half + 1, len - half - 1);
        } else {
            len = half;
        }
    }
    start
}

/// Numbers in ascending order, by their places in a slice: a place takes a quarter of a number's
/// memory. None of the numbers is NaN.
#[derive(Clone, Copy)]
pub(crate) struct Ordered<'a> {
    values: &'a [f64],
    places: &'a [u16],
}

impl<'a> Ordered<'a> {
    pub(crate) fn new(values: &'a [f64], places: &'a [u16]) -> Self {
        Self { values, places }
    }

    pub(crate) fn len(&self) -> usize {
        self.places.len()
    }

    /// The number of this rank. NaN beyond the last, or where a host has spoilt a tracker's state.
    fn at(&self, rank: usize) -> f64 {
        let place = self.places.get(rank).map_or(usize::MAX, |place| usize::from(*place));
        self.values.get(place).copied().unwrap_or(f64::NAN)
    }

    /// How many of the numbers are at most `value`.
    pub(crate) fn count_up_to(&self, value: f64) -> usize {
        partition(self.len(), |rank| self.at(rank) <= value)
    }

    /// How many come before `value` at this place. Equal numbers are in the order of their places,
    /// so that the same numbers have one order.
    #[inline(never)]
    fn rank(&self, value: f64, place: u16) -> usize {
        let is_before = |rank: usize| self.places.get(rank).is_some_and(|other| *other < place);
        // Not partition_point, which is free to answer anything where a host has spoilt the order.
        let first = partition(self.len(), |rank| self.at(rank) < value);
        if self.at(first) != value || !is_before(first) {
            return first;
        }
        // Equal numbers are rare.
        partition(self.len(), |rank| {
            let other = self.at(rank);
            other < value || other == value && is_before(rank)
        })
    }

    /// The numbers of the first `count` ranks, and the others.
    pub(crate) fn split_at(&self, count: usize) -> (Self, Self) {
        let (low, high) = self.places.split_at_checked(count).unwrap_or((self.places, &[]));
        (Self::new(self.values, low), Self::new(self.values, high))
    }

    /// The `share` quantile, interpolated linearly between neighbours (type 7 of Hyndman and Fan);
    /// NaN when there is no number.
    pub(crate) fn quantile(&self, share: f64) -> f64 {
        let place = share * self.len().saturating_sub(1) as f64;
        let whole = place as u32;
        let (below, part) = (whole as usize, place - f64::from(whole));
        let value = self.at(below);
        // A whole place needs no neighbour, and the highest number has none above.
        if part > 0.0 { value + part * (self.at(below + 1) - value) } else { value }
    }

    /// The median, NaN when there is no number.
    pub(crate) fn median(&self) -> f64 {
        let len = self.len();
        let lower = self.at(len.saturating_sub(1) / 2);
        if len % 2 == 1 { lower } else { lower + 0.5 * (self.at(len / 2) - lower) }
    }

    /// The median absolute deviation from `centre`.
    ///
    /// The half of the numbers nearest to `centre` is one run. It starts at the first place whose
    /// number is no further from `centre` than the number half the length above it.
    pub(crate) fn mad(&self, centre: f64) -> f64 {
        let (len, half) = (self.len(), self.len().div_ceil(2));
        let start =
            partition(len - half, |rank| centre - self.at(rank) > self.at(rank + half) - centre);
        let (left, right) =
            (centre - self.at(start), self.at((start + half).wrapping_sub(1)) - centre);
        let furthest = larger(left, right);
        if len % 2 == 1 {
            return furthest;
        }
        let (left, right) =
            (centre - self.at(start.wrapping_sub(1)), self.at(start + half) - centre);
        // One of the two may be NaN, where there is no number on that side.
        let nearer = smaller(right, smaller(left, f64::INFINITY));
        furthest + 0.5 * (nearer - furthest)
    }
}

/// The places of an [`Ordered`], at the start of a slice, while its numbers come and go.
pub(crate) struct Places<'a> {
    pub(crate) places: &'a mut [u16],
    pub(crate) len: &'a mut u64,
}

impl Places<'_> {
    pub(crate) fn of<'a>(&'a self, values: &'a [f64]) -> Ordered<'a> {
        // The length never exceeds the slice, unless the host has spoilt a tracker's state.
        let len = (*self.len as usize).min(self.places.len());
        Ordered::new(values, self.places.get(..len).unwrap_or(&[]))
    }

    /// Takes in the number at this place, unless it is NaN.
    pub(crate) fn insert(&mut self, values: &[f64], place: usize) {
        let Some((len, rank)) = self.rank(values, place) else {
            return;
        };
        let higher = self.places.get_mut(rank..=len).filter(|higher| !higher.is_empty());
        higher.into_iter().for_each(|higher| {
            higher.copy_within(..higher.len() - 1, 1);
            change(higher, 0, |slot| *slot = place as u16);
            *self.len = len as u64 + 1;
        });
    }

    /// Takes out the number at this place, unless it is NaN.
    pub(crate) fn remove(&mut self, values: &[f64], place: usize) {
        let Some((len, rank)) = self.rank(values, place) else {
            return;
        };
        let higher = self.places.get_mut(rank..len);
        if let Some(higher) = higher.filter(|higher| higher.first() == Some(&(place as u16))) {
            higher.copy_within(1.., 0);
            change(higher, len - rank - 1, |last| *last = 0);
            *self.len = len as u64 - 1;
        }
    }

    /// Takes in the numbers at these places, in place of all others.
    pub(crate) fn fill(&mut self, values: &[f64], places: impl Iterator<Item = usize>) {
        *self.len = 0;
        places.for_each(|place| self.insert(values, place));
    }

    /// How many numbers there are, and how many of them come before that at this place.
    fn rank(&self, values: &[f64], place: usize) -> Option<(usize, usize)> {
        let value = *values.get(place).filter(|value| !value.is_nan())?;
        let all = self.of(values);
        Some((all.len(), all.rank(value, place as u16)))
    }
}

/// A few numbers in ascending order, none of them NaN, at the start of a slice.
pub(crate) struct SmallWindow<'a> {
    values: &'a mut [f64],
    len: &'a mut u64,
}

impl<'a> SmallWindow<'a> {
    pub(crate) fn new(values: &'a mut [f64], len: &'a mut u64) -> Self {
        Self { values, len }
    }

    pub(crate) fn len(&self) -> usize {
        // The length never exceeds the slice, unless the host has spoilt a tracker's state.
        (*self.len as usize).min(self.values.len())
    }

    /// Removes `old`, which is one of the numbers unless it is NaN, and inserts `new`. NaN stands for
    /// no number and goes where the free places begin.
    pub(crate) fn replace(&mut self, old: f64, new: f64) {
        let before = self.len();
        let numbers = self.values.get(..before).unwrap_or(&[]);
        let place = |of: f64| {
            if of.is_nan() {
                return before;
            }
            numbers.iter().position(|value| *value >= of).unwrap_or(before)
        };
        let (from, to) = (place(old), place(new));
        let len = before + usize::from(!new.is_nan()) - usize::from(from < before);
        // Each number in between moves by one place.
        let mut moved = new;
        if from < to {
            let between = self.values.get_mut(from..to).unwrap_or(&mut []);
            between.iter_mut().rev().for_each(|value| core::mem::swap(value, &mut moved));
        } else {
            let between = self.values.get_mut(to..=from).unwrap_or(&mut []);
            between.iter_mut().for_each(|value| core::mem::swap(value, &mut moved));
        }
        *self.len = len.min(self.values.len()) as u64;
    }

    /// The median, NaN when there is no number.
    pub(crate) fn median(&self) -> f64 {
        let at = |place: usize| self.values.get(place).copied().unwrap_or(f64::NAN);
        let len = self.len();
        let lower = at(len.saturating_sub(1) / 2);
        if len % 2 == 1 { lower } else { lower + 0.5 * (at(len / 2) - lower) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(values: &[f64]) -> SmallSample {
        let mut sample = SmallSample::new();
        values.iter().for_each(|value| sample.push(*value));
        sample
    }

    /// The places of some numbers, taken in one by one.
    fn order(values: &[f64], check: impl FnOnce(Places)) {
        let (mut places, mut len) = ([0; 16], 0);
        let mut order = Places { places: &mut places, len: &mut len };
        (0..values.len()).for_each(|place| order.insert(values, place));
        check(order);
    }

    fn in_order(all: Ordered) -> Vec<f64> {
        (0..all.len()).map(|rank| all.at(rank)).collect()
    }

    #[test]
    fn the_networks_sort_every_sequence() {
        // If a network sorts every sequence of zeros and ones it sorts every sequence.
        for bits in 0..1_u32 << 16 {
            let values: Vec<f64> = (0..16).map(|i| f64::from(bits >> i & 1)).collect();
            for len in [8, 16] {
                let mut sample = sample(&values[..len]);
                sample.sort();
                assert!(sample.values.as_flattened()[..len].is_sorted(), "{values:?}");
            }
        }
    }

    #[test]
    fn a_small_sample_has_a_median_of_what_is_there() {
        assert_eq!(sample(&[3.0]).median(), 3.0);
        assert_eq!(sample(&[3.0, f64::NAN, 1.0]).median(), 2.0);
        assert_eq!(sample(&[9.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0]).median(), 5.0);
        assert!(sample(&[f64::NAN]).median().is_nan());
        assert_eq!(sample(&[1.0; 20]).len(), 16);
    }

    #[test]
    fn four_numbers_have_the_median_of_those_that_are_known() {
        let kinds = [0.0, 1.0, 2.0, 4.0, 8.0, f64::NAN];
        for case in 0..6_usize.pow(4) {
            let numbers = [1, 6, 36, 216].map(|unit| kinds[case / unit % 6]);
            let mut known: Vec<f64> = numbers.into_iter().filter(|v| !v.is_nan()).collect();
            known.sort_by(f64::total_cmp);
            let (count, median) = median_of_four(numbers);
            assert_eq!(count, known.len());
            let middle = |at: usize| known.get(at).copied().unwrap_or(f64::NAN);
            let expected = (middle(count.saturating_sub(1) / 2) + middle(count / 2)) / 2.0;
            let is_nothing = count == 0 && median.is_nan();
            assert!(is_nothing || median == expected, "{numbers:?}");
        }
    }

    #[test]
    fn numbers_stay_in_order() {
        let values = [3.0, 1.0, f64::NAN, 2.0, 2.0];
        order(&values, |mut some| {
            // Equal numbers in the order of their places.
            assert_eq!(some.places[..4], [1, 3, 4, 0]);
            assert_eq!(*some.len, 4);
            some.remove(&values, 3);
            some.remove(&values, 2);
            assert_eq!(in_order(some.of(&values)), [1.0, 2.0, 3.0]);
            some.insert(&values, 3);
            assert_eq!(some.places[..4], [1, 3, 4, 0]);
            [0, 1, 3, 4].iter().for_each(|place| some.remove(&values, *place));
            assert_eq!((*some.len, &some.places[..]), (0, &[0; 16][..]));
            assert!(some.of(&values).median().is_nan());
        });
    }

    #[test]
    fn places_are_filled_with_all_known_numbers_in_order() {
        let mut random = crate::numeric::seed::fresh_seed();
        for len in [0, 1, 2, 3, 14, 98, 480] {
            let values: Vec<f64> = (0..len)
                .map(|_| {
                    random = random.wrapping_mul(1664525).wrapping_add(1013904223);
                    let number = f64::from(random >> 22) - 500.0;
                    if number < -450.0 { f64::NAN } else { number }
                })
                .collect();
            let (mut places, mut known) = ([0; 480], 9);
            let mut order = Places { places: &mut places, len: &mut known };
            order.fill(&values, 0..values.len());
            let mut expected: Vec<f64> = values.iter().copied().filter(|v| !v.is_nan()).collect();
            expected.sort_by(f64::total_cmp);
            assert_eq!(in_order(order.of(&values)), expected);
        }
        order(&[1.0; 16], |mut full| {
            full.fill(&[2.0; 20], 0..20);
            assert_eq!(*full.len, 16);
        });
    }

    #[test]
    fn the_order_of_equal_numbers_is_that_of_their_places() {
        let values = [5.0; 9];
        let (mut places, mut len) = ([0; 9], 0);
        let mut order = Places { places: &mut places, len: &mut len };
        [4, 8, 0, 7, 1, 3, 2, 6, 5].iter().for_each(|place| order.insert(&values, *place));
        assert_eq!(places, [0, 1, 2, 3, 4, 5, 6, 7, 8]);
    }

    #[test]
    fn spoilt_places_are_no_numbers() {
        let values = [5.0; 4];
        let (mut places, mut len) = ([9, u16::MAX, 2], u64::MAX);
        let mut order = Places { places: &mut places, len: &mut len };
        assert_eq!(order.of(&values).len(), 3);
        assert!(order.of(&values).at(0).is_nan());
        order.insert(&values, 3);
        order.remove(&values, 1);
        order.of(&values).mad(order.of(&values).quantile(0.9));
    }

    #[test]
    fn a_small_window_stays_in_order() {
        let (mut memory, mut len) = ([f64::NAN; 16], 0);
        let mut random = crate::numeric::seed::fresh_seed();
        let mut last = [f64::NAN; 16];
        for step in 0..50_000 {
            random = random.wrapping_mul(1664525).wrapping_add(1013904223);
            let new = match random >> 16 & 15 {
                0..4 => f64::NAN,
                4 => f64::INFINITY,
                number => f64::from(number % (1 + (random >> 29))),
            };
            let old = core::mem::replace(&mut last[step % (1 + step / 3000 % 16)], new);
            SmallWindow::new(&mut memory, &mut len).replace(old, new);
            let mut expected: Vec<f64> = last.into_iter().filter(|value| !value.is_nan()).collect();
            expected.sort_by(f64::total_cmp);
            let (numbers, free) = memory.split_at(len as usize);
            assert_eq!(numbers, expected);
            assert!(free.iter().all(|value| value.is_nan()));
        }
    }

    #[test]
    fn a_number_without_a_free_place_is_left_out() {
        order(&[1.0; 17], |full| assert_eq!(*full.len, 16));
    }

    #[test]
    fn quantiles_lie_between_their_neighbours() {
        order(&[5.0], |some| assert_eq!(some.of(&[5.0]).quantile(0.9), 5.0));
        order(&[1.0, 2.0], |some| assert_eq!(some.of(&[1.0, 2.0]).median(), 1.5));
        order(&[1.0, 2.0, 4.0], |some| assert_eq!(some.of(&[1.0, 2.0, 4.0]).quantile(0.75), 3.0));
        order(&[1.0, 2.0, 4.0], |some| assert_eq!(some.of(&[1.0, 2.0, 4.0]).quantile(1.0), 4.0));
    }

    #[test]
    fn the_mad_is_the_one_that_sorting_finds() {
        let series = [9.0, 1.0, 4.0, 4.0, 7.0, 2.0, 30.0, 4.5, 0.0];
        for len in 1..=series.len() {
            order(&series[..len], |some| {
                let some = some.of(&series[..len]);
                let centre = some.median();
                let distances = series[..len].iter().map(|value| (value - centre).abs());
                let expected = sample(&distances.collect::<Vec<_>>()).median();
                assert_eq!(some.mad(centre), expected, "{len}");
            });
        }
    }

    #[test]
    fn the_mad_of_many_is_the_one_that_sorting_finds() {
        // From all ties to almost none, with centres at, between and beyond the numbers.
        for (kinds, len) in [1, 2, 5, 1000].into_iter().flat_map(|k| (0..100).map(move |n| (k, n)))
        {
            let mut random = crate::numeric::seed::fresh_seed();
            let mut next = || {
                random = random.wrapping_mul(1664525).wrapping_add(1013904223);
                f64::from((random >> 16) % kinds)
            };
            let (mut places, mut count) = ([0; 100], 0);
            let mut order = Places { places: &mut places, len: &mut count };
            let mut series: Vec<f64> = (0..len).map(|_| next()).collect();
            (0..len).for_each(|place| order.insert(&series, place));
            for at in 0..len {
                order.remove(&series, at);
                series[at] = next();
                order.insert(&series, at);
                let (new, all) = (series[at], order.of(&series));
                let mut sorted = series.clone();
                sorted.sort_by(f64::total_cmp);
                assert_eq!(in_order(all), sorted);
                for centre in [all.median(), new, new + 0.25, -1.0, 1e6] {
                    let mut distances: Vec<f64> =
                        series.iter().map(|v| (v - centre).abs()).collect();
                    distances.sort_by(f64::total_cmp);
                    let (low, high) = (distances[(len - 1) / 2], distances[len / 2]);
                    let median = if len % 2 == 1 { low } else { low + 0.5 * (high - low) };
                    assert_eq!(all.mad(centre), median, "{len} of {kinds}");
                }
            }
        }
    }
}
