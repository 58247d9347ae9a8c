# frozen_string_literal: true

# Of the gem of sources: has cargo build the library, which the gem then loads as it does the one of a platform gem.
# Without mkmf, because no header of Ruby is needed.

cargo = ENV.fetch("CARGO", "cargo")
abort "cloudcircuit: cargo is needed to build the library" unless system(cargo, "--version", out: File::NULL)

built = RbConfig::CONFIG["host_os"].include?("darwin") ? "libcloudcircuit.dylib" : "libcloudcircuit.so"
File.write("Makefile", <<~MAKE)
  # RubyGems takes what is installed here to where it keeps extensions.
  sitearchdir = #{RbConfig::MAKEFILE_CONFIG["sitearchdir"]}

  all:
  \t#{cargo} build --release --locked --lib --manifest-path "#{__dir__}/Cargo.toml" --target-dir "#{Dir.pwd}/target"
  install:
  \tmkdir -p "$(sitearchdir)/cloudcircuit"
  \tcp target/release/#{built} "$(sitearchdir)/cloudcircuit/libcloudcircuit.#{RbConfig::CONFIG["DLEXT"]}"
  \trm -rf target
  clean:
  \trm -rf target
MAKE
