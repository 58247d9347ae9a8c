# frozen_string_literal: true

require_relative "lib/cloudcircuit/version"

Gem::Specification.new do |spec|
  spec.name = "cloudcircuit"
  spec.version = Cloudcircuit::VERSION
  spec.summary = "Spend safeguards: budgets, spikes, circuit breakers, ledgers, rate limits"
  spec.description = "Is the budget breached, is this a spike, may this operation run: the decisions of the C " \
                     "library libcloudcircuit as frozen Ruby values. The gem has the library in it, or builds it."
  spec.authors = ["The libcloudcircuit authors"]
  spec.license = "MIT"
  spec.required_ruby_version = ">= 3.0"
  spec.files = Dir["lib/**/*.rb", "README.md", base: __dir__]
  spec.add_dependency "ffi", "~> 1.15"

  # `make gem` puts one of these here: the library for a platform, or its sources, which cargo builds.
  library = Dir["lib/cloudcircuit/**/libcloudcircuit.*", base: __dir__]
  unless library.empty?
    cpu = ENV.fetch("CLOUDCIRCUIT_GEM_CPU", Gem::Platform.local.cpu)
    spec.platform = Gem::Platform.new([cpu, Gem::Platform.local.os, nil])
    spec.files += library
  end
  if File.exist?(File.join(__dir__, "ext/cloudcircuit/Cargo.toml"))
    spec.extensions = ["ext/cloudcircuit/extconf.rb"]
    spec.files += Dir["ext/**/*", base: __dir__]
  end
end
