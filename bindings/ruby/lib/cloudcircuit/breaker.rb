# frozen_string_literal: true

module Cloudcircuit
  # Whether a call may run, and the ticket for {Breaker#report}.
  #
  # @!attribute [r] generation
  #   @return [Integer] the phase of the breaker that it belongs to; 0 from {Breaker#peek}
  # @!attribute [r] retry_after
  #   @return [Integer] when refused: how long until it is worth asking again. Half-open and on a ramp it is at most
  #     that: a probe that reports may decide earlier
  # @!attribute [r] deadline
  #   @return [Integer] by when a probe must report, else 0
  # @!attribute [r] phase
  #   @return [Symbol] the breaker's, as in {Breaker#phase}
  # @!attribute [r] allowed
  #   @return [Boolean] the call may run; also as allowed?
  # @!attribute [r] would_refuse
  #   @return [Boolean] the rules refuse the call; with mode: :monitor it is allowed all the same. Also as
  #     would_refuse?
  # @!attribute [r] probe_slot
  #   @return [Integer] from 1; 0 when the call is not a probe
  # @!attribute [r] clock_regressed
  #   @return [Boolean] now was before the state's latest change, which was taken in its place; also as
  #     clock_regressed?
  class BreakerPermit < Layout.struct(
    generation: :uint64, retry_after: :int64, deadline: :int64, phase: :phase, allowed: :flag, would_refuse: :flag,
    probe_slot: :uint32, clock_regressed: :flag, reserved: :reserved
  )
    include Signalling

    # @api private
    RECORD = :write_breaker_permit_json
    # @api private
    SIGNAL = :permit_signal

    # @return [Boolean] the call decides whether the breaker closes
    def probe?
      probe_slot.positive?
    end
  end

  # @api private
  class BreakerConfig < Layout.struct(
    failure_threshold: :uint32, failure_count: :uint32, window_size: :uint32, minimum_calls: :uint32,
    failure_rate_ppm: :uint32, slow_call_rate_ppm: :uint32, half_open_max_probes: :uint32, half_open_calls: :uint32,
    half_open_failure_rate_ppm: :uint32, backoff_ppm: :uint32, jitter_ppm: :uint32, mode: :mode, jitter_seed: :uint64,
    window_duration: :int64, slow_call_duration: :int64, open_duration: :int64, max_open_duration: :int64,
    probe_timeout: :int64, half_open_duration: :int64, trips_decay: :int64, max_retry_after: :int64,
    ramp_duration: :int64
  )
    DEFAULT = filled_by(:breaker_config_init)
  end
  private_constant :BreakerConfig

  # What {Breaker#call} raises when the breaker refuses.
  class CallRefused < Refused
    # @return [BreakerPermit] the refused one; its retry_after is how long to wait
    attr_reader :permit

    # @api private
    def initialize(permit)
      @permit = permit
      super("the breaker is #{permit.phase.to_s.tr("_", " ")}, retry after #{permit.retry_after}")
    end
  end

  # A whole circuit breaker: it counts, opens, waits, probes and closes again. It has no clock: time is an Integer
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
    ENCODED_LENGTH = 420
    # A breaker's state, for looking at.
    class State < Layout.struct(
      layout: :uint32, phase: :phase, revision: :uint64, generation: :uint64, updated_at: :int64, phase_since: :int64,
      consecutive_failures: :uint32, reserved: :reserved, open_until: :int64, forced_until: :int64,
      ramp_duration: :int64, ramp_credit: :int64, bucket_duration: :int64, newest_bucket: :int64,
      window_failures: :uint64_2, window_slow: :uint64_2, probe_deadlines: :int64_8, live_probes: :uint32,
      probes_judged: :uint32, probes_failed: :uint32, trips: :uint32, window_calls: :uint32, window_next: :uint32,
      streak_age: :uint32, streak_skipped: :uint32, bucket_calls: :uint32_16, bucket_failures: :uint32_16,
      bucket_slow: :uint32_16
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
    # @option settings [Integer] :failure_threshold (3) failures in a row that open it; 0 = off
    # @option settings [Integer] :failure_count (0) failures in the window that open it; 0 = off
    # @option settings [Integer] :window_size (0) the window is the latest this many outcomes, up to 128; 0 = none
    # @option settings [Integer] :window_duration (0) the window is the outcomes of this much time; 0 = none
    # @option settings [Integer] :minimum_calls (0) outcomes in the window before a rate may open it
    # @option settings [Integer] :failure_rate_ppm (0) share of failures in the window that opens it; 0 = off. Thirds
    #   are rounded down: 666_666 is reached by two of three
    # @option settings [Integer] :slow_call_rate_ppm (0) share of slow calls that opens it; 0 = off
    # @option settings [Integer] :slow_call_duration (0) a call that took this long is slow
    # @option settings [Integer] :half_open_max_probes (1) probes in flight at once, 1 to 8
    # @option settings [Integer] :half_open_calls (1) probes that are judged, 1 to 64
    # @option settings [Integer] :half_open_failure_rate_ppm (1) share of failed probes that opens it again
    # @option settings [Integer] :half_open_duration (0) half-open ends after this long; 0 = it waits for its probes
    # @option settings [Integer] :probe_timeout (60_000) a probe that has not reported by then has failed
    # @option settings [Integer] :open_duration (30_000) how long the first trip opens it
    # @option settings [Integer] :max_open_duration (30_000) the longest open time, before jitter
    # @option settings [Integer] :backoff_ppm (2_000_000) each trip multiplies the open time by this
    # @option settings [Integer] :jitter_ppm (0) the open time is lengthened by up to this share of itself
    # @option settings [Integer] :jitter_seed (0) same seed, same jitter
    # @option settings [Integer] :trips_decay (0) a trip is forgotten for this much closed time; 0 = all at a close
    # @option settings [Integer] :max_retry_after (0) a failure with a retry_at opens until then, at most this long
    # @option settings [Integer] :ramp_duration (0) after a close a share of calls is let through that rises over this
    # @option settings [Symbol] :mode (:enforce) or :monitor, in which nothing is refused
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
      permit_of(:breaker_acquire, @config, @state, Convert.int64(:now, now))
    end

    # What {#acquire} would answer now. It changes nothing, and its permit cannot be reported.
    #
    # @param now [Integer] the time
    # @return [BreakerPermit]
    # @raise [Error] when a setting breaks a rule
    def peek(now:)
      permit_of(:breaker_peek, @config, @state, Convert.int64(:now, now))
    end

    # Reports how an allowed call went. When another safeguard refuses a call that this one allowed, report :ignored.
    #
    # @param permit [BreakerPermit] as acquired
    # @param outcome [Symbol] :success, :failure, or :ignored for one that says nothing, cancelled for instance
    # @param duration [Integer] how long the call took, >= 0
    # @param retry_at [Integer, nil] with a failure: the time before which the service wants no call; see
    #   :max_retry_after
    # @param now [Integer] the time
    # @return [self]
    # @raise [StalePermitError] when the breaker has moved on without it; to be expected among many callers
    # @raise [PermitError, OutcomeError, DurationError] when an argument breaks its rule
    def report(permit, outcome, now:, duration: 0, retry_at: nil)
      check(Library.breaker_report(*reported(permit, outcome, duration, retry_at, now)))
      self
    end

    # Reports one call and acquires for the next in one step. On an error nothing is reported.
    #
    # @param permit [BreakerPermit] of the call that ended
    # @param outcome [Symbol] as for {#report}
    # @param duration [Integer] as for {#report}
    # @param retry_at [Integer, nil] as for {#report}
    # @param now [Integer] the time
    # @return [BreakerPermit] of the next call
    # @raise [Error] as {#report}
    def report_and_acquire(permit, outcome, now:, duration: 0, retry_at: nil)
      permit_of(:breaker_report_and_acquire, *reported(permit, outcome, duration, retry_at, now))
    end

    # Runs the block if the breaker allows it, and reports how it went. Its end is a success, also by next, break or
    # return; a StandardError is a failure. What says nothing of the call is ignored: an interrupt, the end of the
    # thread, a {Refused} of another safeguard.
    #
    # @example
    #   clock = -> { Process.clock_gettime(Process::CLOCK_REALTIME, :millisecond) }
    #   breaker.call(clock) { charge(invoice) }
    # @param clock [#call] what returns the time
    # @param retry_at [#call, nil] what returns the retry_at of a failure, or nil, from its exception
    # @yieldparam permit [BreakerPermit]
    # @return what the block returns
    # @raise [CallRefused] when the breaker refuses; the block is then not run
    def call(clock, retry_at: nil)
      started = clock.call
      permit = acquire(now: started)
      raise CallRefused, permit unless permit.allowed?

      ended = lambda do |outcome, error|
        report_in_time(permit, outcome, started, clock.call, error && retry_at&.call(error))
      end
      Running.run(ended) { yield permit }
    end

    # Forces it open or closed, or ends that. After :forced_open it is half-open, after :forced_closed closed.
    #
    # @param phase [Symbol] :forced_open, :forced_closed, or :closed to end either phase, or to reset the breaker
    # @param now [Integer] the time
    # @param ends_at [Integer] when the forced phase ends
    # @return [self]
    # @raise [ForcedPhaseError] when phase is another
    def force(phase, now:, ends_at: FOREVER)
      check(
        Library.breaker_force(
          @state, PHASES.number_of(:phase, phase), Convert.int64(:ends_at, ends_at), Convert.int64(:now, now)
        )
      )
      self
    end

    # Starts it over: closed, with nothing counted. Its now is the truth, also backwards: the way out after a clock
    # that ran ahead. Permits given out before are stale.
    #
    # @param now [Integer] the time
    # @return [self]
    def reset(now:)
      check(Library.breaker_reset(@state, Convert.int64(:now, now)))
      self
    end

    # @return [Symbol] :closed, :open, :half_open, :forced_open or :forced_closed
    def phase
      state.phase
    end

    private

    def check(status)
      Error.check(status, BreakerPermit, @config)
    end

    def permit_of(function, *arguments)
      permit = BreakerPermit.memory
      check(Library.public_send(function, *arguments, permit))
      BreakerPermit.read(permit, @config)
    end

    # A breaker that moved on while the block ran takes no report.
    def report_in_time(permit, outcome, started, ended, retry_at)
      report(permit, outcome, duration: [ended - started, 0].max, retry_at: retry_at, now: ended)
    rescue StalePermitError
      nil
    end

    def reported(permit, outcome, duration, retry_at, now)
      raise TypeError, "permit must be a BreakerPermit, not #{permit.class}" unless permit.is_a?(BreakerPermit)

      [@config, @state, permit.pack, OUTCOMES.number_of(:outcome, outcome), Convert.int64(:duration, duration),
       retry_at.nil? ? TIME_UNKNOWN : Convert.int64(:retry_at, retry_at), Convert.int64(:now, now)]
    end
  end
end
