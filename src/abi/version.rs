//! Version
//!
//! Which version a host was compiled against, and which one it runs with.

use core::ffi::{CStr, c_char};

const VERSION: &CStr =
    match CStr::from_bytes_with_nul(concat!(env!("CARGO_PKG_VERSION"), "\0").as_bytes()) {
        Ok(version) => version,
        Err(_) => c"",
    };

/// The number in the soname: see build.rs.
const ABI_VERSION: u32 = match u32::from_str_radix(env!("CARGO_PKG_VERSION_MAJOR"), 10) {
    Ok(version) => version,
    Err(_) => u32::MAX,
};

/// Returns the library's version in the form of CLOUDCIRCUIT_VERSION: a static string, never NULL.
#[unsafe(no_mangle)]
pub extern "C" fn cloudcircuit_version() -> *const c_char {
    VERSION.as_ptr()
}

/// Returns the library's ABI version, the number in its soname.
///
/// A host can use a library whose ABI version equals the CLOUDCIRCUIT_ABI_VERSION that the host was
/// compiled against, and whose version is not older than that CLOUDCIRCUIT_VERSION.
#[unsafe(no_mangle)]
pub extern "C" fn cloudcircuit_abi_version() -> u32 {
    ABI_VERSION
}
