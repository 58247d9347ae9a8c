//! A few hundred numbers on the stack, with their mean and quantiles.

/// The most points looked back at: three weeks of hours. More would need a larger stack.
pub(crate) const MAX_WINDOW: usize = 504;

/// The points looked back at.
pub(crate) type Window = Points<MAX_WINDOW>;

/// Up to N numbers, oldest first; NaN is a missing point.
pub(crate) struct Points<const N: usize> {
    values: [f64; N],
    len: usize,
}

impl<const N: usize> Points<N> {
    pub(crate) const NONE: Self = Self { values: [0.0; N], len: 0 };

    /// Adds a value. One for which there is no place is left out.
    pub(crate) fn push(&mut self, value: f64) {
        if let Some(slot) = self.values.get_mut(self.len) {
            *slot = value;
            self.len += 1;
        }
    }

    pub(crate) fn clear(&mut self) {
        self.len = 0;
    }

    pub(crate) fn len(&self) -> usize {
        self.len
    }

    pub(crate) fn as_slice(&self) -> &[f64] {
        self.values.get(..self.len).unwrap_or_default()
    }

    pub(crate) fn as_mut_slice(&mut self) -> &mut [f64] {
        self.values.get_mut(..self.len).unwrap_or_default()
    }

    /// Replaces the points by the known ones of `values`, in ascending order.
    pub(crate) fn sort(&mut self, values: impl Iterator<Item = f64>) {
        self.clear();
        values.filter(|value| !value.is_nan()).for_each(|value| self.push(value));
        shell_sort(self.as_mut_slice());
    }

    /// Sorts the points that are here, none of them NaN, and returns the one at `tenths`.
    pub(crate) fn sorted_tenth(&mut self, tenths: usize) -> f64 {
        shell_sort(self.as_mut_slice());
        self.tenth(tenths)
    }

    /// The median of sorted points, or 0 if there are none.
    pub(crate) fn median(&self) -> f64 {
        let at = |index: usize| self.as_slice().get(index).copied().unwrap_or(0.0);
        let (lower, upper) = (at(self.len.saturating_sub(1) / 2), at(self.len / 2));
        lower + (upper - lower) / 2.0
    }

    /// Of sorted points the one at `tenths` of the way from the first to the last, or the last one
    /// before it; 0 if there are none. With two points or more the largest is never the answer.
    pub(crate) fn tenth(&self, tenths: usize) -> f64 {
        let index = self.len.saturating_sub(1) * tenths / 10;
        self.as_slice().get(index).copied().unwrap_or(0.0)
    }
}

pub(crate) fn known(values: &[f64]) -> impl DoubleEndedIterator<Item = f64> {
    values.iter().copied().filter(|value| !value.is_nan())
}

/// The mean of the known values, NaN if there are none.
#[inline(never)]
pub(crate) fn mean(values: &[f64]) -> f64 {
    let (mut sum, mut count) = (0.0, 0_u32);
    for value in values {
        let is_known = !value.is_nan();
        sum += if is_known { *value } else { 0.0 };
        count += u32::from(is_known);
    }
    sum / f64::from(count)
}

/// Shell's sort with the gaps of Ciura: it has no panic path and needs no memory.
#[inline(never)]
fn shell_sort(values: &mut [f64]) {
    for gap in [301, 132, 57, 23, 10, 4, 1] {
        for end in gap..values.len() {
            let mut right = end;
            while let Some(left) = right.checked_sub(gap) {
                match values.get_mut(left..=right) {
                    Some([left, .., right]) if *left > *right => core::mem::swap(left, right),
                    _ => break,
                }
                right = left;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sorted(values: &[f64]) -> Points<600> {
        let mut points = Points::NONE;
        points.sort(values.iter().copied());
        points
    }

    #[test]
    fn quantiles_are_of_the_known_points() {
        let some = sorted(&[4.0, f64::NAN, 1.0, 3.0, 2.0]);
        assert_eq!((some.median(), some.tenth(9), some.tenth(7)), (2.5, 3.0, 3.0));
        assert_eq!((sorted(&[7.0]).median(), sorted(&[7.0]).tenth(9)), (7.0, 7.0));
        assert_eq!((sorted(&[]).median(), sorted(&[]).tenth(9)), (0.0, 0.0));
    }

    #[test]
    fn every_length_is_sorted() {
        let mut random = crate::numeric::seed::fresh_seed();
        for len in 0..600 {
            let values: Vec<f64> = (0..len)
                .map(|_| {
                    random = random.wrapping_mul(1664525).wrapping_add(1013904223);
                    f64::from(random >> 20)
                })
                .collect();
            let mut expected = values.clone();
            expected.sort_by(f64::total_cmp);
            assert_eq!(sorted(&values).as_slice(), expected);
        }
    }
}
