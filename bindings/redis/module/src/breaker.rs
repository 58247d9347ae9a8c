//! Commands on breakers. A permit goes to the client, and back with its report, as its eight numbers.

use crate::{
    arguments::{Entry, entry, number, take_field},
    store::{create as create_state, load, refusal, row, signed, update},
};
use cloudcircuit::{Breaker, BreakerConfig, BreakerPermit};
use redis_module::{Context, RedisError, RedisResult, RedisString, RedisValue};

/// The numbers of a permit among a command's.
const PERMIT: usize = 8;

/// The settings, RETRY_AT and the time.
fn settings(entry: &Entry) -> Result<(BreakerConfig, Option<i64>, i64), RedisError> {
    let (mut config, mut retry_at) = (BreakerConfig::default(), None);
    let now = entry.settings(|word, value| {
        if word.eq_ignore_ascii_case(b"retry_at") {
            retry_at = Some(number(value)?);
            return Ok(true);
        }
        take_field!(config, word, value:
            failure_threshold failure_count window_size minimum_calls failure_rate_ppm slow_call_rate_ppm
            half_open_max_probes half_open_calls half_open_failure_rate_ppm backoff_ppm jitter_ppm mode jitter_seed
            window_duration slow_call_duration open_duration max_open_duration probe_timeout half_open_duration
            trips_decay max_retry_after ramp_duration);
        Ok(false)
    })?;
    Ok((config, retry_at, now))
}

fn answer(permit: &BreakerPermit) -> RedisValue {
    let p = permit;
    let flags = [p.allowed, p.would_refuse, p.probe_slot, p.clock_regressed].map(i64::from);
    let start = [signed(p.generation), p.retry_after, p.deadline, p.phase.into()];
    row(start.into_iter().chain(flags))
}

/// Where the breaker stands after a call: phase and revision.
fn standing(breaker: &Breaker) -> RedisValue {
    let state = breaker.state();
    row([state.phase.into(), signed(state.revision)])
}

/// CC.BREAKER key [NOW now]: makes a breaker.
pub fn create(ctx: &Context, words: Vec<RedisString>) -> RedisResult {
    let entry = entry(words, 0)?;
    let now = entry.settings(|_, _| Ok(false))?;
    create_state(ctx, &entry.key, &Breaker::init(now))?;
    Ok(RedisValue::SimpleStringStatic("OK"))
}

/// CC.ACQUIRE key [option value]...
pub fn acquire(ctx: &Context, words: Vec<RedisString>) -> RedisResult {
    let entry = entry(words, 0)?;
    let (config, _, now) = settings(&entry)?;
    update(ctx, &entry.key, |breaker: &mut Breaker| breaker.acquire(Some(&config), now))
        .map(|permit| answer(&permit))
}

/// CC.PEEK key [option value]...: what CC.ACQUIRE would answer.
pub fn peek(ctx: &Context, words: Vec<RedisString>) -> RedisResult {
    let entry = entry(words, 0)?;
    let (config, _, now) = settings(&entry)?;
    let breaker: Breaker = load(ctx, &entry.key)?;
    breaker.peek(Some(&config), now).map(|permit| answer(&permit)).map_err(refusal)
}

/// CC.REPORT key PERMIT outcome duration [RETRY_AT time] [option value]...
pub fn report(ctx: &Context, words: Vec<RedisString>) -> RedisResult {
    let entry = entry(words, PERMIT + 2)?;
    let permit = BreakerPermit {
        generation: entry.unsigned(0)?,
        retry_after: entry.number(1)?,
        deadline: entry.number(2)?,
        phase: entry.unsigned(3)?,
        allowed: entry.unsigned(4)?,
        would_refuse: entry.unsigned(5)?,
        probe_slot: entry.unsigned(6)?,
        clock_regressed: entry.unsigned(7)?,
        ..BreakerPermit::default()
    };
    let (outcome, duration) = (entry.unsigned(PERMIT)?, entry.number(PERMIT + 1)?);
    let (config, retry_at, now) = settings(&entry)?;
    update(ctx, &entry.key, |breaker: &mut Breaker| {
        breaker.report(Some(&config), &permit, outcome, duration, retry_at, now)?;
        Ok(standing(breaker))
    })
}

/// CC.FORCE key phase until [NOW now]
pub fn force(ctx: &Context, words: Vec<RedisString>) -> RedisResult {
    let entry = entry(words, 2)?;
    let (phase, until) = (entry.unsigned(0)?, entry.number(1)?);
    let now = entry.settings(|_, _| Ok(false))?;
    update(ctx, &entry.key, |breaker: &mut Breaker| {
        breaker.force(phase, until, now)?;
        Ok(standing(breaker))
    })
}
