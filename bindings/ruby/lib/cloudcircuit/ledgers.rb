# frozen_string_literal: true

module Cloudcircuit
  # Several ledgers that decide together: one request under the limits of a user, a team and a model. All of them take
  # part, or none does.
  #
  # The states of a group lie side by side, so that each call is a single step for all threads. A group has copies of
  # the ledgers that it is made of; its own are {#[]}, for calls on one of them and for what is to be stored.
  #
  # @example
  #   both = Cloudcircuit::Ledgers.new(user, team)
  #   holds, decisions, refused_by = both.reserve([500, 500], now: 5)
  #   both.settle(holds, [420, 420], now: 900) unless refused_by
  class Ledgers
    # @param ledgers [Array<Ledger>] up to 16, each another
    def initialize(*ledgers)
      raise TypeError, "ledgers must each be a Cloudcircuit::Ledger" unless ledgers.all?(Ledger)

      @configs = ledgers.map(&:config).join.freeze
      place(ledgers)
    end

    # @param index [Integer] from 0
    # @return [Ledger] the group's own
    def [](index)
      @ledgers.fetch(index)
    end

    # @return [Array<Ledger>] the group's own
    def to_a
      @ledgers
    end

    # @return [Integer]
    def size
      @ledgers.size
    end

    # Holds an estimate in each, or nothing in any.
    #
    # @param estimates [Array<Integer, nil>] nil where a ledger is left out
    # @param now [Integer] the time
    # @return [Array(Array<Ledger::Hold>, Array<LedgerDecision>, Integer)] the last is the place of the first ledger
    #   that refuses, nil when none does
    # @raise [Error] whose failed_at is the place of the ledger that it is about
    def reserve(estimates, now:)
      holds = Ledger::Hold.memory(size)
      decisions, refused_by = decide(:ledgers_reserve, now, amounts(:estimates, estimates), size, holds: holds)
      [taken(holds), decisions, refused_by]
    end

    # Asks for more on each hold, as {Ledger#extend_hold}.
    #
    # @param holds [Array<Ledger::Hold, nil>] nil where a ledger is left out
    # @param mores [Array<Integer, nil>]
    # @param now [Integer] the time
    # @return [Array<LedgerDecision>]
    # @raise [Error] as {#reserve}
    def extend_holds(holds, mores, now:)
      on_holds(:ledgers_extend, holds, now, amounts(:mores, mores))
    end

    # Settles each hold, as {Ledger#settle}.
    #
    # @param holds [Array<Ledger::Hold, nil>] as for {#extend_holds}
    # @param actuals [Array<Integer, nil>]
    # @param now [Integer] the time
    # @return [Array<LedgerDecision>]
    # @raise [Error] as {#reserve}
    def settle(holds, actuals, now:)
      on_holds(:ledgers_settle, holds, now, amounts(:actuals, actuals))
    end

    # Releases each hold, as {Ledger#release}.
    #
    # @param holds [Array<Ledger::Hold, nil>] as for {#extend_holds}
    # @param now [Integer] the time
    # @return [Array<LedgerDecision>]
    # @raise [Error] as {#reserve}
    def release(holds, now:)
      on_holds(:ledgers_release, holds, now)
    end

    # Books an amount in each, as {Ledger#record}.
    #
    # @param amounts [Array<Integer, nil>] nil where a ledger is left out
    # @param now [Integer] the time
    # @return [Array<LedgerDecision>]
    # @raise [Error] as {#reserve}
    def record(amounts, now:)
      decide(:ledgers_record, now, amounts(:amounts, amounts), size).first
    end

    # Moves each to a later period, as {Ledger#roll}.
    #
    # @param periods [Array<Integer>]
    # @param now [Integer] the time
    # @return [Array<LedgerDecision>]
    # @raise [Error] as {#reserve}
    def roll(periods, now:)
      decide(:ledgers_roll, now, amounts(:periods, periods), size).first
    end

    def inspect
      "#<#{self.class} #{@ledgers.map(&:inspect).join(" ")}>"
    end

    private

    # There is no such argument: the ledger is not asked.
    LEFT_OUT = -(2**63)
    # No ledger refuses, or none is the one that an error is about.
    NONE = (2**32) - 1
    private_constant :LEFT_OUT, :NONE

    def place(ledgers)
      length = Ledger::State::LENGTH
      @states = FFI::MemoryPointer.new(length, [ledgers.size, 1].max)
      @ledgers = ledgers.each_with_index.map do |ledger, at|
        ledger.dup.move_to(@states.slice(length * at, length))
      end.freeze
    end

    # A copy goes its own way from here.
    def initialize_copy(original)
      super
      place(original.to_a)
    end

    def amounts(name, values)
      packed(name, values).map { |value| value.nil? ? LEFT_OUT : Convert.int64(name, value) }.pack("q*")
    end

    def packed(name, values)
      raise TypeError, "#{name} must be an Array, not #{values.class}" unless values.is_a?(Array)
      raise ArgumentError, "#{name} must have one for each ledger" unless values.size == size

      values
    end

    def decide(function, now, *arguments, holds: nil)
      decisions = FFI::MemoryPointer.new(LedgerDecision::LENGTH, [size, 1].max)
      index = FFI::MemoryPointer.new(:uint32)
      now = Convert.int64(:now, now)
      status = Library.public_send(function, @configs, @states, *arguments, now, *holds, decisions, index)
      place = index.read_uint32
      place = nil if place == NONE
      # An error of no one ledger has no settings to record.
      place ? Error.check(status, LedgerDecision, self[place].config, place) : Error.check(status)
      [@ledgers.each_with_index.map { |ledger, at| decision(decisions, ledger, at) }, place]
    end

    def decision(decisions, ledger, at)
      LedgerDecision.read(decisions + (LedgerDecision::LENGTH * at), ledger.config)
    end

    def on_holds(function, holds, now, *arguments)
      bytes = packed(:holds, holds).map { |hold| hold ? hold_bytes(hold) : "\0" * Ledger::Hold::LENGTH }
      memory = Ledger::Hold.memory([size, 1].max).put_bytes(0, bytes.join)
      decisions, = decide(function, now, memory, *arguments, size)
      holds.each_with_index { |hold, at| hold&.memory&.put_bytes(0, hold_at(memory, at)) }
      decisions
    end

    def hold_bytes(hold)
      unless hold.is_a?(Ledger::Hold)
        raise TypeError, "holds must each be a Cloudcircuit::Ledger::Hold, not #{hold.class}"
      end

      hold.memory.read_bytes(Ledger::Hold::LENGTH)
    end

    def hold_at(memory, at)
      memory.get_bytes(Ledger::Hold::LENGTH * at, Ledger::Hold::LENGTH)
    end

    def taken(memory)
      Array.new(size) { |at| Ledger::Hold.none.tap { |hold| hold.memory.put_bytes(0, hold_at(memory, at)) } }
    end
  end
end
