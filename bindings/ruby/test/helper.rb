# frozen_string_literal: true

$VERBOSE = true
$LOAD_PATH.unshift File.expand_path("../lib", __dir__)
require "cloudcircuit"
require "minitest/autorun"

# What the tests share: the library's header and the golden cases, which lie in its repository.
module Repository
  ROOT = File.expand_path("../../..", __dir__)

  module_function

  def read(path)
    File.read(File.join(ROOT, path), encoding: Encoding::UTF_8)
  end

  # The header without its comments.
  def header
    @header ||= read("include/cloudcircuit.h").gsub(%r{/\*.*?\*/}m, "")
  end
end

# Comparisons to the last bit.
module BitAssertions
  def bits(number)
    number.is_a?(Float) ? format("%016x (%p)", [number].pack("D").unpack1("Q"), number) : number
  end

  def assert_same_bits(expected, actual, message = nil)
    assert_equal Array(expected).map { |item| bits(item) }, Array(actual).map { |item| bits(item) }, message
  end
end
