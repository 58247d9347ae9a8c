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
      # The bounds have 0.2 % of what is to come, and half of that below.
      width = 0.02 * (30 - period.size)
      [[300, result.forecast_spend], [300 - (0.5 * width), result.lower_bound], [300 + width, result.upper_bound]]
        .each { |expected, sum| assert_in_delta expected, sum, 1e-9 }
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

  # A refused series says so, and the others are forecast as alone.
  def test_many_series_at_once
    series = [[10.0] * 45, ([10.0] * 30) + [nil, 70.0], [-1.0], [5.0] * 3]
    offsets = series.reduce([0]) { |ends, points| ends + [ends.last + points.size] }
    columns = { spend: series.flatten, offsets: offsets, elapsed: [10, 2, 1, 0], period_len: [30, 31, 30, 30],
                budget_limit: [245, 1000, 10, 10] }
    found = Cloudcircuit.forecast_budget_columns(**columns, results: true)
    assert_equal [4, 1, true, false, true, true], [found.rows, found.invalid_rows, found.breached?(0), found.breached?(1),
                                                   found.invalid?(2), found.insufficient_data?(3)]
    assert_equal forecast([10.0] * 10, 245), found.result(0)
    assert_equal Cloudcircuit.forecast_budget(history: series[1][..-3], period_spend: [nil, 70], period_len: 31, budget_limit: 1000),
                 found.result(1)
    assert_equal [true, 0.0, :insufficient_data], found.result(2).to_h.values_at(:forecast_breached, :forecast_spend, :verdict)
    assert_raises(IndexError) { found.result(4) }

    found = Cloudcircuit.forecast_budget_columns(**columns, negative_points: :missing)
    assert_equal [0, nil, [0]], [found.invalid_rows, found.result(0), found.rows_with(Cloudcircuit::FLAG_BREACHED)]
    assert_raises(Cloudcircuit::LagPointsError) { Cloudcircuit.forecast_budget_columns(**columns, lag_points: 481) }
    assert_raises(Cloudcircuit::OffsetsError) { Cloudcircuit.forecast_budget_columns(**columns, offsets: [0, 9, 8, 8, 9]) }
    error = assert_raises(ArgumentError) { Cloudcircuit.forecast_budget_columns(**columns, elapsed: [1]) }
    assert_equal "elapsed has 1 rows, not 4", error.message
    assert_raises(ArgumentError) { Cloudcircuit.forecast_budget_columns(**columns, offsets: []) }
  end

  # 10 a day and 100 more on the first: from 2026-01-01 to 2026-04-10, and from a day later on.
  def test_each_series_has_its_own_start
    january = Date.new(2026, 1, 1)
    days = (january..Date.new(2026, 4, 10)).map { |day| day.day == 1 ? 110.0 : 10.0 }
    both = [*days, *days.drop(1)].pack("d*")
    found = Cloudcircuit.forecast_budget_columns(
      spend: both, offsets: [0, 100, 199], elapsed: [10, 10], period_len: [40, 40], budget_limit: [1e6, 1e6],
      start_times: [january, january + 1], results: true
    )
    # 110 and 39 days at 10, and 100 more on 1 May, the 31st of 40 days.
    assert_equal [600.0, 600.0], [found.result(0).forecast_spend.round(9), found.result(1).forecast_spend.round(9)]
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

  # 100 a day and 3,000 more on the last day of January, February and March, then the first ten days of April.
  def test_a_calendar_a_late_day_and_a_credit
    history = Array.new(90) { |day| [30, 58, 89].include?(day) ? 3100 : 100 }
    april = lambda do |period, start_time: Date.new(2023, 1, 1), **settings|
      forecast(period, 7000, history: history, start_time: start_time, **settings)
    end
    assert_in_delta 6000.0, april.call([100] * 10).forecast_spend, 1e-9
    assert_operator april.call([100] * 10, start_time: nil).forecast_spend, :<, 4000
    assert_operator april.call([100] * 10, step: 3600).forecast_spend, :<, 4000
    late = april.call(([100] * 9) + [20], lag_points: 1)
    assert_equal 920.0, late.spend_to_date
    assert_in_delta 6000.0, late.forecast_spend, 1e-9
    credit = ([100] * 9) + [-50]
    assert_raises(Cloudcircuit::PeriodSpendError) { april.call(credit) }
    assert_in_delta 5900.0, april.call(credit, negative_points: :missing).forecast_spend, 1e-9
    assert_equal 900.0, april.call(credit, negative_points: :zero).spend_to_date
    assert_includes late.to_json, '"lag_points":1,"negative_points":"error","start_time":1672531200,"step":86400'
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
    { lag_points: [481, :LagPointsError], step: [0, :StepError], start_time: [(2**53) + 1, :StartTimeError] }
      .each do |name, (value, error)|
      assert_raises(Cloudcircuit.const_get(error)) { forecast([1], 10, name => value) }
    end
    assert_raises(ArgumentError) { forecast([1], 10, negative_points: :credit) }
    assert_raises(ArgumentError) { forecast([1], 10, window: 3) }
    { TypeError => ["1", nil, 1.5], RangeError => [-1, 2**64] }.each do |error, values|
      values.each do |value|
        raised = assert_raises(error) { Cloudcircuit.forecast_budget(**good, period_len: value) }
        assert_includes raised.message, "period_len"
      end
    end
  end
end
