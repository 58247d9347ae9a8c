# frozen_string_literal: true

require_relative "helper"

# The forecast; expected numbers are worked out by hand.
class TestForecast < Minitest::Test
  def forecast(period, limit, history: [10.0] * 35, **settings)
    Cloudcircuit.forecast_budget(history: history, period_spend: period, period_len: 30, budget_limit: limit,
                                 **settings)
  end

  def test_a_constant_spend_makes_thirty_times_a_day
    [[], [10] * 10, [10.0] * 29].each do |period|
      result = forecast(period, 400)
      assert_equal [:normal, false, nil], [result.verdict, result.forecast_breached?, result.exhaustion_point]
      assert_equal 10.0 * period.size, result.spend_to_date
      [result.forecast_spend, result.lower_bound, result.upper_bound].each { |sum| assert_in_delta 300.0, sum, 1e-9 }
      assert_in_delta 0.75, result.forecast_ratio, 1e-12
      refute_predicate result, :insufficient_data?
    end
    # A quarter of the budget in a third of the month.
    assert_equal 0.75, forecast([10] * 10, 400).burn_rate
  end

  def test_when_the_budget_is_used_up
    # 240 after 24 days, 250 after 25, whose index is 24.
    result = forecast([10] * 10, 245)
    assert_equal [true, 24], [result.forecast_breached?, result.exhaustion_point]
    past = forecast([10] * 10, 95)
    assert_equal [true, 9], [past.forecast_breached?, past.exhaustion_point]
  end

  def test_nil_adds_nothing
    period = [10, nil, 10, Float::NAN, 10]
    [period, period.map { |point| point || Float::NAN }.pack("d*")].each do |points|
      result = forecast(points, 400)
      assert_equal [:normal, 30.0], [result.verdict, result.spend_to_date]
      assert_in_delta 280.0, result.forecast_spend, 1e-9
    end
    assert_in_delta 300.0, forecast([10] * 10, 400, history: ([10] * 20) + [nil, 10]).forecast_spend, 1e-9
  end

  def test_too_few_points_are_no_forecast
    [forecast([10] * 6, 400, history: []), forecast([10, nil, nil], 400),
     forecast([10] * 6, 400, history: [10] * 7, season_length: 14)].each do |result|
      assert_equal [:insufficient_data, true], [result.verdict, result.insufficient_data?]
      assert_equal [result.spend_to_date] * 3, [result.forecast_spend, result.lower_bound, result.upper_bound]
      refute_predicate result, :forecast_breached?
    end
    assert_equal :normal, forecast([10] * 7, 400, history: []).verdict
  end

  def test_the_end_is_exact
    result = Cloudcircuit.forecast_budget(period_spend: [0.5, 0.25], period_len: 2, budget_limit: 0.75)
    assert_equal [0.75, 0.75, 0.75, 0.75, 1.0, 1.0, 1, true, :normal], result.to_a
  end

  def test_a_rule_broken_raises
    good = { period_spend: [1], period_len: 30, budget_limit: 10 }
    { period_len: [0, :PeriodLenError], budget_limit: [0, :BudgetLimitError], history: [[-1], :HistoryError],
      season_length: [0, :ForecastSeasonLengthError], period_spend: [[Float::INFINITY], :PeriodSpendError] }
      .each do |name, (value, error)|
      assert_raises(Cloudcircuit.const_get(error)) { Cloudcircuit.forecast_budget(**good, name => value) }
    end
    assert_raises(Cloudcircuit::ElapsedError) { forecast([1] * 31, 10) }
    { TypeError => ["1", nil, 1.5], RangeError => [-1, 2**64] }.each do |error, values|
      values.each do |value|
        raised = assert_raises(error) { Cloudcircuit.forecast_budget(**good, period_len: value) }
        assert_includes raised.message, "period_len"
      end
    end
  end
end
