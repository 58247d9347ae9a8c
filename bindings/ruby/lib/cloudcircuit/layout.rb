# frozen_string_literal: true

module Cloudcircuit
  # C's structs as frozen Ruby values. A class names its fields once, in the order of the C struct, with the kind of
  # each; reading one from memory, packing it for a call and its JSON follow from that.
  #
  # @api private
  module Layout
    # For each kind: what Array#pack calls it, its bytes, how it is read from memory and how it is checked and packed;
    # AT and NAME stand for where it lies and its name.
    KINDS = {
      double: ["d", 8, "memory.get_double(AT)", "Convert.double(:NAME, NAME)"],
      int64: ["q", 8, "memory.get_int64(AT)", "Convert.int64(:NAME, NAME)"],
      uint64: ["Q", 8, "memory.get_uint64(AT)", "Convert.uint64(:NAME, NAME)"],
      int32: ["l", 4, "memory.get_int32(AT)", "Convert.int32(:NAME, NAME)"],
      uint32: ["L", 4, "memory.get_uint32(AT)", "Convert.uint32(:NAME, NAME)"],
      flag: ["L", 4, "memory.get_uint32(AT) == 1", "Convert.flag(:NAME, NAME)"],
      reserved: ["L", 4, nil, "0"],
      # A signal of which there is one: also what zeroed memory has, which is none.
      signal: ["l", 4, "SIGNALS.names_of(memory.get_int32(AT)).first", "SIGNALS.mask_of(:NAME, NAME)"],
      # A ledger that was left out of a call has no reason.
      ledger_reason: ["l", 4, "(reason = memory.get_int32(AT)).zero? ? nil : LEDGER_REASONS.name_of(reason)",
                      "NAME.nil? ? 0 : LEDGER_REASONS.number_of(:NAME, NAME)"],
      start_time: ["q", 8, "(time = memory.get_int64(AT)) == TIME_UNKNOWN ? nil : time",
                   "Convert.start_time(:NAME, NAME)"],
      point: ["q", 8, "(point = memory.get_int64(AT)).negative? ? nil : point",
              "NAME.nil? ? -1 : Convert.int64(:NAME, NAME)"],
      **{ action: :ACTIONS, phase: :PHASES, rate_reason: :RATE_REASONS, verdict: :VERDICTS,
          detect_reason: :DETECT_REASONS }.transform_values do |names|
        ["l", 4, "#{names}.name_of(memory.get_int32(AT))", "#{names}.number_of(:NAME, NAME)"]
      end,
      **{ mode: :MODES, unit: :THRESHOLD_UNITS, basis: :THRESHOLD_BASES,
          negative_points: :NEGATIVE_POINTS }.transform_values do |names|
        ["L", 4, "#{names}.name_of(memory.get_uint32(AT))", "#{names}.number_of(:NAME, NAME, :uint32)"]
      end,
      **{ signals: :SIGNALS, reasons: :REASONS, thresholds: :THRESHOLDS }.transform_values do |names|
        ["L", 4, "#{names}.names_of(memory.get_uint32(AT))", "#{names}.mask_of(:NAME, NAME)"]
      end,
      **{ uint64_2: 2, int64_8: 8, uint32_16: 16, uint64_16: 16, int64_17: 17, int64_33: 33 }.to_h do |kind, length|
        type = kind.to_s.delete_suffix("_#{length}")
        letter, size = { "int64" => ["q", 8], "uint64" => ["Q", 8], "uint32" => ["L", 4] }.fetch(type)
        [kind, ["#{letter}#{length}", size * length, "memory.get_array_of_#{type}(AT, #{length}).freeze",
                "*NAME.map { |item| Convert.#{type}(:NAME, item) }"]]
      end
    }.freeze

    # Makes a Struct without setters; a :flag has a predicate.
    def self.struct(**fields)
      members = fields.reject { |_, kind| kind == :reserved }
      Struct.new(*members.keys).tap do |record|
        record.extend(Defaults)
        record.class_eval(source(fields, members.keys))
        record.const_set(:FIELDS, fields.freeze)
        members.each do |name, kind|
          record.undef_method(:"#{name}=")
          record.alias_method(:"#{name}?", name) if kind == :flag
        end
        record.undef_method(:[]=)
      end
    end

    # Written out per class, as reading field by field through a table would cost more than the call.
    def self.source(fields, members)
      at = 0
      kinds = fields.map do |name, kind|
        letter, size, read, pack = KINDS.fetch(kind)
        place = { "NAME" => name, "AT" => at }
        at += size
        [letter, *[read, pack].map { |code| code&.gsub(/\b(?:NAME|AT)\b/, place) }]
      end
      letters, reads, packs = kinds.transpose
      <<~RUBY
        LENGTH = #{at}
        def self.memory = FFI::MemoryPointer.new(LENGTH)
        def self.read(memory, settings = nil)
          result = new(#{reads.compact.join(", ")})
          result.instance_variable_set(:@settings, settings) if settings
          result.freeze
        end
        def self.pack(#{members.join(", ")}) = [#{packs.join(", ")}].pack("#{letters.join}")
        def pack = self.class.pack(#{members.join(", ")})
      RUBY
    end
    private_class_method :source

    # What the classes of structs also have.
    module Defaults
      # What an init function of the library fills in.
      def filled_by(function)
        memory = self.memory
        Error.check(Library.public_send(function, memory))
        read(memory)
      end

      # The class's DEFAULT with some settings in place of its own.
      def with(settings)
        unknown = settings.keys - members
        raise ArgumentError, "unknown setting: #{unknown.join(", ")}" unless unknown.empty?

        new(*self::DEFAULT.to_h.merge(settings).values)
      end
    end
  end
  private_constant :Layout

  # The library's audit lines.
  #
  # @api private
  module Record
    # Enough for any record and its NUL.
    CAPACITY = 1536

    def self.write(function, status, settings, result)
      buffer = FFI::MemoryPointer.new(CAPACITY)
      Error.check(Library.public_send(function, status, settings, result, buffer, CAPACITY, nil))
      buffer.read_string.force_encoding(Encoding::UTF_8)
    end
  end
  private_constant :Record

  # A result that the library can write down. A class names the function for that in RECORD, and in SIGNAL the one that
  # makes a signal of it.
  module Recordable
    # The audit line: one JSON object with C's field names, whose numbers read back to the same bits. It has the
    # library's version and the settings that decided; in a result that you made yourself those are the defaults.
    #
    # @raise [RecordFieldError] when a number is not finite
    # @return [String]
    def to_json(*)
      Record.write(self.class::RECORD, 0, @settings, pack)
    end
  end

  # A result that a guard looks at.
  module Signalling
    include Recordable

    # What {Cloudcircuit.evaluate_guard} makes of it.
    #
    # @return [Signal]
    # @raise [Error] when no call can have written it
    def signal
      Signal.from(self.class::SIGNAL, 0, pack)
    end
  end

  # A result with a verdict.
  module Judged
    # @return [Boolean] the verdict is :insufficient_data
    def insufficient_data?
      verdict == :insufficient_data
    end
  end
  private_constant :Judged
end
