//! What the crate adds to the C interface: slices whose lengths are checked, states that are taken in only when
//! they are sound, errors by name, records of answers.

use cloudcircuit::*;

fn is_plain<T: Copy + Send + Sync + 'static>() {}

#[test]
fn data_is_plain_and_states_may_go_to_another_thread() {
    is_plain::<BudgetResult>();
    is_plain::<BreakerPermit>();
    is_plain::<LedgerHold>();
    is_plain::<Error>();
    fn is_sent<T: Send + Sync + Clone + PartialEq>() {}
    is_sent::<Ledger>();
    is_sent::<Breaker>();
    is_sent::<RateLimit>();
    is_sent::<SpikeTracker>();
}

#[test]
fn the_library_is_the_one_that_the_declarations_are_of() {
    assert_eq!(version(), VERSION);
    assert_eq!(abi_version(), ABI_VERSION);
    assert_eq!(env!("CARGO_PKG_VERSION"), VERSION);
}

#[test]
fn an_error_says_its_name_number_and_rule() {
    let error = check_budget(1.0, 0.0, None).unwrap_err();
    assert!(matches!(error, Error::BUDGET_LIMIT));
    assert_eq!(error.status(), 100);
    assert_eq!(format!("{error:?}"), "Error(100 CLOUDCIRCUIT_ERR_BUDGET_LIMIT)");
    assert_eq!(error.to_string(), "budget_limit must be finite and > 0");
    let error: Box<dyn std::error::Error> = Box::new(Error::LENGTH);
    assert_eq!(error.to_string(), "slices of one call must have lengths that go together");
}

#[test]
fn columns_of_other_lengths_are_refused_row_by_row() {
    let refused = [(FLAG_WARNING | FLAG_BREACHED | FLAG_INVALID) as u8; 2];
    let (mut flags, mut usage) = ([0; 2], [9.0; 2]);
    let answer = check_budget_columns(&[1.0], &[2.0; 2], None, &mut flags, Some(&mut usage));
    assert_eq!((answer, flags, usage), (Err(Error::LENGTH), refused, [0.0; 2]));
    let (mut flags, mut usage) = ([0; 2], [9; 1]);
    let answer = check_budget_columns_i64(&[1; 2], &[2; 2], None, &mut flags, Some(&mut usage));
    assert_eq!((answer, flags, usage), (Err(Error::LENGTH), refused, [0]));

    let refused = [(FLAG_SPIKE | FLAG_INVALID) as u8; 2];
    for offsets in [&[][..], &[0, 1], &[0, 1, 2, 2]] {
        let mut flags = [0; 2];
        let answer = check_anomaly_spike_columns(&[1.0; 2], offsets, None, &mut flags, None);
        assert_eq!((answer, flags), (Err(Error::LENGTH), refused));
    }
    let mut flags = [0; 2];
    let answer = check_anomaly_spike_columns(&[1.0; 2], &[0, 1, 3], None, &mut flags, None);
    assert_eq!((answer, flags), (Err(Error::OFFSETS), refused));

    let refused = [(FLAG_SPIKE | FLAG_LEAK | FLAG_DROP | FLAG_INVALID) as u8; 2];
    let (mut flags, mut expected, mut bound) = ([0; 2], [9.0; 2], [9.0; 1]);
    let answer = scan_spikes(&[1.0; 2], None, &mut flags, Some(&mut expected), Some(&mut bound));
    assert_eq!((answer, flags), (Err(Error::LENGTH), refused));
    assert_eq!((expected, bound), ([0.0; 2], [0.0]));
}

