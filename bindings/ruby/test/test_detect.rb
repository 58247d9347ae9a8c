# frozen_string_literal: true

require_relative "helper"

# The detector, the scan and the tracker. Expected numbers are worked out by hand from docs/DETECTION.md.
class TestDetect < Minitest::Test
  include BitAssertions

  FLAT = ([100.0] * 28).freeze

  def detect(series, **settings)
    Cloudcircuit.detect_spike(spend_series: series, **settings)
  end

  # Three of the 28 flat days have no level before them, so 25 deviations of 0 were seen: a robust deviation is the
  # floor of 5 % widened by 1 + 7 / 25, 6.4 of 100, and the bound lies 3.5 of them above 1.1 times the same weekdays.
  def test_a_runaway_day_after_flat_ones
    result = detect(FLAT + [900.0])
    assert_equal [:spike, :one_point, 25, false], [result.verdict, result.reason, result.points_used, result.leak?]
    assert_equal [true, false], [result.spike?, result.insufficient_data?]
    assert_equal [900.0, 100.0, 800.0, 0.0],
                 [result.latest_spend, result.expected_spend, result.excess, result.leak_score]
    assert_in_delta 132.4, result.upper_bound, 1e-9
    assert_in_delta 7.9 / 0.064, result.score, 1e-9
    usual = detect(FLAT + [132.0])
    assert_equal [:normal, :score, false], [usual.verdict, usual.reason, usual.spike?]
    assert_predicate detect(FLAT + [133.0]), :spike?
  end

  # One deviation less, and nothing else: 5 % times 1 + 7 / 24. As a 0 it would be a deviation of its own.
  def test_nil_and_nan_are_missing_points
    gaps = FLAT.dup.tap { |series| series[20] = nil }
    [gaps, gaps.map { |point| point || Float::NAN }, gaps.map { |point| point || Float::NAN }.pack("d*")].each do |days|
      result = detect(days.is_a?(String) ? days + [900.0].pack("d") : days + [900.0])
      assert_equal [24, 800.0], [result.points_used, result.excess]
      assert_in_delta 110 + (3.5 * 5 * (1 + (7 / 24.0))), result.upper_bound, 1e-9
    end
    [nil, Float::NAN].each do |missing|
      result = detect(FLAT + [missing])
      assert_equal %i[insufficient_data missing], [result.verdict, result.reason]
      assert_equal [true, false, 0.0], [result.insufficient_data?, result.spike?, result.latest_spend]
    end
  end

  def test_a_young_series_is_insufficient
    [[], [9.0], [1.0] * 12 + [900.0]].each do |young|
      result = detect(young)
      assert_equal :insufficient_data, result.verdict
      refute_predicate result, :spike?
    end
    assert_equal :history, detect([1.0] * 12 + [900.0]).reason
    assert_predicate detect([1.0] * 13 + [900.0]), :spike?
  end

  # 60 of 100 lies 0.3 below 0.9 times the same weekdays, which explain a low day.
  def test_a_fall_and_a_credit
    fall = detect(FLAT + [60.0])
    assert_equal [:normal, true, -40.0], [fall.verdict, fall.drop?, fall.excess]
    assert_in_delta 0.3 / 0.064, fall.drop_score, 1e-9
    assert_raises(Cloudcircuit::DetectPointError) { detect(FLAT + [-5.0]) }
    assert_equal :missing, detect(FLAT + [-5.0], negative_points: :missing).reason
    assert_equal [true, -100.0], detect(FLAT + [-5.0], negative_points: :zero).to_h.values_at(:drop, :excess)
    assert_raises(ArgumentError) { detect(FLAT, negative_points: :none) }
  end

  def test_many_series_at_once
    spend = FLAT + [900.0] + FLAT + [60.0, -1.0]
    found = Cloudcircuit.detect_spike_columns(spend: spend, offsets: [0, 29, 58, 59], numbers: true)
    assert_equal [3, 1, true, true, true], [found.rows, found.invalid_rows, found.spike?(0), found.drop?(1), found.invalid?(2)]
    assert_in_delta 7.9 / 0.064, found.numbers.unpack1("d"), 1e-9
    found = Cloudcircuit.detect_spike_columns(spend: spend, offsets: [0, 29, 58, 59], negative_points: :missing)
    assert_equal [nil, 0, true, false], [found.numbers, found.invalid_rows, found.insufficient_data?(2), found.leak?(0)]
  end

  def test_settings_are_passed_on
    runaway = FLAT + [900.0]
    assert_equal :min_impact, detect(runaway, min_impact: 801).reason
    assert_equal :one_point, detect(runaway, min_impact: 800).reason
    assert_equal :min_relative_impact, detect(runaway, min_relative_impact: 8.0).reason
    assert_equal :score, detect(runaway, score_threshold: 162).reason
    assert_equal 900.0, detect(runaway + [1.0], lag_points: 1).latest_spend
    nothing = [0.0] * 28
    assert_equal [10.0, :score], detect(nothing + [9.0], min_baseline: 10).to_h.values_at(:expected_spend, :reason)
    assert_equal [0.01, :one_point], detect(nothing + [9.0]).to_h.values_at(:expected_spend, :reason)
    assert_equal 14, detect([100.0] * 60 + [900.0], window: 14).points_used
    # Hours need two days to expect something, and a third for 24 deviations.
    assert_equal :history, detect([1.0] * 71 + [9.0], step: 3600).reason
    assert_equal :one_point, detect([1.0] * 72 + [9.0], step: 3600).reason
    # Each is above the score_threshold divided by 1.2, none above the score_threshold.
    assert_equal :score, detect(FLAT + [130.0]).reason
    assert_equal :two_points, detect(FLAT + [130.0, 130.0]).reason
  end

  # 100 a day and 500 more on the first of each month, from 2025-11-01 to 2026-02-01.
  def test_dates_of_all_kinds_make_month_starts_expected
    first = Date.new(2025, 11, 1)
    series = (first..Date.new(2026, 2, 1)).map { |day| day.day == 1 ? 600.0 : 100.0 }
    unknown = detect(series)
    assert_equal [:recurring, 500.0], [unknown.reason, unknown.excess]
    assert_equal unknown, detect(series, start_time: nil)
    known = detect(series, start_time: 1_761_955_200)
    assert_equal [:normal, 600.0, 0.0], [known.verdict, known.expected_spend, known.excess]
    # On November 1 where they are: in UTC the first is on the 2nd, the last in October.
    [Time.new(2025, 11, 1, 23, 0, 0, "-11:00"), first, Time.new(2025, 11, 1, 0, 0, 0, "+13:00")].each do |time|
      assert_equal known, detect(series, start_time: time), time.inspect
    end
    assert_equal :recurring, detect(series, start_time: first - 1).reason
  end

  def test_times_are_read_off_their_own_clock
    { nil => -(2**63), -5 => -5, Date.new(1970, 1, 2) => 86_400, Date.new(2025, 11, 1) => 1_761_955_200,
      Time.utc(1970, 1, 1, 1) => 3600, Time.new(1970, 1, 1, 1, 0, 0, "+05:00") => 3600,
      Time.new(1969, 12, 31, 23, 59, 59, "-05:00") => -1, DateTime.new(1970, 1, 1, 14, 0, 0, "-11") => 50_400 }
      .each do |time, seconds|
      packed = Cloudcircuit.const_get(:DetectConfig).with(start_time: time).pack
      assert_equal seconds, packed[48, 8].unpack1("q"), time.inspect
    end
  end

  # 230 days with weekends, gaps, spikes, three of them certain, and then a leak that grows by 4 % a day.
  def bill
    random = Random.new(SEED)
    Array.new(230) do |day|
      next if random.rand < 0.04 && ![50, 90, 130].include?(day) && day < 160

      leap = (random.rand < 0.04 && day < 160) || [50, 90, 130].include?(day) ? 4 : 1
      (day % 7 < 2 ? 40 : 100) * (0.9 + 0.2 * random.rand) * leap * (1.04**[day - 170, 0].max)
    end
  end

  def flags_of(result)
    { spike: Cloudcircuit::FLAG_SPIKE, insufficient_data: Cloudcircuit::FLAG_INSUFFICIENT }
      .fetch(result.verdict, 0) | (result.leak? ? Cloudcircuit::FLAG_LEAK : 0) |
      (result.drop? ? Cloudcircuit::FLAG_DROP : 0)
  end

  def test_scan_and_tracker_find_what_detect_finds_in_the_points_so_far
    [{}, { start_time: Date.new(2025, 1, 1), score_threshold: 3.5 }].each do |settings|
      scan = Cloudcircuit.scan_spikes(spend_series: bill, numbers: true, **settings)
      tracker = Cloudcircuit::SpikeTracker.new(**settings)
      found = bill.each_index.map { |row| detect(bill.first(row + 1), **settings) }
      assert_equal(found.map { |one| flags_of(one) }, scan.flags.bytes)
      %i[expected_spend upper_bound].each do |column|
        assert_same_bits found.map(&column), scan.public_send(column).unpack("d*"), column
      end
      bill.each_with_index do |spend, row|
        assert_same_bits found[row].to_a, tracker.update(spend).to_a, row
        # Stored and taken up again, it must go on alike.
        tracker = Cloudcircuit::SpikeTracker.load(tracker.dump) if row % 20 == 0
      end
      assert_equal bill.size, tracker.revision
      %i[spike? leak? insufficient_data?].zip([4, 16, 64]) do |predicate, flag|
        rows = bill.each_index.select { |row| scan.public_send(predicate, row) }
        assert_operator rows.size, :>, 2
        assert_equal rows, scan.rows_with(flag)
      end
    end
  end

  def test_a_scan_without_numbers
    scan = Cloudcircuit.scan_spikes(spend_series: FLAT + [900.0, nil])
    assert_equal ([64] * 13) + ([0] * 15) + [4, 64], scan.flags.bytes
    assert_equal [30, nil, nil], [scan.rows, scan.expected_spend, scan.upper_bound]
    assert_equal [true, true], [scan.frozen?, scan.flags.frozen?]
    assert_raises(IndexError) { scan.leak?(30) }
    assert_equal 0, Cloudcircuit.scan_spikes(spend_series: [], numbers: true).rows
    assert_equal "#<Cloudcircuit::SpikeScan rows=30>", scan.inspect
  end

  def test_a_tracker_keeps_its_settings_in_its_bytes
    tracker = Cloudcircuit::SpikeTracker.new(min_impact: 801)
    FLAT.each { |spend| tracker.update(spend) }
    copy = tracker.dup
    assert_equal :min_impact, Cloudcircuit::SpikeTracker.load(tracker.dump).update(900).reason
    assert_equal [:min_impact, 29, 28], [copy.update(900).reason, copy.revision, tracker.revision]
    assert_raises(ArgumentError) { Cloudcircuit::SpikeTracker.load(tracker.dump, min_impact: 0) }
    assert_match(/\A#<Cloudcircuit::SpikeTracker layout=\d+ revision=28>\z/, tracker.inspect)
  end

  def test_a_rule_broken_raises
    [-1.0, Float::INFINITY].each do |point|
      assert_raises(Cloudcircuit::DetectPointError) { detect([1.0, point]) }
      assert_raises(Cloudcircuit::DetectPointError) { Cloudcircuit.scan_spikes(spend_series: [point, 1.0]) }
      tracker = Cloudcircuit::SpikeTracker.new
      before = tracker.update(1).then { tracker.dump }
      assert_raises(Cloudcircuit::DetectPointError) { tracker.update(point) }
      assert_equal before, tracker.dump
    end
    { season_length: 241, detect_window: 13, lag_points: 481, score_threshold: 0, min_impact: -1,
      min_relative_impact: Float::NAN, min_baseline: -1, start_time: 2**60, step: 0 }.each do |rule, value|
      error = Cloudcircuit.const_get("#{rule.to_s.split("_").map(&:capitalize).join}Error")
      setting = { rule.to_s.delete_prefix("detect_").to_sym => value }
      assert_raises(error) { detect(FLAT, **setting) }
      assert_raises(error) { Cloudcircuit.scan_spikes(spend_series: FLAT, **setting) }
      assert_raises(error) { Cloudcircuit::SpikeTracker.new(**setting) }
    end
    [{ step: 3600 }, { season_length: 15 }, { window: 99 }, { lag_points: 1 }].each do |setting|
      assert_raises(Cloudcircuit::TrackerSettingsError) { Cloudcircuit::SpikeTracker.new(**setting) }
    end
  end

  def test_what_is_no_setting_is_named
    assert_includes assert_raises(ArgumentError) { detect(FLAT, sensitivty: 3) }.message, "sensitivty"
    assert_raises(ArgumentError) { Cloudcircuit::SpikeTracker.new(sensitivty: 3) }
    ["2026-01-01", 1.5].each do |time|
      assert_includes assert_raises(TypeError) { detect(FLAT, start_time: time) }.message, "start_time"
    end
    ["1", true].each do |spend|
      raised = assert_raises(TypeError) { Cloudcircuit::SpikeTracker.new.update(spend) }
      assert_includes raised.message, "spend must be a real number"
    end
  end
end
