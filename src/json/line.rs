//! A record as it is written: members of any kind into a buffer of fixed size.

use crate::error::{self, Error, OK};
use core::ffi::CStr;

/// A buffer of this size is enough for any record of this version, with its NUL.
pub const RECORD_CAPACITY: usize = 1536;

/// The words of a kind of constant.
type Words = fn(i64) -> Option<&'static CStr>;

/// A record as it is written. A field that no successful call can have written or had makes the record
/// of such a call an error. In the record of a refused call it stands as it is: it may be the reason.
pub(crate) struct Line {
    bytes: [u8; RECORD_CAPACITY],
    len: usize,
    is_first: bool,
    is_refused: bool,
    is_broken: bool,
}

impl Line {
    /// Written in place from here on: a copy of it takes a lot of a small stack.
    pub(crate) fn new() -> Self {
        Self {
            bytes: [0; RECORD_CAPACITY],
            len: 0,
            is_first: true,
            is_refused: false,
            is_broken: false,
        }
    }

    #[inline(never)]
    pub(super) fn begin(&mut self, kind: &str, status: i32) {
        self.is_refused = status != OK;
        self.push(b"{");
        self.string("kind", kind.as_bytes());
        self.string("version", env!("CARGO_PKG_VERSION").as_bytes());
        self.string("status", error::name(status).to_bytes());
        if self.is_refused {
            self.string("message", error::message(status).to_bytes());
        }
    }

    #[inline(never)]
    fn push(&mut self, text: &[u8]) {
        let end = self.len + text.len();
        if let Some(room) = self.bytes.get_mut(self.len..end) {
            room.copy_from_slice(text);
        }
        self.len = end;
    }

    /// A comma before all but the first.
    #[inline(never)]
    fn next(&mut self) {
        if !core::mem::replace(&mut self.is_first, false) {
            self.push(b",");
        }
    }

    #[inline(never)]
    fn name(&mut self, name: &str) {
        self.next();
        self.quoted(name.as_bytes());
        self.push(b":");
    }

    /// Text without quotes, backslashes and control characters.
    #[inline(never)]
    fn quoted(&mut self, text: &[u8]) {
        self.push(b"\"");
        self.push(text);
        self.push(b"\"");
    }

    #[inline(never)]
    fn string(&mut self, name: &str, text: &[u8]) {
        self.name(name);
        self.quoted(text);
    }

    /// Something that only the record of a refused call may hold.
    fn only_refused(&mut self) {
        self.is_broken |= !self.is_refused;
    }

    /// JSON knows no NaN and no infinity.
    #[inline(never)]
    pub(super) fn number(&mut self, name: &str, value: f64) -> &mut Self {
        self.name(name);
        if value.is_finite() {
            self.push(ryu::Buffer::new().format_finite(value).as_bytes());
        } else {
            self.only_refused();
            self.push(b"null");
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
        self.push(itoa::Buffer::new().format(value).as_bytes());
        self
    }

    #[inline(never)]
    fn element(&mut self, value: i64) {
        self.push(itoa::Buffer::new().format(value).as_bytes());
    }

    #[inline(never)]
    pub(super) fn flag(&mut self, name: &str, value: u32) -> &mut Self {
        self.name(name);
        self.is_broken |= value > 1;
        self.push(if value == 0 { b"false" } else { b"true" });
        self
    }

    /// A constant in words; a number that is no constant as it is.
    #[inline(never)]
    pub(super) fn word(&mut self, name: &str, value: i64, words: Words) -> &mut Self {
        self.name(name);
        match words(value) {
            Some(word) => self.quoted(word.to_bytes()),
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
        self.push(b"null");
    }

    /// Bits as an array of their words; a bit that has none as a number.
    #[inline(never)]
    pub(super) fn words(&mut self, name: &str, bits: u32, words: Words) -> &mut Self {
        self.array(name, b"[");
        for bit in (0..32).map(|place| 1 << place).filter(|bit| bits & bit != 0) {
            self.next();
            match words(bit.into()) {
                Some(word) => self.quoted(word.to_bytes()),
                None => {
                    self.only_refused();
                    self.element(bit.into());
                }
            }
        }
        self.close(b"]")
    }

    /// Bits as an array of their places.
    #[inline(never)]
    pub(super) fn places(&mut self, name: &str, bits: u32) -> &mut Self {
        self.array(name, b"[");
        for place in (0..32).filter(|place| bits >> place & 1 == 1) {
            self.next();
            self.element(place);
        }
        self.close(b"]")
    }

    #[inline(never)]
    pub(super) fn integers(&mut self, name: &str, values: &[i64]) -> &mut Self {
        self.array(name, b"[");
        for value in values {
            self.next();
            self.element(*value);
        }
        self.close(b"]")
    }

    #[inline(never)]
    fn array(&mut self, name: &str, bracket: &[u8]) {
        self.name(name);
        self.push(bracket);
        self.is_first = true;
    }

    #[inline(never)]
    pub(super) fn open(&mut self, name: &str) {
        self.array(name, b"{");
    }

    #[inline(never)]
    pub(super) fn close(&mut self, bracket: &[u8]) -> &mut Self {
        self.push(bracket);
        self.is_first = false;
        self
    }

    pub(super) fn end(&mut self) -> Result<(), Error> {
        self.push(b"}");
        if self.is_broken { Err(Error::RecordField) } else { Ok(()) }
    }

    pub(crate) fn text(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or(&[])
    }
}
