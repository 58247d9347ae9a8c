# frozen_string_literal: true

module Cloudcircuit
  # What {Cloudcircuit.evaluate_circuit_breaker} decided.
  #
  # @!attribute [r] retry_after_steps
  #   @return [Integer] the remaining cooldown when open, else 0
  # @!attribute [r] open
  #   @return [Boolean] also as open?
  # @!attribute [r] allow_operation
  #   @return [Boolean] the opposite of open: the operation may run; also as allow_operation?
  class BreakerDecision < Layout.struct(retry_after_steps: :int64, open: :flag, allow_operation: :flag)
    include Signalling

    # @api private
    RECORD = :write_breaker_decision_json
    # @api private
    SIGNAL = :breaker_signal
  end

  # @api private
  class BreakerCounters < Layout.struct(
    consecutive_failures: :int64, failure_threshold: :int64, cooldown_steps_remaining: :int64
  )
  end
  private_constant :BreakerCounters

  # Consecutive failures that open a breaker, when no number is given.
  DEFAULT_FAILURE_THRESHOLD = BreakerCounters.filled_by(:breaker_counters_init).failure_threshold

  # Decides from the host's own counters whether an operation may run: the breaker is open when consecutive_failures
  # >= failure_threshold or a cooldown remains. {Breaker} is a whole one, with a state.
  #
  # @param consecutive_failures [Integer] failures since the last success; >= 0
  # @param failure_threshold [Integer] consecutive failures from which it is open; > 0
  # @param cooldown_steps_remaining [Integer] steps (runs, minutes, billing cycles) until a cooldown ends; >= 0
  # @return [BreakerDecision]
  # @raise [ConsecutiveFailuresError, FailureThresholdError, CooldownStepsRemainingError] when an argument breaks its
  #   rule
  def self.evaluate_circuit_breaker(consecutive_failures:, failure_threshold: DEFAULT_FAILURE_THRESHOLD,
                                    cooldown_steps_remaining: 0)
    config = BreakerCounters.pack(consecutive_failures, failure_threshold, cooldown_steps_remaining)
    memory = BreakerDecision.memory
    Error.check(Library.evaluate_circuit_breaker(config, memory), BreakerDecision, config)
    BreakerDecision.read(memory, config)
  end

  # {evaluate_circuit_breaker} as bits. A rule broken raises nothing here: it answers {FLAG_INVALID} and {FLAG_OPEN}.
  #
  # @param consecutive_failures [Integer] as there
  # @param failure_threshold [Integer] as there
  # @param cooldown_steps_remaining [Integer] as there
  # @return [Integer] {FLAG_OPEN} or 0
  def self.breaker_flags(consecutive_failures:, failure_threshold: DEFAULT_FAILURE_THRESHOLD,
                         cooldown_steps_remaining: 0)
    Library.breaker_flags(
      Convert.int64(:consecutive_failures, consecutive_failures),
      Convert.int64(:failure_threshold, failure_threshold),
      Convert.int64(:cooldown_steps_remaining, cooldown_steps_remaining)
    )
  end
end
