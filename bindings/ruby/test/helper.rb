# frozen_string_literal: true

$VERBOSE = true
$LOAD_PATH.unshift File.expand_path("../lib", __dir__)
require "cloudcircuit"
require "minitest/autorun"
require "json"

# Where random tests start: SEED from the environment, or new in every run. Minitest, which draws the order of the tests
# from SEED too, prints only its own.
SEED = Integer(ENV.fetch("SEED") { Random.new_seed % 2**31 })
warn "SEED=#{SEED}"

# What the tests share: the library's header and the golden cases, which lie in its repository.
module Repository
  ROOT = File.expand_path("../../..", __dir__)

  module_function

  def read(path)
    File.read(File.join(ROOT, path), encoding: Encoding::UTF_8)
  end

  # What the header says, for other languages: statuses, constants, structs and functions.
  def description
    @description ||= JSON.parse(read("include/cloudcircuit.json"))
  end
end

# Ledgers to start from.
module Ledgers
  def ledger(limit: 100, **settings)
    id = @last_ledger = (@last_ledger || 0) + 1
    Cloudcircuit::Ledger.new(ledger_id: id, period: 1, now: 0, limit: limit, **settings)
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
