# frozen_string_literal: true

require_relative "helper"

# What this gem knows of the library, against the header.
class TestHeader < Minitest::Test
  LIBRARY = Cloudcircuit.const_get(:Library)
  KINDS = Cloudcircuit.const_get(:Layout)::KINDS

  # The gem calls the _nullable functions in place of the first three, with no bitmaps; it has no use for the others.
  NOT_WRAPPED = %w[
    check_budget_columns check_budget_columns_i64 check_anomaly_spike_columns
    breaker_state_validate ledger_state_validate rate_limit_state_validate spike_tracker_state_validate
  ].freeze

  STRUCTS = {
    "budget_config" => :BudgetConfig, "budget_result" => :BudgetResult,
    "budget_config_i64" => :BudgetConfigI64, "budget_result_i64" => :BudgetResultI64,
    "spike_config" => :SpikeConfig, "spike_result" => :SpikeResult,
    "spike_config_i64" => :SpikeConfigI64, "spike_result_i64" => :SpikeResultI64,
    "breaker_counters" => :BreakerCounters, "breaker_decision" => :BreakerDecision,
    "signal" => :Signal, "guard_policy" => :GuardPolicy, "guard_decision" => :GuardDecision,
    "breaker_config" => :BreakerConfig, "breaker_permit" => :BreakerPermit,
    "ledger_config" => :LedgerConfig, "ledger_decision" => :LedgerDecision,
    "rate_limit_config" => :RateLimitConfig, "rate_limit_decision" => :RateLimitDecision,
    "detect_config" => :DetectConfig, "detect_result" => :DetectResult,
    "forecast_config" => :ForecastConfig, "forecast_result" => :ForecastResult
  }.freeze
  # SpikeTracker::State reads those in front.
  PARTLY = {
    "spike_tracker_state" => %w[uint32_t:layout uint32_t:reserved uint64_t:revision cloudcircuit_detect_config:config
                          uint64_t[693]:windows]
  }.freeze

  PACKED = { "d" => "double", "q" => "int64_t", "Q" => "uint64_t", "l" => "int32_t", "L" => "uint32_t" }.freeze

  def self.structs
    @structs ||= Repository.description["structs"].to_h do |struct|
      fields = struct["fields"].map { |field| "#{field["type"]}#{field["length"]&.then { "[#{_1}]" }}:#{field["name"]}" }
      [struct["name"].delete_prefix("cloudcircuit_"), fields]
    end
  end

  def self.types
    STRUCTS.transform_values { |name| Cloudcircuit.const_get(name) }
           .merge("breaker_state" => Cloudcircuit::Breaker::State, "ledger_state" => Cloudcircuit::Ledger::State,
                  "ledger_hold" => Cloudcircuit::Ledger.const_get(:HoldFields),
                  "rate_limit_state" => Cloudcircuit::RateLimit::State)
  end

  def test_every_struct_is_known
    named = self.class.types.keys + PARTLY.keys
    assert_equal self.class.structs.keys.sort, named.sort
  end

  def test_structs_lie_in_memory_as_in_c
    self.class.types.each do |name, type|
      assert_equal self.class.structs[name], type::FIELDS.map { |field, kind| in_c(field, kind) }, name
    end
    PARTLY.each { |name, fields| assert_equal fields, self.class.structs[name] }
    tracker = Cloudcircuit::SpikeTracker::State
    assert_equal(PARTLY["spike_tracker_state"].first(3), tracker::FIELDS.map { |field, kind| in_c(field, kind) })
    assert_equal 16 + Cloudcircuit.const_get(:DetectConfig).memory.size + (693 * 8), tracker.memory.size
  end

  def in_c(field, kind)
    letter, = KINDS[kind]
    count = letter[1..].empty? ? "" : "[#{letter[1..]}]"
    # Ruby's predicates do without the is_.
    field = "is_#{field}" if kind == :flag && %i[warning breached spike open leak drop forecast_breached].include?(field)
    "#{PACKED.fetch(letter[0])}#{count}:#{field}"
  end

  def test_kinds_are_as_long_as_they_are_packed
    KINDS.each { |kind, (letter, size)| assert_equal size, ([0] * 33).pack(letter).bytesize, kind }
  end

  def self.functions
    @functions ||= Repository.description["functions"].to_h do |function|
      types = function["arguments"].map { |argument| ffi_type(argument["type"]) }
      [function["name"].delete_prefix("cloudcircuit_"), [function["returns"], types]]
    end
  end

  def self.ffi_type(type)
    return :pointer if type.end_with?("*")

    { "double" => :double, "int64_t" => :int64, "uint64_t" => :uint64, "uint32_t" => :uint32,
      "int32_t" => :int32, "size_t" => :size_t, "cloudcircuit_status" => :int32 }.fetch(type)
  end

  def test_functions_take_what_they_take_in_c
    { "cloudcircuit_status" => LIBRARY::STATUS_FUNCTIONS, "uint32_t" => LIBRARY::FLAG_FUNCTIONS,
      "const char *" => LIBRARY::NAME_FUNCTIONS }
      .each do |result, functions|
      functions.each { |name, types| assert_equal [result, types], self.class.functions[name.to_s], name }
    end
  end

  def test_every_function_is_called_or_named_here
    wrapped = LIBRARY::STATUS_FUNCTIONS.keys + LIBRARY::FLAG_FUNCTIONS.keys + LIBRARY::NAME_FUNCTIONS.keys
    wrapped += %i[version abi_version]
    missing = self.class.functions.keys - wrapped.map(&:to_s) - NOT_WRAPPED
    assert_empty missing
    assert_operator self.class.functions.size, :>=, 90
  end

  def self.constants
    @constants ||= { "statuses" => "number", "constants" => "value" }.flat_map do |list, value|
      Repository.description[list].map { |one| [one["name"].delete_prefix("CLOUDCIRCUIT_"), one[value]] }
    end.to_h
  end

  def constant(name)
    self.class.constants.fetch(name)
  end

  def test_every_error_has_its_class
    errors = self.class.constants.select { |name, _| name.start_with?("ERR_") }
    assert_operator errors.size, :>=, 60
    errors.each do |name, status|
      error = Cloudcircuit.const_get("#{name.delete_prefix("ERR_").split("_").map(&:capitalize).join}Error")
      assert_equal Cloudcircuit::Error, error.superclass
      assert_equal status, error::STATUS
      assert_equal "CLOUDCIRCUIT_#{name}", error.new.status_name
      refute_empty error.new.message
    end
    classes = Cloudcircuit.constants.map { |name| Cloudcircuit.const_get(name) }
    assert_equal errors.size, classes.grep(Class).count { |one| one < Cloudcircuit::Error }
  end

  def test_a_status_of_a_later_library_is_an_error_all_the_same
    error = assert_raises(Cloudcircuit::Error) { Cloudcircuit::Error.check(9999) }
    assert_equal [Cloudcircuit::Error, 9999], [error.class, error.status]
    refute_empty error.message
    Cloudcircuit::Error.check(0)
  end

  def test_constants_are_the_headers
    Cloudcircuit.constants.grep(/\AFLAG_/).each do |name|
      assert_equal constant(name.to_s), Cloudcircuit.const_get(name), name
    end
    assert_equal constant("BREAKER_ENCODED_LEN"), Cloudcircuit::Breaker::ENCODED_LENGTH
    assert_equal constant("LEDGER_ENCODED_LEN"), Cloudcircuit::Ledger::ENCODED_LENGTH
    assert_equal constant("RATE_LIMIT_ENCODED_LEN"), Cloudcircuit::RateLimit::ENCODED_LENGTH
    assert_equal constant("SPIKE_TRACKER_ENCODED_LEN"), Cloudcircuit::SpikeTracker::ENCODED_LENGTH
    assert_equal constant("TIME_UNKNOWN"), Cloudcircuit.const_get(:TIME_UNKNOWN)
    assert_equal constant("RECORD_CAPACITY"), Cloudcircuit.const_get(:Record)::CAPACITY
    assert_equal constant("ABI_VERSION"), Cloudcircuit::ABI_VERSION
  end

  def test_names_are_the_headers
    { ACTIONS: "ACTION", SIGNALS: "SIGNAL", REASONS: "REASON", OUTCOMES: "OUTCOME", MODES: "MODE",
      VERDICTS: "VERDICT", DETECT_REASONS: "DETECT_REASON", LEDGER_REASONS: "LEDGER_REASON",
      RATE_REASONS: "RATE_REASON" }.each do |name, prefix|
      expected = self.class.constants.keys.grep(/\A#{prefix}_/).to_h do |key|
        [key.delete_prefix("#{prefix}_").downcase.to_sym, constant(key)]
      end
      assert_equal expected, Cloudcircuit.const_get(name).to_h
    end
    phases = Cloudcircuit.const_get(:PHASES).to_h
    assert_equal [1, 2, 3, 4, 5], phases.values
    phases.each { |phase, number| assert_equal constant("BREAKER_#{phase.upcase}"), number }
    { THRESHOLD_UNITS: "THRESHOLD", THRESHOLD_BASES: "BASIS" }.each do |names, prefix|
      Cloudcircuit.const_get(names).to_h.each do |name, number|
        assert_equal constant("#{prefix}_#{name.upcase}"), number
      end
    end
    assert_equal constant("LEDGER_MAX_THRESHOLDS"), Cloudcircuit.const_get(:THRESHOLDS).to_h.size
  end

  def test_defaults_are_the_headers
    { DEFAULT_WARNING_RATIO: "WARNING_RATIO", DEFAULT_WARNING_PPM: "WARNING_PPM",
      DEFAULT_SPIKE_MULTIPLIER: "SPIKE_MULTIPLIER", DEFAULT_SPIKE_MULTIPLIER_PPM: "SPIKE_MULTIPLIER_PPM",
      DEFAULT_MIN_BASELINE: "MIN_BASELINE", DEFAULT_FAILURE_THRESHOLD: "FAILURE_THRESHOLD",
      DEFAULT_FORECAST_SEASON_LENGTH: "FORECAST_SEASON_LENGTH" }.each do |ours, c|
      assert_equal constant("DEFAULT_#{c}"), Cloudcircuit.const_get(ours)
    end
    assert_equal 0, Cloudcircuit::DEFAULT_MIN_BASELINE_I64
    defaults = Cloudcircuit.const_get(:BreakerConfig)::DEFAULT
    %i[failure_threshold half_open_max_probes half_open_calls half_open_failure_rate_ppm backoff_ppm open_duration
       max_open_duration probe_timeout]
      .each { |name| assert_equal constant("DEFAULT_#{name.upcase}"), defaults[name] }
    defaults = Cloudcircuit.const_get(:DetectConfig)::DEFAULT
    { score_threshold: "SCORE_THRESHOLD", min_relative_impact: "MIN_RELATIVE_IMPACT", min_baseline: "DETECT_MIN_BASELINE",
      step: "STEP" }.each do |name, c|
      assert_equal constant("DEFAULT_#{c}"), defaults[name]
    end
    assert_equal [0, 0, 0, 0.0, nil],
                 defaults.to_h.values_at(:season_length, :window, :lag_points, :min_impact, :start_time)
  end

  def test_the_gem_is_of_the_librarys_version
    version = Repository.description["version"]
    assert_equal version, Cloudcircuit::VERSION
    assert_equal version, Cloudcircuit.library_version
  end
end
