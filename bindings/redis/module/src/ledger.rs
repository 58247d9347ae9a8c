//! Commands on ledgers. Each answers one pair a key: the decision's numbers, and the hold's.

use crate::{
    arguments::{Entry, asked_for_keys, entries, entry, number, take_field},
    store::{create as create_state, load, refusal, refusal_of_several, row, save, signed, update},
};
use cloudcircuit::{
    Ledger, LedgerConfig, LedgerDecision, LedgerHold, LedgersError, ledgers_extend, ledgers_record,
    ledgers_release, ledgers_reserve, ledgers_settle,
};
use redis_module::{Context, RedisError, RedisResult, RedisString, RedisValue};
use std::hash::{BuildHasher, RandomState};

/// The numbers of a hold among a command's.
const HOLD: usize = 5;

fn settings(entry: &Entry) -> Result<(LedgerConfig, i64), RedisError> {
    let mut config = LedgerConfig::default();
    let now = entry.settings(|word, value| {
        if word.eq_ignore_ascii_case(b"thresholds") {
            return thresholds(&mut config, value);
        }
        take_field!(config, word, value:
            limit carry_max debt_max hold_duration threshold_unit threshold_basis mode);
        Ok(false)
    })?;
    Ok((config, now))
}

/// "500000,900000".
fn thresholds(config: &mut LedgerConfig, list: &RedisString) -> Result<bool, RedisError> {
    config.threshold_count = 0;
    let mut places = config.thresholds.iter_mut();
    for word in list.as_slice().split(|&byte| byte == b',') {
        let text = std::str::from_utf8(word).ok();
        let threshold = text.and_then(|text| text.parse().ok());
        match (places.next(), threshold) {
            (Some(place), Some(threshold)) => *place = threshold,
            _ => {
                return Err(RedisError::Str(
                    "ERR thresholds are up to 8 integers with commas between",
                ));
            }
        }
        config.threshold_count = config.threshold_count.saturating_add(1);
    }
    Ok(true)
}

fn hold(entry: &Entry) -> Result<LedgerHold, RedisError> {
    Ok(LedgerHold {
        ledger_id: entry.unsigned(0)?,
        id: entry.unsigned(1)?,
        period: entry.number(2)?,
        amount: entry.number(3)?,
        expires_at: entry.number(4)?,
    })
}

fn pair(decision: &LedgerDecision, hold: &LedgerHold) -> RedisValue {
    let d = decision;
    let decision =
        [d.settled, d.held, d.available, d.overshoot, d.expired, d.reason.into()].into_iter();
    let bits = [d.allowed, d.would_refuse, d.clock_regressed, d.crossed, d.newly_crossed];
    RedisValue::Array(vec![
        row(decision.chain(bits.map(i64::from))),
        row([signed(hold.ledger_id), signed(hold.id), hold.period, hold.amount, hold.expires_at]),
    ])
}

/// A call on one ledger.
fn one(
    ctx: &Context,
    entry: &Entry,
    mut hold: LedgerHold,
    call: impl FnOnce(
        &mut Ledger,
        &LedgerConfig,
        &mut LedgerHold,
        i64,
    ) -> cloudcircuit::Result<LedgerDecision>,
) -> RedisResult {
    let (config, now) = settings(entry)?;
    let decision =
        update(ctx, &entry.key, |ledger: &mut Ledger| call(ledger, &config, &mut hold, now))?;
    Ok(RedisValue::Array(vec![pair(&decision, &hold)]))
}

