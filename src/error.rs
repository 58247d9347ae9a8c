//! One error per rule, with its status, name and message at the ABI. status_table.rs lists them.

use crate::words::words;
use core::ffi::CStr;

include!("status_table.rs");

macro_rules! define_error {
    ($($variant:ident = $number:literal, $name:literal, $message:literal;)*) => {
        /// The rule that a call broke. The discriminant is the status.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
        #[repr(i32)]
        pub(crate) enum Error {
            $(#[error($message)] $variant = $number,)*
        }

        words!(name_of_error { $($number => $name,)* });
        words!(message_of_error { $($number => $message,)* });

        #[cfg(test)]
        const ALL: &[Error] = &[$(Error::$variant,)*];
    };
}
status_table!(define_error);

/// The status of a call that succeeded.
pub(crate) const OK: i32 = 0;

impl Error {
    pub(crate) const fn status(self) -> i32 {
        self as i32
    }
}

pub(crate) fn name(status: i32) -> &'static CStr {
    match status {
        OK => c"CLOUDCIRCUIT_OK",
        _ => name_of_error(status.into()).unwrap_or(c"unknown status"),
    }
}

pub(crate) fn message(status: i32) -> &'static CStr {
    match status {
        OK => OK_MESSAGE,
        _ => message_of_error(status.into())
            .unwrap_or(c"unknown status: this version of the library returns no such code"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_error_has_its_own_status_name_and_message() {
        for (i, error) in ALL.iter().enumerate() {
            assert!(error.status() > OK);
            assert!(name(error.status()).to_str().unwrap().starts_with("CLOUDCIRCUIT_ERR_"));
            assert_eq!(message(error.status()).to_str().unwrap(), error.to_string());
            for other in &ALL[i + 1..] {
                assert_ne!(error.status(), other.status());
                assert_ne!(name(error.status()), name(other.status()));
                assert_ne!(message(error.status()), message(other.status()));
            }
        }
    }

    #[test]
    fn unknown_statuses_are_described_too() {
        for status in [-1, 50, 99, i32::MIN, i32::MAX] {
            assert_eq!(name(status), c"unknown status");
            assert!(message(status).to_str().unwrap().starts_with("unknown status"));
        }
    }
}
