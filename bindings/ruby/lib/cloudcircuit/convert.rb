# frozen_string_literal: true

require "date"

module Cloudcircuit
  # Ruby values to C's, or an error that names the argument: Array#pack and FFI wrap or cut off silently.
  #
  # @api private
  module Convert
    module_function

    def double(argument, value)
      return value if value.is_a?(Float)
      unless value.is_a?(Numeric) && value.real?
        raise TypeError, "#{argument} must be a real number, not #{value.class}"
      end

      value.to_f
    end

    # Says which number was none after FFI has refused one: its own message does not name the argument, and to check
    # them all beforehand would cost as much as the call.
    def doubles(**arguments)
      arguments.each { |argument, value| double(argument, value) }
    end

    def int64(argument, value)
      return value if value.is_a?(Integer) && value.bit_length <= 63

      refuse(argument, value, "int64_t")
    end

    def int32(argument, value)
      return value if value.is_a?(Integer) && value.bit_length <= 31

      refuse(argument, value, "int32_t")
    end

    def uint32(argument, value)
      return value if value.is_a?(Integer) && value >= 0 && value.bit_length <= 32

      refuse(argument, value, "uint32_t")
    end

    def uint64(argument, value)
      return value if value.is_a?(Integer) && value >= 0 && value.bit_length <= 64

      refuse(argument, value, "uint64_t")
    end

    # Seconds from 1970 on the calendar and clock of the value's own zone.
    def start_time(argument, value)
      case value
      when nil then TIME_UNKNOWN
      when Time then int64(argument, value.to_i + value.utc_offset)
      when DateTime then start_time(argument, value.to_time)
      when Date then int64(argument, (value.jd - EPOCH) * 86_400)
      else int64(argument, value)
      end
    end

    # The Julian day of 1970-01-01.
    EPOCH = 2_440_588

    # An Integer is C's number itself, for the library to judge.
    def flag(argument, value)
      case value
      when true then 1
      when false then 0
      when Integer then uint32(argument, value)
      else raise TypeError, "#{argument} must be true or false, not #{value.class}"
      end
    end

    def refuse(argument, value, type)
      raise TypeError, "#{argument} must be an Integer, not #{value.class}" unless value.is_a?(Integer)

      raise RangeError, "#{argument} must fit into #{type}"
    end
  end
  private_constant :Convert
end
