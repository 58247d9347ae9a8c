use crate::{sys, text};

/// The library's version, in the form of [`VERSION`](crate::VERSION).
///
/// ```
/// assert_eq!(cloudcircuit::version(), cloudcircuit::VERSION);
/// ```
#[must_use]
pub fn version() -> &'static str {
    // SAFETY: the string is static.
    unsafe { text(sys::cloudcircuit_version()) }
}

/// The library's ABI version, the number in its soname. It must be [`ABI_VERSION`](crate::ABI_VERSION).
#[must_use]
pub fn abi_version() -> u32 {
    // SAFETY: it takes no pointer.
    unsafe { sys::cloudcircuit_abi_version() }
}

/// Words for constants, as the records write them.
macro_rules! names {
    ($($(#[$doc:meta])* $name:ident($of:ident: $kind:ty) = $function:ident;)*) => {
        $(
            $(#[$doc])*
            #[must_use]
            pub fn $name($of: $kind) -> &'static str {
                // SAFETY: every number is allowed, and the string is static.
                unsafe { text(sys::$function($of)) }
            }
        )*
    };
}

names! {
    /// The name of an `ACTION` constant.
    ///
    /// ```
    /// assert_eq!(cloudcircuit::action_name(cloudcircuit::ACTION_BLOCK), "block");
    /// ```
    action_name(action: i32) = cloudcircuit_action_name;
    /// The name of one of the guard's reasons, a `REASON` bit.
    reason_name(reason: u32) = cloudcircuit_reason_name;
    /// The name of a kind of signal, a `SIGNAL` bit.
    signal_name(kind: u32) = cloudcircuit_signal_name;
    /// The name of a breaker's phase, a `BREAKER` constant.
    phase_name(phase: i32) = cloudcircuit_phase_name;
    /// The name of an `OUTCOME` constant.
    outcome_name(outcome: i32) = cloudcircuit_outcome_name;
    /// The name of a `VERDICT` constant.
    verdict_name(verdict: i32) = cloudcircuit_verdict_name;
    /// The name of a `DETECT_REASON` constant.
    detect_reason_name(reason: i32) = cloudcircuit_detect_reason_name;
    /// The name of a `LEDGER_REASON` constant.
    ledger_reason_name(reason: i32) = cloudcircuit_ledger_reason_name;
    /// The name of a `RATE_REASON` constant.
    rate_reason_name(reason: i32) = cloudcircuit_rate_reason_name;
    /// The name of a `MODE` constant.
    mode_name(mode: u32) = cloudcircuit_mode_name;
}
