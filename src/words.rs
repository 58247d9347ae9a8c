//! Static strings by number: of statuses and of constants. A table of pointers would need a relocation for each of
//! them, so the strings of a table stand in one text.

use core::ffi::CStr;

/// A function that finds the string of a number. The numbers are at most 65535, the strings shorter than 255 bytes.
macro_rules! words {
    ($function:ident { $($number:expr => $string:expr,)* }) => {
        #[inline(never)]
        pub(crate) fn $function(number: i64) -> Option<&'static core::ffi::CStr> {
            const TEXT: &str = concat!($($string, "\0",)*);
            const ENTRIES: &[(u16, u8)] = &[$({
                assert!($number as i64 == $number as u16 as i64 && $string.len() < 255);
                ($number as u16, $string.len() as u8)
            },)*];
            $crate::words::find(TEXT, ENTRIES, number)
        }
    };
}
pub(crate) use words;

#[inline(never)]
pub(crate) fn find(
    text: &'static str,
    entries: &[(u16, u8)],
    wanted: i64,
) -> Option<&'static CStr> {
    let mut text = text.as_bytes();
    for (number, len) in entries {
        let (string, rest) = text.split_at_checked(usize::from(*len) + 1)?;
        if i64::from(*number) == wanted {
            return CStr::from_bytes_with_nul(string).ok();
        }
        text = rest;
    }
    None
}
