//! A record as it is written: members of any kind into a buffer of fixed size.

use crate::error::{self, Error, OK};
use core::ffi::CStr;
use core::mem::MaybeUninit;

/// A buffer of this size is enough for any record of this version, with its NUL.
pub const RECORD_CAPACITY: usize = 1536;

/// The words of a kind of constant.
type Words = fn(i64) -> Option<&'static CStr>;

/// A number's whole part and millionths, if it is below a thousand million and exactly what these read back to.
/// These are at most 15 digits, of which a double has no two forms: so they are the shortest.
fn in_millionths(value: f64) -> Option<(u32, u32)> {
    // Added to a number, it leaves the nearest integer in the bits.
    const ROUNDER: f64 = (1_u64 << 52) as f64;
    if !(0.001..1e9).contains(&value) {
        return None;
    }
    let rounded = value * 1e6 + ROUNDER;
    let millionths = rounded.to_bits() - ROUNDER.to_bits();
    let is_exact = (rounded - ROUNDER) / 1e6 == value;
    is_exact.then_some(((millionths / 1_000_000) as u32, (millionths % 1_000_000) as u32))
}

/// A record as it is written. A field that no successful call can have written or had makes the record
/// of such a call an error. In the record of a refused call it stands as it is: it may be the reason.
///
/// Every member and element is written with a comma after it, which the bracket that follows the last one
/// replaces.
pub(crate) struct Line {
    bytes: [MaybeUninit<u8>; RECORD_CAPACITY],
    /// As many of the bytes are written.
    len: usize,
    /// The length after the last opening bracket.
    opened_at: usize,
    is_refused: bool,
    is_broken: bool,
}

impl Line {
    /// Written in place from here on: a copy of it takes a lot of a small stack.
    pub(crate) fn new() -> Self {
        let bytes = [const { MaybeUninit::uninit() }; RECORD_CAPACITY];
        Self { bytes, len: 0, opened_at: 0, is_refused: false, is_broken: false }
    }

    #[inline(never)]
    pub(super) fn begin(&mut self, kind: &str, status: i32) {
        const VERSION: &str =
            concat!("\"version\":\"", env!("CARGO_PKG_VERSION"), "\",\"status\":");
        self.is_refused = status != OK;
        self.push(*b"{\"kind\":\"", kind.as_bytes(), *b"\",");
        self.push([], VERSION.as_bytes(), []);
        self.quoted(error::name(status));
        if self.is_refused {
            self.name("message");
            self.quoted(error::message(status));
        }
    }

    /// Writes a text between two that are short. What does not fit is only counted.
    #[inline(always)]
    fn push<const A: usize, const B: usize>(
        &mut self,
        before: [u8; A],
        text: &[u8],
        after: [u8; B],
    ) {
        let end = self.len + A + text.len() + B;
        self.fill(end, before, text, after);
        self.len = end;
    }

    /// Writes up to `end`, if the buffer reaches as far.
    #[inline(always)]
    fn fill<const A: usize, const B: usize>(
        &mut self,
        end: usize,
        before: [u8; A],
        text: &[u8],
        after: [u8; B],
    ) -> Option<()> {
        let room = self.bytes.get_mut(self.len..end)?;
        let (head, room) = room.split_first_chunk_mut()?;
        let (middle, tail) = room.split_last_chunk_mut()?;
        *head = before.map(MaybeUninit::new);
        for (place, byte) in middle.iter_mut().zip(text) {
            place.write(*byte);
        }
        *tail = after.map(MaybeUninit::new);
        Some(())
    }

    #[inline(never)]
    fn name(&mut self, name: &str) {
        self.push(*b"\"", name.as_bytes(), *b"\":");
    }

    /// Text without quotes, backslashes and control characters.
    #[inline(never)]
    fn quoted(&mut self, text: &CStr) {
        self.push(*b"\"", text.to_bytes(), *b"\",");
    }

    /// A number, or null.
    #[inline(never)]
    fn bare(&mut self, text: &[u8]) {
        self.push([], text, *b",");
    }

    /// Something that only the record of a refused call may hold.
    fn only_refused(&mut self) {
        self.is_broken |= !self.is_refused;
    }

