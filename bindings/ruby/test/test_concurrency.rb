# frozen_string_literal: true

require_relative "helper"

# Many threads, fibers and processes, signal handlers and the garbage collector.
class TestConcurrency < Minitest::Test
  include Ledgers

  # Whether calls answer for their own arguments and no others.
  def all_right?(seed, calls)
    random = Random.new(SEED + seed)
    calls.times.all? do
      limit = random.rand(1.0..1000.0)
      spend = random.rand(0.0..1000.0)
      result = Cloudcircuit.check_budget(current_spend: spend, budget_limit: limit, warning_ratio: 0.5)
      spike = Cloudcircuit.check_anomaly_spike(spend_series: [spend, limit])
      yield if block_given?
      [result.usage_ratio, result.breached?, spike.baseline_mean] == [spend / limit, spend >= limit, spend]
    end
  end

  def test_threads
    assert_equal [true] * 8, Array.new(8) { |seed| Thread.new { all_right?(seed, 2000) { Thread.pass } } }.map(&:value)
  end

  def test_fibers
    fibers = Array.new(8) { |seed| Fiber.new { all_right?(seed, 200) { Fiber.yield :more } } }
    answers = fibers.map(&:resume)
    answers = fibers.map(&:resume) while answers.include?(:more)
    assert_equal [true] * 8, answers
  end

  def test_a_signal_handler_in_the_middle_of_a_call
    handled = 0
    old = trap("USR1") { handled += 1 if all_right?(handled, 3) }
    sender = fork do
      Process.kill("USR1", Process.ppid) && sleep(0.001) while Process.ppid != 1
      exit!
    end
    seed = 0
    assert(all_right?(seed += 1, 50)) while handled < 50
  ensure
    Process.kill("KILL", sender) && Process.wait(sender)
    trap("USR1", old || "DEFAULT")
  end

  def test_after_a_fork
    expected = Cloudcircuit.check_budget(current_spend: 90, budget_limit: 100)
    breaker = Cloudcircuit::Breaker.new(now: 0, failure_threshold: 1)
    permit = breaker.acquire(now: 1)
    children = Array.new(4) do |seed|
      fork do
        same = Cloudcircuit.check_budget(current_spend: 90, budget_limit: 100) == expected
        breaker.report(permit, :failure, now: 2)
        exit!(same && breaker.phase == :open && all_right?(seed, 200) ? 0 : 1)
      end
    end
    assert(children.all? { |child| Process.wait2(child).last.success? })
    assert_equal :closed, breaker.phase
  end

  def test_one_ledger_shared_by_threads_is_never_overspent
    shared = ledger(limit: 10_000)
    spent = Array.new(8) do
      Thread.new do
        sum = 0
        loop do
          hold, decision = shared.reserve(7, now: 1)
          break sum unless decision.allowed?

          Thread.pass
          shared.settle(hold, 7, now: 2)
          sum += 7
        end
      end
    end.sum(&:value)
    assert_equal 9996, spent
    assert_equal [9996, 0], [shared.state.settled, shared.state.held]
  end

  def test_several_ledgers_shared_by_threads_are_never_overspent
    both = Cloudcircuit::Ledgers.new(ledger(limit: 7_000), ledger(limit: 10_000))
    threads = Array.new(8) do
      Thread.new do
        loop do
          holds, _, refused_by = both.reserve([7, 9], now: 1)
          break refused_by if refused_by

          Thread.pass
          both.settle(holds, [7, 9], now: 2)
        end
      end
    end
    assert_equal [0] * 8, threads.map(&:value)
    assert_equal [[7_000, 0], [9_000, 0]], both.to_a.map { |one| [one.state.settled, one.state.held] }
  end

  def test_one_hold_is_settled_once
    100.times do
      shared = ledger(limit: 10)
      hold, = shared.reserve(5, now: 1)
      answers = Array.new(4) do
        Thread.new do
          shared.settle(hold.dup, 5, now: 1).settled
        rescue Cloudcircuit::HoldSpentError
          nil
        end
      end.map(&:value)
      assert_equal [5], answers.compact
    end
  end

  def test_memory_is_moved_and_freed_under_it
    GC.stress = true
    assert all_right?(1, 1)
    columns = Cloudcircuit.check_budget_columns(current_spend: (0...50).map(&:to_f), budget_limit: [49.0] * 50)
    assert_equal [49], columns.rows_with(Cloudcircuit::FLAG_BREACHED)
  ensure
    GC.stress = false
  end
end
