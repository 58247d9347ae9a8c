//! States under their keys, as strings of the library's encoded bytes.

use cloudcircuit::{Breaker, Error, Ledger, LedgersError, RateLimit};
use redis_module::{Context, RedisError, RedisString, RedisValue};

/// A state that is kept under a key.
pub trait State: Sized {
    const KIND: &'static str;
    fn read(bytes: &[u8]) -> Result<Self, Error>;
    fn write(&self) -> Result<Vec<u8>, Error>;
    fn revision(&self) -> u64;
}

macro_rules! states {
    ($($state:ident $kind:literal),*) => {
        $(
            impl State for $state {
                const KIND: &'static str = $kind;

                fn read(bytes: &[u8]) -> Result<Self, Error> {
                    Self::decode(bytes)
                }

                fn write(&self) -> Result<Vec<u8>, Error> {
                    self.encode().map(|bytes| bytes.to_vec())
                }

                fn revision(&self) -> u64 {
                    self.state().revision
                }
            }
        )*
    };
}

states!(Ledger "ledger", Breaker "breaker", RateLimit "rate limit");

/// An error of the library: its number, its name and its sentence.
pub fn refusal(error: Error) -> RedisError {
    RedisError::String(format!("CCERR {} {}: {}", error.status(), error.name(), error.message()))
}

/// The same of a call on several ledgers, with the place of the one that it is about.
pub fn refusal_of_several(error: LedgersError) -> RedisError {
    match (error.failed_at, refusal(error.error)) {
        (Some(place), RedisError::String(text)) => {
            RedisError::String(format!("{text} (ledger {place})"))
        }
        (_, refused) => refused,
    }
}

/// A state that must be there: a store that lost it must not start another that is empty.
pub fn load<S: State>(ctx: &Context, key: &RedisString) -> Result<S, RedisError> {
    match ctx.open_key(key).read() {
        Ok(Some(bytes)) => S::read(bytes).map_err(refusal),
        Ok(None) => {
            Err(RedisError::String(format!("CCMISSING there is no {} under this key", S::KIND)))
        }
        Err(_) => Err(RedisError::WrongType),
    }
}

/// Stores a state. What is replicated is a plain SET: a replica and a log need no module, and decide nothing.
pub fn save(ctx: &Context, key: &RedisString, state: &impl State) -> Result<(), RedisError> {
    let bytes = state.write().map_err(refusal)?;
    ctx.open_key_writable(key).as_string_dma()?.write(&bytes)?;
    let words: [&[u8]; 3] = [key.as_slice(), &bytes, b"KEEPTTL"];
    ctx.replicate("SET", &words[..]);
    Ok(())
}

/// Runs a call on the state under a key, and stores what it changed.
pub fn update<S: State, T>(
    ctx: &Context,
    key: &RedisString,
    call: impl FnOnce(&mut S) -> Result<T, Error>,
) -> Result<T, RedisError> {
    let mut state: S = load(ctx, key)?;
    let before = state.revision();
    let answer = call(&mut state).map_err(refusal)?;
    if state.revision() != before {
        save(ctx, key, &state)?;
    }
    Ok(answer)
}

/// Stores a new state under a key that has nothing.
pub fn create(ctx: &Context, key: &RedisString, state: &impl State) -> Result<(), RedisError> {
    if !ctx.open_key(key).is_null() {
        return Err(RedisError::Str("CCEXISTS there is something under this key"));
    }
    save(ctx, key, state)
}

/// An answer of numbers. Those that are too large for Redis saturate.
pub fn row(numbers: impl IntoIterator<Item = i64>) -> RedisValue {
    RedisValue::Array(numbers.into_iter().map(RedisValue::Integer).collect())
}

/// A counter as Redis has it.
pub fn signed(counter: u64) -> i64 {
    i64::try_from(counter).unwrap_or(i64::MAX)
}
