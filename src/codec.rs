//! States as bytes that are the same on every machine: the fields in order, little-endian, then
//! the CRC-32/ISO-HDLC of those bytes. A damaged state fails to decode.

use crate::error::Error;
use crc::{CRC_32_ISO_HDLC, Crc};

/// A state that can be encoded. `walk` lists its fields in order, for writing and for reading.
pub(crate) trait Stored: Copy {
    fn walk(&mut self, fields: &mut impl Fields);
}

/// Writes or reads one field after another, over bytes that are as many.
pub(crate) trait Fields {
    fn word<const N: usize>(&mut self, bytes: &mut [u8; N]);

    fn u32(&mut self, value: &mut u32) {
        let mut bytes = value.to_le_bytes();
        self.word(&mut bytes);
        *value = u32::from_le_bytes(bytes);
    }

    fn u64(&mut self, value: &mut u64) {
        let mut bytes = value.to_le_bytes();
        self.word(&mut bytes);
        *value = u64::from_le_bytes(bytes);
    }

    fn i32(&mut self, value: &mut i32) {
        let mut bits = *value as u32;
        self.u32(&mut bits);
        *value = bits as i32;
    }

    fn f64(&mut self, value: &mut f64) {
        let mut bits = value.to_bits();
        self.u64(&mut bits);
        *value = f64::from_bits(bits);
    }

    fn i64(&mut self, value: &mut i64) {
        let mut bits = *value as u64;
        self.u64(&mut bits);
        *value = bits as i64;
    }

    // Arrays, each compiled once: unrolled they are half of what an encoding costs in bytes.

    #[inline(never)]
    fn u32s(&mut self, values: &mut [u32]) {
        values.iter_mut().for_each(|value| self.u32(value));
    }

    #[inline(never)]
    fn u64s(&mut self, values: &mut [u64]) {
        values.iter_mut().for_each(|value| self.u64(value));
    }

    #[inline(never)]
    fn i64s(&mut self, values: &mut [i64]) {
        values.iter_mut().for_each(|value| self.i64(value));
    }
}

struct Writer<'a>(&'a mut [u8]);

impl Fields for Writer<'_> {
    fn word<const N: usize>(&mut self, bytes: &mut [u8; N]) {
        let next = core::mem::take(&mut self.0).split_first_chunk_mut();
        next.into_iter().for_each(|(place, rest)| {
            *place = *bytes;
            self.0 = rest;
        });
    }
}

struct Reader<'a>(&'a [u8]);

impl Fields for Reader<'_> {
    fn word<const N: usize>(&mut self, bytes: &mut [u8; N]) {
        let next = self.0.split_first_chunk();
        next.into_iter().for_each(|(place, rest)| {
            *bytes = *place;
            self.0 = rest;
        });
    }
}

/// `N` is the size of the fields plus 4 for the checksum.
pub(crate) fn encode<S: Stored, const N: usize>(state: &S) -> [u8; N] {
    let mut bytes = [0; N];
    encode_over(&mut { *state }, &mut bytes);
    bytes
}

/// Encodes a state in the place of these bytes, which are as many as the fields and 4 more.
pub(crate) fn encode_over(state: &mut impl Stored, bytes: &mut [u8]) {
    bytes.split_last_chunk_mut().into_iter().for_each(|(fields, sum)| {
        state.walk(&mut Writer(fields));
        *sum = crc32(fields).to_le_bytes();
    });
}

/// Reads a state over `empty`. The checksum is right; whether the fields make sense is for the
/// caller to check.
pub(crate) fn decode<S: Stored>(bytes: &[u8], empty: S) -> Result<S, Error> {
    let (fields, sum) = bytes.split_last_chunk::<4>().ok_or(Error::CorruptState)?;
    if crc32(fields).to_le_bytes() != *sum {
        return Err(Error::CorruptState);
    }
    let mut state = empty;
    state.walk(&mut Reader(fields));
    Ok(state)
}

/// The checksum of zlib, PNG and Ethernet.
#[inline(never)]
fn crc32(bytes: &[u8]) -> u32 {
    static CRC32: Crc<u32> = Crc::<u32>::new(&CRC_32_ISO_HDLC);
    CRC32.checksum(bytes)
}

#[cfg(test)]
mod tests {
    use super::crc32;

    #[test]
    fn the_checksum_is_the_published_one() {
        assert_eq!(crc32(b"123456789"), 0xCBF4_3926);
        assert_eq!(crc32(b""), 0);
    }
}
