//! Places of arrays, changed without an index that could panic.

/// Changes the element at a place, which callers know is there.
#[inline(always)]
pub(crate) fn change<T>(elements: &mut [T], place: usize, by: impl FnMut(&mut T)) {
    elements.get_mut(place).into_iter().for_each(by);
}
