//! Commands on rate limits. Each answers the decision's numbers.

use crate::{
    arguments::{Entry, entry, take_field},
    store::{create as create_state, row, update},
};
use cloudcircuit::{RateLimit, RateLimitConfig, RateLimitDecision};
use redis_module::{Context, RedisError, RedisResult, RedisString, RedisValue};

fn settings(entry: &Entry) -> Result<(RateLimitConfig, i64), RedisError> {
    let mut config = RateLimitConfig::new(0, 0);
    let now = entry.settings(|word, value| {
        take_field!(config, word, value: limit duration mode);
        Ok(false)
    })?;
    Ok((config, now))
}

fn answer(decision: &RateLimitDecision) -> RedisValue {
    let d = decision;
    let amounts = [d.used, d.available, d.retry_after, d.taken_at, d.reason.into()];
    row(amounts.into_iter().chain([d.allowed, d.would_refuse, d.clock_regressed].map(i64::from)))
}

/// CC.RATE key [NOW now]: makes a rate limit.
pub fn create(ctx: &Context, words: Vec<RedisString>) -> RedisResult {
    let entry = entry(words, 0)?;
    let now = entry.settings(|_, _| Ok(false))?;
    create_state(ctx, &entry.key, &RateLimit::init(now))?;
    Ok(RedisValue::SimpleStringStatic("OK"))
}

/// CC.TAKE key amount LIMIT limit DURATION duration [MODE mode] [NOW now]
pub fn take(ctx: &Context, words: Vec<RedisString>) -> RedisResult {
    let entry = entry(words, 1)?;
    let amount = entry.number(0)?;
    let (config, now) = settings(&entry)?;
    update(ctx, &entry.key, |rate: &mut RateLimit| rate.acquire(&config, amount, now))
        .map(|decision| answer(&decision))
}

/// CC.ADJUST key taken_at by LIMIT limit DURATION duration [MODE mode] [NOW now]
pub fn adjust(ctx: &Context, words: Vec<RedisString>) -> RedisResult {
    let entry = entry(words, 2)?;
    let (taken_at, by) = (entry.number(0)?, entry.number(1)?);
    let (config, now) = settings(&entry)?;
    update(ctx, &entry.key, |rate: &mut RateLimit| rate.adjust(&config, taken_at, by, now))
        .map(|decision| answer(&decision))
}
