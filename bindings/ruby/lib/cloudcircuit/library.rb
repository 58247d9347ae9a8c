# frozen_string_literal: true

require "ffi"

module Cloudcircuit
  # The C functions, as the header declares them, without the prefix cloudcircuit_.
  #
  # The library is the file that the environment variable CLOUDCIRCUIT_LIBRARY names, else the one in the gem, else
  # the one that the loader finds by itself.
  #
  # @api private
  module Library
    extend FFI::Library

    # What level x86-64-v3 asks of a CPU, as Linux calls it. The kernel leaves out what it has not enabled.
    V3 = %w[cx16 lahf_lm popcnt ssse3 sse4_1 sse4_2 xsave avx avx2 bmi1 bmi2 f16c fma abm movbe].freeze

    # Whether the first CPU in the lines of /proc/cpuinfo has the level.
    def self.v3?(cpuinfo)
      flags = cpuinfo.find { |line| line.start_with?("flags") }
      !flags.nil? && (V3 - flags.split).empty?
    end

    # Platform gems have it in lib/, and for CPUs of level x86-64-v3 a quicker one; gems of sources have it where
    # RubyGems installs extensions.
    def self.in_gem(cpuinfo = "/proc/cpuinfo")
      quicker = File.join(__dir__, "x86-64-v3/libcloudcircuit.so")
      return quicker if File.exist?(quicker) && File.readable?(cpuinfo) && v3?(File.foreach(cpuinfo))

      $LOAD_PATH.resolve_feature_path("cloudcircuit/libcloudcircuit")&.last
    end

    IN_GEM = in_gem
    ffi_lib ENV.fetch("CLOUDCIRCUIT_LIBRARY") { IN_GEM || ["libcloudcircuit.so.#{ABI_VERSION}", "cloudcircuit"] }

    attach_function :version, :cloudcircuit_version, [], :string
    attach_function :abi_version, :cloudcircuit_abi_version, [], :uint32

    # @raise [LoadError] when the library found is not one that this gem can call
    def self.check_version
      unless abi_version == ABI_VERSION
        raise LoadError, "libcloudcircuit #{version} has ABI version #{abi_version}, the gem needs #{ABI_VERSION}"
      end
      return unless Gem::Version.new(version) < Gem::Version.new(VERSION)

      raise LoadError, "libcloudcircuit is #{version}, the gem needs #{VERSION} or later"
    end
    check_version

    # Functions that return a status, with the types of their arguments.
    STATUS_FUNCTIONS = {
      budget_config_init: %i[pointer],
      check_budget: %i[double double pointer pointer],
      spike_config_init: %i[pointer],
      check_anomaly_spike: %i[pointer size_t pointer pointer],
      breaker_counters_init: %i[pointer],
      evaluate_circuit_breaker: %i[pointer pointer],
      guard_policy_init: %i[pointer],
      evaluate_guard: %i[pointer size_t pointer pointer],
      breaker_config_init: %i[pointer],
      breaker_init: %i[int64 pointer],
      breaker_acquire: %i[pointer pointer int64 pointer],
      breaker_peek: %i[pointer pointer int64 pointer],
      breaker_report: %i[pointer pointer pointer int32 int64 int64 int64],
      breaker_report_and_acquire: %i[pointer pointer pointer int32 int64 int64 int64 pointer],
      breaker_force: %i[pointer int32 int64 int64],
      breaker_reset: %i[pointer int64],
      breaker_state_validate: %i[pointer],
      breaker_state_encode: %i[pointer pointer size_t],
      breaker_state_decode: %i[pointer size_t pointer],
      ledger_config_init: %i[pointer],
      ledger_init: %i[uint64 int64 int64 pointer],
      ledger_reserve: %i[pointer pointer int64 int64 pointer pointer],
      ledger_extend: %i[pointer pointer pointer int64 int64 pointer],
      ledger_post: %i[pointer pointer pointer int64 int64 pointer],
      ledger_settle: %i[pointer pointer pointer int64 int64 pointer],
      ledger_release: %i[pointer pointer pointer int64 pointer],
      ledger_record: %i[pointer pointer int64 int64 pointer],
      ledger_roll: %i[pointer pointer int64 int64 pointer],
      ledger_reset: %i[pointer int64 int64],
      ledgers_reserve: %i[pointer pointer pointer size_t int64 pointer pointer pointer],
      ledgers_extend: %i[pointer pointer pointer pointer size_t int64 pointer pointer],
      ledgers_settle: %i[pointer pointer pointer pointer size_t int64 pointer pointer],
      ledgers_release: %i[pointer pointer pointer size_t int64 pointer pointer],
      ledgers_record: %i[pointer pointer pointer size_t int64 pointer pointer],
      ledgers_roll: %i[pointer pointer pointer size_t int64 pointer pointer],
      ledger_state_validate: %i[pointer],
      ledger_state_encode: %i[pointer pointer size_t],
      ledger_state_decode: %i[pointer size_t pointer],
      rate_limit_init: %i[int64 pointer],
      rate_limit_acquire: %i[pointer pointer int64 int64 pointer],
      rate_limit_adjust: %i[pointer pointer int64 int64 int64 pointer],
      rate_limit_reset: %i[pointer int64],
      rate_limit_state_validate: %i[pointer],
      rate_limit_state_encode: %i[pointer pointer size_t],
      rate_limit_state_decode: %i[pointer size_t pointer],
      detect_config_init: %i[pointer],
      detect_spike: %i[pointer size_t pointer pointer],
      scan_spikes: %i[pointer size_t pointer pointer pointer pointer],
      detect_spike_columns: %i[pointer size_t pointer size_t pointer pointer pointer pointer],
      spike_tracker_init: %i[pointer pointer],
      spike_tracker_update: %i[pointer double pointer],
      spike_tracker_state_encode: %i[pointer pointer size_t],
      spike_tracker_state_decode: %i[pointer size_t pointer],
      forecast_config_init: %i[pointer],
      forecast_budget: %i[pointer size_t pointer size_t size_t double pointer pointer],
      forecast_budget_columns:
        %i[pointer size_t pointer pointer pointer pointer pointer size_t pointer pointer pointer pointer],
      budget_config_i64_init: %i[pointer],
      check_budget_i64: %i[int64 int64 pointer pointer],
      spike_config_i64_init: %i[pointer],
      check_anomaly_spike_i64: %i[pointer size_t pointer pointer],
      money_from_double: %i[double uint32 pointer],
      money_to_double: %i[int64 uint32 pointer],
      check_budget_columns_nullable:
        %i[pointer pointer size_t pointer pointer size_t size_t pointer pointer pointer pointer],
      check_budget_columns_i64_nullable:
        %i[pointer pointer size_t pointer pointer size_t size_t pointer pointer pointer pointer],
      check_anomaly_spike_columns_nullable:
        %i[pointer pointer size_t size_t pointer pointer size_t size_t pointer pointer pointer pointer],
      write_budget_result_json: %i[int32 pointer pointer pointer size_t pointer],
      write_budget_result_i64_json: %i[int32 pointer pointer pointer size_t pointer],
      write_spike_result_json: %i[int32 pointer pointer pointer size_t pointer],
      write_spike_result_i64_json: %i[int32 pointer pointer pointer size_t pointer],
      write_breaker_decision_json: %i[int32 pointer pointer pointer size_t pointer],
      write_breaker_permit_json: %i[int32 pointer pointer pointer size_t pointer],
      write_ledger_decision_json: %i[int32 pointer pointer pointer size_t pointer],
      write_rate_limit_decision_json: %i[int32 pointer pointer pointer size_t pointer],
      write_detect_result_json: %i[int32 pointer pointer pointer size_t pointer],
      write_forecast_result_json: %i[int32 pointer pointer pointer size_t pointer],
      write_guard_decision_json: %i[int32 pointer pointer pointer size_t pointer],
      budget_signal: %i[int32 pointer pointer],
      budget_signal_i64: %i[int32 pointer pointer],
      ledger_signal: %i[int32 pointer pointer],
      spike_signal: %i[int32 pointer pointer],
      spike_signal_i64: %i[int32 pointer pointer],
      detect_signal: %i[int32 pointer pointer],
      breaker_signal: %i[int32 pointer pointer],
      permit_signal: %i[int32 pointer pointer],
      rate_limit_signal: %i[int32 pointer pointer],
      forecast_signal: %i[int32 pointer pointer]
    }.freeze

    # Functions that return flags.
    FLAG_FUNCTIONS = {
      budget_flags: %i[double double double],
      budget_flags_i64: %i[int64 int64 uint32],
      spike_flags: %i[pointer size_t double double],
      breaker_flags: %i[int64 int64 int64]
    }.freeze

    # Functions that return the name of a number.
    NAME_FUNCTIONS = {
      action_name: %i[int32], reason_name: %i[uint32], signal_name: %i[uint32], phase_name: %i[int32],
      outcome_name: %i[int32], verdict_name: %i[int32], detect_reason_name: %i[int32], ledger_reason_name: %i[int32],
      rate_reason_name: %i[int32], mode_name: %i[uint32], status_message: %i[int32], status_name: %i[int32]
    }.freeze

    STATUS_FUNCTIONS.each { |name, types| attach_function name, :"cloudcircuit_#{name}", types, :int32 }
    FLAG_FUNCTIONS.each { |name, types| attach_function name, :"cloudcircuit_#{name}", types, :uint32 }
    NAME_FUNCTIONS.each { |name, types| attach_function name, :"cloudcircuit_#{name}", types, :string }
  end
  private_constant :Library

  # @return [String] the version of the library that is running
  def self.library_version
    Library.version
  end
end
