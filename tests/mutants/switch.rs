//! Which mutant is switched on: the number in CLOUDCIRCUIT_MUTANT, read when the library is loaded.
//!
//! With CLOUDCIRCUIT_REACHED, a file, each place that asks leaves a 1 at its number there, so that a mutant is only
//! tried with tests that come by.

#![allow(unsafe_code, missing_docs)]

use core::ffi::{CStr, c_char, c_int, c_void};

const MOST: usize = 1 << 16;

static mut ACTIVE: u32 = 0;
static mut REACHED: *mut u8 = core::ptr::null_mut();

unsafe extern "C" {
    fn open(path: *const c_char, flags: c_int) -> c_int;
    fn mmap(at: *mut c_void, len: usize, prot: c_int, flags: c_int, file: c_int, offset: i64) -> *mut c_void;
}

#[inline(always)]
pub fn at(number: u32) -> u32 {
    // SAFETY: written once, when the library is loaded; the file has MOST bytes.
    unsafe {
        if !REACHED.is_null() {
            *REACHED.add(number as usize) = 1;
        }
        ACTIVE
    }
}

extern "C" fn start(_: c_int, _: *const *const c_char, environment: *const *const c_char) {
    // SAFETY: the loader passes the environment, which ends with NULL.
    unsafe {
        let mut entry = environment;
        while !(*entry).is_null() {
            let text = CStr::from_ptr(*entry).to_bytes_with_nul();
            if let Some(number) = text.strip_prefix(b"CLOUDCIRCUIT_MUTANT=") {
                let digits = number.iter().take_while(|digit| digit.is_ascii_digit());
                ACTIVE = digits.fold(0, |number, digit| number * 10 + u32::from(digit - b'0'));
            } else if let Some(path) = text.strip_prefix(b"CLOUDCIRCUIT_REACHED=") {
                // Readable and writable, shared with the file.
                REACHED = mmap(core::ptr::null_mut(), MOST, 3, 1, open(path.as_ptr().cast(), 2), 0).cast();
            }
            entry = entry.add(1);
        }
    }
}

#[used]
#[unsafe(link_section = ".init_array")]
static START: extern "C" fn(c_int, *const *const c_char, *const *const c_char) = start;
