# frozen_string_literal: true

require_relative "helper"
require "json"

# Results as Ruby values, and as audit lines.
class TestResults < Minitest::Test
  include Ledgers

  def results
    budget = Cloudcircuit.check_budget(current_spend: 92, budget_limit: 100)
    spike = Cloudcircuit.check_anomaly_spike(spend_series: [100, 102, 98, 310])
    breaker = Cloudcircuit.evaluate_circuit_breaker(consecutive_failures: 1)
    [budget, spike, breaker, Cloudcircuit.evaluate_guard(budget, spike, breaker),
     Cloudcircuit.check_budget_i64(current_spend: 9, budget_limit: 10),
     Cloudcircuit.check_anomaly_spike_i64(spend_series: [1, 5]),
     Cloudcircuit::Breaker.new(now: 0).acquire(now: 0), ledger(limit: 10, thresholds: [500_000]).record(6, now: 1),
     Cloudcircuit::RateLimit.new(now: 0, limit: 5, duration: 9).acquire(6, now: 1),
     Cloudcircuit.detect_spike(spend_series: [1] * 28 + [9]), Cloudcircuit.detect_spike(spend_series: [nil]),
     Cloudcircuit::SpikeTracker.new(score_threshold: 3).update(1),
     Cloudcircuit.forecast_budget(period_spend: [1] * 9, period_len: 30, budget_limit: 50)]
  end

  def test_are_frozen_values
    results.zip(results) do |one, same|
      assert_predicate one, :frozen?
      assert_equal one, same
      assert_equal one.hash, same.hash
      assert_raises(NoMethodError) { one.public_send(:"#{one.members.first}=", 1) }
      assert_raises(NoMethodError) { one[0] = 1 }
    end
    case results.first
    in { usage_ratio: Float => used, breached: false, warning: true }
      assert_equal 0.92, used
    end
  end

  def test_predicates_say_what_was_found
    budget, spike, breaker, guard, = results
    assert_equal [true, false, true], [budget.warning?, budget.breached?, spike.spike?]
    assert_equal [false, true], [breaker.open?, breaker.allow_operation?]
    assert_equal [:throttle, %i[warning spike]], [guard.action, guard.reasons]
    assert_equal [false, true, false, false], [guard.block?, guard.throttle?, guard.alert?, guard.allow?]
    assert_equal [true, false], [results[6].allowed?, results[6].probe?]
  end

  C_NAMES = { warning: "is_warning", breached: "is_breached", spike: "is_spike", open: "is_open", leak: "is_leak",
              drop: "is_drop", forecast_breached: "is_forecast_breached" }.freeze

  # Field by field what the result holds, under C's names, with the settings that decided.
  def test_json_is_the_librarys_record
    results.each do |one|
      record = JSON.parse(one.to_json)
      head = { "version" => Cloudcircuit::VERSION, "status" => "CLOUDCIRCUIT_OK" }
      assert_equal head, record.slice(*head.keys)
      fields = one.to_h.to_h { |name, value| [C_NAMES.fetch(name, name.to_s), in_words(value)] }
      # No point of exhaustion is -1 in C.
      fields["exhaustion_point"] ||= -1 if fields.key?("exhaustion_point")
      assert_equal fields, record.slice(*fields.keys)
      assert_kind_of Hash, record["config"] || record["counters"]
      assert_equal "[#{one.to_json}]", JSON.generate([one])
    end
  end

  def in_words(value)
    case value
    when Symbol then value.to_s
    when Array then value.map { |item| in_words(item) }
    else value
    end
  end

  def test_a_record_has_the_settings_that_decided
    config = ->(one) { JSON.parse(one.to_json).fetch("config") }
    spend = { current_spend: 1, budget_limit: 2 }
    assert_equal({ "warning_ratio" => 0.9 }, config[Cloudcircuit.check_budget(**spend)])
    assert_equal({ "warning_ratio" => 0.5 }, config[Cloudcircuit.check_budget(**spend, warning_ratio: 0.5)])
    assert_equal 7, config[Cloudcircuit::Breaker.new(now: 0, failure_threshold: 7).peek(now: 0)]["failure_threshold"]
    assert_equal [40, 50], config[ledger(limit: 10, thresholds: [40, 50]).record(1, now: 0)]["thresholds"]
    assert_equal 3.0, config[Cloudcircuit::SpikeTracker.new(score_threshold: 3).update(1)]["score_threshold"]
    loaded = Cloudcircuit::SpikeTracker.load(Cloudcircuit::SpikeTracker.new(score_threshold: 3).dump)
    assert_equal 3.0, config[loaded.update(1)]["score_threshold"]
    both = Cloudcircuit::Ledgers.new(ledger(limit: 1), ledger(limit: 2))
    assert_equal([1, 2], both.record([1, 1], now: 0).map { |one| config[one]["limit"] })
    assert_equal %w[rate], config[Cloudcircuit.evaluate_guard(monitor: :rate)]["monitor"]
  end

  # One refusal of each kind of call that has a record.
  def test_a_refused_call_has_its_record
    rate = Cloudcircuit::RateLimit.new(now: 0, limit: 5, duration: 9)
    {
      -> { Cloudcircuit.check_budget(current_spend: -1, budget_limit: 2, warning_ratio: 0.5) } =>
        ["budget_result", "ERR_CURRENT_SPEND", { "warning_ratio" => 0.5 }],
      -> { Cloudcircuit.check_budget_i64(current_spend: -1, budget_limit: 2) } =>
        ["budget_result_i64", "ERR_CURRENT_SPEND", { "warning_ppm" => 900_000 }],
      -> { rate.acquire(-1, now: 0) } =>
        ["rate_limit_decision", "ERR_AMOUNT", { "limit" => 5, "duration" => 9, "mode" => "enforce" }],
      -> { Cloudcircuit.check_anomaly_spike(spend_series: [1]) } =>
        ["spike_result", "ERR_SERIES_TOO_SHORT", { "spike_multiplier" => 1.5, "min_baseline" => 0.0 }],
      -> { Cloudcircuit.forecast_budget(period_spend: [1], period_len: 0, budget_limit: 1) } =>
        ["forecast_result", "ERR_PERIOD_LEN",
         { "season_length" => 7, "lag_points" => 0, "negative_points" => "error", "start_time" => -(2**63),
           "step" => 86_400 }]
    }.each do |call, (kind, status, config)|
      error = assert_raises(Cloudcircuit::Error, &call)
      record = JSON.parse(error.record)
      assert_equal [kind, "CLOUDCIRCUIT_#{status}", error.message, config],
                   record.values_at("kind", "status", "message", "config")
    end
    error = assert_raises(Cloudcircuit::OutcomeError) do
      Cloudcircuit::Breaker.new(now: 0).then { |one| one.report(one.acquire(now: 0), 9, now: 0) }
    end
    assert_equal "breaker_permit", JSON.parse(error.record)["kind"]
    assert_nil assert_raises(Cloudcircuit::ScaleError) { Cloudcircuit.money_to_double(1, scale: 10) }.record
  end

  # Each finding with the reason that the header's table gives it, and the default action.
  def test_a_guard_heeds_every_safeguard
    rate = Cloudcircuit::RateLimit.new(now: 0, limit: 5, duration: 9)
    open = Cloudcircuit::Breaker.new(now: 0).tap { |one| one.force(:forced_open, now: 0) }
    month = { period_spend: [9] * 9, period_len: 30, budget_limit: 50 }
    {
      Cloudcircuit.check_budget(current_spend: 92, budget_limit: 100) => [:budget, %i[warning], :alert],
      Cloudcircuit.check_budget_i64(current_spend: 10, budget_limit: 10) => [:budget, %i[warning breach], :block],
      ledger.reserve(101, now: 0).last => [:budget, %i[over_limit], :block],
      Cloudcircuit.check_anomaly_spike(spend_series: [1, 9]) => [:spike, %i[spike], :throttle],
      Cloudcircuit.check_anomaly_spike_i64(spend_series: [1, 9]) => [:spike, %i[spike], :throttle],
      Cloudcircuit.detect_spike(spend_series: [1]) => [:spike, %i[insufficient], :alert],
      Cloudcircuit.evaluate_circuit_breaker(consecutive_failures: 3) => [:breaker, %i[open], :block],
      open.acquire(now: 1) => [:breaker, %i[open], :block],
      rate.acquire(6, now: 1) => [:rate, %i[rate], :throttle],
      Cloudcircuit.forecast_budget(**month, history: [9] * 35) => [:forecast, %i[forecast], :alert],
      assert_raises(Cloudcircuit::Error) { rate.acquire(-1, now: 1) } => [:rate, %i[error], :block]
    }.each do |finding, (kind, reasons, action)|
      decision = Cloudcircuit.evaluate_guard(nil, finding, required: [kind])
      assert_equal [[kind], reasons, action, action],
                   [decision.kinds, decision.reasons, decision.action, decision.monitor_action], finding.class
      watched = Cloudcircuit.evaluate_guard(finding.signal, required: [kind], monitor: reasons)
      assert_equal [:allow, action, reasons], [watched.action, watched.monitor_action, watched.monitor_reasons]
    end
    assert_equal [:block, %i[missing]], Cloudcircuit.evaluate_guard.then { |none| [none.action, none.reasons] }
  end

  def test_what_is_not_finite_is_not_recorded
    wrong = Cloudcircuit::SpikeResult.new(Float::NAN, 1.0, 1.0, false, 1)
    assert_raises(Cloudcircuit::RecordFieldError) { wrong.to_json }
  end

  def test_errors_are_rescued_by_their_parent
    error = assert_raises(Cloudcircuit::Error) { Cloudcircuit.check_budget(current_spend: 1, budget_limit: 0) }
    assert_instance_of Cloudcircuit::BudgetLimitError, error
    assert_equal "budget_limit must be finite and > 0", error.message
    assert_equal [100, "CLOUDCIRCUIT_ERR_BUDGET_LIMIT"], [error.status, error.status_name]
    assert_kind_of StandardError, error
    # As a host's own tests raise them.
    own = Cloudcircuit::BudgetLimitError.new("no")
    assert_equal ["no", 100], [own.message, own.status]
    parent = Cloudcircuit::Error.new("no")
    assert_equal ["no", nil, nil], [parent.message, parent.status, parent.status_name]
    assert_equal [nil, nil], [parent.record, parent.signal]
  end
end
