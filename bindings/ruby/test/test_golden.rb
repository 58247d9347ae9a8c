# frozen_string_literal: true

require_relative "helper"

# tests/golden/cases.txt, whose head explains it, through every way in which this gem can ask.
class TestGolden < Minitest::Test
  include BitAssertions

  LEAST_CASES = 600
  KINDS = %w[
    budget budget_i64 spike spike_i64 breaker guard money_from_double money_to_double
    ledger_config ledger_init ledger_reserve ledger_settle ledger_release ledger_record ledger_roll
    breaker_config breaker_init breaker_acquire breaker_report breaker_force
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
        assert_answer(one) { Cloudcircuit.check_anomaly_spike(spend_series: series, **settings) }
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
        assert_answer(one) { Cloudcircuit.check_anomaly_spike_i64(spend_series: series, **settings) }
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

  def test_guard
    cases("guard").each do |one|
      budget, spike, breaker, *actions, required = one.arguments
      flags = ->(text) { text.split(",").map { |word| word == "1" } }
      signals = {
        budget: budget && Cloudcircuit::BudgetResult.new(0.0, 1.0, 0.0, 1.0, *flags.call(budget)),
        spike: spike && Cloudcircuit::SpikeResult.new(0.0, 0.0, 0.0, spike == 1),
        breaker: breaker && Cloudcircuit::BreakerDecision.new(Integer(breaker[/\A-?\d+/]), *flags.call(breaker).drop(1))
      }
      policy = %i[on_warning on_breach on_spike on_open on_missing].zip(actions).to_h
      assert_answer(one, guarded(one)) { Cloudcircuit.evaluate_guard(**signals, **policy, required: required) }
    end
  end

  # The golden numbers of a decision in Ruby's words.
  def guarded(one)
    action, reasons, retry_after = one.results
    [%i[block throttle alert allow][action],
     %i[warning breach spike open missing].each_with_index.filter_map { |name, bit| name if reasons[bit] == 1 },
     retry_after]
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

  LEDGER_REASONS = [nil, :within, :at_limit, :over_limit, :exceeds_limit, :unlimited, :late].freeze

  def test_ledger
    settings = nil
    ledger = nil
    holds = {}
    cases(*KINDS.grep(/\Aledger/)).each do |one|
      case one.kind
      when "ledger_config"
        limit, unlimited, shares = one.arguments
        settings = { limit: limit, is_unlimited: unlimited, threshold_ppm: shares.to_s.split(",").map(&:to_i) }
      when "ledger_init"
        ledger = Cloudcircuit::Ledger.new(period: one.arguments.first, **settings)
        holds = {}
      else
        before = ledger.dump
        assert_answer(one, ledger_decision(one)) { decide(ledger, one, holds) }
        assert_equal before, ledger.dump, one.place unless one.ok?
        # Stored and taken up again, it must go on alike.
        ledger = Cloudcircuit::Ledger.load(ledger.dump, **settings)
      end
    end
  end

  def decide(ledger, one, holds)
    name, amount = one.arguments
    case one.kind
    when "ledger_reserve"
      decision, holds[name] = ledger.reserve(amount)
      decision
    when "ledger_settle" then ledger.settle(holds.fetch(name), amount)
    when "ledger_release" then ledger.release(holds.fetch(name))
    else ledger.public_send(one.kind.delete_prefix("ledger_"), name)
    end
  end

  def ledger_decision(one)
    settled, held, available, overshoot, allowed, reason, *crossed = one.results
    places = crossed.map { |mask| (0...8).select { |bit| mask[bit] == 1 } }
    [settled, held, available, overshoot, allowed, LEDGER_REASONS[reason], *places]
  end

  PHASES = [nil, :closed, :open, :half_open, :forced_open, :forced_closed].freeze

  def test_breaker_with_state
    settings = nil
    breaker = nil
    permits = {}
    cases(*KINDS.grep(/\Abreaker_/)).each do |one|
      case one.kind
      when "breaker_config"
        names = %i[failure_threshold window_size minimum_calls failure_rate_ppm slow_call_rate_ppm half_open_max_probes
                   half_open_successes jitter_ppm jitter_seed slow_call_duration open_duration max_open_duration
                   probe_timeout]
        settings = names.zip(one.arguments).to_h
      when "breaker_init"
        breaker = Cloudcircuit::Breaker.new(now: one.arguments.first, **settings)
        permits = {}
      when "breaker_acquire"
        name, now = one.arguments
        expected = one.results.dup
        expected[3] = PHASES[expected[3]]
        assert_answer(one, expected) { permits[name] = breaker.acquire(now: now) }
      else
        before = breaker.dump
        move(breaker, one, permits)
        assert_equal [PHASES[one.results[0]], one.results[1]], [breaker.phase, breaker.revision], one.place
        assert_equal before, breaker.dump, one.place unless one.ok?
        breaker = Cloudcircuit::Breaker.load(breaker.dump, **settings)
      end
    end
  end

  def move(breaker, one, permits)
    # What the golden file has after the status is looked up in the state.
    assert_answer(one, []) do
      if one.kind == "breaker_report"
        name, outcome, duration, now = one.arguments
        breaker.report(permits.fetch(name), outcome, duration: duration, now: now)
      else
        phase, ends_at, now = one.arguments
        breaker.force(phase, ends_at: ends_at, now: now)
      end
      []
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
end
