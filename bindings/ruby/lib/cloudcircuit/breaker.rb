# frozen_string_literal: true

module Cloudcircuit
  # Whether a call may run, and the ticket for {Breaker#report}.
  #
  # @!attribute [r] generation
  #   @return [Integer] the phase of the breaker that it belongs to
  # @!attribute [r] retry_after
  #   @return [Integer] when refused: how long until it is worth asking again
  # @!attribute [r] deadline
  #   @return [Integer] by when a probe must report, else 0
  # @!attribute [r] phase
  #   @return [Symbol] the breaker's, as in {Breaker#phase}
  # @!attribute [r] allowed
  #   @return [Boolean] the call may run; also as allowed?
  # @!attribute [r] probe_slot
  #   @return [Integer] from 1; 0 when the call is not a probe
  # @!attribute [r] clock_regressed
  #   @return [Boolean] now was before the state's latest change, which was taken in its place; also as
  #     clock_regressed?
  class BreakerPermit < Layout.struct(
    generation: :uint64, retry_after: :int64, deadline: :int64, phase: :phase, allowed: :flag, probe_slot: :uint32,
    clock_regressed: :flag
  )
    include Recordable

    # @return [Boolean] the call decides whether the breaker closes
    def probe?
      probe_slot.positive?
    end

    private

    def writer
      :write_breaker_permit_json
    end
  end

  # @api private
  class BreakerConfig < Layout.struct(
    failure_threshold: :uint32, window_size: :uint32, minimum_calls: :uint32, failure_rate_ppm: :uint32,
    slow_call_rate_ppm: :uint32, half_open_max_probes: :uint32, half_open_successes: :uint32, jitter_ppm: :uint32,
    jitter_seed: :uint64, slow_call_duration: :int64, open_duration: :int64, max_open_duration: :int64,
    probe_timeout: :int64
  )
    DEFAULT = filled_by(:breaker_config_init)
  end
  private_constant :BreakerConfig

  # What {Breaker#call} raises when the breaker refuses: no error of the library's, but its answer.
  class CallRefused < StandardError
    # @return [BreakerPermit] the refused one; its retry_after tells how long to wait
    attr_reader :permit

    # @api private
    def initialize(permit)
      @permit = permit
      super("the breaker is #{permit.phase.to_s.tr("_", " ")}, retry after #{permit.retry_after}")
    end
  end

  # A whole circuit breaker: it counts, trips, waits, probes and closes again. It has no clock: time is an Integer
  # argument in whatever unit suits, the same one as in the settings. The defaults suit milliseconds.
  #
  # The state lives in the object, and as bytes wherever {#dump} is stored. One object may be shared by threads: each
  # call is a single step. Between processes share the bytes, and compare the revision when storing, see {#revision}.
  #
  # @example
  #   breaker = Cloudcircuit::Breaker.new(now: 0, failure_threshold: 1, open_duration: 1000)
  #   permit = breaker.acquire(now: 10)
  #   breaker.report(permit, :failure, duration: 5, now: 15) if permit.allowed?
  #   breaker.acquire(now: 20).retry_after # => 995
  class Breaker
    include HostState

    # @api private
    NAME = :breaker_state
    # The bytes that {#dump} returns.
    ENCODED_LENGTH = 172
    # A breaker's state, for looking at.
    class State < Layout.struct(
      layout: :uint32, phase: :phase, revision: :uint64, generation: :uint64, updated_at: :int64, open_until: :int64,
      forced_until: :int64, consecutive_failures: :uint32, trips: :uint32, window_calls: :uint32,
      window_next: :uint32, probe_successes: :uint32, live_probes: :uint32, window_failures: :two_uint64,
      window_slow: :two_uint64, probe_deadlines: :eight_int64
    )
    end

    # @api private
    def self.config(**settings)
      BreakerConfig.with(settings)
    end

    # Makes a new breaker, closed. Only for one that never was: take up a stored one by {.load}.
    #
    # @param now [Integer] the time
    # @param settings the rest is settings; every one has a default
    # @option settings [Integer] :failure_threshold (3) consecutive failures that trip it; 0 = off
    # @option settings [Integer] :window_size (0) latest outcomes that the rates look at, up to 128; 0 = rates off
    # @option settings [Integer] :minimum_calls (0) outcomes before a rate may trip it; 1 to window_size if that is on
    # @option settings [Integer] :failure_rate_ppm (0) share of failures that trips it; 0 = off
    # @option settings [Integer] :slow_call_rate_ppm (0) share of slow calls that trips it; 0 = off
    # @option settings [Integer] :half_open_max_probes (1) probes in flight at once, 1 to 8
    # @option settings [Integer] :half_open_successes (1) probe successes that close it
    # @option settings [Integer] :jitter_ppm (0) the open time is lengthened by up to this share of itself
    # @option settings [Integer] :jitter_seed (0) same seed, same jitter
    # @option settings [Integer] :slow_call_duration (0) a call that took this long is slow
    # @option settings [Integer] :open_duration (30_000) how long the first trip opens it
    # @option settings [Integer] :max_open_duration (30_000) each trip without a close doubles the open time, up to here
    # @option settings [Integer] :probe_timeout (60_000) a probe that has not reported by then has failed
    # @raise [ArgumentError] when a setting is unknown; one that breaks a rule is found by the calls
    def initialize(now:, **settings)
      start(settings) { |state| Library.breaker_init(Convert.int64(:now, now), state) }
    end

    # Asks whether a call may run now.
    #
    # @param now [Integer] the time
    # @return [BreakerPermit] also when refused
    # @raise [Error] when a setting breaks a rule
    def acquire(now:)
      permit = BreakerPermit.memory
      Error.check(Library.breaker_acquire(@config, @state, Convert.int64(:now, now), permit))
      BreakerPermit.read(permit)
    end

    # Tells how an allowed call went.
    #
    # @param permit [BreakerPermit] as acquired
    # @param outcome [Symbol] :success, :failure, or :ignored for one that says nothing, cancelled for instance
    # @param duration [Integer] how long the call took, >= 0
    # @param now [Integer] the time
    # @return [self]
    # @raise [StalePermitError] when the breaker has moved on without it; part of life
    # @raise [PermitError, OutcomeError, DurationError] when an argument breaks its rule
    def report(permit, outcome, now:, duration: 0)
      Error.check(Library.breaker_report(*reported(permit, outcome, duration, now)))
      self
    end

    # Reports one call and acquires for the next in one step. On an error nothing is reported.
    #
    # @param permit [BreakerPermit] of the call that ended
    # @param outcome [Symbol] as for {#report}
    # @param duration [Integer] as for {#report}
    # @param now [Integer] the time
    # @return [BreakerPermit] of the next call
    # @raise [Error] as {#report}
    def report_and_acquire(permit, outcome, now:, duration: 0)
      following = BreakerPermit.memory
      Error.check(Library.breaker_report_and_acquire(*reported(permit, outcome, duration, now), following))
      BreakerPermit.read(following)
    end

    # Runs the block if the breaker allows it, and reports how it went: its end is a success, a StandardError a
    # failure; what leaves it in another way (throw, break, an interrupt) says nothing.
    #
    # @example
    #   clock = -> { Process.clock_gettime(Process::CLOCK_REALTIME, :millisecond) }
    #   breaker.call(clock) { charge(invoice) }
    # @param clock [#call] what returns the time
    # @return what the block returns
    # @raise [CallRefused] when the breaker refuses; the block is then not run
    def call(clock)
      started = clock.call
      permit = acquire(now: started)
      raise CallRefused, permit unless permit.allowed?

      outcome = :ignored
      begin
        yield.tap { outcome = :success }
      rescue StandardError
        outcome = :failure
        raise
      ensure
        report_in_time(permit, outcome, started, clock.call)
      end
    end

    # Forces it open or closed, or ends that.
    #
    # @param phase [Symbol] :forced_open, :forced_closed, or :closed to end either phase, or to reset the breaker
    # @param now [Integer] the time
    # @param ends_at [Integer] when the forced phase ends
    # @return [self]
    # @raise [ForcedPhaseError] when phase is another
    def force(phase, now:, ends_at: FOREVER)
      Error.check(
        Library.breaker_force(
          @state, PHASES.number_of(:phase, phase), Convert.int64(:ends_at, ends_at), Convert.int64(:now, now)
        )
      )
      self
    end

    # @return [Symbol] :closed, :open, :half_open, :forced_open or :forced_closed
    def phase
      state.phase
    end

    private

    # A breaker that moved on while the block ran takes no report.
    def report_in_time(permit, outcome, started, ended)
      report(permit, outcome, duration: [ended - started, 0].max, now: ended)
    rescue StalePermitError
      nil
    end

    def reported(permit, outcome, duration, now)
      raise TypeError, "permit must be a BreakerPermit, not #{permit.class}" unless permit.is_a?(BreakerPermit)

      [@config, @state, permit.pack, OUTCOMES.number_of(:outcome, outcome), Convert.int64(:duration, duration),
       Convert.int64(:now, now)]
    end
  end
end
