# frozen_string_literal: true

module Cloudcircuit
  # What {Cloudcircuit.evaluate_guard} decided.
  #
  # @!attribute [r] action
  #   @return [Symbol] :block, :throttle, :alert or :allow: the least permissive that a finding asked for
  # @!attribute [r] reasons
  #   @return [Array<Symbol>] every finding, of :warning, :breach, :spike, :open and :missing
  # @!attribute [r] retry_after_steps
  #   @return [Integer] the breaker's when :open is among the reasons, else 0
  class GuardDecision < Layout.struct(action: :action, reasons: :reasons, retry_after_steps: :int64)
    include Recordable

    # @return [Boolean] the operation must not run
    def block?
      action == :block
    end

    # @return [Boolean] it may run, but less of it
    def throttle?
      action == :throttle
    end

    # @return [Boolean] it may run, and somebody is to be told
    def alert?
      action == :alert
    end

    # @return [Boolean] it may run
    def allow?
      action == :allow
    end

    private

    def writer
      :write_guard_decision_json
    end
  end

  # @api private
  class GuardPolicy < Layout.struct(
    on_warning: :action, on_breach: :action, on_spike: :action, on_open: :action, on_missing: :action,
    required: :signals
  )
    DEFAULT = filled_by(:guard_policy_init)
  end
  private_constant :GuardPolicy

  # Turns what the safeguards found into one action: the least permissive of those that the policy names for the
  # findings, and :allow when there is none. A signal that is nil is missing.
  #
  # By default it alerts on a warning, throttles on a spike and blocks on everything else, and requires all signals.
  #
  # @param budget [BudgetResult, nil]
  # @param spike [SpikeResult, nil]
  # @param breaker [BreakerDecision, nil]
  # @param on_warning [Symbol] an action: :block, :throttle, :alert or :allow
  # @param on_breach [Symbol] an action
  # @param on_spike [Symbol] an action
  # @param on_open [Symbol] an action
  # @param on_missing [Symbol] an action, for each signal that is required and nil
  # @param required [Array<Symbol>] of :budget, :spike and :breaker
  # @return [GuardDecision]
  # @raise [ArgumentError] when an action or signal is unknown
  def self.evaluate_guard(budget:, spike:, breaker:,
                          on_warning: GuardPolicy::DEFAULT.on_warning, on_breach: GuardPolicy::DEFAULT.on_breach,
                          on_spike: GuardPolicy::DEFAULT.on_spike, on_open: GuardPolicy::DEFAULT.on_open,
                          on_missing: GuardPolicy::DEFAULT.on_missing, required: GuardPolicy::DEFAULT.required)
    policy = GuardPolicy.new(on_warning, on_breach, on_spike, on_open, on_missing, required)
    memory = GuardDecision.memory
    Error.check(
      Library.evaluate_guard(
        pack_signal(:budget, budget, BudgetResult), pack_signal(:spike, spike, SpikeResult),
        pack_signal(:breaker, breaker, BreakerDecision), policy == GuardPolicy::DEFAULT ? nil : policy.pack, memory
      )
    )
    GuardDecision.read(memory)
  end

  def self.pack_signal(name, signal, type)
    raise TypeError, "#{name} must be a #{type} or nil, not #{signal.class}" unless signal.nil? || signal.is_a?(type)

    signal&.pack
  end
  private_class_method :pack_signal
end
