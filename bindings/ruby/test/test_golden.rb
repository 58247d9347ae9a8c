# frozen_string_literal: true

require_relative "helper"

# tests/golden/cases.txt, whose head explains it, through every way in which this gem can ask.
class TestGolden < Minitest::Test
  include BitAssertions

  LEAST_CASES = 600
  KINDS = %w[
    budget budget_i64 spike spike_i64 breaker guard money_from_double money_to_double
    ledger_config ledger_init ledger_reserve ledger_extend ledger_post ledger_settle ledger_release ledger_record
    ledger_roll ledger_reset rate_config rate_init rate_acquire rate_adjust rate_reset
    breaker_config breaker_init breaker_acquire breaker_peek breaker_report breaker_force breaker_reset
    forecast
    detect_config detect detect_scan detect_init detect_update
  ].freeze

  Case = Struct.new(:number, :kind, :arguments, :status, :results) do
    def ok?
      status == "OK"
    end

    def place
      "tests/golden/cases.txt:#{number}"
    end
  end

  def self.number(word)
    case word
    when "-" then nil
    when "nan" then Float::NAN
    when "inf" then Float::INFINITY
    when "-inf" then -Float::INFINITY
    when /\A-?\d+\z/ then Integer(word)
    when /\A-?\d+(\.\d+)?(e[-+]?\d+)?\z/ then Float(word)
    else word
    end
  end

  def self.cases
    @cases ||= Repository.read("tests/golden/cases.txt").lines(chomp: true).each.with_index(1).filter_map do |line, row|
      next if line.start_with?("#")

      call, answer = line.split(" => ", 2)
      kind, *arguments = call.split
      status, *results = answer.to_s.split
      Case.new(row, kind, arguments.map { |word| number(word) }, status, results.map { |word| number(word) })
    end
  end

  def cases(*kinds)
    self.class.cases.select { |one| kinds.include?(one.kind) }.tap { |chosen| refute_empty chosen }
  end

  def test_every_line_is_of_a_kind_that_is_tested_here
    assert_empty self.class.cases.map(&:kind).uniq - KINDS
    assert_operator self.class.cases.size, :>=, LEAST_CASES
    KINDS.each { |kind| refute_empty cases(kind) }
  end

  # The answer of the block as an Array, or the class of its exception.
  def answer
    yield.to_a
  rescue Cloudcircuit::Error => e
    assert_equal e.status_name, "CLOUDCIRCUIT_#{self.class.status_of(e.class)}"
    e.class
  end

  # "BudgetLimitError" to "ERR_BUDGET_LIMIT".
  def self.status_of(error)
    "ERR_#{error.name.split("::").last.delete_suffix("Error").gsub(/(?<=[a-z0-9])(?=[A-Z])/, "_").upcase}"
  end

  def assert_answer(one, results = nil, &block)
    actual = answer(&block)
    if one.ok?
      refute_kind_of Class, actual, one.place
      assert_same_bits results || one.results, numbers_of(actual), one.place
    else
      assert_kind_of Class, actual, one.place
      assert_equal one.status, self.class.status_of(actual), one.place
    end
  end

  # Results as the golden file has them.
  def numbers_of(fields)
    fields.map { |field| { true => 1, false => 0 }.fetch(field, field) }
  end

  def flags_of(one, names)
    bits = names.zip(one.results.last(names.size)).sum { |bit, set| bit * set }
    one.ok? ? bits : bits | Cloudcircuit::FLAG_INVALID
  end

  def test_budget
    cases("budget").each do |one|
      spend, limit, ratio = one.arguments
      named = { current_spend: spend, budget_limit: limit, warning_ratio: ratio }
      assert_answer(one) { Cloudcircuit.check_budget(**named).to_a.drop(2) }
      flags = Cloudcircuit.budget_flags(**named)
      assert_equal flags_of(one, [Cloudcircuit::FLAG_WARNING, Cloudcircuit::FLAG_BREACHED]), flags, one.place
    end
  end

  def test_budget_i64
    cases("budget_i64").each do |one|
      spend, limit, ppm = one.arguments
      named = { current_spend: spend, budget_limit: limit, warning_ppm: ppm }
      assert_answer(one) do
        result = Cloudcircuit.check_budget_i64(**named)
        [result.usage_ppm, result.remaining_budget, result.warning?, result.breached?]
      end
      flags = Cloudcircuit.budget_flags_i64(**named)
      assert_equal flags_of(one, [Cloudcircuit::FLAG_WARNING, Cloudcircuit::FLAG_BREACHED]), flags, one.place
    end
  end

  def test_spike
    cases("spike").each do |one|
      multiplier, floor, *points = one.arguments
      settings = { spike_multiplier: multiplier, min_baseline: floor }
      [points, points.pack("d*"), FFI::MemoryPointer.new(:double, points.size).put_array_of_double(0, points)]
        .each do |series|
        assert_answer(one) { Cloudcircuit.check_anomaly_spike(spend_series: series, **settings).to_a.first(4) }
        flags = Cloudcircuit.spike_flags(spend_series: series, **settings)
        assert_equal flags_of(one, [Cloudcircuit::FLAG_SPIKE]), flags, one.place
      end
    end
  end

  def test_spike_i64
    cases("spike_i64").each do |one|
      multiplier, floor, *points = one.arguments
      settings = { spike_multiplier_ppm: multiplier, min_baseline: floor }
      [points, points.pack("q*")].each do |series|
        assert_answer(one) { Cloudcircuit.check_anomaly_spike_i64(spend_series: series, **settings).to_a.first(4) }
      end
    end
  end

  def test_breaker
    cases("breaker").each do |one|
      named = %i[consecutive_failures failure_threshold cooldown_steps_remaining].zip(one.arguments).to_h
      assert_answer(one) { Cloudcircuit.evaluate_circuit_breaker(**named) }
      flag = one.results[1] * Cloudcircuit::FLAG_OPEN
      flag |= Cloudcircuit::FLAG_INVALID unless one.ok?
      assert_equal flag, Cloudcircuit.breaker_flags(**named), one.place
    end
  end

  POLICY = %i[on_warning on_breach on_spike on_leak on_open on_over_limit on_rate on_forecast on_insufficient on_error
              on_missing required monitor].freeze

  def test_guard
    cases("guard").each do |one|
      *signals, policy = one.arguments.map { |word| word&.split(",")&.map { |item| Integer(item) } }
      signals.map! { |fields| Cloudcircuit::Signal.new(*fields) }
      settings = policy ? POLICY.zip(policy).to_h : {}
      assert_answer(one, guarded(one)) { Cloudcircuit.evaluate_guard(*signals, **settings) }
    end
  end

  # The golden numbers of a decision in Ruby's words.
  def guarded(one)
    action, monitor_action, reasons, monitor_reasons, kinds, retry_after = one.results
    [words(:ACTION)[action], words(:ACTION)[monitor_action], bits_of(:REASON, reasons),
     bits_of(:REASON, monitor_reasons), bits_of(:SIGNAL, kinds), retry_after]
  end

  # The names of the header's constants with a prefix, by their numbers.
  def words(prefix)
    Repository.description["constants"].filter_map do |constant|
      name = constant["name"][/\ACLOUDCIRCUIT_#{prefix}_(.*)/, 1]
      [constant["value"], name.downcase.to_sym] if name
    end.to_h
  end

  def bits_of(prefix, mask)
    words(prefix).filter_map { |bit, name| name if mask & bit != 0 }
  end

  def test_money
    cases("money_from_double").each do |one|
      amount, scale = one.arguments
      assert_answer(one) { [Cloudcircuit.money_from_double(amount, scale: scale)] }
    end
    cases("money_to_double").each do |one|
      minor, scale = one.arguments
      assert_answer(one) { [Cloudcircuit.money_to_double(minor, scale: scale)] }
    end
  end

  LEDGER_REASONS = [nil, :within, :at_limit, :over_limit, :exceeds_limit, :unlimited, :expired, :free,
                    :unverified].freeze

  # Stored and taken up again after every line, a state must go on alike. On an error it keeps every byte.
  def replay(one, state, settings)
    before = state.dump
    yield state
    assert_equal before, state.dump, one.place unless one.ok?
    state.class.load(state.dump, **settings)
  end

  def test_ledger
    settings = ledger = nil
    holds = {}
    cases(*KINDS.grep(/\Aledger/)).each do |one|
      case one.kind
      when "ledger_config" then settings = ledger_settings(one.arguments)
      when "ledger_init"
        id, period, now = one.arguments
        assert_answer(one) do
          ledger = Cloudcircuit::Ledger.new(ledger_id: id, period: period, now: now, **settings)
          []
        end
        holds = {}
      else
        ledger = replay(one, ledger, settings) do
          assert_answer(one, ledger_decision(one)) { decide(ledger, one, holds) }
        end
      end
    end
  end

  def ledger_settings(arguments)
    limit, carry_max, debt_max, hold_duration, thresholds, unit, basis, mode = arguments
    { limit: limit, carry_max: carry_max, debt_max: debt_max, hold_duration: hold_duration,
      thresholds: thresholds.to_s.split(",").map { |word| Integer(word) }, threshold_unit: unit,
      threshold_basis: basis, mode: mode }
  end

  def decide(ledger, one, holds)
    name, amount, = one.arguments
    now = one.arguments.last
    case one.kind
    when "ledger_reserve"
      holds[name], decision = ledger.reserve(amount, now: now)
      decision
    when "ledger_extend" then ledger.extend_hold(holds.fetch(name), amount, now: now)
    when "ledger_post" then ledger.post(holds.fetch(name), amount, now: now)
    when "ledger_settle" then ledger.settle(holds.fetch(name), amount, now: now)
    when "ledger_release" then ledger.release(holds.fetch(name), now: now)
    when "ledger_reset"
      ledger.reset(period: name, now: now)
      []
    else ledger.public_send(one.kind.delete_prefix("ledger_"), name, now: now)
    end
  end

  def ledger_decision(one)
    return [] if one.kind == "ledger_reset"

    *amounts, reason, allowed, would_refuse, clock_regressed, crossed, newly_crossed = one.results
    places = [crossed, newly_crossed].map { |mask| (0...8).select { |bit| mask[bit] == 1 } }
    [*amounts, LEDGER_REASONS[reason], allowed, would_refuse, clock_regressed, *places]
  end

  RATE_REASONS = { 1 => :within, 3 => :over_limit, 4 => :exceeds_limit, 5 => :unlimited, 7 => :free }.freeze

  def test_rate_limit
    settings = rate = nil
    cases(*KINDS.grep(/\Arate/)).each do |one|
      case one.kind
      when "rate_config" then settings = %i[limit duration mode].zip(one.arguments).to_h
      when "rate_init" then rate = Cloudcircuit::RateLimit.new(now: one.arguments.first, **settings)
      else
        rate = replay(one, rate, settings) do
          expected = one.results.dup
          expected[4] = RATE_REASONS[expected[4]] if expected.any?
          assert_answer(one, expected) { rate_call(rate, one) }
        end
      end
    end
  end

  def rate_call(rate, one)
    *arguments, now = one.arguments
    answer = rate.public_send(one.kind.delete_prefix("rate_"), *arguments, now: now)
    one.kind == "rate_reset" ? [] : answer
  end

  DETECT_SETTINGS = %i[
    season_length window lag_points negative_points score_threshold min_impact min_relative_impact min_baseline
    start_time step
  ].freeze
  DETECT_REASONS = %i[refused score one_point two_points three_points min_impact min_relative_impact history missing
                      recurring].freeze

  def detect_settings(one)
    settings = DETECT_SETTINGS.zip(one.arguments).to_h
    settings[:start_time] = nil if settings[:start_time] == -(2**63)
    settings.merge(negative_points: %i[error missing zero][settings[:negative_points]])
  end

  def assert_finding(one, &block)
    *numbers, used, verdict, reason, leak, drop = one.results
    verdict = [nil, :normal, :spike, :insufficient_data][verdict]
    assert_answer(one, [*numbers, used, verdict, DETECT_REASONS[reason], leak, drop], &block)
  end

  def test_detector
    settings = tracker = nil
    cases(*KINDS.grep(/\Adetect/)).each do |one|
      points = one.arguments
      case one.kind
      when "detect_config" then settings = detect_settings(one)
      when "detect"
        # Ruby has no other constants.
        next if settings[:negative_points].nil?

        assert_finding(one) { Cloudcircuit.detect_spike(spend_series: points, **settings) }
      when "detect_scan"
        scan = Cloudcircuit.scan_spikes(spend_series: points, numbers: true, **settings)
        rows = [scan.flags.bytes, scan.expected_spend.unpack("d*"), scan.upper_bound.unpack("d*")]
        assert_same_bits one.results, rows.transpose.flatten(1), one.place
      when "detect_init" then tracker = Cloudcircuit::SpikeTracker.new(**settings)
      else assert_finding(one) { tracker.update(points.first) }
      end
    end
  end

  PHASES = [nil, :closed, :open, :half_open, :forced_open, :forced_closed].freeze
  BREAKER_SETTINGS = %i[
    failure_threshold failure_count window_size minimum_calls failure_rate_ppm slow_call_rate_ppm half_open_max_probes
    half_open_calls half_open_failure_rate_ppm backoff_ppm jitter_ppm mode jitter_seed window_duration
    slow_call_duration open_duration max_open_duration probe_timeout half_open_duration trips_decay max_retry_after
    ramp_duration
  ].freeze

  def test_breaker_with_state
    settings = breaker = nil
    permits = {}
    cases(*KINDS.grep(/\Abreaker_/)).each do |one|
      case one.kind
      when "breaker_config" then settings = BREAKER_SETTINGS.zip(one.arguments).to_h
      when "breaker_init"
        breaker = Cloudcircuit::Breaker.new(now: one.arguments.first, **settings)
        permits = {}
      else
        breaker = replay(one, breaker, settings) { move(breaker, one, permits) }
      end
    end
  end

  def move(breaker, one, permits)
    case one.kind
    when "breaker_acquire", "breaker_peek"
      name, now = one.arguments
      expected = one.results.dup
      expected[3] = PHASES[expected[3]]
      call = one.kind.delete_prefix("breaker_")
      assert_answer(one, expected) { permits[name] = breaker.public_send(call, now: now) }
    else
      # What the golden file has after the status is looked up in the state.
      assert_answer(one, []) { [].tap { told(breaker, one, permits) } }
      assert_equal [PHASES[one.results[0]], one.results[1]], [breaker.phase, breaker.revision], one.place
    end
  end

  def told(breaker, one, permits)
    *, now = one.arguments
    case one.kind
    when "breaker_report"
      name, outcome, duration, retry_at, = one.arguments
      breaker.report(permits.fetch(name), outcome, duration: duration, retry_at: retry_at, now: now)
    when "breaker_force" then breaker.force(one.arguments[0], ends_at: one.arguments[1], now: now)
    when "breaker_reset" then breaker.reset(now: now)
    end
  end

  # An Array, a packed String and a pointer to the same column.
  def forms(column, letter)
    put = letter == "d" ? :put_array_of_double : :put_array_of_int64
    [column, column.pack("#{letter}*"), FFI::MemoryPointer.new(8, column.size).public_send(put, 0, column)]
  end

  def budget_columns(kind, letter, setting, function)
    rows = 0
    cases(kind).group_by { |one| one.arguments[2] }.each do |value, group|
      refused = group.find { |one| one.status == "ERR_#{setting.to_s.upcase}" }
      spend, limit = group.map(&:arguments).transpose.first(2)
      forms(spend, letter).zip(forms(limit, letter)) do |spends, limits|
        named = { current_spend: spends, budget_limit: limits, setting => value, numbers: true }
        call = -> { Cloudcircuit.public_send(function, **named) }
        if refused
          assert_answer(refused, &call)
        else
          rows += group.size
          yield group, call.call
        end
      end
    end
    assert_operator rows, :>=, 300
  end

  def test_budget_columns
    budget_columns("budget", "d", :warning_ratio, :check_budget_columns) do |group, columns|
      assert_budget_columns(group, columns, columns.numbers.unpack("d*"))
    end
  end

  def test_budget_columns_i64
    budget_columns("budget_i64", "q", :warning_ppm, :check_budget_columns_i64) do |group, columns|
      assert_budget_columns(group, columns, columns.numbers.unpack("Q*"))
    end
  end

  def assert_budget_columns(group, columns, numbers)
    flags = [Cloudcircuit::FLAG_WARNING, Cloudcircuit::FLAG_BREACHED]
    assert_equal(group.map { |one| flags_of(one, flags) }, columns.flags.bytes)
    assert_same_bits(group.map { |one| one.results.first }, numbers)
    assert_equal group.count { |one| !one.ok? }, columns.invalid_rows
  end

  def test_spike_columns
    rows = 0
    cases("spike").group_by { |one| one.arguments.first(2).map { |item| bits(item) } }.each_value do |group|
      multiplier, floor = group.first.arguments
      series = group.map { |one| one.arguments.drop(2) }
      settings = { spike_multiplier: multiplier, min_baseline: floor, numbers: true }
      ends = series.each_with_object([0]) { |one, sums| sums << (sums.last + one.size) }
      inputs = [{ spend: series }] + forms(series.flatten, "d").zip(forms(ends, "q")).map do |spend, offsets|
        { spend: spend, offsets: offsets }
      end
      refused = group.find { |one| %w[ERR_SPIKE_MULTIPLIER ERR_MIN_BASELINE].include?(one.status) }
      inputs.each do |input|
        if refused
          assert_answer(refused) { Cloudcircuit.check_anomaly_spike_columns(**input, **settings) }
        else
          rows += group.size
          assert_spike_columns(group, Cloudcircuit.check_anomaly_spike_columns(**input, **settings))
        end
      end
    end
    assert_operator rows, :>=, 200
  end

  def assert_spike_columns(group, columns)
    assert_equal(group.map { |one| flags_of(one, [Cloudcircuit::FLAG_SPIKE]) }, columns.flags.bytes)
    assert_same_bits(group.map { |one| one.results[2] }, columns.numbers.unpack("d*"))
    assert_equal group.count { |one| !one.ok? }, columns.invalid_rows
  end

  NEGATIVE_POINTS = %i[error missing zero].freeze

  def forecast_of(one)
    season_length, lag_points, negative_points, start_time, step, period_len, limit, *series = one.arguments
    history, period = series.map do |list|
      list.is_a?(String) ? list.split(",").map { |word| self.class.number(word) } : [list].compact
    end
    result = Cloudcircuit.forecast_budget(
      history: history, period_spend: period, period_len: period_len, budget_limit: limit,
      season_length: season_length, lag_points: lag_points, step: step,
      negative_points: NEGATIVE_POINTS[negative_points], start_time: start_time == -(2**63) ? nil : start_time
    )
    *numbers, point, breached, verdict = result.to_a
    [*numbers, point || -1, breached, { normal: 1, insufficient_data: 3 }[verdict]]
  end

  def test_forecasts
    cases("forecast").each do |one|
      next if one.arguments[2] > 2 # No symbol of ours is that.

      assert_answer(one) { forecast_of(one) }
    end
  end
end