    /// JSON knows no NaN and no infinity.
    #[inline(never)]
    pub(super) fn number(&mut self, name: &str, value: f64) -> &mut Self {
        self.push(*b"\"", name.as_bytes(), *b"\":");
        if let Some((whole, millionths)) = in_millionths(value) {
            self.push([], itoa::Buffer::new().format(whole).as_bytes(), *b".");
            // With a 1 in front, which keeps zeros there.
            let mut digits = itoa::Buffer::new();
            let mut decimals = digits.format(1_000_000 + millionths).as_bytes();
            while let [_, _, .., b'0'] = decimals {
                decimals = decimals.split_last().map_or(&[], |(_, rest)| rest);
            }
            self.push([], decimals.get(1..).unwrap_or(&[]), *b",");
        } else if value.is_finite() {
            self.push([], zmij::Buffer::new().format_finite(value).as_bytes(), *b",");
        } else {
            self.only_refused();
            self.bare(b"null");
        }
        self
    }

    #[inline(never)]
    pub(super) fn integer(&mut self, name: &str, value: i64) -> &mut Self {
        self.name(name);
        self.element(value);
        self
    }

    #[inline(never)]
    pub(super) fn unsigned(&mut self, name: &str, value: u64) -> &mut Self {
        self.name(name);
        self.bare(itoa::Buffer::new().format(value).as_bytes());
        self
    }

    #[inline(never)]
    fn element(&mut self, value: i64) {
        self.bare(itoa::Buffer::new().format(value).as_bytes());
    }

    #[inline(never)]
    pub(super) fn flag(&mut self, name: &str, value: u32) -> &mut Self {
        self.is_broken |= value > 1;
        match value {
            0 => self.push(*b"\"", name.as_bytes(), *b"\":false,"),
            _ => self.push(*b"\"", name.as_bytes(), *b"\":true,"),
        }
        self
    }

    /// A constant in words; a number that is no constant as it is.
    #[inline(never)]
    pub(super) fn word(&mut self, name: &str, value: i64, words: Words) -> &mut Self {
        self.name(name);
        match words(value) {
            Some(word) => self.quoted(word),
            None => {
                self.only_refused();
                self.element(value);
            }
        }
        self
    }

    #[inline(never)]
    pub(super) fn null(&mut self, name: &str) {
        self.name(name);
        self.bare(b"null");
    }

    /// Bits as an array of their words; a bit that has none as a number.
    #[inline(never)]
    pub(super) fn words(&mut self, name: &str, bits: u32, words: Words) -> &mut Self {
        self.open(name, b'[');
        for bit in (0..32).map(|place| 1 << place).filter(|bit| bits & bit != 0) {
            match words(bit.into()) {
                Some(word) => self.quoted(word),
                None => {
                    self.only_refused();
                    self.element(bit.into());
                }
            }
        }
        self.close(b']')
    }

    /// Bits as an array of their places.
    #[inline(never)]
    pub(super) fn places(&mut self, name: &str, bits: u32) -> &mut Self {
        self.open(name, b'[');
        for place in (0..32).filter(|place| bits >> place & 1 == 1) {
            self.element(place);
        }
        self.close(b']')
    }

    #[inline(never)]
    pub(super) fn integers(&mut self, name: &str, values: &[i64]) -> &mut Self {
        self.open(name, b'[');
        for value in values {
            self.element(*value);
        }
        self.close(b']')
    }

    #[inline(never)]
    pub(super) fn open(&mut self, name: &str, bracket: u8) {
        self.push(*b"\"", name.as_bytes(), [b'"', b':', bracket]);
        self.opened_at = self.len;
    }

    #[inline(never)]
    pub(super) fn close(&mut self, bracket: u8) -> &mut Self {
        // Over the last comma, if there is one.
        self.len -= usize::from(self.len > self.opened_at);
        self.push([bracket], &[], *b",");
        self
    }

    pub(super) fn end(&mut self) -> Result<(), Error> {
        self.close(b'}');
        self.len -= 1;
        if self.is_broken { Err(Error::RecordField) } else { Ok(()) }
    }

    /// What is written; nothing of a record that was too long.
    pub(crate) fn text(&self) -> &[MaybeUninit<u8>] {
        self.bytes.get(..self.len).unwrap_or(&[])
    }
}
