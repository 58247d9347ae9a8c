# frozen_string_literal: true

module Cloudcircuit
  # A column of numbers for one of the columns functions, which also take the values alone. Nothing is copied but an
  # Array: a String and the memory of a pointer are read where they are.
  #
  # @example The second of three rows is missing, in a bitmap as Arrow has it
  #   Cloudcircuit::Column.new([1.0, 0.0, 3.0].pack("d*"), validity: [0b101].pack("C"))
  class Column
    # @api private
    attr_reader :parts

    # @param values [Array<Numeric, nil>, String, FFI::Pointer] nil is a missing value; a String is what
    #   Array#pack("d*") makes, "q*" for Integers
    # @param validity [String, FFI::Pointer, nil] bit i % 8 of byte i / 8 is 1 when row i - validity_offset has a value
    # @param validity_offset [Integer] the bit of the first row
    # @param rows [Integer, nil] how many rows there are, if not all of values; needed for a pointer without a size
    def initialize(values, validity: nil, validity_offset: 0, rows: nil)
      offset = Convert.uint64(:validity_offset, validity_offset)
      @parts = [values, validity, offset, rows && Convert.uint64(:rows, rows)].freeze
    end

    # @api private
    def self.doubles(name, column)
      Readable.new(name, column, :put_array_of_double).checked
    end

    # @api private
    def self.integers(name, column)
      Readable.new(name, column, :put_array_of_int64).checked
    end

    # Where series begin and the last one ends; a validity is that of the series.
    #
    # @api private
    def self.offsets(name, column)
      offsets = Readable.new(name, column, :put_array_of_int64, takes_nil: false)
      raise ArgumentError, "#{name} must hold at least one number" if offsets.rows.zero?

      offsets.checked(offsets.rows - 1)
    end

    # One series, in which nothing may be missing.
    #
    # @api private
    def self.series(name, column, put)
      series = Readable.new(name, column, put, takes_nil: false)
      raise ArgumentError, "#{name} must not have a validity" if series.validity

      series
    end

    # One series, in which nil is a missing point: a NaN in C.
    #
    # @api private
    def self.points(name, column)
      column = column.map { |point| point.nil? ? Float::NAN : point } if column.is_a?(Array) && column.any?(nil)
      series(name, column, :put_array_of_double)
    end

    # A column as the library reads it.
    #
    # @api private
    class Readable
      # Bytes of a number.
      WIDTH = 8
      # The size of an FFI::Pointer that does not know its own.
      UNKNOWN = FFI::Pointer::NULL.size

      attr_reader :memory, :rows, :validity, :validity_offset

      def initialize(name, column, put, takes_nil: true)
        @name = name
        @memory, @validity, @validity_offset, @rows = column.is_a?(Column) ? column.parts : [column, nil, 0, nil]
        room = read(put, takes_nil)
        @rows ||= room
        raise ArgumentError, "#{name} has fewer than #{@rows} rows" if @rows > room
      end

      # Makes sure that the validity covers the rows.
      def checked(rows = @rows)
        case validity
        when nil then return self
        when String
          @validity = own(validity)
          bytes = validity.bytesize
        when FFI::Pointer then bytes = validity.size
        else raise TypeError, "#{@name} validity must be a String or an FFI::Pointer, not #{validity.class}"
        end
        return self if validity_offset + rows <= 8 * bytes

        raise ArgumentError, "#{@name} validity has fewer than #{validity_offset + rows} bits"
      end

      private

      # Makes memory what the library can read, and returns how many rows it has room for.
      def read(put, takes_nil)
        case memory
        when Array
          fill(memory, put, takes_nil)
          memory.size / WIDTH
        when String
          @memory = own(memory)
          return memory.bytesize / WIDTH if (memory.bytesize % WIDTH).zero?

          raise ArgumentError, "#{@name} must be packed, #{WIDTH} bytes a row: it has #{memory.bytesize}"
        when FFI::Pointer
          return memory.size / WIDTH unless memory.size == UNKNOWN && !rows

          raise ArgumentError, "#{@name} needs rows: its pointer has no size"
        else raise TypeError, "#{@name} must be an Array, a packed String or an FFI::Pointer, not #{memory.class}"
        end
      end

      # Shares the bytes, but stays as it is when the original is changed before the call.
      def own(string)
        string.frozen? ? string : string.dup
      end

      # To look for nil beforehand would take longer than all the rest.
      def fill(array, put, takes_nil)
        # FFI would cut off a Float, not refuse it.
        raise TypeError, "not every item is an Integer" if put == :put_array_of_int64 && !array.all?(Integer)

        @memory = FFI::MemoryPointer.new(WIDTH, array.size, false).public_send(put, 0, array)
      rescue TypeError, RangeError => e
        raise e.class, "#{@name}: #{e.message}" unless takes_nil && array.any?(nil)

        fill(without_nil(array), put, false)
      end

      def without_nil(array)
        raise ArgumentError, "#{@name} has nil as well as a validity" if validity

        @validity = [array.map { |item| item.nil? ? "0" : "1" }.join].pack("b*")
        array.map { |item| item.nil? ? 0 : item }
      end
    end
    private_constant :Readable
  end

  # Rows of FLAG constants.
  module FlagRows
    # @return [String] a byte of FLAG constants for each row
    attr_reader :flags

    # @return [Integer] how many rows there are
    def rows
      flags.bytesize
    end

    # @param row [Integer] from 0
    # @return [Integer] its flags
    # @raise [IndexError] when there is no such row
    def flags_at(row)
      raise IndexError, "row #{row} is not in 0...#{rows}" unless (0...rows).cover?(row)

      flags.getbyte(row)
    end

    # @param row [Integer] from 0
    # @return [Boolean] its latest spend is a spike
    def spike?(row)
      flags_at(row) & FLAG_SPIKE != 0
    end

    # @param row [Integer] from 0
    # @return [Boolean] there is too little before it to judge or forecast it, or it is missing
    def insufficient_data?(row)
      flags_at(row) & FLAG_INSUFFICIENT != 0
    end

    # @param flag [Integer] FLAG constants
    # @return [Array<Integer>] the rows that have any of them
    def rows_with(flag)
      flags.each_byte.with_index.filter_map { |bits, row| row if bits & flag != 0 }
    end
  end
  private_constant :FlagRows

  # What a columns function answers, row by row. A row that breaks a rule is refused, counted in invalid_rows, and does
  # not spoil the others.
  class Columns
    include FlagRows

    # @return [String, nil] if it was asked for, a number for each row: usage_ratio or threshold, packed as "d*", or
    #   usage_ppm, packed as "Q*"; 0 in invalid rows
    attr_reader :numbers
    # @return [Integer] how many rows broke a rule or miss a value
    attr_reader :invalid_rows

    # @api private
    def initialize(flags, numbers, invalid_rows)
      @flags = flags.freeze
      @numbers = numbers.freeze
      @invalid_rows = invalid_rows
      freeze
    end

    # @param row [Integer] from 0
    # @return [Boolean] its budget warns
    def warning?(row)
      flags_at(row) & FLAG_WARNING != 0
    end

    # @param row [Integer] from 0
    # @return [Boolean] its budget is breached
    def breached?(row)
      flags_at(row) & FLAG_BREACHED != 0
    end

    # @param row [Integer] from 0
    # @return [Boolean] it breaks a rule, and is refused
    def invalid?(row)
      flags_at(row) & FLAG_INVALID != 0
    end

    def inspect
      "#<#{self.class} rows=#{rows} invalid_rows=#{invalid_rows}>"
    end

    # Calls a columns function with the memory for its outputs; a number has so many bytes.
    #
    # @api private
    def self.filled(rows, numbers, width = 8)
      flags = FFI::MemoryPointer.new(1, rows, false)
      numbers = numbers ? FFI::MemoryPointer.new(width, rows, false) : nil
      invalid = FFI::MemoryPointer.new(:size_t)
      status = yield(flags, numbers, invalid)
      Error.check(status) unless status == InvalidRowsError::STATUS
      new(flags.read_bytes(rows), numbers&.read_bytes(width * rows), invalid.read(:size_t))
    end
  end

  # {check_budget} on many budgets in one call.
  #
  # @param current_spend [Array<Numeric, nil>, String, FFI::Pointer, Column] a column of amounts
  # @param budget_limit [Array<Numeric, nil>, String, FFI::Pointer, Column] another, of as many
  # @param warning_ratio [Numeric] one for all rows
  # @param numbers [Boolean] whether to return the usage_ratio of each row, too
  # @return [Columns]
  # @raise [WarningRatioError] when warning_ratio breaks its rule; a row that does is in the answer
  # @raise [ArgumentError] when the columns differ in length
  def self.check_budget_columns(current_spend:, budget_limit:, warning_ratio: DEFAULT_WARNING_RATIO, numbers: false)
    spend = Column.doubles(:current_spend, current_spend)
    limit = Column.doubles(:budget_limit, budget_limit)
    budget_columns(:check_budget_columns_nullable, spend, limit, BudgetConfig.pack(warning_ratio), numbers)
  end

  # {check_budget_i64} on many budgets in one call.
  #
  # @param current_spend [Array<Integer, nil>, String, FFI::Pointer, Column] a column of amounts
  # @param budget_limit [Array<Integer, nil>, String, FFI::Pointer, Column] another, of as many
  # @param warning_ppm [Integer] one for all rows
  # @param numbers [Boolean] whether to return the usage_ppm of each row, too
  # @return [Columns]
  # @raise [WarningPpmError] when warning_ppm breaks its rule; a row that does is in the answer
  # @raise [ArgumentError] when the columns differ in length
  def self.check_budget_columns_i64(current_spend:, budget_limit:, warning_ppm: DEFAULT_WARNING_PPM, numbers: false)
    spend = Column.integers(:current_spend, current_spend)
    limit = Column.integers(:budget_limit, budget_limit)
    budget_columns(:check_budget_columns_i64_nullable, spend, limit, BudgetConfigI64.pack(warning_ppm), numbers)
  end

  def self.budget_columns(function, spend, limit, config, numbers)
    unless spend.rows == limit.rows
      raise ArgumentError, "current_spend has #{spend.rows} rows, budget_limit has #{limit.rows}"
    end

    Columns.filled(spend.rows, numbers) do |*outputs|
      Library.public_send(
        function, spend.memory, spend.validity, spend.validity_offset, limit.memory, limit.validity,
        limit.validity_offset, spend.rows, config, *outputs
      )
    end
  end
  private_class_method :budget_columns

  # {check_anomaly_spike} on many series in one call.
  #
  # @param spend [Array, String, FFI::Pointer, Column] the points of all series, end to end; or, without offsets, an
  #   Array of Arrays, nil for a series that is missing
  # @param offsets [Array<Integer>, String, FFI::Pointer, Column, nil] where the series begin and the last one ends:
  #   series i lies from offsets[i] to before offsets[i + 1]; a validity is that of the series
  # @param spike_multiplier [Numeric] one for all series
  # @param min_baseline [Numeric] one for all series
  # @param numbers [Boolean] whether to return the threshold of each series, too
  # @return [Columns]
  # @raise [OffsetsError] when offsets decrease or lie outside
  # @raise [SpikeMultiplierError, MinBaselineError] when a setting breaks its rule; a series that does is in the answer
  def self.check_anomaly_spike_columns(spend:, offsets: nil, spike_multiplier: DEFAULT_SPIKE_MULTIPLIER,
                                       min_baseline: DEFAULT_MIN_BASELINE, numbers: false)
    spend, offsets = end_to_end(spend) if offsets.nil?
    points = Column.doubles(:spend, spend)
    ends = Column.offsets(:offsets, offsets)
    config = SpikeConfig.pack(spike_multiplier, min_baseline)
    Columns.filled(ends.rows - 1, numbers) do |*outputs|
      Library.check_anomaly_spike_columns_nullable(
        points.memory, points.validity, points.validity_offset, points.rows, ends.memory, ends.validity,
        ends.validity_offset, ends.rows - 1, config, *outputs
      )
    end
  end

  def self.end_to_end(series)
    unless series.is_a?(Array) && series.all? { |one| one.nil? || one.is_a?(Array) }
      raise TypeError, "spend must be an Array of Arrays when there are no offsets"
    end

    ends = series.each_with_object([0]) { |one, sums| sums << (sums.last + (one ? one.size : 0)) }
    validity = [series.map { |one| one ? "1" : "0" }.join].pack("b*")
    [series.compact.flatten(1), Column.new(ends, validity: validity)]
  end
  private_class_method :end_to_end
end
