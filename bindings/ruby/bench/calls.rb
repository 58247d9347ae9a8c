# frozen_string_literal: true

# What calls cost, compared with the same rules in plain Ruby that check their arguments too. Nanoseconds of CPU time,
# the best of several rounds, less the empty loop.
#
#     CLOUDCIRCUIT_LIBRARY=target/release/libcloudcircuit.so ruby -Ibindings/ruby/lib bindings/ruby/bench/calls.rb

require "cloudcircuit"

# The rules of the library for one row, as one would write them here.
module Plain
  Budget = Struct.new(:current_spend, :budget_limit, :usage_ratio, :remaining_budget, :warning, :breached)
  Spike = Struct.new(:latest_spend, :baseline_mean, :threshold, :spike)

  module_function

  def amount?(number)
    number.finite? && number >= 0
  end

  def check(current_spend, budget_limit, warning_ratio)
    raise ArgumentError, "budget_limit" unless budget_limit.finite? && budget_limit.positive?
    raise ArgumentError, "warning_ratio" unless warning_ratio.positive? && warning_ratio <= 1
    raise ArgumentError, "current_spend" unless amount?(current_spend)
  end

  def check_budget(current_spend:, budget_limit:, warning_ratio: 0.9)
    check(current_spend, budget_limit, warning_ratio)
    used = current_spend / budget_limit
    Budget.new(current_spend, budget_limit, used, budget_limit - current_spend, used >= warning_ratio,
               current_spend >= budget_limit).freeze
  end

  def budget_flags(current_spend:, budget_limit:, warning_ratio: 0.9)
    check(current_spend, budget_limit, warning_ratio)
    (current_spend / budget_limit >= warning_ratio ? 1 : 0) | (current_spend >= budget_limit ? 2 : 0)
  end

  # Array#sum is compensated, as the library's mean is.
  def check_anomaly_spike(spend_series:, spike_multiplier: 1.5, min_baseline: 0.0)
    raise ArgumentError, "spend_series" unless spend_series.size > 1 && spend_series.all? { |point| amount?(point) }

    *before, latest = spend_series
    mean = before.sum / before.size
    threshold = [mean, min_baseline].max * spike_multiplier
    Spike.new(latest, mean, threshold, latest > threshold).freeze
  end
end

ROUNDS = 7

def seconds
  start = Process.clock_gettime(Process::CLOCK_PROCESS_CPUTIME_ID)
  yield
  Process.clock_gettime(Process::CLOCK_PROCESS_CPUTIME_ID) - start
end

# Nanoseconds for one of `count`, which the block does all of.
def best(count)
  Array.new(ROUNDS) { seconds { yield count } }.min * 1e9 / count
end

def per_call(count = 100_000)
  empty = best(count) { |times| times.times { nil } }
  best(count) { |times| times.times { yield } } - empty
end

def line(what, library, plain)
  puts format("%-44s %8.1f %8.1f", what, library, plain)
end

cc = Cloudcircuit
budget = { current_spend: 90.0, budget_limit: 100.0 }
puts format("%-44s %8s %8s", "ns", "library", "plain")
ffi = cc.const_get(:Library)
alone = per_call { ffi.budget_flags(90.0, 100.0, 0.9) }
puts format("%-44s %8.1f", "the ffi call of budget_flags alone", alone)
line("budget_flags", per_call { cc.budget_flags(current_spend: 90.0, budget_limit: 100.0) },
     plain_flags = per_call { Plain.budget_flags(current_spend: 90.0, budget_limit: 100.0) })
line("check_budget", per_call { cc.check_budget(current_spend: 90.0, budget_limit: 100.0) },
     per_call { Plain.check_budget(current_spend: 90.0, budget_limit: 100.0) })
line("check_budget, warning_ratio: 0.8", per_call { cc.check_budget(**budget, warning_ratio: 0.8) },
     per_call { Plain.check_budget(**budget, warning_ratio: 0.8) })
exact = per_call { cc.check_budget_i64(current_spend: 90, budget_limit: 100) }
puts format("%-44s %8.1f", "check_budget_i64", exact)
breaker = cc::Breaker.new(now: 0)
puts format("%-44s %8.1f", "Breaker: acquire and report",
            per_call { breaker.report(breaker.acquire(now: 1), :success, now: 1) })
ledger = cc::Ledger.new(ledger_id: 1, period: 1, now: 0, limit: 2**62, hold_duration: 60_000)
puts format("%-44s %8.1f", "Ledger: reserve and settle",
            per_call { ledger.settle(ledger.reserve(5, now: 1).first, 4, now: 1) })
rate = cc::RateLimit.new(now: 0, limit: 2**62, duration: 60_000)
puts format("%-44s %8.1f", "RateLimit: acquire", per_call { rate.acquire(5, now: 1) })
found = [cc.check_budget(**budget), breaker.peek(now: 1)]
puts format("%-44s %8.1f", "evaluate_guard, two findings",
            per_call { cc.evaluate_guard(*found, required: %i[budget breaker]) })

[30, 365].each do |points|
  series = Array.new(points) { |point| 100.0 + (point % 7) }
  packed = series.pack("d*")
  plain = per_call(10_000) { Plain.check_anomaly_spike(spend_series: series) }
  line("check_anomaly_spike, Array of #{points}",
       per_call(10_000) { cc.check_anomaly_spike(spend_series: series) }, plain)
  line("check_anomaly_spike, packed #{points}",
       per_call(10_000) { cc.check_anomaly_spike(spend_series: packed) }, plain)
end

month = Array.new(112) { |day| 100.0 + (day % 7) }
packed = month.pack("d*")
tracker = cc::SpikeTracker.new
{ "detect_spike, packed 112" => -> { cc.detect_spike(spend_series: packed) },
  "scan_spikes, packed 112" => -> { cc.scan_spikes(spend_series: packed) },
  "SpikeTracker: update" => -> { tracker.update(100.0) },
  "forecast_budget, 112 before and 10 of 30" => lambda {
    cc.forecast_budget(history: packed, period_spend: packed[0, 80], period_len: 30, budget_limit: 5000)
  } }.each { |what, call| puts format("%-44s %8.1f", what, per_call(10_000, &call)) }

[10, 100_000].each do |rows|
  spend = Array.new(rows) { |row| (row % 200).to_f }
  limit = Array.new(rows) { 100.0 }
  packed = [spend, limit].map { |column| column.pack("d*") }
  per_row = ->(&call) { best(rows * [1, 1000 / rows].max) { |all| (all / rows).times(&call) } }
  plain = per_row.call do
    spend.each_with_index.map { |one, row| Plain.budget_flags(current_spend: one, budget_limit: limit[row]) }
  end
  line("check_budget_columns a row, Arrays of #{rows}",
       per_row.call { cc.check_budget_columns(current_spend: spend, budget_limit: limit) }, plain)
  line("check_budget_columns a row, packed #{rows}",
       per_row.call { cc.check_budget_columns(current_spend: packed[0], budget_limit: packed[1]) }, plain)
end
puts "plain columns call the plain budget_flags (#{plain_flags.round} ns) row by row"
