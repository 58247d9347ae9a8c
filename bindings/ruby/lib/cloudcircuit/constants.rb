# frozen_string_literal: true

module Cloudcircuit
  # Bits of the flags functions and of columns: the budget's warning.
  FLAG_WARNING = 1
  # The budget is breached.
  FLAG_BREACHED = 2
  # The latest spend is a spike.
  FLAG_SPIKE = 4
  # The breaker is open.
  FLAG_OPEN = 8
  # The point ends a slow leak.
  FLAG_LEAK = 16
  # The point lies far below what is usual.
  FLAG_DROP = 32
  # There is too little before the point to judge it, or it is missing itself.
  FLAG_INSUFFICIENT = 64
  # The inputs broke a rule; the refusing bits are set as well.
  FLAG_INVALID = 128

  # The latest time there is, for {Breaker#force}.
  FOREVER = (2**63) - 1

  # The start_time of a series whose dates are not known, and other numbers that there are none of; nil here.
  TIME_UNKNOWN = -(2**63)
  private_constant :TIME_UNKNOWN

  # Named numbers: Symbols here, constants in C. The names are the library's.
  #
  # @api private
  class Names
    # All numbers that a function of the library has a name for; it calls the others "unknown ...".
    def self.of(function)
      new((0...64).to_h { |number| [Library.public_send(function, number), number] }
                  .reject { |name, _| name.start_with?("unknown") }.transform_keys(&:to_sym))
    end

    def initialize(numbers)
      @numbers = numbers.freeze
      @names = numbers.invert.freeze
      freeze
    end

    # The name of a number; one that is not known raises, which refuses.
    def name_of(number)
      @names.fetch(number)
    end

    # The number of a name. An Integer is the number itself, for the library to judge.
    def number_of(argument, name, type = :int32)
      return Convert.public_send(type, argument, name) if name.is_a?(Integer)

      @numbers.fetch(name) do
        raise ArgumentError, "#{argument} must be one of #{@numbers.keys.map(&:inspect).join(", ")}"
      end
    end

    def to_h
      @numbers
    end
  end

  # A set of names: an Array here, bits in C.
  #
  # @api private
  class Bits
    # All bits that a function of the library has a name for.
    def self.of(function)
      new(*(0...32).map { |bit| Library.public_send(function, 1 << bit) }
                   .take_while { |name| !name.start_with?("unknown") }.map(&:to_sym))
    end

    def initialize(*names)
      @bits = names.each_with_index.to_h { |name, bit| [name, 1 << bit] }.freeze
      @sets = { 0 => [].freeze } # filled as sets are met
    end

    # The names in a mask; a bit that is not known raises.
    def names_of(mask)
      @sets[mask] ||= set(mask)
    end

    # The mask of some names. An Integer is the mask itself, for the library to judge.
    def mask_of(argument, names)
      return Convert.uint32(argument, names) if names.is_a?(Integer)

      Array(names).reduce(0) do |mask, name|
        mask | @bits.fetch(name) do
          raise ArgumentError, "#{argument} must be some of #{@bits.keys.map(&:inspect).join(", ")}"
        end
      end
    end

    def to_h
      @bits
    end

    private

    def set(mask)
      raise KeyError, "unknown bits in #{mask}" if mask >= 1 << @bits.size

      @bits.filter_map { |name, bit| name if mask & bit != 0 }.freeze
    end
  end
  private_constant :Names, :Bits

  # What a guard may ask for, the least permissive first.
  ACTIONS = Names.of(:action_name)
  # The kinds of signals that a guard looks at.
  SIGNALS = Bits.of(:signal_name)
  # What a guard may have found.
  REASONS = Bits.of(:reason_name)
  # The phases of a breaker.
  PHASES = Names.of(:phase_name)
  # How a call behind a breaker went.
  OUTCOMES = Names.of(:outcome_name)
  # Where a ledger stands.
  LEDGER_REASONS = Names.of(:ledger_reason_name)
  # Where a rate limit stands.
  RATE_REASONS = Names.of(:rate_reason_name)
  # What a detector or a forecast may say.
  VERDICTS = Names.of(:verdict_name)
  # What decided a detector's verdict.
  DETECT_REASONS = Names.of(:detect_reason_name)
  # Whether a ledger, a rate limit or a breaker refuses.
  MODES = Names.of(:mode_name)
  # What the thresholds of a ledger are.
  THRESHOLD_UNITS = Names.new({ ppm: 0, amount: 1 })
  # What they are compared with.
  THRESHOLD_BASES = Names.new({ settled: 0, committed: 1 })
  # What a negative point of a series means.
  NEGATIVE_POINTS = Names.new({ error: 0, missing: 1, zero: 2 })
  # The thresholds of a ledger, by their place in its config.
  THRESHOLDS = Bits.new(*0...8)
  private_constant :ACTIONS, :SIGNALS, :REASONS, :PHASES, :OUTCOMES, :LEDGER_REASONS, :RATE_REASONS, :VERDICTS,
                   :DETECT_REASONS, :MODES, :THRESHOLD_UNITS, :THRESHOLD_BASES, :NEGATIVE_POINTS, :THRESHOLDS
end
