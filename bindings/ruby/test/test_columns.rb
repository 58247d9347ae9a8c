# frozen_string_literal: true

require_relative "helper"

# What the golden cases do not have: missing values, lengths, memory of the host's own.
class TestColumns < Minitest::Test
  Column = Cloudcircuit::Column

  def budgets(spend, limit, **settings)
    Cloudcircuit.check_budget_columns(current_spend: spend, budget_limit: limit, **settings)
  end

  def test_nil_is_a_missing_value
    columns = budgets([50, nil, 95, 120, 1], [100, 100, 100, 100, nil], numbers: true)
    assert_equal [0, 131, 1, 3, 131], columns.flags.bytes
    assert_equal [0.5, 0.0, 0.95, 1.2, 0.0], columns.numbers.unpack("d*")
    assert_equal 2, columns.invalid_rows
    exact = Cloudcircuit.check_budget_columns_i64(current_spend: [90, nil], budget_limit: [100, 100], numbers: true)
    assert_equal [[1, 131], [900_000, 0]], [exact.flags.bytes, exact.numbers.unpack("Q*")]
  end

  def test_bitmaps_are_arrows
    spend = [50.0, 95.0, 120.0].pack("d*")
    limit = FFI::MemoryPointer.new(:double, 3).put_array_of_double(0, [100.0] * 3)
    # Bits 7 to 9: rows 0 and 2 have a value.
    bitmap = [0b1000_0000, 0b0000_0010].pack("C*")
    memory = FFI::MemoryPointer.from_string(bitmap)
    [bitmap, memory].each do |validity|
      missing = Column.new(spend, validity: validity, validity_offset: 7)
      assert_equal [0, 131, 3], budgets(missing, limit).flags.bytes
      assert_equal [0, 131, 131], budgets(spend, Column.new(limit, validity: "\x01")).flags.bytes
    end
  end

  def test_strings_and_memory_are_read_where_they_are
    spend = [50.0, 95.0].pack("d*").freeze
    limit = FFI::MemoryPointer.new(:double, 2).put_array_of_double(0, [100.0, 100.0])
    assert_equal [0, 1], budgets(spend, limit).flags.bytes
    limit.put_double(0, 50.0)
    assert_equal [3, 1], budgets(spend, limit).flags.bytes
    assert_equal [1], budgets(spend[8, 8], limit + 8).flags.bytes
    unsized = FFI::Pointer.new(limit.address)
    assert_equal [3, 1], budgets(spend, Column.new(unsized, rows: 2)).flags.bytes
    assert_equal [3], budgets(Column.new(spend, rows: 1), Column.new(limit, rows: 1)).flags.bytes
  end

  # A number that empties Strings when it is asked for its value.
  class Clearing < Numeric
    def initialize(*strings)
      super()
      @strings = strings
    end

    def to_f
      @strings.each(&:clear)
      GC.start
      100.0
    end
  end

  def test_what_changes_before_the_call_is_read_as_it_was
    spend = ([95.0] * 500).pack("d*")
    validity = ("\xff" * 62).b << "\x07"
    limit = ([100.0] * 499) << Clearing.new(spend, validity)
    columns = budgets(Column.new(spend, validity: validity), limit)
    assert_equal ["", ""], [spend, validity]
    assert_equal ([1] * 499) << 131, columns.flags.bytes
    spend = ([1.0] * 500).pack("d*")
    result = Cloudcircuit.check_anomaly_spike(spend_series: spend, min_baseline: Clearing.new(spend))
    assert_equal 1.0, result.baseline_mean
  end

  def test_series_end_to_end
    columns = Cloudcircuit.check_anomaly_spike_columns(spend: [[1, 1, 5], nil, [1, 1, 1], [1], [1, nil, 1]],
                                                       numbers: true)
    assert_equal [4, 132, 0, 132, 132], columns.flags.bytes
    assert_equal [1.5, 0.0, 1.5, 0.0, 0.0], columns.numbers.unpack("d*")
    missing = Column.new([0, 3, 6], validity: "\x01")
    columns = Cloudcircuit.check_anomaly_spike_columns(spend: [1, 1, 5, 1, 1, 5], offsets: missing)
    assert_equal [4, 132], columns.flags.bytes
  end

  def test_no_rows_are_no_rows
    [[], "", FFI::MemoryPointer.new(8).slice(0, 0)].each do |none|
      columns = budgets(none, none, numbers: true)
      assert_equal [0, "", "", 0], [columns.rows, columns.flags, columns.numbers, columns.invalid_rows]
    end
    assert_equal 0, Cloudcircuit.check_anomaly_spike_columns(spend: []).rows
    assert_equal 0, Cloudcircuit.check_anomaly_spike_columns(spend: [1, 2], offsets: [1]).rows
  end

  def test_lengths_that_do_not_fit_are_refused_before_anything_is_read
    good = [1.0, 2.0].pack("d*")
    unsized = FFI::Pointer.new(8)
    [[good, [1.0]], [good, "#{good}."], [Column.new(good, rows: 3), Column.new(good, rows: 3)],
     [Column.new(good, validity: ""), good], [Column.new(good, validity: "\xff", validity_offset: 7), good],
     [Column.new(good, validity: "\xff", validity_offset: (2**64) - 1), good],
     [unsized, unsized], [good, unsized],
     [Column.new([1.0, nil], validity: "\xff"), good]].each do |spend, limit|
      assert_raises(ArgumentError) { budgets(spend, limit) }
    end
    assert_raises(TypeError) { budgets(good, Column.new(good, validity: 3)) }
    assert_raises(RangeError) { Column.new(good, rows: -1) }
    assert_raises(ArgumentError) { Cloudcircuit.check_anomaly_spike_columns(spend: good, offsets: "") }
    assert_raises(TypeError) { Cloudcircuit.check_anomaly_spike_columns(spend: good, offsets: [0, nil]) }
    assert_raises(TypeError) { Cloudcircuit.check_anomaly_spike_columns(spend: [1.0, 2.0]) }
    [[0, 3], [2, 0], [-1, 2], [0, 2**62]].each do |offsets|
      assert_raises(Cloudcircuit::OffsetsError) do
        Cloudcircuit.check_anomaly_spike_columns(spend: good, offsets: offsets)
      end
    end
    assert_raises(ArgumentError) do
      Cloudcircuit.check_anomaly_spike(spend_series: Column.new(good, validity: "\xff"))
    end
    assert_raises(TypeError) { Cloudcircuit.check_anomaly_spike(spend_series: [1, nil]) }
  end

  def test_null_is_refused_by_the_library
    null = Column.new(FFI::Pointer::NULL, rows: 2)
    assert_raises(Cloudcircuit::NullPointerError) { budgets(null, null) }
  end

  def test_answers_row_by_row
    columns = budgets([50, 95, 120, -1], [100] * 4)
    assert_equal [4, 1], [columns.rows, columns.invalid_rows]
    assert_equal [false, true, true, true], (0..3).map { |row| columns.warning?(row) }
    assert_equal [false, false, true, true], (0..3).map { |row| columns.breached?(row) }
    assert_equal [false, false, false, true], (0..3).map { |row| columns.invalid?(row) }
    assert_equal [2, 3], columns.rows_with(Cloudcircuit::FLAG_BREACHED)
    assert_nil columns.numbers
    [-1, 4].each { |row| assert_raises(IndexError) { columns.breached?(row) } }
    spikes = Cloudcircuit.check_anomaly_spike_columns(spend: [[1, 9], [1, 1]])
    assert_equal [true, false], [spikes.spike?(0), spikes.spike?(1)]
    assert_predicate columns, :frozen?
    assert_predicate columns.flags, :frozen?
  end

  # Row for row what the call for one answers.
  def test_agree_with_single_calls
    random = Random.new(SEED)
    spend = Array.new(1000) { random.rand < 0.1 ? -1.0 : random.rand * 200 }
    limit = Array.new(1000) { random.rand * 200 }
    columns = budgets(spend, limit, warning_ratio: 0.8)
    single = spend.zip(limit).map do |one, other|
      Cloudcircuit.budget_flags(current_spend: one, budget_limit: other, warning_ratio: 0.8)
    end
    assert_equal single, columns.flags.bytes
    assert_operator columns.invalid_rows, :>, 50
  end
end
