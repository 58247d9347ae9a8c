# frozen_string_literal: true

module Cloudcircuit
  # What {Breaker}, {Ledger}, {RateLimit} and {SpikeTracker} share: a state in memory of their own, that only the
  # library writes.
  #
  # A class names the prefix of its encode and decode in NAME, the encoded length in ENCODED_LENGTH, the state's fields
  # in State, and makes its config from keywords in .config.
  module HostState
    # What their classes have.
    module Loading
      # Takes up a state where {#dump} left it.
      #
      # @param bytes [String] what dump returned, on whatever machine
      # @param settings as for new
      # @raise [EncodedLengthError, CorruptStateError] when bytes are not as they were written
      def load(bytes, **settings)
        raise TypeError, "bytes must be a String, not #{bytes.class}" unless bytes.is_a?(String)

        bytes = bytes.dup.freeze # as they are now
        allocate.tap do |host|
          host.send(:start, settings) do |state|
            Library.public_send(:"#{self::NAME}_decode", bytes, bytes.bytesize, state)
          end
        end
      end
    end

    def self.included(host)
      host.extend(Loading)
    end

    # The state as bytes that any machine reads, with a checksum, for {.load}.
    #
    # @return [String] always of the same length
    def dump
      length = self.class::ENCODED_LENGTH
      bytes = FFI::MemoryPointer.new(length)
      Error.check(Library.public_send(:"#{self.class::NAME}_encode", @state, bytes, length))
      bytes.read_bytes(length).freeze
    end

    # All fields of the state, for looking at.
    def state
      self.class::State.read(snapshot)
    end

    # Grows by one at every call that changed the state. Where others write it too, store what {#dump} returns only
    # where the stored revision is still the one that was loaded, and act on an answer only after that.
    #
    # @return [Integer]
    def revision
      state.revision
    end

    def inspect
      "#<#{self.class} #{state.to_h.map { |name, value| "#{name}=#{value.inspect}" }.join(" ")}>"
    end

    # Takes the state to other memory.
    #
    # @api private
    def move_to(memory)
      @state = memory.put_bytes(0, @state.read_bytes(@state.size))
      self
    end

    private

    def start(settings)
      @config = self.class.config(**settings).pack.freeze
      @state = self.class::State.memory
      Error.check(yield(@state))
    end

    # A copy goes its own way from here.
    def initialize_copy(original)
      super
      @state = snapshot
    end

    # Taken in one step, in between those of other threads.
    def snapshot
      self.class::State.memory.put_bytes(0, @state.read_bytes(@state.size))
    end
  end
  private_constant :HostState
end
