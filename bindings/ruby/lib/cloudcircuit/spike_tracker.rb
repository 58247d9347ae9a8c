# frozen_string_literal: true

module Cloudcircuit
  # {Cloudcircuit.detect_spike} for hosts that keep no history: it takes in one point at a time, and finds what that
  # would find in the whole series.
  #
  # One object may be shared by threads: each call is a single step. Between processes share what {#dump} returns,
  # and compare the revision when storing, see {#revision}.
  #
  # @example
  #   tracker = Cloudcircuit::SpikeTracker.new(start_time: Date.new(2026, 1, 1))
  #   Array.new(14, 100.0).each { |spend| tracker.update(spend) }
  #   tracker.update(900.0).excess # => 800.0
  class SpikeTracker
    include HostState

    # @api private
    NAME = :spike_tracker_state
    # The bytes that {#dump} returns.
    ENCODED_LENGTH = 2292
    # The head of a tracker's state, for looking at; its revision is the number of points taken in. The settings and
    # the windows behind it are the library's.
    class State < Layout.struct(layout: :uint32, reserved: :reserved, revision: :uint64)
      # @api private
      LENGTH = 5624

      # @api private
      def self.memory
        FFI::MemoryPointer.new(LENGTH)
      end
    end

    # Takes up a tracker where {#dump} left it; its settings are in the bytes.
    #
    # @param bytes [String] what dump returned, on whatever machine
    # @return [SpikeTracker]
    # @raise [EncodedLengthError, CorruptStateError] when bytes are not as they were written
    def self.load(bytes)
      super
    end

    # Makes a tracker that has seen no point. Only for one that never was: take up a stored one by {.load}.
    #
    # @param settings as for {Cloudcircuit.detect_spike}, of which seasons of up to 14 points and windows of up to 98
    #   fit (hours by default do not); lag_points must be 0
    # @raise [ArgumentError] when a setting is unknown
    # @raise [TrackerSettingsError, Error] when a setting does not fit, or breaks its rule
    def initialize(**settings)
      config = DetectConfig.with(settings).pack
      start { |state| Library.spike_tracker_init(config, state) }
    end

    # Judges the next point by all before it, and takes it in. To be called for every step of time.
    #
    # @param spend [Numeric, nil] finite, >= 0; nil or NaN when it is missing
    # @return [DetectResult]
    # @raise [DetectPointError] when spend breaks its rule; it is then not taken in
    def update(spend)
      spend = spend.nil? ? Float::NAN : Convert.double(:spend, spend)
      result = DetectResult.memory
      Error.check(Library.spike_tracker_update(@state, spend, result), DetectResult, @config)
      DetectResult.read(result, @config)
    end

    private

    # The settings are part of the state, behind its head.
    def start(_settings = nil)
      @state = State.memory
      Error.check(yield(@state))
      @config = @state.get_bytes(16, DetectConfig::LENGTH).freeze
    end
  end
end
