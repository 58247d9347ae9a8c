# frozen_string_literal: true

require_relative "helper"
require "bigdecimal"

# What is no number, or does not fit, is said by name and never cut off or wrapped around.
class TestArguments < Minitest::Test
  include Ledgers

  # For each call: good arguments, and which of them are of which type.
  CALLS = {
    check_budget: [{ current_spend: 1, budget_limit: 2, warning_ratio: 0.5 },
                   { double: %i[current_spend budget_limit warning_ratio] }],
    budget_flags: [{ current_spend: 1, budget_limit: 2, warning_ratio: 0.5 },
                   { double: %i[current_spend budget_limit warning_ratio] }],
    check_budget_i64: [{ current_spend: 1, budget_limit: 2, warning_ppm: 5 },
                       { int64: %i[current_spend budget_limit], uint32: %i[warning_ppm] }],
    budget_flags_i64: [{ current_spend: 1, budget_limit: 2, warning_ppm: 5 },
                       { int64: %i[current_spend budget_limit], uint32: %i[warning_ppm] }],
    check_anomaly_spike: [{ spend_series: [1, 2], spike_multiplier: 2, min_baseline: 1 },
                          { double: %i[spike_multiplier min_baseline], doubles: %i[spend_series] }],
    spike_flags: [{ spend_series: [1, 2], spike_multiplier: 2, min_baseline: 1 },
                  { double: %i[spike_multiplier min_baseline], doubles: %i[spend_series] }],
    check_anomaly_spike_i64: [{ spend_series: [1, 2], spike_multiplier_ppm: 2_000_000, min_baseline: 1 },
                              { int64: %i[min_baseline], uint32: %i[spike_multiplier_ppm], int64s: %i[spend_series] }],
    evaluate_circuit_breaker: [
      { consecutive_failures: 1, failure_threshold: 2, cooldown_steps_remaining: 0 },
      { int64: %i[consecutive_failures failure_threshold cooldown_steps_remaining] }
    ],
    breaker_flags: [
      { consecutive_failures: 1, failure_threshold: 2, cooldown_steps_remaining: 0 },
      { int64: %i[consecutive_failures failure_threshold cooldown_steps_remaining] }
    ],
    check_budget_columns: [{ current_spend: [1], budget_limit: [2], warning_ratio: 0.5 },
                           { double: %i[warning_ratio], doubles: %i[current_spend budget_limit] }],
    check_budget_columns_i64: [{ current_spend: [1], budget_limit: [2], warning_ppm: 5 },
                               { uint32: %i[warning_ppm], int64s: %i[current_spend budget_limit] }],
    check_anomaly_spike_columns: [
      { spend: [1, 2], offsets: [0, 2], spike_multiplier: 2, min_baseline: 1 },
      { double: %i[spike_multiplier min_baseline], doubles: %i[spend], int64s: %i[offsets] }
    ],
    **%i[detect_spike scan_spikes].to_h do |call|
      [call, [{ spend_series: [1, 2], score_threshold: 3 },
              { double: %i[score_threshold min_impact min_relative_impact min_baseline], int64: %i[step],
                uint32: %i[season_length window lag_points], doubles: %i[spend_series] }]]
    end,
    forecast_budget: [{ history: [1], period_spend: [1], period_len: 2, budget_limit: 2 },
                      { double: %i[budget_limit], uint32: %i[season_length], doubles: %i[history period_spend] }]
  }.freeze

  NO_NUMBERS = ["1", nil, :one, [1], true, Object.new].freeze
  WRONG = {
    double: { TypeError => NO_NUMBERS + [Complex(1, 1)] },
    int64: { TypeError => NO_NUMBERS + [1.0, 1.5, Float::NAN, 1r, BigDecimal("1")],
             RangeError => [2**63, -(2**63) - 1, 2**64, 2**64 + 1, 10**400] },
    uint32: { TypeError => NO_NUMBERS + [1.0], RangeError => [-1, 2**32, 2**32 + 5, 2**64 + 5] },
    doubles: { TypeError => ["1", :one, true].map { |item| [1, item] } + [nil, 1, :one, { 1 => 2 }],
               ArgumentError => ["1234567", "123456789"] },
    int64s: { TypeError => ["1", :one, true, 1.5, Float::NAN, 1r].map { |item| [1, item] } + [1, :one, { 1 => 2 }],
              RangeError => [[1, 2**63], [1, -(2**63) - 1], [2**64, 1]], ArgumentError => ["1234567"] }
  }.freeze

  def test_wrong_types_are_named
    tried = 0
    CALLS.each do |call, (good, types)|
      Cloudcircuit.public_send(call, **good)
      types.each do |type, names|
        names.product(WRONG.fetch(type).to_a) do |name, (error, values)|
          values.each do |value|
            raised = assert_raises(error, "#{call} #{name}: #{value.inspect}") do
              Cloudcircuit.public_send(call, **good, name => value)
            end
            assert_includes raised.message, name.to_s, "#{call} #{value.inspect}"
            tried += 1
          end
        end
      end
    end
    assert_operator tried, :>=, 200
  end

  def test_the_ends_of_a_type_fit
    largest = (2**63) - 1
    result = Cloudcircuit.check_budget_i64(current_spend: largest, budget_limit: largest)
    assert_equal [0, 1_000_000], [result.remaining_budget, result.usage_ppm]
    assert_equal(-(2.0**63), Cloudcircuit.money_to_double(-(2**63), scale: 0))
    assert_raises(Cloudcircuit::WarningPpmError) do
      Cloudcircuit.check_budget_i64(current_spend: 1, budget_limit: 1, warning_ppm: (2**32) - 1)
    end
  end

  def test_every_kind_of_number_is_taken_for_its_double
    [90, 90.0, 90r, BigDecimal("90"), Complex(90, 0).real].each do |ninety|
      assert_equal 0.9, Cloudcircuit.check_budget(current_spend: ninety, budget_limit: 100).usage_ratio
      assert_equal 1, Cloudcircuit.budget_flags(current_spend: ninety, budget_limit: 100)
    end
  end

  # Infinity is what such a number is as a double, with a word from Ruby, and no amount.
  def test_a_number_beyond_doubles_is_refused
    capture_io do
      assert_raises(Cloudcircuit::CurrentSpendError) do
        Cloudcircuit.check_budget(current_spend: 10**400, budget_limit: 1)
      end
      assert_equal 131, Cloudcircuit.budget_flags(current_spend: 10**400, budget_limit: 1)
      assert_equal [131], Cloudcircuit.check_budget_columns(current_spend: [10**400], budget_limit: [1]).flags.bytes
    end
  end

  def test_nan_and_infinity_are_the_librarys_to_refuse
    [Float::NAN, Float::INFINITY, -Float::INFINITY].each do |number|
      assert_raises(Cloudcircuit::CurrentSpendError) do
        Cloudcircuit.check_budget(current_spend: number, budget_limit: 1)
      end
      assert_raises(Cloudcircuit::SpendSeriesError) { Cloudcircuit.check_anomaly_spike(spend_series: [1, number]) }
      assert_raises(Cloudcircuit::AmountError) { Cloudcircuit.money_from_double(number, scale: 2) }
    end
  end

  def test_money_and_states_name_their_arguments
    { TypeError => [nil, "1", 1.5], RangeError => [2**63] }.each do |error, values|
      values.each do |value|
        {
          minor: -> { Cloudcircuit.money_to_double(value, scale: 2) },
          now: -> { Cloudcircuit::Breaker.new(now: value) },
          period: -> { ledger.roll(value, now: 1) },
          estimate: -> { ledger.reserve(value, now: 1) },
          more: -> { ledger.extend_hold(ledger.reserve(1, now: 1).first, value, now: 1) },
          part: -> { ledger.post(ledger.reserve(1, now: 1).first, value, now: 1) },
          actual: -> { ledger.settle(ledger.reserve(1, now: 1).first, value, now: 1) },
          limit: -> { ledger(limit: value) },
          thresholds: -> { ledger(thresholds: [value]) },
          amount: -> { Cloudcircuit::RateLimit.new(now: 0, limit: 1, duration: 1).acquire(value, now: 1) },
          taken_at: -> { Cloudcircuit::RateLimit.new(now: 0, limit: 1, duration: 1).adjust(value, 1, now: 1) },
          duration: -> { Cloudcircuit::RateLimit.new(now: 0, limit: 1, duration: value) },
          estimates: -> { Cloudcircuit::Ledgers.new(ledger).reserve([value || 1.0], now: 1) }
        }.each { |name, call| assert_includes assert_raises(error, name, &call).message, name.to_s }
      end
    end
    assert_raises(TypeError) { Cloudcircuit.money_from_double("1", scale: 2) }
    assert_raises(RangeError) { Cloudcircuit.money_from_double(1, scale: -1) }
    assert_raises(RangeError) { Cloudcircuit::Breaker.new(now: 0, failure_threshold: -1) }
    assert_raises(RangeError) { Cloudcircuit::Ledger.new(ledger_id: -1, period: 0, now: 0) }
    assert_raises(Cloudcircuit::LedgerIdError) { Cloudcircuit::Ledger.new(ledger_id: 0, period: 0, now: 0) }
    assert_raises(TypeError) { ledger(thresholds: 5) }
    assert_raises(ArgumentError) { Cloudcircuit::Breaker.new(now: 0, failure_treshold: 1) }
    assert_raises(ArgumentError) { ledger(limits: 1) }
    assert_raises(ArgumentError) { ledger(threshold_count: 1) }
    assert_raises(ArgumentError) { ledger(mode: :strict) }
    assert_raises(ArgumentError) { Cloudcircuit::RateLimit.new(now: 0, limit: 1) }
  end

  def test_several_ledgers_take_one_of_each
    both = Cloudcircuit::Ledgers.new(ledger, ledger)
    assert_includes assert_raises(ArgumentError) { both.reserve([1], now: 1) }.message, "estimates"
    assert_includes assert_raises(TypeError) { both.reserve(1, now: 1) }.message, "estimates"
    assert_includes assert_raises(ArgumentError) { both.release([nil], now: 1) }.message, "holds"
    assert_includes assert_raises(TypeError) { both.release([nil, 1], now: 1) }.message, "holds"
    assert_raises(TypeError) { Cloudcircuit::Ledgers.new(ledger, nil) }
    assert_raises(Cloudcircuit::CountError) { Cloudcircuit::Ledgers.new.reserve([], now: 1) }
    many = Cloudcircuit::Ledgers.new(*Array.new(17) { ledger })
    assert_raises(Cloudcircuit::CountError) { many.reserve([1] * 17, now: 1) }
  end

  def test_what_is_no_result_is_no_finding
    [{ warning: true }, true, 1, "budget", StandardError.new, Cloudcircuit::Error.new,
     Cloudcircuit.evaluate_guard].each do |value|
      raised = assert_raises(TypeError) { Cloudcircuit.evaluate_guard(nil, value) }
      assert_includes raised.message, value.class.to_s
    end
    broken = Cloudcircuit::BudgetResult.new(0.0, 1.0, 0.0, 1.0, nil, false)
    assert_raises(TypeError) { Cloudcircuit.evaluate_guard(broken) }
    empty = Cloudcircuit::BudgetResult.new(0.0, 0.0, 0.0, 0.0, false, false)
    assert_raises(Cloudcircuit::BudgetSignalError) { Cloudcircuit.evaluate_guard(empty) }
    assert_raises(Cloudcircuit::CountError) do
      Cloudcircuit.evaluate_guard(*[Cloudcircuit.check_budget(current_spend: 1, budget_limit: 2)] * 65)
    end
  end

  def test_unknown_names_are_refused
    assert_includes assert_raises(ArgumentError) {
      Cloudcircuit.evaluate_guard(on_breach: :alow)
    }.message, "on_breach must be one of :block"
    assert_raises(ArgumentError) { Cloudcircuit.evaluate_guard(required: [:bugdet]) }
    assert_raises(ArgumentError) { Cloudcircuit.evaluate_guard(on_brech: :block) }
    assert_raises(RangeError) { Cloudcircuit.evaluate_guard(on_breach: (2**32) + 3) }
    assert_raises(RangeError) { Cloudcircuit.evaluate_guard(required: 2**32) }
    breaker = Cloudcircuit::Breaker.new(now: 0)
    assert_raises(ArgumentError) { breaker.report(breaker.acquire(now: 0), :ok, now: 1) }
    assert_raises(ArgumentError) { breaker.force(:shut, now: 1) }
  end
end