#[test]
fn a_missing_value_makes_its_row_invalid_and_a_short_bitmap_all_of_them() {
    // Rows are the bits from 6 on: 1, 0, 1.
    let column =
        |offset| Column { values: &[10.0, 20.0, 95.0], validity: Some(&[0x40, 0x01]), offset };
    let limits: &[f64] = &[100.0; 3];
    let mut flags = [0; 3];
    let answer = check_budget_columns_nullable(column(6), limits.into(), None, &mut flags, None);
    assert_eq!(answer, Ok(1));
    assert_eq!(
        flags.map(u32::from),
        [0, FLAG_WARNING | FLAG_BREACHED | FLAG_INVALID, FLAG_WARNING]
    );
    for (offset, expected) in
        [(13, Ok(3)), (14, Err(Error::LENGTH)), (usize::MAX, Err(Error::LENGTH))]
    {
        let answer =
            check_budget_columns_nullable(column(offset), limits.into(), None, &mut flags, None);
        assert_eq!(answer, expected, "{offset}");
    }

    let column = |bits| Column { values: &[10, 20, 95], validity: Some(bits), offset: 0 };
    let limits: &[i64] = &[100; 3];
    let mut usage = [9; 3];
    let answer = check_budget_columns_i64_nullable(
        column(&[0b011]),
        limits.into(),
        None,
        &mut flags,
        Some(&mut usage),
    );
    assert_eq!((answer, usage), (Ok(1), [100_000, 200_000, 0]));

    let (spend, offsets): (&[f64], &[i64]) = (&[1.0, 1.0, 9.0, 9.0], &[0, 3, 4]);
    let (mut flags, mut threshold) = ([0; 2], [9.0; 2]);
    let series = Column { values: offsets, validity: Some(&[0b01]), offset: 0 };
    let answer = check_anomaly_spike_columns_nullable(
        spend.into(),
        series,
        None,
        &mut flags,
        Some(&mut threshold),
    );
    assert_eq!((answer, threshold), (Ok(1), [1.5, 0.0]));
    assert_eq!(flags.map(u32::from), [FLAG_SPIKE, FLAG_SPIKE | FLAG_INVALID]);
}

#[test]
fn several_ledgers_book_together_or_not_at_all() {
    let config = |limit| LedgerConfig { limit, ..LedgerConfig::default() };
    let configs = [config(100), config(1_000)];
    let mut ledgers = [1, 2].map(|id| Ledger::init(id, 202611, 0).unwrap());
    let (mut holds, mut decisions) = ([LedgerHold::default(); 2], [LedgerDecision::default(); 2]);
    let configs = Some(&configs[..]);

    let reserved = ledgers_reserve(configs, &mut ledgers, &[60; 2], 1, &mut holds, &mut decisions);
    assert_eq!(reserved, Ok(None));
    assert!(decisions.iter().all(LedgerDecision::allowed));
    let more = ledgers_extend(configs, &mut ledgers, &mut holds, &[50; 2], 1, &mut decisions);
    assert_eq!(more, Ok(Some(0)));
    assert_eq!(ledgers.each_ref().map(|ledger| ledger.state().held), [60; 2]);
    assert_eq!(
        ledgers_extend(configs, &mut ledgers, &mut holds, &[40; 2], 1, &mut decisions),
        Ok(None)
    );
    let spent = holds;
    assert_eq!(
        ledgers_settle(configs, &mut ledgers, &mut holds, &[70; 2], 2, &mut decisions),
        Ok(())
    );
    let again = ledgers_release(configs, &mut ledgers, &mut spent.clone(), 2, &mut decisions);
    let error = again.unwrap_err();
    assert_eq!(error, LedgersError { error: Error::HOLD_SPENT, failed_at: Some(0) });
    assert!(error.to_string().starts_with("ledger 0: hold must not have been settled"));

    let amounts = [NOT_ASKED, 5];
    assert_eq!(ledgers_record(configs, &mut ledgers, &amounts, 3, &mut decisions), Ok(()));
    assert_eq!(ledgers.each_ref().map(|ledger| ledger.state().settled), [70, 75]);
    assert_eq!(ledgers_roll(configs, &mut ledgers, &[202612; 2], 4, &mut decisions), Ok(()));
    assert_eq!(ledgers.each_ref().map(|ledger| ledger.state().period), [202612; 2]);

    let mut decisions = [LedgerDecision { allowed: 1, ..LedgerDecision::default() }; 3];
    let other = ledgers_roll(configs, &mut ledgers, &[202701; 2], 4, &mut decisions);
    assert_eq!(other, Err(Error::LENGTH.into()));
    assert!(!decisions.iter().any(LedgerDecision::allowed));
}

