/// A safeguard that owns its state, with what every state has.
macro_rules! state {
    ($(#[$doc:meta])* $name:ident($state:ident), $len:ident, $validate:ident, $encode:ident, $decode:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq)]
        #[repr(transparent)]
        pub struct $name($crate::$state);

        impl $name {
            /// The state, to read its fields or to store it as it is.
            #[must_use]
            pub const fn state(&self) -> &$crate::$state {
                &self.0
            }

            /// Goes on from a stored state.
            ///
            /// # Errors
            ///
            /// [`Error::CORRUPT_STATE`](crate::Error::CORRUPT_STATE) when the library cannot have written it.
            pub fn from_state(state: $crate::$state) -> $crate::Result<Self> {
                let this = Self(state);
                this.validate()?;
                Ok(this)
            }

            /// Checks whether the library can have written the state.
            ///
            /// # Errors
            ///
            /// [`Error::CORRUPT_STATE`](crate::Error::CORRUPT_STATE) when it cannot.
            pub fn validate(&self) -> $crate::Result<()> {
                // SAFETY: the state is readable.
                $crate::error::check(unsafe { $crate::sys::$validate(&self.0) })
            }

            /// The state as bytes that any machine reads; they end in a checksum.
            ///
            /// # Errors
            ///
            /// [`Error::CORRUPT_STATE`](crate::Error::CORRUPT_STATE) when the library cannot have written it.
            pub fn encode(&self) -> $crate::Result<[u8; $crate::$len]> {
                let mut bytes = [0; $crate::$len];
                // SAFETY: the state is readable, and there are that many bytes.
                let status = unsafe { $crate::sys::$encode(&self.0, bytes.as_mut_ptr(), bytes.len()) };
                $crate::error::check(status).map(|()| bytes)
            }

            /// Reads what [`encode`](Self::encode) wrote, on whatever machine.
            ///
            /// # Errors
            ///
            /// [`Error::ENCODED_LENGTH`](crate::Error::ENCODED_LENGTH) or
            /// [`Error::CORRUPT_STATE`](crate::Error::CORRUPT_STATE).
            pub fn decode(bytes: &[u8]) -> $crate::Result<Self> {
                let (start, len) = (bytes.as_ptr(), bytes.len());
                // SAFETY: there are that many bytes, and the state is written.
                unsafe { $crate::written(|state| $crate::sys::$decode(start, len, state)) }.map(Self)
            }
        }
    };
}

pub(crate) use state;
