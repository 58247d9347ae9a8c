# frozen_string_literal: true

module Cloudcircuit
  # The gem's version, and the oldest version of the library that it can work with.
  VERSION = "0.2.0"

  # The ABI version of the library that the gem is written for.
  ABI_VERSION = 0
end
