use crate::{sys, text};
use core::fmt;

/// Why a call failed: a status of the library, which names the argument and the rule that it broke.
///
/// There is a constant for each, and `0` is none of them. An error can be matched:
///
/// ```
/// use cloudcircuit::{Error, check_budget};
///
/// let error = check_budget(-1.0, 1000.0, None).unwrap_err();
/// assert_eq!(error, Error::CURRENT_SPEND);
/// assert_eq!(error.name(), "CLOUDCIRCUIT_ERR_CURRENT_SPEND");
/// assert_eq!(error.to_string(), "current_spend must be finite and >= 0");
/// ```
#[derive(Clone, Copy, Eq, Hash, PartialEq)]
pub struct Error(pub(crate) i32);

/// What most calls answer.
pub type Result<T, E = Error> = core::result::Result<T, E>;

impl Error {
    /// Slices of one call have lengths that do not go together. The one error that is the crate's own: in C a
    /// call has one length.
    pub const LENGTH: Error = Error(-1);

    /// The number of the status.
    #[must_use]
    pub const fn status(self) -> i32 {
        self.0
    }

    /// The name of the status's constant in C.
    #[must_use]
    pub fn name(self) -> &'static str {
        if self == Error::LENGTH {
            return "LENGTH";
        }
        // SAFETY: every number is allowed, and the string is static.
        unsafe { text(sys::cloudcircuit_status_name(self.0)) }
    }

    /// What the status means, in a sentence.
    #[must_use]
    pub fn message(self) -> &'static str {
        if self == Error::LENGTH {
            return "slices of one call must have lengths that go together";
        }
        // SAFETY: every number is allowed, and the string is static.
        unsafe { text(sys::cloudcircuit_status_message(self.0)) }
    }
}

/// A status as a result.
#[inline]
pub(crate) fn check(status: i32) -> Result<()> {
    if status == 0 { Ok(()) } else { Err(Error(status)) }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.message())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Error({} {})", self.0, self.name())
    }
}

impl core::error::Error for Error {}
