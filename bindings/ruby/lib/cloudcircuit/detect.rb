# frozen_string_literal: true

module Cloudcircuit
  # What {Cloudcircuit.detect_spike} and {SpikeTracker#update} found. Numbers are 0 when there is too little data.
  #
  # @!attribute [r] latest_spend
  #   @return [Float] the point judged; 0 when it is missing
  # @!attribute [r] expected_spend
  #   @return [Float] what was to be expected of it
  # @!attribute [r] upper_bound
  #   @return [Float] spend above this is a spike, to within rounding
  # @!attribute [r] excess
  #   @return [Float] latest_spend - expected_spend; below 0 when less was spent
  # @!attribute [r] score
  #   @return [Float] the excess in robust deviations, two or three high points in a row counting for more; the verdict
  #     compares it with the score_threshold
  # @!attribute [r] leak_score
  #   @return [Float] how far the last season lies above the line through those before, in robust deviations; above 1 is
  #     a leak
  # @!attribute [r] drop_score
  #   @return [Float] how far the point lies below all that its past explains, in robust deviations; 0 if it does not
  # @!attribute [r] points_used
  #   @return [Integer] earlier points that the scale was measured on
  # @!attribute [r] verdict
  #   @return [Symbol] :normal, :spike or :insufficient_data
  # @!attribute [r] reason
  #   @return [Symbol] what decided: :score, :min_impact or :min_relative_impact when normal, :one_point, :two_points or
  #     :three_points (that many in a row) for a spike, :history or :missing for insufficient data
  # @!attribute [r] leak
  #   @return [Boolean] spend has crept up for a season or more, independent of the verdict; also as leak?
  # @!attribute [r] drop
  #   @return [Boolean] far less was spent than usual: an outage, or a commitment that is not used; independent of the
  #     verdict; also as drop?
  class DetectResult < Layout.struct(
    latest_spend: :double, expected_spend: :double, upper_bound: :double, excess: :double, score: :double,
    leak_score: :double, drop_score: :double, points_used: :uint32, verdict: :verdict, reason: :detect_reason,
    leak: :flag, drop: :flag, reserved: :reserved
  )
    include Signalling
    include Judged

    # @return [Boolean] the verdict is :spike
    def spike?
      verdict == :spike
    end

    # @api private
    RECORD = :write_detect_result_json
    # @api private
    SIGNAL = :detect_signal
  end

  # @api private
  class DetectConfig < Layout.struct(
    season_length: :uint32, window: :uint32, lag_points: :uint32, negative_points: :negative_points, score_threshold: :double,
    min_impact: :double, min_relative_impact: :double, min_baseline: :double, start_time: :start_time, step: :int64
  )
    DEFAULT = filled_by(:detect_config_init)
  end
  private_constant :DetectConfig

  # What the detector says of a row.
  module DetectRows
    # @param row [Integer] from 0
    # @return [Boolean] spend has crept up to here
    def leak?(row)
      flags_at(row) & FLAG_LEAK != 0
    end

    # @param row [Integer] from 0
    # @return [Boolean] far less was spent than usual
    def drop?(row)
      flags_at(row) & FLAG_DROP != 0
    end
  end
  private_constant :DetectRows

  # What {Cloudcircuit.detect_spike_columns} found, row by row: a row is a series, its number the score.
  class DetectColumns < Columns
    include DetectRows
  end

  # What {Cloudcircuit.scan_spikes} found, row by row: a row is a point of the series.
  class SpikeScan
    include FlagRows
    include DetectRows

    # @return [String, nil] if numbers were asked for: what was to be expected of each point, packed as "d*"; 0 where
    #   data are insufficient
    attr_reader :expected_spend
    # @return [String, nil] the same of the bound, spend above which is a spike
    attr_reader :upper_bound

    # @api private
    def initialize(flags, expected_spend, upper_bound)
      @flags = flags.freeze
      @expected_spend = expected_spend.freeze
      @upper_bound = upper_bound.freeze
      freeze
    end

    def inspect
      "#<#{self.class} rows=#{rows}>"
    end
  end

  # Judges the latest point of a series by the points before it: what was to be expected of it on such a weekday or at
  # such an hour, and whether it lies unusually far above that for this series. A slow leak is reported
  # apart from the verdict. A series too young and a missing point are :insufficient_data, never normal.
  #
  # @example Dates make charges at the start of each month expected ones
  #   Cloudcircuit.detect_spike(spend_series: spend, start_time: Date.new(2025, 11, 1)).spike?
  # @param spend_series [Array<Numeric, nil>, String, FFI::Pointer, Column] spend in equal steps of time, oldest first,
  #   in one currency unit; each finite, >= 0, or nil or NaN where it is missing. A step without spend is a 0. A String
  #   is what Array#pack("d*") makes.
  # @param settings the rest is settings; every one has a default
  # @option settings [Time, Date, Integer, nil] :start_time (nil) when the first point was, in the bill's own calendar:
  #   a Time is read off its own clock, an Integer is seconds since 1970-01-01 there; nil = unknown
  # @option settings [Integer] :step (86_400) seconds between points
  # @option settings [Integer] :season_length (0) points after which spend repeats its pattern, 1 = none; 0 = by step
  # @option settings [Integer] :window (0) points looked back at; 0 = by season
  # @option settings [Integer] :lag_points (0) judges the point this many before the last, for bills that fill up
  #   late
  # @option settings [Symbol] :negative_points (:error), :missing or :zero: what a negative point means, for example a
  #   credit
  # @option settings [Numeric] :score_threshold (3.5) robust deviations above the expected spend that make a spike; > 0
  # @option settings [Numeric] :min_impact (0) the excess in money below which nothing is a spike or a leak; >= 0
  # @option settings [Numeric] :min_relative_impact (0.08) the same as a share of the expected or usual spend; >= 0
  # @option settings [Numeric] :min_baseline (0.01) the expected spend is taken as at least this; >= 0
  # @return [DetectResult]
  # @raise [ArgumentError] when a setting is unknown
  # @raise [DetectPointError, ScoreThresholdError, Error] when an argument breaks its rule
  def self.detect_spike(spend_series:, **settings)
    series = Column.points(:spend_series, spend_series)
    config = DetectConfig.with(settings).pack
    memory = DetectResult.memory
    Error.check(Library.detect_spike(series.memory, series.rows, config, memory), DetectResult, config)
    DetectResult.read(memory, config)
  end

  # Judges every point of a series as {detect_spike} would have on the day: row i is what that finds in the first i + 1
  # points. For trying settings on last year's bill before they are switched on.
  #
  # @param spend_series [Array<Numeric, nil>, String, FFI::Pointer, Column] as there
  # @param numbers [Boolean] whether to return the expected_spend and upper_bound of each row, too
  # @param settings as there; lag_points moves every verdict that many rows down
  # @return [SpikeScan]
  # @raise [Error] as there
  def self.scan_spikes(spend_series:, numbers: false, **settings)
    series = Column.points(:spend_series, spend_series)
    config = DetectConfig.with(settings).pack
    flags = FFI::MemoryPointer.new(1, series.rows, false)
    doubles = Array.new(2) { FFI::MemoryPointer.new(:double, series.rows, false) if numbers }
    Error.check(Library.scan_spikes(series.memory, series.rows, config, flags, *doubles))
    SpikeScan.new(flags.read_bytes(series.rows), *doubles.map { |column| column&.read_bytes(8 * series.rows) })
  end

  # {detect_spike} on the latest point of many series in one call, which start at one time.
  #
  # @param spend [String, Array<Numeric>, FFI::Pointer, Column] the points of all series, end to end; NaN for a missing
  #   one
  # @param offsets [Array<Integer>, String, FFI::Pointer, Column] where the series begin and the last one ends: series i
  #   lies from offsets[i] to before offsets[i + 1]
  # @param numbers [Boolean] whether to return the score of each series, too
  # @param settings as there
  # @return [DetectColumns]
  # @raise [OffsetsError] when offsets decrease or lie outside
  # @raise [ScoreThresholdError, Error] when a setting breaks its rule; a series that does is in the answer
  def self.detect_spike_columns(spend:, offsets:, numbers: false, **settings)
    points = Column.points(:spend, spend)
    ends = Column.offsets(:offsets, offsets)
    raise ArgumentError, "offsets must not have a validity" if ends.validity

    config = DetectConfig.with(settings).pack
    DetectColumns.filled(ends.rows - 1, numbers) do |*outputs|
      Library.detect_spike_columns(points.memory, points.rows, ends.memory, ends.rows - 1, config, *outputs)
    end
  end
end
