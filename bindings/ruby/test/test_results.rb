# frozen_string_literal: true

require_relative "helper"
require "json"

# Results as Ruby values, and as audit lines.
class TestResults < Minitest::Test
  def results
    budget = Cloudcircuit.check_budget(current_spend: 92, budget_limit: 100)
    spike = Cloudcircuit.check_anomaly_spike(spend_series: [100, 102, 98, 310])
    breaker = Cloudcircuit.evaluate_circuit_breaker(consecutive_failures: 1)
    ledger = Cloudcircuit::Ledger.new(period: 1, limit: 10, threshold_ppm: [500_000])
    [budget, spike, breaker, Cloudcircuit.evaluate_guard(budget: budget, spike: spike, breaker: breaker),
     Cloudcircuit.check_budget_i64(current_spend: 9, budget_limit: 10),
     Cloudcircuit.check_anomaly_spike_i64(spend_series: [1, 5]),
     Cloudcircuit::Breaker.new(now: 0).acquire(now: 0), ledger.record(6),
     Cloudcircuit.detect_spike(spend_series: [1] * 28 + [9]), Cloudcircuit.detect_spike(spend_series: [nil]),
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

  # Field by field what the result holds, under C's names.
  def test_json_is_the_librarys_record
    c_names = { warning: "is_warning", breached: "is_breached", spike: "is_spike", open: "is_open", leak: "is_leak",
                forecast_breached: "is_forecast_breached" }
    in_c = { throttle: 1, %i[warning spike] => 5, closed: 1, within: 1, [0] => 1, normal: 1, spike: 2,
             insufficient_data: 3, one_point: 2, missing: 8, nil => -1 }
    results.each do |one|
      expected = one.to_h.to_h { |name, value| [c_names.fetch(name, name.to_s), in_c.fetch(value, value)] }
      assert_equal expected, JSON.parse(one.to_json)
    end
    assert_equal '[{"retry_after_steps":0,"is_open":false,"allow_operation":true}]', JSON.generate([results[2]])
  end

  def test_what_is_not_finite_is_not_recorded
    wrong = Cloudcircuit::SpikeResult.new(Float::NAN, 1.0, 1.0, false)
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
  end
end
