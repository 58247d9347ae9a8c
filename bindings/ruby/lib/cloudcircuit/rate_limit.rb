# frozen_string_literal: true

module Cloudcircuit
  # What a {RateLimit} decided.
  #
  # @!attribute [r] used
  #   @return [Integer] what counts in the window, after the call
  # @!attribute [r] available
  #   @return [Integer] the most that could be taken now
  # @!attribute [r] retry_after
  #   @return [Integer] when refused: how long after now the amount fits, if nothing else is taken; {FOREVER} = never
  # @!attribute [r] taken_at
  #   @return [Integer] when the amount was taken, for {RateLimit#adjust}
  # @!attribute [r] reason
  #   @return [Symbol] :within, :over_limit, :exceeds_limit, :unlimited or :free
  # @!attribute [r] allowed
  #   @return [Boolean] from {RateLimit#acquire}: the amount is taken. From adjust it is no permission. Also as allowed?
  # @!attribute [r] would_refuse
  #   @return [Boolean] the rules refuse; with mode: :monitor it is allowed all the same. Also as would_refuse?
  # @!attribute [r] clock_regressed
  #   @return [Boolean] now was before the state's latest change, which was taken in its place; also as
  #     clock_regressed?
  class RateLimitDecision < Layout.struct(
    used: :int64, available: :int64, retry_after: :int64, taken_at: :int64, reason: :rate_reason, allowed: :flag,
    would_refuse: :flag, clock_regressed: :flag
  )
    include Signalling

    # @api private
    RECORD = :write_rate_limit_decision_json
    # @api private
    SIGNAL = :rate_limit_signal
  end

  # @api private
  class RateLimitConfig < Layout.struct(limit: :int64, duration: :int64, mode: :mode, reserved: :reserved)
  end
  private_constant :RateLimitConfig

  # No more than a limit in any window of a duration, in exact units: money an hour, tokens a minute, requests a
  # second. An amount counts up to 1/16 longer than the duration.
  #
  # One object may be shared by threads: each call is a single step. Between processes share what {#dump} returns,
  # and compare the revision when storing, see {#revision}.
  #
  # @example
  #   tokens = Cloudcircuit::RateLimit.new(limit: 90_000, duration: 60_000, now: 0)
  #   taken = tokens.acquire(1_200, now: 5)
  #   tokens.adjust(taken.taken_at, 1_350 - 1_200, now: 900) if taken.allowed? # it took 1,350
  class RateLimit
    include HostState

    # @api private
    NAME = :rate_limit_state
    # The bytes that {#dump} returns.
    ENCODED_LENGTH = 172
    # A rate limit's state, for looking at.
    class State < Layout.struct(
      layout: :uint32, reserved: :reserved, revision: :uint64, updated_at: :int64, width: :int64, taken: :int64_17
    )
    end

    # @api private
    def self.config(limit:, duration:, mode: :enforce)
      RateLimitConfig.new(limit, duration, mode)
    end

    # Makes a new rate limit: nothing taken. Take up a stored one by {.load}.
    #
    # @param now [Integer] the time
    # @param settings the rest is settings; pass the same ones to {.load}
    # @option settings [Integer] :limit the most that may be taken in any window of the duration; >= 0
    # @option settings [Integer] :duration the length of the window, in the unit of now; > 0
    # @option settings [Symbol] :mode (:enforce) or :monitor, in which nothing is refused, or :unlimited
    # @raise [ArgumentError] when a setting is unknown; one that breaks a rule is found by the calls
    def initialize(now:, **settings)
      start(settings) { |state| Library.rate_limit_init(Convert.int64(:now, now), state) }
    end

    # Takes an amount if it fits, all of it or nothing.
    #
    # @param amount [Integer] >= 0; 0 always fits
    # @param now [Integer] the time
    # @return [RateLimitDecision] also when refused
    # @raise [AmountError, OverflowError] when the amount breaks a rule; or that of a setting that does
    def acquire(amount, now:)
      decide(:rate_limit_acquire, Convert.int64(:amount, amount), Convert.int64(:now, now))
    end

    # Adds the difference between estimate and actual where the estimate was taken, also past the limit. To be called
    # once for a take.
    #
    # @param taken_at [Integer] of the decision of {#acquire}
    # @param by [Integer] what to add; below 0 gives back
    # @param now [Integer] the time
    # @return [RateLimitDecision] where the rate limit stands
    # @raise [TakenAtError, OverflowError] when an argument breaks its rule
    def adjust(taken_at, by, now:)
      decide(:rate_limit_adjust, Convert.int64(:taken_at, taken_at), Convert.int64(:by, by), Convert.int64(:now, now))
    end

    # Starts it over: nothing taken. Its now is the truth, also backwards.
    #
    # @param now [Integer] the time
    # @return [self]
    def reset(now:)
      Error.check(Library.rate_limit_reset(@state, Convert.int64(:now, now)), RateLimitDecision, @config)
      self
    end

    private

    def decide(function, *arguments)
      decision = RateLimitDecision.memory
      Error.check(Library.public_send(function, @config, @state, *arguments, decision), RateLimitDecision, @config)
      RateLimitDecision.read(decision, @config)
    end
  end
end