#[test]
fn a_state_comes_back_from_its_fields_and_from_its_bytes_and_damage_does_not() {
    let mut breaker = Breaker::init(5);
    breaker.force(BREAKER_FORCED_OPEN, 100, 6).unwrap();
    assert_eq!(Breaker::from_state(*breaker.state()).as_ref(), Ok(&breaker));
    let damaged = BreakerState { phase: 9, ..*breaker.state() };
    assert_eq!(Breaker::from_state(damaged), Err(Error::CORRUPT_STATE));
    let mut bytes = breaker.encode().unwrap();
    assert_eq!(Breaker::decode(&bytes).as_ref(), Ok(&breaker));
    assert_eq!(Breaker::decode(&bytes[1..]), Err(Error::ENCODED_LENGTH));
    bytes[40] ^= 1;
    assert_eq!(Breaker::decode(&bytes), Err(Error::CORRUPT_STATE));

    let tracker = SpikeTracker::init(None).unwrap();
    let bytes = tracker.encode().unwrap();
    assert_eq!(SpikeTracker::decode(&bytes).as_ref(), Ok(&tracker));
    let hourly = DetectConfig { season_length: 24, ..DetectConfig::default() };
    assert_eq!(SpikeTracker::init(Some(&hourly)), Err(Error::TRACKER_SETTINGS));
}

#[test]
fn a_refused_update_leaves_the_state_as_it_was() {
    let config = LedgerConfig { limit: 10, ..LedgerConfig::default() };
    let mut ledger = Ledger::init(1, 0, 0).unwrap();
    let before = ledger.clone();
    assert_eq!(ledger.reserve(Some(&config), -1, 0), Err(Error::ESTIMATE));
    let negative = LedgerConfig { limit: -1, ..config };
    assert_eq!(ledger.record(Some(&negative), 1, 0), Err(Error::LEDGER_LIMIT));
    assert_eq!(ledger, before);
    let (mut hold, _) = ledger.reserve(Some(&config), 4, 0).unwrap();
    let mut copy = hold;
    ledger.settle(Some(&config), &mut hold, 4, 0).unwrap();
    assert_eq!(ledger.settle(Some(&config), &mut copy, 4, 0), Err(Error::HOLD_SPENT));
    assert_eq!((hold.id, hold.amount), (0, 0));
}

#[test]
fn detector_scan_and_tracker_find_the_same() {
    let days: Vec<f64> = (0..60)
        .map(|day| if day % 17 == 16 { 300.0 } else { 100.0 + f64::from(day % 7) })
        .collect();
    let (mut flags, mut expected, mut bound) = ([0; 60], [0.0; 60], [0.0; 60]);
    scan_spikes(&days, None, &mut flags, Some(&mut expected), Some(&mut bound)).unwrap();
    let mut tracker = SpikeTracker::init(None).unwrap();
    for day in 0..60 {
        let found = detect_spike(&days[..=day], None).unwrap();
        assert_eq!(tracker.update(days[day]).unwrap(), found);
        let is_spike = u32::from(flags[day]) & FLAG_SPIKE != 0;
        assert_eq!(is_spike, found.verdict == VERDICT_SPIKE);
        assert_eq!((expected[day], bound[day]), (found.expected_spend, found.upper_bound));
    }
    assert!(flags.iter().any(|flags| u32::from(*flags) & FLAG_SPIKE != 0));
}