/// A call on several ledgers: on all, or on none.
fn several(
    ctx: &Context,
    entries: &[Entry],
    mut holds: Vec<LedgerHold>,
    call: impl FnOnce(
        &[LedgerConfig],
        &mut [Ledger],
        &mut [LedgerHold],
        i64,
        &mut [LedgerDecision],
    ) -> Result<(), LedgersError>,
) -> RedisResult {
    let (mut configs, mut ledgers, mut now) = (Vec::new(), Vec::new(), 0);
    for (place, entry) in entries.iter().enumerate() {
        let (config, own) = settings(entry)?;
        if place == 0 || entry.has_now() {
            now = own;
        }
        configs.push(config);
        ledgers.push(load::<Ledger>(ctx, &entry.key)?);
    }
    let before: Vec<u64> = ledgers.iter().map(|ledger| ledger.state().revision).collect();
    let mut decisions = vec![LedgerDecision::default(); ledgers.len()];
    call(&configs, &mut ledgers, &mut holds, now, &mut decisions).map_err(refusal_of_several)?;
    for ((entry, ledger), before) in entries.iter().zip(&ledgers).zip(before) {
        if ledger.state().revision != before {
            save(ctx, &entry.key, ledger)?;
        }
    }
    Ok(RedisValue::Array(decisions.iter().zip(&holds).map(|(d, h)| pair(d, h)).collect()))
}

/// The amounts of all entries at a place, and their holds.
fn amounts(entries: &[Entry], place: usize) -> Result<Vec<i64>, RedisError> {
    entries.iter().map(|entry| entry.number(place)).collect()
}

fn holds(entries: &[Entry]) -> Result<Vec<LedgerHold>, RedisError> {
    entries.iter().map(hold).collect()
}

/// CC.LEDGER key period [ID id] [NOW now]: makes a ledger, answers its id.
pub fn create(ctx: &Context, words: Vec<RedisString>) -> RedisResult {
    let entry = entry(words, 1)?;
    let mut id = None;
    let now = entry.settings(|word, value| {
        let known = word.eq_ignore_ascii_case(b"ID");
        if known {
            id = Some(number(value)?);
        }
        Ok(known)
    })?;
    // Random, so that a ledger that was lost and made again does not take the holds of the first.
    let id: u64 = id.unwrap_or_else(|| (RandomState::new().hash_one(now) >> 1).max(1));
    if i64::try_from(id).is_err() {
        return Err(RedisError::Str("ERR an id is at most 9223372036854775807"));
    }
    let ledger = Ledger::init(id, entry.number(0)?, now).map_err(crate::store::refusal)?;
    create_state(ctx, &entry.key, &ledger)?;
    Ok(RedisValue::Integer(signed(id)))
}

/// CC.RESERVE key estimate [option value]... [AND key estimate ...]
pub fn reserve(ctx: &Context, words: Vec<RedisString>) -> RedisResult {
    if asked_for_keys(ctx, &words, 1) {
        return Ok(RedisValue::NoReply);
    }
    let entries = entries(words, 1)?;
    if let [entry] = entries.as_slice() {
        let estimate = entry.number(0)?;
        return one(ctx, entry, LedgerHold::default(), |ledger, config, hold, now| {
            let (held, decision) = ledger.reserve(Some(config), estimate, now)?;
            *hold = held;
            Ok(decision)
        });
    }
    let estimates = amounts(&entries, 0)?;
    // To the library it means that a ledger is not asked.
    if estimates.contains(&i64::MIN) {
        return Err(refusal(cloudcircuit::Error::ESTIMATE));
    }
    let holds = vec![LedgerHold::default(); entries.len()];
    several(ctx, &entries, holds, |configs, ledgers, holds, now, decisions| {
        ledgers_reserve(Some(configs), ledgers, &estimates, now, holds, decisions).map(drop)
    })
}

/// CC.EXTEND key HOLD more [option value]... [AND ...]
pub fn extend(ctx: &Context, words: Vec<RedisString>) -> RedisResult {
    if asked_for_keys(ctx, &words, HOLD + 1) {
        return Ok(RedisValue::NoReply);
    }
    let entries = entries(words, HOLD + 1)?;
    if let [entry] = entries.as_slice() {
        let more = entry.number(HOLD)?;
        return one(ctx, entry, hold(entry)?, |ledger, config, hold, now| {
            ledger.extend(Some(config), hold, more, now)
        });
    }
    let mores = amounts(&entries, HOLD)?;
    several(ctx, &entries, holds(&entries)?, |configs, ledgers, holds, now, decisions| {
        ledgers_extend(Some(configs), ledgers, holds, &mores, now, decisions).map(drop)
    })
}

