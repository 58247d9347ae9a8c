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
  # There is too little before the point to judge it, or it is missing itself.
  FLAG_INSUFFICIENT = 64
  # The inputs broke a rule; the refusing bits are set as well.
  FLAG_INVALID = 128

  # The latest time there is, for {Breaker#force}.
  FOREVER = (2**63) - 1

  # The start_time of a series whose dates are not known; nil here.
  TIME_UNKNOWN = -(2**63)
  private_constant :TIME_UNKNOWN

  # Named numbers: Symbols here, constants in C.
  #
  # @api private
  class Names
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
    def number_of(argument, name)
      return Convert.int32(argument, name) if name.is_a?(Integer)

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
    def initialize(*names)
      @bits = names.each_with_index.to_h { |name, bit| [name, 1 << bit] }.freeze
      @sets = Array.new(1 << names.size) { |mask| names.select { |name| mask & @bits[name] != 0 }.freeze }.freeze
      freeze
    end

    # The names in a mask; a bit that is not known raises.
    def names_of(mask)
      @sets.fetch(mask)
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
  end
  private_constant :Names, :Bits

  # What a guard may ask for, the least permissive first.
  ACTIONS = Names.new({ block: 0, throttle: 1, alert: 2, allow: 3 })
  # The signals that a guard looks at.
  SIGNALS = Bits.new(:budget, :spike, :breaker)
  # What a guard may have found.
  REASONS = Bits.new(:warning, :breach, :spike, :open, :missing)
  # The phases of a breaker.
  PHASES = Names.new({ closed: 1, open: 2, half_open: 3, forced_open: 4, forced_closed: 5 })
  # How a call behind a breaker went.
  OUTCOMES = Names.new({ success: 1, failure: 2, ignored: 3 })
  # Where a ledger stands.
  LEDGER_REASONS = Names.new(
    { within: 1, at_limit: 2, over_limit: 3, exceeds_limit: 4, unlimited: 5, late: 6 }
  )
  # What a detector or a forecast may say.
  VERDICTS = Names.new({ normal: 1, spike: 2, insufficient_data: 3 })
  # What decided a detector's verdict.
  DETECT_REASONS = Names.new(
    { refused: 0, score: 1, one_point: 2, two_points: 3, three_points: 4, min_impact: 5, min_relative_impact: 6,
      history: 7, missing: 8, recurring: 9 }
  )
  # The thresholds of a ledger, by their place in its config.
  THRESHOLDS = Bits.new(*0...8)
  private_constant :ACTIONS, :SIGNALS, :REASONS, :PHASES, :OUTCOMES, :LEDGER_REASONS, :VERDICTS, :DETECT_REASONS,
                   :THRESHOLDS
end
