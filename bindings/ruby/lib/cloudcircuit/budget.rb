# frozen_string_literal: true

module Cloudcircuit
  # What {Cloudcircuit.check_budget} found.
  #
  # @!attribute [r] current_spend
  #   @return [Float] the amount that was checked, in the caller's currency unit
  # @!attribute [r] budget_limit
  #   @return [Float] the limit it was checked against, in the same unit
  # @!attribute [r] usage_ratio
  #   @return [Float] current_spend / budget_limit, at most the largest Float
  # @!attribute [r] remaining_budget
  #   @return [Float] budget_limit - current_spend; negative when more was spent than the limit allows
  # @!attribute [r] warning
  #   @return [Boolean] usage_ratio >= warning_ratio; also as warning?
  # @!attribute [r] breached
  #   @return [Boolean] current_spend >= budget_limit, do not spend more; also as breached?
  class BudgetResult < Layout.struct(
    current_spend: :double, budget_limit: :double, usage_ratio: :double, remaining_budget: :double,
    warning: :flag, breached: :flag
  )
    include Signalling

    # @api private
    RECORD = :write_budget_result_json
    # @api private
    SIGNAL = :budget_signal
  end

  # What {Cloudcircuit.check_budget_i64} found; amounts are Integers in the caller's minor unit.
  #
  # @!attribute [r] current_spend
  #   @return [Integer] the amount that was checked
  # @!attribute [r] budget_limit
  #   @return [Integer] the limit it was checked against
  # @!attribute [r] remaining_budget
  #   @return [Integer] budget_limit - current_spend
  # @!attribute [r] usage_ppm
  #   @return [Integer] current_spend / budget_limit in parts per million, rounded down, at most 2**64 - 1
  # @!attribute [r] warning
  #   @return [Boolean] current_spend is at least warning_ppm millionths of budget_limit; also as warning?
  # @!attribute [r] breached
  #   @return [Boolean] current_spend >= budget_limit, do not spend more; also as breached?
  class BudgetResultI64 < Layout.struct(
    current_spend: :int64, budget_limit: :int64, remaining_budget: :int64, usage_ppm: :uint64,
    warning: :flag, breached: :flag
  )
    include Signalling

    # @api private
    RECORD = :write_budget_result_i64_json
    # @api private
    SIGNAL = :budget_signal_i64
  end

  # @api private
  class BudgetConfig < Layout.struct(warning_ratio: :double)
  end

  # @api private
  class BudgetConfigI64 < Layout.struct(warning_ppm: :uint32, reserved: :reserved)
  end
  private_constant :BudgetConfig, :BudgetConfigI64

  # Share of the limit from which a budget warns, when none is given.
  DEFAULT_WARNING_RATIO = BudgetConfig.filled_by(:budget_config_init).warning_ratio
  # The same in parts per million.
  DEFAULT_WARNING_PPM = BudgetConfigI64.filled_by(:budget_config_i64_init).warning_ppm

  # Checks a spend against a budget: a warning from warning_ratio of the limit, a breach from the limit itself.
  #
  # Mind that amounts like 0.1 are not exact as Floats: 0.1 + 0.2 breaches a limit of 0.3. {check_budget_i64} is exact.
  #
  # @param current_spend [Numeric] what has been spent so far; finite, >= 0
  # @param budget_limit [Numeric] what may be spent; finite, > 0, in the same unit
  # @param warning_ratio [Numeric] share of the limit that warns; > 0 and <= 1
  # @return [BudgetResult]
  # @raise [BudgetLimitError, WarningRatioError, CurrentSpendError] when an argument breaks its rule
  def self.check_budget(current_spend:, budget_limit:, warning_ratio: DEFAULT_WARNING_RATIO)
    memory = BudgetResult.memory
    # NULL stands for the default.
    config = BudgetConfig.pack(warning_ratio) unless warning_ratio.equal?(DEFAULT_WARNING_RATIO)
    Error.check(Library.check_budget(current_spend, budget_limit, config, memory), BudgetResult, config)
    BudgetResult.read(memory, config)
  rescue TypeError, RangeError
    Convert.doubles(current_spend: current_spend, budget_limit: budget_limit, warning_ratio: warning_ratio)
    raise
  end

  # {check_budget} on Integers, in whole minor units: nothing is ever rounded.
  #
  # @param current_spend [Integer] what has been spent so far; >= 0, fits into int64_t
  # @param budget_limit [Integer] what may be spent; > 0, in the same unit
  # @param warning_ppm [Integer] share of the limit that warns, in parts per million; 1 to 1_000_000
  # @return [BudgetResultI64]
  # @raise [BudgetLimitError, WarningPpmError, CurrentSpendError] when an argument breaks its rule
  def self.check_budget_i64(current_spend:, budget_limit:, warning_ppm: DEFAULT_WARNING_PPM)
    memory = BudgetResultI64.memory
    config = BudgetConfigI64.pack(warning_ppm) unless warning_ppm.equal?(DEFAULT_WARNING_PPM)
    Error.check(
      Library.check_budget_i64(
        Convert.int64(:current_spend, current_spend), Convert.int64(:budget_limit, budget_limit), config, memory
      ),
      BudgetResultI64, config
    )
    BudgetResultI64.read(memory, config)
  end

  # {check_budget} as bits, for loops in which the time of a result object counts. A rule broken raises nothing here:
  # it answers all of {FLAG_INVALID}, {FLAG_BREACHED} and {FLAG_WARNING}.
  #
  # @param current_spend [Numeric] as there
  # @param budget_limit [Numeric] as there
  # @param warning_ratio [Numeric] as there
  # @return [Integer] {FLAG_WARNING} and {FLAG_BREACHED} as they apply
  def self.budget_flags(current_spend:, budget_limit:, warning_ratio: DEFAULT_WARNING_RATIO)
    Library.budget_flags(current_spend, budget_limit, warning_ratio)
  rescue TypeError, RangeError
    Convert.doubles(current_spend: current_spend, budget_limit: budget_limit, warning_ratio: warning_ratio)
    raise
  end

  # {check_budget_i64} as bits, like {budget_flags}.
  #
  # @param current_spend [Integer] as there
  # @param budget_limit [Integer] as there
  # @param warning_ppm [Integer] as there
  # @return [Integer] {FLAG_WARNING} and {FLAG_BREACHED} as they apply
  def self.budget_flags_i64(current_spend:, budget_limit:, warning_ppm: DEFAULT_WARNING_PPM)
    Library.budget_flags_i64(
      Convert.int64(:current_spend, current_spend), Convert.int64(:budget_limit, budget_limit),
      Convert.uint32(:warning_ppm, warning_ppm)
    )
  end
end
