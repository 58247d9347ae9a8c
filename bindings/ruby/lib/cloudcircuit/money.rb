# frozen_string_literal: true

module Cloudcircuit
  # Turns an amount into whole minor units: 19.99 at scale 2 is 1999. An amount that does not read back from them as
  # the same Float is refused.
  #
  # @param amount [Numeric] finite; negative for credits
  # @param scale [Integer] decimal places of the minor unit, 0 to 9: 2 for cents
  # @return [Integer] fits into int64_t
  # @raise [ScaleError, AmountError, AmountRangeError, AmountPrecisionError] when an argument breaks its rule
  def self.money_from_double(amount, scale:)
    minor = FFI::MemoryPointer.new(:int64)
    Error.check(
      Library.money_from_double(Convert.double(:amount, amount), Convert.uint32(:scale, scale), minor)
    )
    minor.read_int64
  end

  # Turns minor units into the nearest Float: exact to 15 digits, rounded beyond.
  #
  # @param minor [Integer] any number of minor units that fits into int64_t
  # @param scale [Integer] decimal places of the minor unit, 0 to 9
  # @return [Float]
  # @raise [ScaleError] when scale is above 9
  def self.money_to_double(minor, scale:)
    amount = FFI::MemoryPointer.new(:double)
    Error.check(Library.money_to_double(Convert.int64(:minor, minor), Convert.uint32(:scale, scale), amount))
    amount.read_double
  end
end
