# frozen_string_literal: true

# Replays daily spend against a monthly budget of 3000: what would have been said, and when.
#
#   ruby -I bindings/ruby/lib examples/replay.rb examples/data/daily_spend.csv
require "cloudcircuit"
require "csv"
require "date"

LIMIT = 3000
PLACES = 6 # amounts are exact, in millionths
BUDGET = { limit: Cloudcircuit.money_from_double(LIMIT, scale: PLACES), thresholds: [900_000, 1_000_000] }.freeze

Day = Struct.new(:date, :amount) do
  def month
    12 * date.year + date.month
  end
end

# Judges each day of a group with what was known on that day.
def replay(group, days)
  ledger = Cloudcircuit::Ledger.new(ledger_id: 1, period: days.first.month, now: 0, **BUDGET)
  tracker = Cloudcircuit::SpikeTracker.new(start_time: days.first.date, min_impact: 5)
  was_leak = false
  # On a day with more credits than charges nothing was spent.
  charges = days.each_with_index.map do |day, now|
    ledger.roll(day.month, now: now)
    spent = ledger.record(Cloudcircuit.money_from_double(day.amount, scale: PLACES), now: now)
    unless spent.newly_crossed.empty?
      share = spent.newly_crossed.include?(1) ? "the budget" : "90 % of the budget"
      total = Cloudcircuit.money_to_double(spent.settled, scale: PLACES)
      puts format("%s %s spent %.2f, %s", day.date, group, total, share)
    end
    found = tracker.update([day.amount, 0].max)
    if found.spike?
      puts format("%s %s spike of %.2f, expected %.2f", day.date, group, found.latest_spend, found.expected_spend)
    end
    puts "#{day.date} #{group} leak, spend creeps up" if found.leak? && !was_leak
    was_leak = found.leak?
    [day.amount, 0].max
  end
  last = days.last.date
  history = charges.first([charges.size - last.day, 0].max)
  passed = charges.drop(history.size) # of the month
  month = Cloudcircuit.forecast_budget(
    history: history, period_spend: passed, budget_limit: LIMIT,
    period_len: passed.size + Date.new(last.year, last.month, -1).day - last.day
  )
  return unless month.forecast_breached?

  puts format("%s %s forecast %.2f for the month, above the budget", last, group, month.forecast_spend)
end

rows = CSV.read(ARGV.fetch(0), headers: true)
rows.group_by { |row| row["group"] || "(none)" }.each do |group, days|
  replay(group, days.map { |row| Day.new(Date.iso8601(row["day"]), Float(row["amount"])) })
end
