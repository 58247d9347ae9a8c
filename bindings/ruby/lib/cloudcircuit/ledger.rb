# frozen_string_literal: true

module Cloudcircuit
  # What a {Ledger} decided.
  #
  # @!attribute [r] settled
  #   @return [Integer] spent in the period, after the call
  # @!attribute [r] held
  #   @return [Integer] reserved, not settled and not ended, after the call
  # @!attribute [r] available
  #   @return [Integer] the most that a reserve could hold now
  # @!attribute [r] overshoot
  #   @return [Integer] how far settled is above limit and carried, else 0
  # @!attribute [r] expired
  #   @return [Integer] what the call let go because it had ended
  # @!attribute [r] reason
  #   @return [Symbol, nil] :within, :at_limit, :over_limit, :exceeds_limit, :unlimited, :expired, :free or :unverified;
  #     nil for a ledger that was left out of a call on several
  # @!attribute [r] allowed
  #   @return [Boolean] from reserve and extend: what was asked for is held. From other calls it is no permission. Also
  #     as allowed?
  # @!attribute [r] would_refuse
  #   @return [Boolean] the rules refuse; with mode: :monitor it is allowed all the same. Also as would_refuse?
  # @!attribute [r] clock_regressed
  #   @return [Boolean] now was before the state's latest change, or period before its period; also as clock_regressed?
  # @!attribute [r] crossed
  #   @return [Array<Integer>] places in thresholds, from 0, of those that are reached
  # @!attribute [r] newly_crossed
  #   @return [Array<Integer>] those of them that were not told before in this period
  class LedgerDecision < Layout.struct(
    settled: :int64, held: :int64, available: :int64, overshoot: :int64, expired: :int64, reason: :ledger_reason,
    allowed: :flag, would_refuse: :flag, clock_regressed: :flag, crossed: :thresholds, newly_crossed: :thresholds
  )
    include Signalling

    # @api private
    RECORD = :write_ledger_decision_json
    # @api private
    SIGNAL = :ledger_signal
  end

  # @api private
  class LedgerConfig < Layout.struct(
    limit: :int64, carry_max: :int64, debt_max: :int64, hold_duration: :int64, thresholds: :int64_8,
    threshold_count: :uint32, threshold_unit: :unit, threshold_basis: :basis, mode: :mode
  )
    DEFAULT = filled_by(:ledger_config_init)
  end
  private_constant :LedgerConfig

  # What {Ledger#call} raises when the ledger refuses.
  class SpendRefused < Refused
    # @return [LedgerDecision] the refused one
    attr_reader :decision

    # @api private
    def initialize(decision)
      @decision = decision
      super("the ledger refuses (#{decision.reason.to_s.tr("_", " ")}), #{decision.available} is available")
    end
  end

  # A budget that cannot be overspent: it holds what a request may cost before it runs, and books what it did cost
  # afterwards. Amounts are Integers in the smallest unit (cents, micros, tokens). It has no clock: now is an Integer
  # in the unit of hold_duration.
  #
  # One object may be shared by threads: each call is a single step. Between processes share what {#dump} returns,
  # and compare the revision when storing, see {#revision}; store the hold in the same transaction.
  #
  # @example
  #   ledger = Cloudcircuit::Ledger.new(ledger_id: 1, period: 202_601, now: 0, limit: 10_000, hold_duration: 60_000,
  #                                     thresholds: [500_000, 800_000])
  #   hold, decision = ledger.reserve(6_000, now: 5)
  #   ledger.settle(hold, 5_000, now: 900).newly_crossed if decision.allowed? # => [0]
  class Ledger
    include HostState

    # @api private
    NAME = :ledger_state
    # The bytes that {#dump} returns.
    ENCODED_LENGTH = 532
    # A ledger's state, for looking at.
    class State < Layout.struct(
      layout: :uint32, crossed: :thresholds, revision: :uint64, ledger_id: :uint64, next_hold: :uint64,
      updated_at: :int64, period: :int64, settled: :int64, carried: :int64, held: :int64, peak_settled: :int64,
      peak_committed: :int64, reset_hold: :uint64, dead_hold: :uint64, reset_clock: :int64, endless: :int64,
      ends: :int64_33, spent: :uint64_16, told: :thresholds, width_shift: :uint32, reset_bucket: :uint32,
      reserved: :reserved
    )
    end

    # @api private
    class HoldFields < Layout.struct(ledger_id: :uint64, id: :uint64, period: :int64, amount: :int64,
                                     expires_at: :int64)
    end
    private_constant :HoldFields

    # What {Ledger#reserve} held, to be settled or released once. To store one, store {#to_h}.
    class Hold
      # @api private
      LENGTH = HoldFields::LENGTH

      # @return [Integer, nil] what the request cost, for {Ledger#call}
      attr_accessor :actual

      # @param ledger_id [Integer] the ledger that it is held in
      # @param id [Integer] which hold of that ledger it is
      # @param period [Integer] the period that it was reserved in
      # @param amount [Integer] what it holds
      # @param expires_at [Integer] when it ends; {FOREVER} = without end
      def initialize(ledger_id:, id:, period:, amount:, expires_at:)
        @memory = HoldFields.memory.put_bytes(0, HoldFields.pack(ledger_id, id, period, amount, expires_at))
      end

      # @return [Hash] what new takes
      def to_h
        HoldFields.read(@memory).to_h
      end

      HoldFields.members.each { |name| define_method(name) { HoldFields.read(@memory)[name] } }

      # @return [Boolean] it was settled, released or refused
      def spent?
        id.zero?
      end

      def inspect
        "#<#{self.class} #{to_h.map { |name, value| "#{name}=#{value}" }.join(" ")}>"
      end

      # @api private
      attr_reader :memory

      # @api private
      def self.none
        new(**HoldFields.members.to_h { |name| [name, 0] })
      end

      # @api private
      def self.memory(count)
        FFI::MemoryPointer.new(LENGTH, count)
      end

      private

      def initialize_copy(original)
        super
        @memory = HoldFields.memory.put_bytes(0, original.memory.read_bytes(LENGTH))
      end
    end

    # @api private
    def self.config(thresholds: [], **settings)
      raise TypeError, "thresholds must be an Array, not #{thresholds.class}" unless thresholds.is_a?(Array)
      raise ArgumentError, "unknown setting: threshold_count" if settings.key?(:threshold_count)

      eight = thresholds.first(8)
      LedgerConfig.with(settings.merge(thresholds: eight + ([0] * (8 - eight.size)), threshold_count: thresholds.size))
    end

    # Makes a new ledger: nothing settled, nothing held. Take up a stored one by {.load}. By default it allows nothing
    # but requests of 0.
    #
    # @param ledger_id [Integer] which ledger it is; > 0, and never used before: also one made again, or restored from a
    #   backup, needs a new one
    # @param period [Integer] the period that it starts in, a month's number for instance; later is greater
    # @param now [Integer] the time
    # @param settings the rest is settings; pass the same ones to {.load}
    # @option settings [Integer] :limit (0) the most that may be settled and held together in a period; >= 0
    # @option settings [Integer] :carry_max (0) the most of an unused limit that a roll carries into the next period
    # @option settings [Integer] :debt_max (0) the most overspend that a roll takes off the next period
    # @option settings [Integer] :hold_duration (0) how long a hold lasts; 0 = without end
    # @option settings [Array<Integer>] :thresholds ([]) up to 8 alert thresholds, > 0 and ascending
    # @option settings [Symbol] :threshold_unit (:ppm) parts per million of limit and carried, or :amount
    # @option settings [Symbol] :threshold_basis (:settled) what they are compared with, or :committed, settled and held
    # @option settings [Symbol] :mode (:enforce) or :monitor, in which nothing is refused, or :unlimited
    # @raise [LedgerIdError] when ledger_id is 0
    # @raise [ArgumentError] when a setting is unknown; one that breaks a rule is found by the calls
    def initialize(ledger_id:, period:, now:, **settings)
      start(settings) do |state|
        Library.ledger_init(
          Convert.uint64(:ledger_id, ledger_id), Convert.int64(:period, period), Convert.int64(:now, now), state
        )
      end
    end

    # Holds an estimate, all of it or nothing.
    #
    # @param estimate [Integer] the most that the request may cost; >= 0; 0 is always allowed
    # @param now [Integer] the time
    # @return [Array(Hold, LedgerDecision)] a refused hold is spent
    # @raise [EstimateError, OverflowError] when it breaks a rule; or that of a setting that does
    def reserve(estimate, now:)
      hold = Hold.none
      decision = decide(:ledger_reserve, Convert.int64(:estimate, estimate), Convert.int64(:now, now), hold.memory)
      [hold, decision]
    end

    # Asks for more on a hold and gives it a new end; with 0 it is the heartbeat of a long request. The hold gets a new
    # id: older copies of it are spent. When refused, the hold is as it was.
    #
    # @param hold [Hold] as reserved
    # @param more [Integer] the amount to add; >= 0
    # @param now [Integer] the time
    # @return [LedgerDecision]
    # @raise [MoreError, Error] as {#settle}
    def extend_hold(hold, more = 0, now:)
      decide(:ledger_extend, memory_of(hold), Convert.int64(:more, more), Convert.int64(:now, now))
    end

    # Books a part of what a hold is for, and goes on holding the rest. The hold gets a new id.
    #
    # @param hold [Hold] as reserved
    # @param part [Integer] what was spent; >= 0
    # @param now [Integer] the time
    # @return [LedgerDecision] where the ledger stands
    # @raise [PartError, Error] as {#settle}
    def post(hold, part, now:)
      decide(:ledger_post, memory_of(hold), Convert.int64(:part, part), Convert.int64(:now, now))
    end

    # Books what a held request cost, also when that is more than was held, and lets the rest of the hold go.
    #
    # @param hold [Hold] as reserved; it is spent afterwards
    # @param actual [Integer] what the request cost; >= 0
    # @param now [Integer] the time
    # @return [LedgerDecision] where the ledger stands; its reason is :expired for a hold that had ended
    # @raise [HoldSpentError, HoldLedgerError, HoldIdError, HoldAmountError, ActualError, OverflowError] when an
    #   argument breaks its rule; the hold is then as it was
    def settle(hold, actual, now:)
      decide(:ledger_settle, memory_of(hold), Convert.int64(:actual, actual), Convert.int64(:now, now))
    end

    # Lets a hold go whose request did not run.
    #
    # @param hold [Hold] as reserved; it is spent afterwards
    # @param now [Integer] the time
    # @return [LedgerDecision] where the ledger stands
    # @raise [Error] as {#settle}
    def release(hold, now:)
      decide(:ledger_release, memory_of(hold), Convert.int64(:now, now))
    end

    # Books spend that was not held, or a credit, also past the limit.
    #
    # @param amount [Integer] below 0 for a credit
    # @param now [Integer] the time
    # @return [LedgerDecision] where the ledger stands
    # @raise [OverflowError] when the sum would not fit into int64_t
    def record(amount, now:)
      decide(:ledger_record, Convert.int64(:amount, amount), Convert.int64(:now, now))
    end

    # Moves on to a later period. What is held stays held. To the same period it does nothing, so that every writer may
    # roll first; an earlier one changes nothing and answers with clock_regressed.
    #
    # @param period [Integer] the period to be in
    # @param now [Integer] the time
    # @return [LedgerDecision] where the ledger stands
    def roll(period, now:)
      decide(:ledger_roll, Convert.int64(:period, period), Convert.int64(:now, now))
    end

    # Starts it over by an operator's word: nothing settled or carried; period and now are the truth, also backwards.
    #
    # @param period [Integer] the period to be in
    # @param now [Integer] the time
    # @return [self]
    def reset(period:, now:)
      status = Library.ledger_reset(@state, Convert.int64(:period, period), Convert.int64(:now, now))
      Error.check(status, LedgerDecision, @config)
      self
    end

    # Reserves, runs the block, and settles what the block has set as the hold's actual; without one, or with one that
    # cannot be booked, all that is held. However the block ends: one that raised may have spent the money.
    #
    # @example
    #   clock = -> { Process.clock_gettime(Process::CLOCK_REALTIME, :millisecond) }
    #   answer = ledger.call(6_000, clock) do |hold|
    #     ask(question).tap { |reply| hold.actual = reply.cost }
    #   end
    # @param estimate [Integer] as for {#reserve}
    # @param clock [#call] what returns the time
    # @yieldparam hold [Hold] to set its actual, or to settle or release it earlier
    # @return what the block returns
    # @raise [SpendRefused] when the ledger refuses; the block is then not run
    def call(estimate, clock)
      hold, decision = reserve(estimate, now: clock.call)
      raise SpendRefused, decision unless decision.allowed?

      begin
        yield hold
      ensure
        finish(hold, clock)
      end
    end

    def inspect
      now = state
      "#<#{self.class} ledger_id=#{now.ledger_id} revision=#{now.revision} period=#{now.period} " \
        "settled=#{now.settled} held=#{now.held}>"
    end

    # @api private
    attr_reader :config

    private

    def finish(hold, clock)
      settle(hold, hold.actual, now: clock.call) unless hold.spent? || hold.actual.nil?
    ensure
      settle(hold, hold.amount, now: clock.call) unless hold.spent?
    end

    def decide(function, *arguments)
      decision = LedgerDecision.memory
      Error.check(Library.public_send(function, @config, @state, *arguments, decision), LedgerDecision, @config)
      LedgerDecision.read(decision, @config)
    end

    def memory_of(hold)
      raise TypeError, "hold must be a Cloudcircuit::Ledger::Hold, not #{hold.class}" unless hold.is_a?(Hold)

      hold.memory
    end
  end
end
