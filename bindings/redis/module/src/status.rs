//! Commands that find out which kind of state is under a key.

use crate::{
    arguments::{entry, number},
    store::{refusal, save, signed},
};
use cloudcircuit::{
    BREAKER_ENCODED_LEN, Breaker, Error, LEDGER_ENCODED_LEN, Ledger, RATE_LIMIT_ENCODED_LEN,
    RateLimit,
};
use redis_module::{Context, RedisError, RedisResult, RedisString, RedisValue};

enum Kind {
    Ledger(Ledger),
    Breaker(Breaker),
    RateLimit(RateLimit),
}

fn load(ctx: &Context, key: &RedisString) -> Result<Kind, RedisError> {
    let key = ctx.open_key(key);
    let bytes = key.read().map_err(|_| RedisError::WrongType)?;
    let bytes = bytes.ok_or(RedisError::Str("CCMISSING there is no state under this key"))?;
    match bytes.len() {
        LEDGER_ENCODED_LEN => Ledger::decode(bytes).map(Kind::Ledger),
        BREAKER_ENCODED_LEN => Breaker::decode(bytes).map(Kind::Breaker),
        RATE_LIMIT_ENCODED_LEN => RateLimit::decode(bytes).map(Kind::RateLimit),
        _ => Err(Error::ENCODED_LENGTH),
    }
    .map_err(refusal)
}

/// Names and numbers, one after the other.
fn fields(kind: &'static str, fields: &[(&'static str, i64)]) -> RedisValue {
    let mut answer =
        vec![RedisValue::SimpleStringStatic("kind"), RedisValue::SimpleStringStatic(kind)];
    for &(name, value) in fields {
        answer.extend([RedisValue::SimpleStringStatic(name), RedisValue::Integer(value)]);
    }
    RedisValue::Array(answer)
}

/// CC.STATUS key: what stands in a state, as names and numbers.
pub fn status(ctx: &Context, words: Vec<RedisString>) -> RedisResult {
    let entry = entry(words, 0)?;
    entry.settings(|_, _| Ok(false))?;
    Ok(match load(ctx, &entry.key)? {
        Kind::Ledger(ledger) => {
            let s = ledger.state();
            fields(
                "ledger",
                &[
                    ("revision", signed(s.revision)),
                    ("ledger_id", signed(s.ledger_id)),
                    ("period", s.period),
                    ("settled", s.settled),
                    ("held", s.held),
                    ("carried", s.carried),
                    ("updated_at", s.updated_at),
                ],
            )
        }
        Kind::Breaker(breaker) => {
            let s = breaker.state();
            fields(
                "breaker",
                &[
                    ("revision", signed(s.revision)),
                    ("phase", s.phase.into()),
                    ("trips", s.trips.into()),
                    ("open_until", s.open_until),
                    ("updated_at", s.updated_at),
                ],
            )
        }
        Kind::RateLimit(rate) => {
            let s = rate.state();
            fields("rate_limit", &[("revision", signed(s.revision)), ("updated_at", s.updated_at)])
        }
    })
}

/// CC.RESET key [PERIOD period] [NOW now]: starts a state over, by an operator's word. A ledger needs the period.
pub fn reset(ctx: &Context, words: Vec<RedisString>) -> RedisResult {
    let entry = entry(words, 0)?;
    let mut period = None;
    let now = entry.settings(|word, value| {
        let known = word.eq_ignore_ascii_case(b"PERIOD");
        if known {
            period = Some(number(value)?);
        }
        Ok(known)
    })?;
    match load(ctx, &entry.key)? {
        Kind::Ledger(mut ledger) => {
            let period = period.ok_or(RedisError::Str("ERR a ledger is reset to a PERIOD"))?;
            ledger.reset(period, now).map_err(refusal)?;
            save(ctx, &entry.key, &ledger)?;
        }
        Kind::Breaker(mut breaker) => {
            breaker.reset(now).map_err(refusal)?;
            save(ctx, &entry.key, &breaker)?;
        }
        Kind::RateLimit(mut rate) => {
            rate.reset(now).map_err(refusal)?;
            save(ctx, &entry.key, &rate)?;
        }
    }
    Ok(RedisValue::SimpleStringStatic("OK"))
}
