# frozen_string_literal: true

module Cloudcircuit
  # What {Cloudcircuit.check_anomaly_spike} found.
  #
  # @!attribute [r] latest_spend
  #   @return [Float] the last point of the series, the one that was judged
  # @!attribute [r] baseline_mean
  #   @return [Float] mean of all points before it, without the floor
  # @!attribute [r] threshold
  #   @return [Float] the larger of baseline_mean and min_baseline, times spike_multiplier
  # @!attribute [r] spike
  #   @return [Boolean] latest_spend > threshold; also as spike?
  # @!attribute [r] points_used
  #   @return [Integer] the number of points in baseline_mean
  class SpikeResult < Layout.struct(
    latest_spend: :double, baseline_mean: :double, threshold: :double, spike: :flag, points_used: :uint32
  )
    include Signalling

    # @api private
    RECORD = :write_spike_result_json
    # @api private
    SIGNAL = :spike_signal
  end

  # What {Cloudcircuit.check_anomaly_spike_i64} found; amounts are Integers in the caller's minor unit.
  #
  # @!attribute [r] latest_spend
  #   @return [Integer] the last point of the series, the one that was judged
  # @!attribute [r] baseline_mean
  #   @return [Integer] mean of all points before it, without the floor, rounded down
  # @!attribute [r] threshold
  #   @return [Integer] the larger of the unrounded mean and min_baseline, times the multiplier, rounded down, at most
  #     2**63 - 1
  # @!attribute [r] spike
  #   @return [Boolean] latest_spend is above the unrounded threshold; also as spike?
  # @!attribute [r] points_used
  #   @return [Integer] the number of points in baseline_mean
  class SpikeResultI64 < Layout.struct(
    latest_spend: :int64, baseline_mean: :int64, threshold: :int64, spike: :flag, points_used: :uint32
  )
    include Signalling

    # @api private
    RECORD = :write_spike_result_i64_json
    # @api private
    SIGNAL = :spike_signal_i64
  end

  # @api private
  class SpikeConfig < Layout.struct(spike_multiplier: :double, min_baseline: :double)
    DEFAULT = filled_by(:spike_config_init)
  end

  # @api private
  class SpikeConfigI64 < Layout.struct(spike_multiplier_ppm: :uint32, reserved: :reserved, min_baseline: :int64)
    DEFAULT = filled_by(:spike_config_i64_init)
  end
  private_constant :SpikeConfig, :SpikeConfigI64

  # How many times the baseline the latest spend must exceed to be a spike, when no number is given.
  DEFAULT_SPIKE_MULTIPLIER = SpikeConfig::DEFAULT.spike_multiplier
  # The same in parts per million.
  DEFAULT_SPIKE_MULTIPLIER_PPM = SpikeConfigI64::DEFAULT.spike_multiplier_ppm
  # The floor under the baseline, when none is given.
  DEFAULT_MIN_BASELINE = SpikeConfig::DEFAULT.min_baseline
  # The same in minor units.
  DEFAULT_MIN_BASELINE_I64 = SpikeConfigI64::DEFAULT.min_baseline

  # Compares the latest spend of a series with the mean of all points before it: a spike is a latest spend above
  # spike_multiplier times that mean or its floor, whichever is larger.
  #
  # @param spend_series [Array<Numeric>, String, FFI::Pointer, Column] spend in equal steps of time, oldest first,
  #   latest last; at least 2 points, each finite, >= 0, in one currency unit. A step without spend is a 0. A String
  #   is what Array#pack("d*") makes.
  # @param spike_multiplier [Numeric] finite, > 1
  # @param min_baseline [Numeric] the baseline is taken as at least this; finite, >= 0, in the unit of the series
  # @return [SpikeResult]
  # @raise [SeriesTooShortError, SpikeMultiplierError, MinBaselineError, SpendSeriesError] when an argument breaks its
  #   rule
  def self.check_anomaly_spike(spend_series:, spike_multiplier: DEFAULT_SPIKE_MULTIPLIER,
                               min_baseline: DEFAULT_MIN_BASELINE)
    series = Column.series(:spend_series, spend_series, :put_array_of_double)
    config = SpikeConfig.pack(spike_multiplier, min_baseline)
    memory = SpikeResult.memory
    Error.check(Library.check_anomaly_spike(series.memory, series.rows, config, memory), SpikeResult, config)
    SpikeResult.read(memory, config)
  end

  # {check_anomaly_spike} on Integers, in whole minor units: nothing is ever rounded.
  #
  # @param spend_series [Array<Integer>, String, FFI::Pointer, Column] as there; a String is what Array#pack("q*")
  #   makes
  # @param spike_multiplier_ppm [Integer] in parts per million; > 1_000_000, fits into uint32_t
  # @param min_baseline [Integer] as there
  # @return [SpikeResultI64]
  # @raise [SeriesTooShortError, SpikeMultiplierPpmError, MinBaselineError, SpendSeriesError] when an argument breaks
  #   its rule
  def self.check_anomaly_spike_i64(spend_series:, spike_multiplier_ppm: DEFAULT_SPIKE_MULTIPLIER_PPM,
                                   min_baseline: DEFAULT_MIN_BASELINE_I64)
    series = Column.series(:spend_series, spend_series, :put_array_of_int64)
    config = SpikeConfigI64.pack(spike_multiplier_ppm, min_baseline)
    memory = SpikeResultI64.memory
    Error.check(Library.check_anomaly_spike_i64(series.memory, series.rows, config, memory), SpikeResultI64, config)
    SpikeResultI64.read(memory, config)
  end

  # {check_anomaly_spike} as bits. A rule broken raises nothing here: it answers {FLAG_INVALID} and {FLAG_SPIKE}.
  #
  # @param spend_series [Array<Numeric>, String, FFI::Pointer, Column] as there
  # @param spike_multiplier [Numeric] as there
  # @param min_baseline [Numeric] as there
  # @return [Integer] {FLAG_SPIKE} or 0
  def self.spike_flags(spend_series:, spike_multiplier: DEFAULT_SPIKE_MULTIPLIER, min_baseline: DEFAULT_MIN_BASELINE)
    series = Column.series(:spend_series, spend_series, :put_array_of_double)
    Library.spike_flags(
      series.memory, series.rows, Convert.double(:spike_multiplier, spike_multiplier),
      Convert.double(:min_baseline, min_baseline)
    )
  end
end
