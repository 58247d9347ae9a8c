# frozen_string_literal: true

require_relative "lib/cloudcircuit/version"

Gem::Specification.new do |spec|
  spec.name = "cloudcircuit"
  spec.version = Cloudcircuit::VERSION
  spec.summary = "Spend safeguards: budgets, spikes, circuit breakers, ledgers, rate limits"
  spec.description = "Is the budget breached, is this a spike, may this operation run: the decisions of the C " \
                     "library libcloudcircuit, which must be installed, as frozen Ruby values."
  spec.authors = ["The libcloudcircuit authors"]
  spec.license = "MIT"
  spec.required_ruby_version = ">= 3.0"
  spec.files = Dir["lib/**/*.rb", "README.md", base: __dir__]
  spec.add_dependency "ffi", "~> 1.15"
end
