# frozen_string_literal: true

require_relative "helper"
require "open3"
require "rbconfig"
require "tmpdir"

# How the library is found, and what happens when it is not the right one.
class TestLibrary < Minitest::Test
  LIB = File.expand_path("../lib", __dir__)

  # Loads the gem in a process of its own.
  def load_with(environment)
    Open3.capture2e({ "CLOUDCIRCUIT_LIBRARY" => nil, "LD_LIBRARY_PATH" => nil, **environment },
                    RbConfig.ruby, "-w", "-I", LIB, "-e", 'require "cloudcircuit"; puts Cloudcircuit.library_version')
  end

  # A library that says what it is and has nothing else.
  def library(folder, version, abi_version)
    source = File.join(folder, "other.c")
    File.write(source, <<~C)
      const char *cloudcircuit_version(void) { return "#{version}"; }
      unsigned cloudcircuit_abi_version(void) { return #{abi_version}; }
    C
    File.join(folder, "other.so").tap do |file|
      assert system(ENV.fetch("CC", "cc"), "-shared", "-fPIC", "-o", file, source)
    end
  end

  def test_another_abi_is_refused
    Dir.mktmpdir do |folder|
      said, status = load_with("CLOUDCIRCUIT_LIBRARY" => library(folder, "9.9.9", 1))
      refute_predicate status, :success?
      assert_includes said, "libcloudcircuit 9.9.9 has ABI version 1, the gem needs 0 (LoadError)"
    end
  end

  def test_an_older_library_is_refused
    Dir.mktmpdir do |folder|
      said, status = load_with("CLOUDCIRCUIT_LIBRARY" => library(folder, "0.0.9", 0))
      refute_predicate status, :success?
      assert_includes said, "libcloudcircuit is 0.0.9, the gem needs #{Cloudcircuit::VERSION} or later (LoadError)"
    end
  end

  def test_a_library_that_is_not_there_is_named
    said, status = load_with("CLOUDCIRCUIT_LIBRARY" => "/nowhere/libcloudcircuit.so")
    refute_predicate status, :success?
    assert_match(%r{/nowhere/libcloudcircuit\.so.*\(LoadError\)}m, said)
  end

  # By the soname alone, as an installation without development files has it.
  def test_the_loader_finds_it
    Dir.mktmpdir do |folder|
      File.symlink(loaded_file, File.join(folder, "libcloudcircuit.so.#{Cloudcircuit::ABI_VERSION}"))
      assert_equal ["#{Cloudcircuit::VERSION}\n", true],
                   load_with("LD_LIBRARY_PATH" => folder).then { |said, status| [said, status.success?] }
    end
  end

  def test_a_cpu_takes_the_library_that_it_can_run
    features = Cloudcircuit.const_get(:Library)::V3
    v3 = ->(text) { Cloudcircuit.const_get(:Library).v3?(text.lines) }
    assert v3.("processor\t: 0\nflags\t\t: fpu #{features.join(" ")} avx512f\n")
    features.each { |lacking| refute v3.("flags : #{(features - [lacking]).join(" ")}\n"), lacking }
    refute v3.("Features\t: fp asimd evtstrm aes\n")
    refute v3.("")
  end

  # The file that these tests run with.
  def loaded_file
    name = Cloudcircuit.const_get(:Library).ffi_libraries.first.name
    return File.expand_path(name) if name.include?("/")

    File.foreach("/proc/self/maps").map { |line| line.split.last }.find { |file| file.include?("libcloudcircuit") }
  end
end
