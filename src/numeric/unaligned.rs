//! Numbers in a caller's buffer, which may lie at any alignment.

/// A number at any alignment. It has the size of a `T`.
#[derive(Debug, Clone, Copy)]
#[repr(C, packed)]
pub(crate) struct Unaligned<T>(T);

impl<T: Copy> Unaligned<T> {
    #[inline(always)]
    pub(crate) fn get(self) -> T {
        self.0
    }
}

impl<T> From<T> for Unaligned<T> {
    #[inline(always)]
    fn from(value: T) -> Self {
        Self(value)
    }
}