#[test]
fn every_record_says_its_kind_and_every_signal_an_error() {
    let mut buffer = [0; RECORD_CAPACITY];
    macro_rules! said {
        ($write:ident($answer:expr), $kind:literal) => {
            let error = $write(&Err(Error::CORRUPT_STATE), None, &mut buffer).unwrap();
            assert!(error.contains("\"status\":\"CLOUDCIRCUIT_ERR_CORRUPT_STATE\""), "{error}");
            let line = $write(&$answer, None, &mut buffer).unwrap();
            assert!(line.starts_with(concat!("{\"kind\":\"", $kind, "\",")), "{line}");
            assert!(
                line.contains("\"status\":\"CLOUDCIRCUIT_OK\"") && line.ends_with('}'),
                "{line}"
            );
        };
    }
    let days = [10.0; 40];
    said!(write_budget_result_json(check_budget(9.0, 10.0, None)), "budget_result");
    said!(write_budget_result_i64_json(check_budget_i64(9, 10, None)), "budget_result_i64");
    said!(write_spike_result_json(check_anomaly_spike(&days, None)), "spike_result");
    said!(write_spike_result_i64_json(check_anomaly_spike_i64(&[1, 2], None)), "spike_result_i64");
    said!(write_breaker_permit_json(Breaker::init(0).acquire(None, 0)), "breaker_permit");
    said!(
        write_ledger_decision_json(Ledger::init(1, 0, 0).unwrap().record(None, 1, 0)),
        "ledger_decision"
    );
    said!(write_detect_result_json(detect_spike(&days, None)), "detect_result");
    said!(
        write_forecast_result_json(forecast_budget(&days, &[], 10, 9.0, None)),
        "forecast_result"
    );
    said!(write_guard_decision_json(evaluate_guard(&[], None)), "guard_decision");

    let counters = BreakerCounters::default();
    let answer = evaluate_circuit_breaker(&counters);
    let line = write_breaker_decision_json(&answer, Some(&counters), &mut buffer).unwrap();
    assert!(line.starts_with("{\"kind\":\"breaker_decision\","), "{line}");
    let config = RateLimitConfig::new(10, 100);
    let answer = RateLimit::init(0).acquire(&config, 3, 0);
    let line = write_rate_limit_decision_json(&answer, Some(&config), &mut buffer).unwrap();
    assert!(line.contains("\"limit\":10,\"duration\":100"), "{line}");
    let short = write_rate_limit_decision_json(&answer, Some(&config), &mut buffer[..9]);
    assert_eq!(short, Err(Error::BUFFER_TOO_SMALL));

    let broken = [
        budget_signal(&Err(Error::BUDGET_LIMIT)),
        budget_signal_i64(&Err(Error::BUDGET_LIMIT)),
        ledger_signal(&Err(Error::CORRUPT_STATE)),
        spike_signal(&Err(Error::SERIES_TOO_SHORT)),
        spike_signal_i64(&Err(Error::SERIES_TOO_SHORT)),
        detect_signal(&Err(Error::STEP)),
        breaker_signal(&Err(Error::FAILURE_THRESHOLD)),
        permit_signal(&Err(Error::CORRUPT_STATE)),
        rate_limit_signal(&Err(Error::CORRUPT_STATE)),
        forecast_signal(&Err(Error::ELAPSED)),
    ];
    assert!(broken.iter().all(|signal| signal.unwrap().reasons == REASON_ERROR));
    let zeroed = ledger_signal(&Ok(LedgerDecision::default()));
    assert_eq!(zeroed, Err(Error::LEDGER_SIGNAL));
    assert_eq!(evaluate_guard(&[Signal::default()], None), Err(Error::SIGNAL));
}

#[test]
fn constants_have_their_words() {
    let words = [
        action_name(ACTION_THROTTLE),
        reason_name(REASON_LEAK),
        signal_name(SIGNAL_RATE),
        phase_name(BREAKER_HALF_OPEN),
        outcome_name(OUTCOME_IGNORED),
        verdict_name(VERDICT_INSUFFICIENT_DATA),
        detect_reason_name(DETECT_REASON_TWO_POINTS),
        ledger_reason_name(LEDGER_REASON_AT_LIMIT),
        rate_reason_name(RATE_REASON_WITHIN),
        mode_name(MODE_MONITOR),
    ];
    let expected = [
        "throttle",
        "leak",
        "rate",
        "half_open",
        "ignored",
        "insufficient_data",
        "two_points",
        "at_limit",
        "within",
        "monitor",
    ];
    assert_eq!(words, expected);
}
