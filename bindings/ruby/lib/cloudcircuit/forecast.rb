# frozen_string_literal: true

module Cloudcircuit
  # What {Cloudcircuit.forecast_budget} expects; amounts are in the caller's currency unit.
  #
  # @!attribute [r] spend_to_date
  #   @return [Float] the sum of the period's points so far; a missing one adds nothing
  # @!attribute [r] forecast_spend
  #   @return [Float] what the whole period is expected to cost; never below spend_to_date
  # @!attribute [r] lower_bound
  #   @return [Float] in one period of ten, less than this is spent
  # @!attribute [r] upper_bound
  #   @return [Float] in one period of ten, more than this is spent
  # @!attribute [r] forecast_ratio
  #   @return [Float] forecast_spend / budget_limit
  # @!attribute [r] burn_rate
  #   @return [Float] the share of the budget that is spent over the share of the period that has passed: above 1, the
  #     budget would not last at this pace
  # @!attribute [r] exhaustion_point
  #   @return [Integer, nil] the index in the period of the first point at which spend reaches the limit, in the past or
  #     as forecast; nil when it does not within the period
  # @!attribute [r] forecast_breached
  #   @return [Boolean] spend reaches the limit within the period; also as forecast_breached?
  # @!attribute [r] verdict
  #   @return [Symbol] :normal, or :insufficient_data: forecast_spend and both bounds are then spend_to_date
  class ForecastResult < Layout.struct(
    spend_to_date: :double, forecast_spend: :double, lower_bound: :double, upper_bound: :double,
    forecast_ratio: :double, burn_rate: :double, exhaustion_point: :point, forecast_breached: :flag, verdict: :verdict
  )
    include Signalling
    include Judged

    # @api private
    RECORD = :write_forecast_result_json
    # @api private
    SIGNAL = :forecast_signal
  end

  # @api private
  class ForecastConfig < Layout.struct(
    season_length: :uint32, lag_points: :uint32, negative_points: :negative_points, reserved: :reserved,
    start_time: :start_time, step: :int64
  )
    DEFAULT = filled_by(:forecast_config_init)
  end
  private_constant :ForecastConfig

  # What {Cloudcircuit.forecast_budget_columns} expects, row by row: a row is a series.
  class ForecastColumns < Columns
    # @param row [Integer] from 0
    # @return [ForecastResult, nil] its forecast, if results were asked for; that of an invalid row is refused. Its JSON
    #   has the default settings.
    def result(row)
      flags_at(row)
      return unless numbers

      length = ForecastResult::LENGTH
      ForecastResult.read(ForecastResult.memory.put_bytes(0, numbers, row * length, length))
    end

    undef_method :spike?, :warning?
  end

  # The points after which spend repeats its pattern, when no number is given: the weekdays of daily points.
  DEFAULT_FORECAST_SEASON_LENGTH = ForecastConfig::DEFAULT.season_length

  # Forecasts what a period, a month for instance, will have cost when it ends, with bounds that hold eight periods of
  # ten, and says when its budget is used up.
  #
  # @param period_spend [Array<Numeric, nil>, String, FFI::Pointer, Column] the period's points so far, a day's spend
  #   each for instance, oldest first; each finite, >= 0, or nil or NaN where it is missing. A String is what
  #   Array#pack("d*") makes.
  # @param period_len [Integer] the number of points in the whole period; > 0
  # @param budget_limit [Numeric] the most that may be spent in the period; finite, > 0, in the unit of the points
  # @param history [Array<Numeric, nil>, String, FFI::Pointer, Column] spend before the period, likewise, up to the
  #   point right before it; 35 points or more serve best
  # @param season_length [Integer] points after which spend repeats its pattern: 7 for days, 24 for hours, 12 for
  #   months, 1 for none; up to 168
  # @param settings the rest is settings; every one has a default
  # @option settings [Integer] :lag_points (0) how many of the last points are incomplete, for bills that fill up late:
  #   they count in spend_to_date as they are, and in the forecast as expected if that is more; up to 480
  # @option settings [Symbol] :negative_points (:error) what a negative point means, for instance a credit: :error,
  #   :missing or :zero
  # @option settings [Time, Date, Integer, nil] :start_time (nil) when the first point of the history was, in the bill's
  #   own calendar: with it charges by the day of the month are expected again
  # @option settings [Integer] :step (86_400) the seconds between points
  # @return [ForecastResult]
  # @raise [PeriodLenError, ElapsedError, BudgetLimitError, ForecastSeasonLengthError, LagPointsError,
  #   NegativePointsError, StartTimeError, StepError, HistoryError, PeriodSpendError] when an argument breaks its rule
  def self.forecast_budget(period_spend:, period_len:, budget_limit:, history: [],
                           season_length: DEFAULT_FORECAST_SEASON_LENGTH, **settings)
    before = Column.points(:history, history)
    elapsed = Column.points(:period_spend, period_spend)
    config = ForecastConfig.with({ season_length: season_length, **settings }).pack
    memory = ForecastResult.memory
    Error.check(
      Library.forecast_budget(
        before.memory, before.rows, elapsed.memory, elapsed.rows, Convert.uint64(:period_len, period_len),
        Convert.double(:budget_limit, budget_limit), config, memory
      ),
      ForecastResult, config
    )
    ForecastResult.read(memory, config)
  end

  # {forecast_budget} on many series in one call.
  #
  # @param spend [String, Array<Numeric, nil>, FFI::Pointer, Column] the points of all series, end to end: of each its
  #   history and then its period's points so far; nil or NaN for a missing one
  # @param offsets [Array<Integer>, String, FFI::Pointer, Column] where the series begin and the last one ends: series i
  #   lies from offsets[i] to before offsets[i + 1]
  # @param elapsed [Array<Integer>, String, FFI::Pointer, Column] of each how many of its last points are the period's
  # @param period_len [Array<Integer>, String, FFI::Pointer, Column] of each the number of points in the whole period
  # @param budget_limit [Array<Numeric>, String, FFI::Pointer, Column] of each the most that may be spent in the period
  # @param start_times [Array<Time, Date, Integer, nil>, String, FFI::Pointer, Column, nil] of each when its first point
  #   was; nil: the start_time of the settings for all
  # @param results [Boolean] whether to return the {ForecastResult} of each series, too
  # @param settings as there
  # @return [ForecastColumns]
  # @raise [OffsetsError] when offsets decrease or lie outside
  # @raise [ForecastSeasonLengthError, Error] when a setting breaks its rule; a series that does is in the answer
  # @raise [ArgumentError] when the columns differ in length
  def self.forecast_budget_columns(spend:, offsets:, elapsed:, period_len:, budget_limit:, start_times: nil,
                                   results: false, **settings)
    if start_times.is_a?(Array)
      start_times = start_times.map { |time| Convert.start_time(:start_times, time) }
    end
    points = Column.points(:spend, spend)
    columns = {
      offsets: offsets, start_times: start_times, elapsed: elapsed, period_len: period_len, budget_limit: budget_limit
    }
    columns = columns.compact.to_h do |name, column|
      [name, Column.series(name, column, name == :budget_limit ? :put_array_of_double : :put_array_of_int64)]
    end
    rows = columns[:offsets].rows - 1
    columns.each do |name, column|
      expected = name == :offsets ? rows + 1 : rows
      raise ArgumentError, "#{name} has #{column.rows} rows, not #{expected}" if column.rows != expected || rows.negative?
    end
    memory = %i[offsets start_times elapsed period_len budget_limit].map { |name| columns[name]&.memory }
    config = ForecastConfig.with(settings).pack
    ForecastColumns.filled(rows, results, ForecastResult::LENGTH) do |*outputs|
      Library.forecast_budget_columns(points.memory, points.rows, *memory, rows, config, *outputs)
    end
  end
end
