//! Medians, quantiles and the median absolute deviation (MAD), without a branch on the data where
//! that costs time.
//!
//! `SmallSample` holds up to 16 numbers and sorts them by a sorting network (Batcher, odd-even
//! merge). `SortedWindow` keeps up to some hundred numbers in order while they come and go. NaN is
//! a missing number in both and is left out. Called by detect/; `larger` and `smaller` also by
//! spike/ and forecast/.

/// The larger; the second if the first is NaN or both are equal. Unlike f64::max this defines the
/// sign of zero.
pub(crate) fn larger(one: f64, other: f64) -> f64 {
    if one > other { one } else { other }
}

/// The smaller; the second if the first is NaN or both are equal.
pub(crate) fn smaller(one: f64, other: f64) -> f64 {
    if one < other { one } else { other }
}

/// Up to 16 numbers, none of them negative.
pub(crate) struct SmallSample {
    /// The bits of the numbers, whose order as integers is that of the numbers. Free slots are
    /// u64::MAX, above all of them.
    bits: [u64; Self::MAX],
    len: usize,
}

impl SmallSample {
    pub(crate) const MAX: usize = 16;

    pub(crate) fn new() -> Self {
        Self { bits: [u64::MAX; Self::MAX], len: 0 }
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
        if let Some(slot) = self.bits.get_mut(self.len) {
            *slot = value.to_bits();
            self.len += 1;
        }
    }

    fn sort(&mut self) {
        let (first, last) = self.bits.split_at_mut(8);
        let (Some(first), Some(last)) = (first.first_chunk_mut(), last.first_chunk_mut()) else {
            return;
        };
        sort_eight(first);
        if self.len > 8 {
            sort_eight(last);
            // Bitonic merge: of each pair across, with the second half reversed, the lower belongs
            // to the lower half.
            for (low, high) in first.iter_mut().zip(last.iter_mut().rev()) {
                (*low, *high) = ((*low).min(*high), (*low).max(*high));
            }
            sort_eight(first);
            sort_eight(last);
        }
    }

    fn at(&self, place: usize) -> f64 {
        self.bits.get(place).map_or(f64::NAN, |bits| f64::from_bits(*bits))
    }

    /// The median, NaN when there is no number.
    pub(crate) fn median(&mut self) -> f64 {
        if self.len == 0 {
            return f64::NAN;
        }
        self.sort();
        let lower = self.at((self.len - 1) / 2);
        if self.len % 2 == 1 { lower } else { lower + 0.5 * (self.at(self.len / 2) - lower) }
    }
}

/// Batcher's odd-even merge sort for eight numbers.
#[inline(never)]
fn sort_eight(values: &mut [u64; 8]) {
    let mut v = *values;
    exchange(&mut v, [(0, 1), (2, 3), (4, 5), (6, 7), (0, 2), (1, 3), (4, 6), (5, 7)]);
    exchange(&mut v, [(1, 2), (5, 6), (0, 4), (1, 5), (2, 6), (3, 7), (2, 4), (3, 5)]);
    exchange(&mut v, [(1, 2), (3, 4), (5, 6)]);
    *values = v;
}

/// Puts the lower of each pair first, without a branch.
#[inline(always)]
fn exchange<const P: usize>(values: &mut [u64; 8], pairs: [(usize, usize); P]) {
    for (low, high) in pairs {
        if let Ok([low, high]) = values.get_disjoint_mut([low, high]) {
            (*low, *high) = ((*low).min(*high), (*low).max(*high));
        }
    }
}

/// The number of pairs that `holds` accepts. They all come before the first that it does not
/// accept.
///
/// Counts at every sixteenth pair, then within sixteen. A binary search takes fewer steps, but each
/// waits for the one before.
#[inline(always)]
fn prefix(left: &[f64], right: &[f64], holds: impl Fn(f64, f64) -> bool) -> usize {
    const STRIDE: usize = 16;
    let ends = left.as_chunks::<STRIDE>().0.iter().zip(right.as_chunks::<STRIDE>().0);
    let start = STRIDE * ends.filter(|([.., left], [.., right])| holds(*left, *right)).count();
    // Near the end the sixteen pairs start earlier, so that no shorter rest is left.
    let start = start.min(left.len().min(right.len()).saturating_sub(STRIDE));
    let (left, right) = (left.get(start..).unwrap_or(&[]), right.get(start..).unwrap_or(&[]));
    let pairs = left.iter().zip(right).take(STRIDE);
    start + pairs.filter(|(left, right)| holds(**left, **right)).count()
}

/// The number of sorted numbers below `value`.
#[inline(never)]
fn rank(all: &[f64], value: f64) -> usize {
    prefix(all, all, |other, _| other < value)
}

/// Numbers in ascending order, none of them NaN, at the start of a slice.
pub(crate) struct SortedWindow<'a> {
    values: &'a mut [f64],
    len: &'a mut u64,
}

