# frozen_string_literal: true

module Cloudcircuit
  # What one safeguard found, for {Cloudcircuit.evaluate_guard}. A result makes its own: {Signalling#signal}.
  #
  # @!attribute [r] kind
  #   @return [Symbol] which safeguard: :budget (a ledger, too), :spike, :breaker, :rate or :forecast
  # @!attribute [r] status
  #   @return [Integer] of the safeguard's call; 0 is success
  # @!attribute [r] reasons
  #   @return [Array<Symbol>] what it found, as in {GuardDecision}; [:error] alone when the call failed
  # @!attribute [r] monitor_reasons
  #   @return [Array<Symbol>] what it would have refused if its mode were not :monitor
  # @!attribute [r] retry_after
  #   @return [Integer] how long to wait, in the unit of the safeguard's call; 0 when nothing is known
  class Signal < Layout.struct(
    kind: :signal, status: :int32, reasons: :reasons, monitor_reasons: :reasons, retry_after: :int64
  )
    # @api private
    def self.from(function, status, result)
      memory = self.memory
      Error.check(Library.public_send(function, status, result, memory))
      read(memory)
    end

    # @return [self]
    def signal
      self
    end
  end

  # What {Cloudcircuit.evaluate_guard} decided.
  #
  # @!attribute [r] action
  #   @return [Symbol] :block, :throttle, :alert or :allow: the least permissive that a finding asked for
  # @!attribute [r] monitor_action
  #   @return [Symbol] what action would be if nothing were monitored, neither by the policy nor by a safeguard
  # @!attribute [r] reasons
  #   @return [Array<Symbol>] every finding, of :warning, :breach, :spike, :open, :missing, :leak, :over_limit, :rate,
  #     :forecast, :insufficient and :error
  # @!attribute [r] monitor_reasons
  #   @return [Array<Symbol>] the findings that only monitor_action heeds
  # @!attribute [r] kinds
  #   @return [Array<Symbol>] the kinds of signals that were there
  # @!attribute [r] retry_after
  #   @return [Integer] when it blocks or throttles: the longest of the signals that ask for that, else 0
  class GuardDecision < Layout.struct(
    action: :action, monitor_action: :action, reasons: :reasons, monitor_reasons: :reasons, kinds: :signals,
    reserved: :reserved, retry_after: :int64
  )
    include Recordable

    # @api private
    RECORD = :write_guard_decision_json

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
  end

  # @api private
  class GuardPolicy < Layout.struct(
    on_warning: :action, on_breach: :action, on_spike: :action, on_leak: :action, on_open: :action,
    on_over_limit: :action, on_rate: :action, on_forecast: :action, on_insufficient: :action, on_error: :action,
    on_missing: :action, required: :signals, monitor: :reasons
  )
    DEFAULT = filled_by(:guard_policy_init)
  end
  private_constant :GuardPolicy

  # Turns what the safeguards found into one action: the least permissive of those that the policy names for the
  # findings, and :allow when there is none. The order of the findings never matters.
  #
  # @example A safeguard whose call failed is a finding, too
  #   found = begin
  #     Cloudcircuit.check_budget(current_spend: spend, budget_limit: limit)
  #   rescue Cloudcircuit::Error => e
  #     e
  #   end
  #   Cloudcircuit.evaluate_guard(found, required: [:budget]).action
  # @param findings [Array<#signal, nil>] results, an {Error} that a safeguard's call raised, or {Signal}s, at most 64;
  #   nil is left out
  # @param policy the rest is the policy; every setting has a default
  # @option policy [Symbol] :on_warning (:alert) an action: :block, :throttle, :alert or :allow
  # @option policy [Symbol] :on_breach (:block) an action
  # @option policy [Symbol] :on_spike (:throttle) an action
  # @option policy [Symbol] :on_leak (:alert) an action
  # @option policy [Symbol] :on_open (:block) an action, when a breaker refuses
  # @option policy [Symbol] :on_over_limit (:block) an action, when a ledger refuses
  # @option policy [Symbol] :on_rate (:throttle) an action, when a rate limit refuses
  # @option policy [Symbol] :on_forecast (:alert) an action
  # @option policy [Symbol] :on_insufficient (:alert) an action, when a detector or forecast had too few points
  # @option policy [Symbol] :on_error (:block) an action, when a safeguard's call failed
  # @option policy [Symbol] :on_missing (:block) an action, for each kind that is required and not there
  # @option policy [Array<Symbol>] :required ([:budget, :spike, :breaker]) kinds, at least one
  # @option policy [Array<Symbol>] :monitor ([]) reasons that only monitor_action heeds
  # @return [GuardDecision]
  # @raise [ArgumentError] when a setting, an action, a kind or a reason is unknown
  # @raise [TypeError] when a finding is none
  def self.evaluate_guard(*findings, **policy)
    signals = findings.compact.map { |finding| signal_of(finding).pack }
    config = GuardPolicy.with(policy).pack unless policy.empty?
    memory = GuardDecision.memory
    Error.check(Library.evaluate_guard(signals.join, signals.size, config, memory), GuardDecision, config)
    GuardDecision.read(memory, config)
  end

  def self.signal_of(finding)
    signal = finding.signal if finding.is_a?(Signalling) || finding.is_a?(Signal) || finding.is_a?(Error)
    signal || raise(TypeError, "a finding must be a result, an error of a safeguard's call or a Signal, " \
                               "not #{finding.class}")
  end
  private_class_method :signal_of
end
