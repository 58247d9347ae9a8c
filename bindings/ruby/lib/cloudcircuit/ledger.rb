# frozen_string_literal: true

module Cloudcircuit
  # What a {Ledger} decided.
  #
  # @!attribute [r] settled
  #   @return [Integer] spent in the period, after the call
  # @!attribute [r] held
  #   @return [Integer] reserved and neither settled nor released, after the call
  # @!attribute [r] available
  #   @return [Integer] what a reserve could still hold
  # @!attribute [r] overshoot
  #   @return [Integer] how far settled is above the limit, else 0
  # @!attribute [r] allowed
  #   @return [Boolean] from {Ledger#reserve}: the estimate is held. From other calls it is no permission. Also as
  #     allowed?
  # @!attribute [r] reason
  #   @return [Symbol] :within, :at_limit, :over_limit, :exceeds_limit, :unlimited or :late
  # @!attribute [r] crossed
  #   @return [Array<Integer>] places in threshold_ppm, from 0, of the thresholds that settled has reached
  # @!attribute [r] newly_crossed
  #   @return [Array<Integer>] those of them that it had not reached before this call
  class LedgerDecision < Layout.struct(
    settled: :int64, held: :int64, available: :int64, overshoot: :int64, allowed: :flag, reason: :ledger_reason,
    crossed: :thresholds, newly_crossed: :thresholds
  )
    include Recordable

    private

    def writer
      :write_ledger_decision_json
    end
  end

  # @api private
  class LedgerConfig < Layout.struct(
    limit: :int64, is_unlimited: :flag, threshold_count: :uint32, threshold_ppm: :eight_uint32
  )
    DEFAULT = filled_by(:ledger_config_init)
  end
  private_constant :LedgerConfig

  # A budget that cannot be overspent: it holds what a request may cost before it runs, and books what it did cost
  # afterwards. Amounts are Integers in the smallest unit (cents, micros, tokens).
  #
  # One object may be shared by threads: each call is a single step. Between processes share what {#dump} returns,
  # and compare the revision when storing, see {#revision}; store the hold in the same transaction.
  #
  # @example
  #   ledger = Cloudcircuit::Ledger.new(period: 202_601, limit: 10_000, threshold_ppm: [500_000, 800_000])
  #   decision, hold = ledger.reserve(6_000)
  #   ledger.settle(hold, 5_000).newly_crossed if decision.allowed? # => [0]
  class Ledger
    include HostState

    # @api private
    NAME = :ledger_state
    # The bytes that {#dump} returns.
    ENCODED_LENGTH = 44
    # A ledger's state, for looking at.
    class State < Layout.struct(
      layout: :uint32, crossed: :thresholds, revision: :uint64, period: :int64, settled: :int64, held: :int64
    )
    end

    # What {Ledger#reserve} held, to be settled or released once. To store one, store period and amount.
    class Hold
      # @param period [Integer] the period that it was held in
      # @param amount [Integer] what it holds
      def initialize(period:, amount:)
        @memory = FFI::MemoryPointer.new(:int64, 2)
        @memory.put_array_of_int64(0, [Convert.int64(:period, period), Convert.int64(:amount, amount)])
      end

      # @return [Integer] the period that it was held in
      def period
        @memory.get_int64(0)
      end

      # @return [Integer] what it holds; 0 when it is spent, or was refused
      def amount
        @memory.get_int64(8)
      end

      # @return [Boolean] it was settled, released or refused
      def spent?
        amount.zero?
      end

      def inspect
        "#<#{self.class} period=#{period} amount=#{amount}>"
      end

      # @api private
      attr_reader :memory

      private

      def initialize_copy(original)
        initialize(period: original.period, amount: original.amount)
      end
    end

    # @api private
    def self.config(limit: LedgerConfig::DEFAULT.limit, is_unlimited: LedgerConfig::DEFAULT.is_unlimited,
                    threshold_ppm: [])
      raise TypeError, "threshold_ppm must be an Array, not #{threshold_ppm.class}" unless threshold_ppm.is_a?(Array)

      eight = threshold_ppm.first(8)
      LedgerConfig.new(limit, is_unlimited, threshold_ppm.size, eight + ([0] * (8 - eight.size)))
    end

    # Makes a new ledger: nothing settled, nothing held. Only for one that never was: take up a stored one by {.load}.
    # By default it allows nothing.
    #
    # @param period [Integer] the period that it starts in, a month's number for instance; later is greater
    # @param settings the rest is settings; pass the same ones to {.load}
    # @option settings [Integer] :limit (0) the most that may be settled and held together in a period; >= 0
    # @option settings [Boolean] :is_unlimited (false) there is no limit
    # @option settings [Array<Integer>] :threshold_ppm ([]) up to 8 shares of the limit in parts per million, ascending
    # @raise [ArgumentError] when a setting is unknown; one that breaks a rule is found by the calls
    def initialize(period:, **settings)
      start(settings) { |state| Library.ledger_init(Convert.int64(:period, period), state) }
    end

    # Holds an estimate if settled + held + estimate <= limit, all of it or nothing.
    #
    # @param estimate [Integer] the most that the request may cost; > 0
    # @return [Array(LedgerDecision, Hold)] a refused hold is spent
    # @raise [EstimateError, OverflowError] when it breaks a rule; or that of a setting that does
    def reserve(estimate)
      hold = Hold.new(period: 0, amount: 0)
      decision = decide(:ledger_reserve, Convert.int64(:estimate, estimate), hold.memory)
      [decision, hold]
    end

    # Books what a held request cost, also when that is more than was held, and lets the rest of the hold go.
    #
    # @param hold [Hold] as reserved; it is spent afterwards
    # @param actual [Integer] what the request cost; >= 0
    # @return [LedgerDecision] where the ledger stands; its reason is :late for a hold from an earlier period
    # @raise [HoldSpentError, HoldPeriodError, HoldAmountError, ActualError, OverflowError] when an argument breaks its
    #   rule; the hold is then as it was
    def settle(hold, actual)
      decide(:ledger_settle, memory_of(hold), Convert.int64(:actual, actual))
    end

    # Lets a hold go unspent.
    #
    # @param hold [Hold] as reserved; it is spent afterwards
    # @return [LedgerDecision] where the ledger stands
    # @raise [HoldSpentError, HoldPeriodError, HoldAmountError] when the hold breaks a rule
    def release(hold)
      decide(:ledger_release, memory_of(hold))
    end

    # Books spend that was not held, or a credit, also past the limit.
    #
    # @param amount [Integer] below 0 for a credit
    # @return [LedgerDecision] where the ledger stands
    # @raise [OverflowError] when the sum would not fit into int64_t
    def record(amount)
      decide(:ledger_record, Convert.int64(:amount, amount))
    end

    # Moves on to a later period, which starts with nothing settled, held and crossed. To the same one it does nothing.
    #
    # @param period [Integer] the period to be in
    # @return [LedgerDecision] where the ledger stands
    # @raise [PeriodError] when it is before the current one
    def roll(period)
      decide(:ledger_roll, Convert.int64(:period, period))
    end

    private

    def decide(function, *arguments)
      decision = LedgerDecision.memory
      Error.check(Library.public_send(function, @config, @state, *arguments, decision))
      LedgerDecision.read(decision)
    end

    def memory_of(hold)
      raise TypeError, "hold must be a Cloudcircuit::Ledger::Hold, not #{hold.class}" unless hold.is_a?(Hold)

      hold.memory
    end
  end
end