impl<'a> SortedWindow<'a> {
    pub(crate) fn new(values: &'a mut [f64], len: &'a mut u64) -> Self {
        Self { values, len }
    }

    pub(crate) fn len(&self) -> usize {
        // The length never exceeds the slice, unless the host has spoilt a tracker's state.
        (*self.len as usize).min(self.values.len())
    }

    /// How many of the numbers are at most `value`.
    pub(crate) fn count_up_to(&self, value: f64) -> usize {
        self.in_order().partition_point(|other| *other <= value)
    }

    fn in_order(&self) -> &[f64] {
        self.values.get(..self.len()).unwrap_or(&[])
    }

    /// Removes one number equal to `old`, if there is one, and inserts `new`. NaN stands for no
    /// number.
    pub(crate) fn replace(&mut self, old: f64, new: f64) {
        let all = self.in_order();
        let place = |value: f64| if value.is_nan() { all.len() } else { rank(all, value) };
        let (mut gap, to) = (place(old), place(new));
        if all.get(gap) != Some(&old) {
            gap = all.len();
        }
        let len = all.len() - usize::from(gap < all.len()) + usize::from(!new.is_nan());
        let new = if new.is_nan() { f64::NAN } else { new };
        let (is_down, between) = match gap < to {
            true => (true, self.values.get_mut(gap..to)),
            false => (false, self.values.get_mut(to..=gap)),
        };
        // The numbers between move by one place, into the gap.
        match (is_down, between) {
            (true, Some(between @ [_, ..])) => {
                between.copy_within(1.., 0);
                if let [.., last] = between {
                    *last = new;
                }
            }
            (false, Some(between @ [_, ..])) => {
                between.copy_within(..between.len() - 1, 1);
                if let [first, ..] = between {
                    *first = new;
                }
            }
            _ => {}
        }
        *self.len = len.min(self.values.len()) as u64;
    }

    /// `replace` for few numbers that include `old`, unless it is NaN.
    ///
    /// Going through all of them is faster than finding two places. Without `old`, each place gets
    /// the middle one of its number, the number below that and `new`.
    pub(crate) fn replace_in_small(&mut self, old: f64, new: f64) {
        let before = self.len();
        let kept = before.saturating_sub(usize::from(!old.is_nan()));
        let len = kept + usize::from(!new.is_nan());
        let new = smaller(new, f64::INFINITY);
        let mut lower = f64::NEG_INFINITY;
        let mut slots = self.values.iter_mut().take(before.max(len));
        let mut slot = slots.next();
        while let Some(this) = slot {
            slot = slots.next();
            let next = slot.as_deref().copied().unwrap_or(f64::NAN);
            let value = if *this >= old { next } else { *this };
            *this = larger(lower, smaller(value, new));
            lower = value;
        }
        if let Some(gone) = self.values.get_mut(len..before) {
            gone.fill(f64::NAN);
        }
        *self.len = len.min(self.values.len()) as u64;
    }

    /// The `share` quantile, interpolated linearly between neighbours (type 7 of Hyndman and Fan);
    /// NaN when there is no number.
    pub(crate) fn quantile(&self, share: f64) -> f64 {
        let all = self.in_order();
        let at = |place: usize| all.get(place).copied().unwrap_or(f64::NAN);
        let place = share * all.len().saturating_sub(1) as f64;
        let whole = place as u32;
        let (below, part) = (whole as usize, place - f64::from(whole));
        let value = at(below);
        // A whole place needs no neighbour, and the highest number has none above.
        if part > 0.0 { value + part * (at(below + 1) - value) } else { value }
    }

    /// The median, NaN when there is no number.
    pub(crate) fn median(&self) -> f64 {
        let all = self.in_order();
        let at = |place: usize| all.get(place).copied().unwrap_or(f64::NAN);
        let lower = at(all.len().saturating_sub(1) / 2);
        if all.len() % 2 == 1 { lower } else { lower + 0.5 * (at(all.len() / 2) - lower) }
    }

