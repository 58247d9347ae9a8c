//! A command's words: KEY NUMBER... [OPTION VALUE]... [AND KEY ...].

use redis_module::{Context, RedisError, RedisString};
use std::{
    str::FromStr,
    time::{SystemTime, UNIX_EPOCH},
};

/// What a command says of one key.
pub struct Entry {
    pub key: RedisString,
    /// As many as the command takes.
    pub numbers: Vec<i64>,
    pub options: Vec<(RedisString, RedisString)>,
}

impl Entry {
    /// A number by its place, which the command's count of numbers covers.
    pub fn number(&self, place: usize) -> Result<i64, RedisError> {
        self.numbers.get(place).copied().ok_or(RedisError::WrongArity)
    }

    /// A number that is an id or a counter.
    pub fn unsigned<T: TryFrom<i64>>(&self, place: usize) -> Result<T, RedisError> {
        T::try_from(self.number(place)?).map_err(|_| not_a_number())
    }

    /// Whether it says what time it is.
    pub fn has_now(&self) -> bool {
        self.options.iter().any(|(name, _)| name.as_slice().eq_ignore_ascii_case(b"NOW"))
    }

    /// Hands every option to `take`, which answers whether it knows it. Answers NOW, or the server's clock.
    pub fn settings(
        &self,
        mut take: impl FnMut(&[u8], &RedisString) -> Result<bool, RedisError>,
    ) -> Result<i64, RedisError> {
        let mut now = None;
        for (name, value) in &self.options {
            let word = name.as_slice();
            if word.eq_ignore_ascii_case(b"NOW") {
                now = Some(number(value)?);
            } else if !take(word, value)? {
                // redis-module ends the server on a character whose last byte is 0.
                let word = word.escape_ascii();
                return Err(RedisError::String(format!("ERR unknown option '{word}'")));
            }
        }
        now.map_or_else(clock, Ok)
    }
}

/// Takes an option whose name is a field's of the config.
macro_rules! take_field {
    ($config:ident, $word:ident, $value:ident: $($field:ident)*) => {
        $(
            if $word.eq_ignore_ascii_case(stringify!($field).as_bytes()) {
                $config.$field = $crate::arguments::number($value)?;
                return Ok(true);
            }
        )*
    };
}

pub(crate) use take_field;

/// Milliseconds since 1970.
fn clock() -> Result<i64, RedisError> {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).ok();
    since
        .and_then(|since| i64::try_from(since.as_millis()).ok())
        .ok_or(RedisError::Str("ERR the server's clock is out of range"))
}

fn not_a_number() -> RedisError {
    RedisError::Str("ERR value is not an integer or out of range")
}

pub fn number<T: FromStr>(word: &RedisString) -> Result<T, RedisError> {
    let text = std::str::from_utf8(word.as_slice()).map_err(|_| not_a_number())?;
    text.parse().map_err(|_| not_a_number())
}

fn is_and(word: &RedisString) -> bool {
    word.as_slice().eq_ignore_ascii_case(b"AND")
}

/// Says which words are keys, when that is all that the server asks. `numbers` are those after each key.
pub fn asked_for_keys(ctx: &Context, words: &[RedisString], numbers: usize) -> bool {
    if !ctx.is_keys_position_request() {
        return false;
    }
    let mut place = 1_usize;
    while place < words.len() {
        ctx.key_at_pos(i32::try_from(place).unwrap_or(i32::MAX));
        place = place.saturating_add(numbers).saturating_add(1);
        while words.get(place).is_some_and(|word| !is_and(word)) {
            place = place.saturating_add(2);
        }
        place = place.saturating_add(1);
    }
    true
}

/// All entries of a command, at least one.
pub fn entries(words: Vec<RedisString>, numbers: usize) -> Result<Vec<Entry>, RedisError> {
    let mut words = words.into_iter().skip(1);
    let mut entries = Vec::new();
    loop {
        let key = words.next().ok_or(RedisError::WrongArity)?;
        let taken: Vec<RedisString> = words.by_ref().take(numbers).collect();
        if taken.len() != numbers {
            return Err(RedisError::WrongArity);
        }
        let mut entry = Entry { key, numbers: Vec::with_capacity(numbers), options: Vec::new() };
        for word in &taken {
            entry.numbers.push(number(word)?);
        }
        let mut last = true;
        while let Some(name) = words.next() {
            if is_and(&name) {
                last = false;
                break;
            }
            entry.options.push((name, words.next().ok_or(RedisError::WrongArity)?));
        }
        entries.push(entry);
        if last {
            return Ok(entries);
        }
    }
}

/// The entry of a command on one key.
pub fn entry(words: Vec<RedisString>, numbers: usize) -> Result<Entry, RedisError> {
    let mut entries = entries(words, numbers)?;
    match (entries.pop(), entries.is_empty()) {
        (Some(entry), true) => Ok(entry),
        _ => Err(RedisError::Str("ERR this command takes one key")),
    }
}
