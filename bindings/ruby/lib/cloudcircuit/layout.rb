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
      uint32: ["L", 4, "memory.get_uint32(AT)", "Convert.uint32(:NAME, NAME)"],
      flag: ["L", 4, "memory.get_uint32(AT) == 1", "Convert.flag(:NAME, NAME)"],
      reserved: ["L", 4, nil, "0"],
      action: ["l", 4, "ACTIONS.name_of(memory.get_int32(AT))", "ACTIONS.number_of(:NAME, NAME)"],
      signals: ["L", 4, "SIGNALS.names_of(memory.get_uint32(AT))", "SIGNALS.mask_of(:NAME, NAME)"],
      reasons: ["L", 4, "REASONS.names_of(memory.get_uint32(AT))", "REASONS.mask_of(:NAME, NAME)"],
      phase: ["l", 4, "PHASES.name_of(memory.get_int32(AT))", "PHASES.number_of(:NAME, NAME)"],
      ledger_reason: ["l", 4, "LEDGER_REASONS.name_of(memory.get_int32(AT))",
                      "LEDGER_REASONS.number_of(:NAME, NAME)"],
      verdict: ["l", 4, "VERDICTS.name_of(memory.get_int32(AT))", "VERDICTS.number_of(:NAME, NAME)"],
      detect_reason: ["l", 4, "DETECT_REASONS.name_of(memory.get_int32(AT))", "DETECT_REASONS.number_of(:NAME, NAME)"],
      start_time: ["q", 8, "(time = memory.get_int64(AT)) == TIME_UNKNOWN ? nil : time",
                   "Convert.start_time(:NAME, NAME)"],
      point: ["q", 8, "(point = memory.get_int64(AT)).negative? ? nil : point",
              "NAME.nil? ? -1 : Convert.int64(:NAME, NAME)"],
      thresholds: ["L", 4, "THRESHOLDS.names_of(memory.get_uint32(AT))",
                   "THRESHOLDS.mask_of(:NAME, NAME)"],
      eight_uint32: ["L8", 32, "memory.get_array_of_uint32(AT, 8).freeze",
                     "*NAME.map { |item| Convert.uint32(:NAME, item) }"],
      two_uint64: ["Q2", 16, "memory.get_array_of_uint64(AT, 2).freeze",
                   "*NAME.map { |item| Convert.uint64(:NAME, item) }"],
      eight_int64: ["q8", 64, "memory.get_array_of_int64(AT, 8).freeze",
                    "*NAME.map { |item| Convert.int64(:NAME, item) }"]
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
        def self.memory = FFI::MemoryPointer.new(#{at})
        def self.read(memory) = new(#{reads.compact.join(", ")}).freeze
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

  # A result that the library can write down.
  module Recordable
    # Enough for any record and its NUL.
    CAPACITY = 512
    private_constant :CAPACITY

    # The audit line: one JSON object with C's field names, whose numbers read back to the same bits.
    #
    # @raise [RecordFieldError] when a number is not finite
    # @return [String]
    def to_json(*)
      buffer = FFI::MemoryPointer.new(CAPACITY)
      Error.check(Library.public_send(writer, pack, buffer, CAPACITY, nil))
      buffer.read_string.force_encoding(Encoding::UTF_8)
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