    /// The median absolute deviation from `centre`.
    ///
    /// The half of the numbers nearest to `centre` is one run. It starts at the first place whose
    /// number is no further from `centre` than the number half the length above it.
    pub(crate) fn mad(&self, centre: f64) -> f64 {
        let all = self.in_order();
        let at = |place: usize| all.get(place).copied().unwrap_or(f64::NAN);
        let half = all.len().div_ceil(2);
        let (left, right) = all.split_at_checked(half).unwrap_or_default();
        let left_is_further = |left: f64, right: f64| centre - left > right - centre;
        let start = prefix(left, right, left_is_further);
        let (left, right) = (centre - at(start), at(start + half - 1) - centre);
        let furthest = if left > right { left } else { right };
        if all.len() % 2 == 1 {
            return furthest;
        }
        let (left, right) = (centre - at(start.wrapping_sub(1)), at(start + half) - centre);
        // The minimum may be NaN on one side, or a zero of either sign, which the sum does not
        // show.
        furthest + 0.5 * (left.min(right) - furthest)
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

    /// The numbers one by one, in order.
    fn sorted(values: &[f64], check: impl Fn(SortedWindow)) {
        let (mut memory, mut len) = ([f64::NAN; 16], 0);
        let mut sorted = SortedWindow::new(&mut memory, &mut len);
        values.iter().for_each(|value| sorted.replace(f64::NAN, *value));
        check(sorted);
    }

    #[test]
    fn the_networks_sort_every_sequence() {
        // If a network sorts every sequence of zeros and ones it sorts every sequence.
        for bits in 0..1_u32 << 16 {
            let values: Vec<f64> = (0..16).map(|i| f64::from(bits >> i & 1)).collect();
            for len in [8, 16] {
                let mut sample = sample(&values[..len]);
                sample.sort();
                assert!(sample.bits[..len].is_sorted(), "{values:?}");
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
    fn numbers_stay_in_order() {
        sorted(&[3.0, 1.0, f64::NAN, 2.0, 2.0], |mut some| {
            assert_eq!(some.in_order(), [1.0, 2.0, 2.0, 3.0]);
            some.replace(2.0, f64::NAN);
            some.replace(7.0, f64::NAN);
            assert_eq!(some.in_order(), [1.0, 2.0, 3.0]);
            some.replace(1.0, 9.0);
            assert_eq!(some.in_order(), [2.0, 3.0, 9.0]);
            some.replace(9.0, 2.5);
            some.replace(3.0, 3.5);
            assert_eq!(some.in_order(), [2.0, 2.5, 3.5]);
            assert!(some.values[3..].iter().all(|value| value.is_nan()));
            [2.0, 2.5, 3.5].iter().for_each(|value| some.replace(*value, f64::NAN));
            assert_eq!(some.len(), 0);
            assert!(some.median().is_nan());
        });
    }

    #[test]
    fn a_small_window_changes_as_a_large_one_does() {
        let (mut memory, mut len) = ([f64::NAN; 16], 0);
        let (mut other_memory, mut other_len) = ([f64::NAN; 16], 0);
        let mut random = 1_u32;
        let mut last = [f64::NAN; 16];
        for step in 0..50_000 {
            random = random.wrapping_mul(1664525).wrapping_add(1013904223);
            let new = match random >> 16 & 15 {
                0..4 => f64::NAN,
                4 => f64::INFINITY,
                number => f64::from(number % (1 + (random >> 29))),
            };
            let old = core::mem::replace(&mut last[step % (1 + step / 3000 % 16)], new);
            SortedWindow::new(&mut memory, &mut len).replace_in_small(old, new);
            SortedWindow::new(&mut other_memory, &mut other_len).replace(old, new);
            assert_eq!(len, other_len);
            assert_eq!(memory.map(f64::to_bits), other_memory.map(f64::to_bits));
        }
    }

    #[test]
    fn a_number_without_a_free_slot_is_left_out() {
        sorted(&[1.0; 16], |mut full| {
            full.replace(f64::NAN, 0.0);
            assert_eq!(full.len(), 16);
        });
    }

    #[test]
    fn quantiles_lie_between_their_neighbours() {
        sorted(&[5.0], |some| assert_eq!(some.quantile(0.9), 5.0));
        sorted(&[1.0, 2.0], |some| assert_eq!(some.median(), 1.5));
        sorted(&[1.0, 2.0, 4.0], |some| assert_eq!(some.quantile(0.75), 3.0));
        sorted(&[1.0, 2.0, 4.0], |some| assert_eq!(some.quantile(1.0), 4.0));
    }

    #[test]
    fn the_mad_is_the_one_that_sorting_finds() {
        let series = [9.0, 1.0, 4.0, 4.0, 7.0, 2.0, 30.0, 4.5, 0.0];
        for len in 1..=series.len() {
            sorted(&series[..len], |some| {
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
            let mut random = 1_u32;
            let mut next = || {
                random = random.wrapping_mul(1664525).wrapping_add(1013904223);
                f64::from((random >> 16) % kinds)
            };
            let (mut memory, mut count) = ([f64::NAN; 100], 0);
            let mut all = SortedWindow::new(&mut memory, &mut count);
            let mut series: Vec<f64> = (0..len).map(|_| next()).collect();
            series.iter().for_each(|value| all.replace(f64::NAN, *value));
            for at in 0..len {
                let (old, new) = (series[at], next());
                all.replace(old, new);
                series[at] = new;
                let mut sorted = series.clone();
                sorted.sort_by(f64::total_cmp);
                assert_eq!(all.in_order(), sorted);
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