/// CC.SETTLE key HOLD actual [option value]... [AND ...]
pub fn settle(ctx: &Context, words: Vec<RedisString>) -> RedisResult {
    if asked_for_keys(ctx, &words, HOLD + 1) {
        return Ok(RedisValue::NoReply);
    }
    let entries = entries(words, HOLD + 1)?;
    if let [entry] = entries.as_slice() {
        let actual = entry.number(HOLD)?;
        return one(ctx, entry, hold(entry)?, |ledger, config, hold, now| {
            ledger.settle(Some(config), hold, actual, now)
        });
    }
    let actuals = amounts(&entries, HOLD)?;
    several(ctx, &entries, holds(&entries)?, |configs, ledgers, holds, now, decisions| {
        ledgers_settle(Some(configs), ledgers, holds, &actuals, now, decisions)
    })
}

/// CC.RELEASE key HOLD [option value]... [AND ...]
pub fn release(ctx: &Context, words: Vec<RedisString>) -> RedisResult {
    if asked_for_keys(ctx, &words, HOLD) {
        return Ok(RedisValue::NoReply);
    }
    let entries = entries(words, HOLD)?;
    if let [entry] = entries.as_slice() {
        return one(ctx, entry, hold(entry)?, |ledger, config, hold, now| {
            ledger.release(Some(config), hold, now)
        });
    }
    several(ctx, &entries, holds(&entries)?, |configs, ledgers, holds, now, decisions| {
        ledgers_release(Some(configs), ledgers, holds, now, decisions)
    })
}

/// CC.RECORD key amount [option value]... [AND ...]
pub fn record(ctx: &Context, words: Vec<RedisString>) -> RedisResult {
    if asked_for_keys(ctx, &words, 1) {
        return Ok(RedisValue::NoReply);
    }
    let entries = entries(words, 1)?;
    if let [entry] = entries.as_slice() {
        let amount = entry.number(0)?;
        return one(ctx, entry, LedgerHold::default(), |ledger, config, _, now| {
            ledger.record(Some(config), amount, now)
        });
    }
    let amounts = amounts(&entries, 0)?;
    let none = vec![LedgerHold::default(); entries.len()];
    several(ctx, &entries, none, |configs, ledgers, _, now, decisions| {
        ledgers_record(Some(configs), ledgers, &amounts, now, decisions)
    })
}

/// CC.POST key HOLD part [option value]...
pub fn post(ctx: &Context, words: Vec<RedisString>) -> RedisResult {
    let entry = entry(words, HOLD + 1)?;
    let part = entry.number(HOLD)?;
    one(ctx, &entry, hold(&entry)?, |ledger, config, hold, now| {
        ledger.post(Some(config), hold, part, now)
    })
}

/// CC.DRAW key HOLD part more [option value]...: extends a hold by `more` and books `part` of it, in one step. When the
/// extend is refused nothing is booked: `part` is never booked on a hold that has ended.
pub fn draw(ctx: &Context, words: Vec<RedisString>) -> RedisResult {
    let entry = entry(words, HOLD + 2)?;
    let (part, more) = (entry.number(HOLD)?, entry.number(HOLD + 1)?);
    one(ctx, &entry, hold(&entry)?, |ledger, config, hold, now| {
        let extended = ledger.extend(Some(config), hold, more, now)?;
        if !extended.allowed() {
            return Ok(extended);
        }
        // A post is never refused: more than is held would be spent past the limit.
        if part > hold.amount {
            return Err(cloudcircuit::Error::PART);
        }
        let mut posted = ledger.post(Some(config), hold, part, now)?;
        posted.allowed = extended.allowed;
        posted.expired = extended.expired;
        posted.newly_crossed |= extended.newly_crossed;
        Ok(posted)
    })
}

/// CC.ROLL key period [option value]...
pub fn roll(ctx: &Context, words: Vec<RedisString>) -> RedisResult {
    let entry = entry(words, 1)?;
    let period = entry.number(0)?;
    one(ctx, &entry, LedgerHold::default(), |ledger, config, _, now| {
        ledger.roll(Some(config), period, now)
    })
}
