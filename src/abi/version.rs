//! Version
//!
//! What a host was compiled against, and what it is running with.

use core::ffi::{CStr, c_char};

const VERSION: &CStr =
    match CStr::from_bytes_with_nul(concat!(env!("CARGO_PKG_VERSION"), "\0").as_bytes()) {
        Ok(version) => version,
        Err(_) => c"",
    };

/// The soname's number, see build.rs.
const ABI_VERSION: u32 = match u32::from_str_radix(env!("CARGO_PKG_VERSION_MAJOR"), 10) {
    Ok(version) => version,
    Err(_) => u32::MAX,
};

/// The library's version, as CLOUDCIRCUIT_VERSION: a static string, never NULL.
///
///
#[unsafe(no_mangle)]
pub extern "C" fn cloudcircuit_version() -> *const c_char {
    VERSION.as_ptr()
}

/// The library's ABI version, the number in its soname. A host compiled against this header
/// can use any library for which this equals CLOUDCIRCUIT_ABI_VERSION and whose version is
/// not older.
///
///
#[unsafe(no_mangle)]
pub extern "C" fn cloudcircuit_abi_version() -> u32 {
    ABI_VERSION
}
