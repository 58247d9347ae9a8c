# frozen_string_literal: true

require_relative "helper"
require "timeout"

# Breakers, ledgers and rate limits as Ruby objects; how they decide is in the golden cases.
class TestStates < Minitest::Test
  include Ledgers

  def breaker(**settings)
    Cloudcircuit::Breaker.new(now: 0, failure_threshold: 1, open_duration: 1000, max_open_duration: 1000, **settings)
  end

  RATE = { limit: 10, duration: 160 }.freeze

  def rate_limit
    Cloudcircuit::RateLimit.new(now: 0, **RATE)
  end

  def tracker
    Cloudcircuit::SpikeTracker.new.tap { |one| 20.times { |day| one.update(100 + (day % 7)) } }
  end

  def test_a_breaker_trips_probes_and_closes
    one = breaker
    permit = one.acquire(now: 10)
    assert_predicate permit, :allowed?
    assert_same one, one.report(permit, :failure, duration: 5, now: 15)
    assert_equal [:open, 1], [one.phase, one.revision]
    refused = one.acquire(now: 20)
    assert_equal [false, 995], [refused.allowed?, refused.retry_after]
    assert_raises(Cloudcircuit::PermitError) { one.report(refused, :success, now: 21) }
    assert_raises(Cloudcircuit::StalePermitError) { one.report(permit, :success, now: 21) }
    probe = one.acquire(now: 1015)
    assert_predicate probe, :probe?
    assert_equal :half_open, one.phase
    following = one.report_and_acquire(probe, :success, duration: 1, now: 1016)
    assert_equal [true, :closed, 0], [following.allowed?, following.phase, following.probe_slot]
    one.force(:forced_open, now: 1017)
    assert_equal Cloudcircuit::FOREVER - 1018, one.acquire(now: 1018).retry_after
  end

  def test_a_breaker_is_asked_without_a_change_and_started_over
    one = breaker(mode: :monitor)
    one.report(one.acquire(now: 10), :failure, now: 15)
    before = one.dump
    asked = one.peek(now: 20)
    assert_equal [true, true, 0, 995], [asked.allowed?, asked.would_refuse?, asked.generation, asked.retry_after]
    assert_equal before, one.dump
    one.reset(now: 5)
    assert_equal [:closed, 5, false], [one.phase, one.state.updated_at, one.peek(now: 6).would_refuse?]
  end

  # With max_retry_after alone a failure opens until its retry_at, and no further than that.
  def test_a_retry_after_opens
    one = breaker(failure_threshold: 0, max_retry_after: 100)
    one.report(one.acquire(now: 10), :failure, retry_at: 60, now: 15)
    assert_equal [:open, 60], [one.phase, one.state.open_until]
    one.reset(now: 100)
    one.report_and_acquire(one.acquire(now: 100), :failure, retry_at: 900, now: 110)
    assert_equal 210, one.state.open_until
    one.reset(now: 300)
    times = [300, 310]
    refusal = Class.new(StandardError) { def retry_at = 350 }
    assert_raises(refusal) { one.call(-> { times.shift }, retry_at: :retry_at.to_proc) { raise refusal } }
    assert_equal [:open, 350], [one.phase, one.state.open_until]
  end

  def test_a_block_is_run_reported_and_refused
    times = [10, 20, 30, 40, 50]
    one = breaker(window_size: 4, minimum_calls: 4, failure_rate_ppm: 1_000_000)
    assert_equal(:done, one.call(-> { times.shift }) { |permit| permit.allowed? && :done })
    assert_equal 1, one.state.window_calls
    assert_raises(KeyError) { one.call(-> { times.shift }) { {}.fetch(:missing) } }
    assert_equal [:open, 1040], [one.phase, one.state.open_until]
    refused = assert_raises(Cloudcircuit::CallRefused) { one.call(-> { times.shift }) { flunk } }
    assert_equal [990, "the breaker is open, retry after 990"], [refused.permit.retry_after, refused.message]
    assert_kind_of Cloudcircuit::Refused, refused
  end

  # A breaker that has its probe in flight, and what the block form then reports of it.
  def probed
    one = breaker
    one.report(one.acquire(now: 0), :failure, now: 0)
    yield one, -> { 1000 }
    one.phase
  end

  def left_by_return(one, clock)
    one.call(clock) { return :returned }
    :not_here
  end

  def test_a_block_that_is_left_early_is_a_success
    assert_equal(:closed, probed { |one, clock| assert_equal :returned, left_by_return(one, clock) })
    assert_equal(:closed, probed { |one, clock| assert_equal(:broken, one.call(clock) { break :broken }) })
    assert_equal(:closed, probed { |one, clock| assert_equal(:next, one.call(clock) { next :next }) })
    assert_equal(:closed, probed { |one, clock| catch(:out) { one.call(clock) { throw :out } } })
  end

  # An ignored probe gives its place back: still half-open, and the next call is a probe again.
  def test_a_block_that_is_cut_off_says_nothing
    assert_equal(:half_open, probed do |one, clock|
      assert_raises(Interrupt) { one.call(clock) { raise Interrupt } }
      assert_predicate one.peek(now: 1000), :probe?
    end)
    assert_equal(:half_open, probed do |one, clock|
      Thread.new { one.call(clock) { Thread.current.kill } }.join
      assert_predicate one.peek(now: 1000), :probe?
    end)
    assert_equal(:half_open, probed do |one, clock|
      assert_raises(Timeout::Error) { Timeout.timeout(0.01) { one.call(clock) { sleep } } }
    end)
    assert_equal(:half_open, probed do |one, clock|
      assert_raises(Cloudcircuit::SpendRefused) { one.call(clock) { ledger(limit: 1).call(2, clock) { flunk } } }
    end)
  end

  def test_a_breaker_that_moved_on_takes_no_report
    # The breaker moves on while the block runs, and the clock runs back.
    one = breaker
    times = [9, 3]
    assert_equal(5, one.call(-> { times.shift }) { one.force(:forced_open, now: 9) && 5 })
    assert_equal :forced_open, one.phase
    times = [9, 3]
    one.force(:closed, now: 9)
    one.call(-> { times.shift }) { nil }
    assert_equal :closed, one.phase
  end

  def books(one)
    [one.state.settled, one.state.held]
  end

  def test_a_ledger_reserves_runs_and_settles
    one = ledger
    clock = -> { 7 }
    assert_equal(:answer, one.call(60, clock) do |hold|
      assert_equal [0, 60], books(one)
      hold.actual = 55
      :answer
    end)
    assert_equal [55, 0], books(one)
    # What it cost is not known: all of it.
    one.call(10, clock) { nil }
    assert_equal [65, 0], books(one)
    one.call(10, clock) { break }
    assert_equal [75, 0], books(one)
    refused = assert_raises(Cloudcircuit::SpendRefused) { one.call(26, clock) { flunk } }
    assert_equal [:over_limit, 25, [75, 0]], [refused.decision.reason, refused.decision.available, books(one)]
    assert_equal "the ledger refuses (over limit), 25 is available", refused.message
  end

  def left_by_return_from_a_ledger(one, clock)
    one.call(10, clock) { return }
  end

  # A request that failed or was cut off may have been billed: without an actual it cost all that was held.
  def test_a_ledger_settles_the_whole_hold_however_the_block_ends
    one = ledger
    clock = -> { 7 }
    assert_raises(KeyError) { one.call(10, clock) { {}.fetch(:missing) } }
    assert_equal [10, 0], books(one)
    assert_raises(Interrupt) { one.call(10, clock) { raise Interrupt } }
    assert_raises(Timeout::Error) { Timeout.timeout(0.01) { one.call(10, clock) { sleep } } }
    Thread.new { one.call(10, clock) { Thread.current.kill } }.join
    assert_equal [40, 0], books(one)
    left_by_return_from_a_ledger(one, clock)
    catch(:out) { one.call(10, clock) { throw :out } }
    assert_equal [60, 0], books(one)
  end

  def test_a_ledger_settles_what_the_block_said
    one = ledger
    clock = -> { 7 }
    assert_raises(KeyError) { one.call(60, clock) { |hold| hold.actual = 9 and {}.fetch(:missing) } }
    assert_equal [9, 0], books(one)
    catch(:out) { one.call(60, clock) { |hold| hold.actual = 0 and throw :out } }
    assert_equal [9, 0], books(one)
    one.call(60, clock) { |hold| one.settle(hold, 1, now: 7) }
    assert_equal [10, 0], books(one)
    assert_raises(Cloudcircuit::ActualError) { one.call(20, clock) { |hold| hold.actual = -1 } }
    assert_raises(TypeError) { one.call(20, clock) { |hold| hold.actual = "9" } }
    assert_equal [50, 0], books(one)
  end

  def test_a_hold_is_posted_extended_and_settled_once
    one = ledger(hold_duration: 50)
    hold, decision = one.reserve(60, now: 1)
    assert_equal [true, [1, 1, 60, 51]], [decision.allowed?, [hold.id, hold.period, hold.amount, hold.expires_at]]
    copy = hold.dup
    one.post(hold, 20, now: 2)
    assert_equal [[20, 40], 40], [books(one), hold.amount]
    assert_raises(Cloudcircuit::HoldSpentError) { one.settle(copy, 1, now: 2) }
    refute_predicate one.extend_hold(hold, 41, now: 2), :allowed?
    assert_predicate one.extend_hold(hold, 40, now: 10), :allowed?
    assert_equal [[20, 80], 80, 60], [books(one), hold.amount, hold.expires_at]
    other = ledger
    assert_raises(Cloudcircuit::HoldLedgerError) { other.settle(hold, 1, now: 10) }
    stored = Cloudcircuit::Ledger::Hold.new(**hold.to_h)
    one.settle(stored, 70, now: 20)
    assert_equal [[90, 0], true, false], [books(one), stored.spent?, hold.spent?]
    assert_raises(Cloudcircuit::HoldSpentError) { one.release(hold, now: 20) }
  end

  def test_a_roll_keeps_holds_and_a_reset_is_the_operators_word
    one = ledger(carry_max: 1000)
    hold, = one.reserve(60, now: 1)
    assert_equal [60, 140], [one.roll(2, now: 1).held, one.state.carried + 100 - 60]
    assert_predicate one.roll(1, now: 1), :clock_regressed?
    one.settle(hold, 60, now: 1)
    one.reset(period: 1, now: -5)
    assert_equal [[0, 0], 1, -5, 0], [books(one), one.state.period, one.state.updated_at, one.state.carried]
  end

  def test_thresholds_are_told_once
    one = ledger(thresholds: [50, 90], threshold_unit: :amount, threshold_basis: :committed)
    _, decision = one.reserve(60, now: 1)
    assert_equal [[0], [0]], [decision.crossed, decision.newly_crossed]
    assert_equal [[0, 1], [1]], one.record(30, now: 1).then { |told| [told.crossed, told.newly_crossed] }
  end

  def test_several_ledgers_hold_all_or_nothing
    user = ledger(limit: 50)
    both = Cloudcircuit::Ledgers.new(user, ledger(limit: 80))
    holds, decisions, refused_by = both.reserve([50, 81], now: 1)
    assert_equal [1, [true, true], [false, false]], [refused_by, holds.map(&:spent?), decisions.map(&:allowed?)]
    holds, decisions, refused_by = both.reserve([50, 60], now: 1)
    assert_equal [nil, [50, 60], [true, true]], [refused_by, holds.map(&:amount), decisions.map(&:allowed?)]
    both.extend_holds(holds, [0, 20], now: 2)
    assert_equal [[0, 50], [0, 80]], both.to_a.map { |one| books(one) }
    left = Cloudcircuit::Ledgers.new(*both.to_a)
    both.settle(holds, [40, 70], now: 3)
    assert_equal [[40, 0], [70, 0], [true, true]], [*both.to_a.map { |one| books(one) }, holds.map(&:spent?)]
    # Both the ledgers that it was made of and a copy of it go their own ways.
    assert_equal [[0, 0], [0, 50]], [books(user), books(left[0])]
    error = assert_raises(Cloudcircuit::HoldSpentError) { both.release([nil, holds[1]], now: 3) }
    assert_equal [1, 80], [error.failed_at, JSON.parse(error.record).dig("config", "limit")]
    both.record([nil, -70], now: 4)
    both.roll([2, 1], now: 5)
    assert_equal [[0, 0], [0, 0]], both.to_a.map { |one| books(one) }
    copy = both.dup
    copy[0].record(1, now: 6)
    assert_equal [[1, 0], [0, 0]], [books(copy[0]), books(both[0])]
  end

  # 10 in any 160, in buckets of 10: what is taken at 0 counts as if taken at 9, until 169.
  def test_a_rate_limit_takes_gives_back_and_waits
    one = rate_limit
    taken = one.acquire(8, now: 0)
    assert_equal [true, 2], [taken.allowed?, taken.available]
    refused = one.acquire(3, now: 20)
    assert_equal [false, :over_limit, 149], [refused.allowed?, refused.reason, refused.retry_after]
    assert_predicate one.acquire(3, now: 169), :allowed?
    one.reset(now: 0)
    one.acquire(8, now: 0)
    assert_equal 3, one.adjust(0, -5, now: 30).used
    assert_predicate one.acquire(7, now: 30), :allowed?
    assert_equal [:exceeds_limit, Cloudcircuit::FOREVER],
                 one.acquire(11, now: 30).then { |never| [never.reason, never.retry_after] }
    watched = Cloudcircuit::RateLimit.new(now: 0, **RATE, mode: :monitor)
    assert_equal [true, true], watched.acquire(11, now: 0).then { |open| [open.allowed?, open.would_refuse?] }
  end

  def test_what_is_stored_goes_on_alike
    one = breaker
    one.report(one.acquire(now: 10), :failure, now: 15)
    other = Cloudcircuit::Breaker.load(one.dump, failure_threshold: 1)
    assert_equal [420, Encoding::BINARY, true], [one.dump.bytesize, one.dump.encoding, one.dump.frozen?]
    assert_equal [one.state, one.dump], [other.state, other.dump]
    assert_equal one.acquire(now: 20), other.acquire(now: 20)
    kept = ledger(thresholds: [500_000])
    hold, = kept.reserve(60, now: 1)
    taken = Cloudcircuit::Ledger.load(kept.dump, limit: 100, thresholds: [500_000])
    again = Cloudcircuit::Ledger::Hold.new(**hold.to_h)
    assert_equal kept.settle(hold, 55, now: 2), taken.settle(again, 55, now: 2)
    assert_equal [532, kept.dump], [taken.dump.bytesize, taken.dump]
    rate = rate_limit
    rate.acquire(4, now: 3)
    same = Cloudcircuit::RateLimit.load(rate.dump, **RATE)
    assert_equal [rate.acquire(7, now: 4), 172], [same.acquire(7, now: 4), same.dump.bytesize]
  end

  def test_bytes_that_were_lost_are_refused
    { breaker => {}, ledger => {}, rate_limit => RATE, tracker => {} }.each do |one, settings|
      good = one.dump
      take = ->(bytes) { one.class.load(bytes, **settings) }
      good.bytesize.times do |at|
        bytes = good.dup
        bytes.setbyte(at, bytes.getbyte(at) ^ 4)
        assert_raises(Cloudcircuit::CorruptStateError) { take.call(bytes) }
      end
      ["", good[1..], "#{good}\0"].each do |bytes|
        assert_raises(Cloudcircuit::EncodedLengthError) { take.call(bytes) }
      end
      assert_raises(Cloudcircuit::CorruptStateError) { take.call("\0" * good.bytesize) }
      assert_raises(TypeError) { take.call(nil) }
    end
  end

  def test_a_copy_goes_its_own_way
    one = breaker
    copy = one.dup
    copy.report(copy.acquire(now: 1), :failure, now: 2)
    assert_equal %i[closed open], [one.phase, copy.phase]
    kept = ledger
    hold, = kept.reserve(60, now: 1)
    spare = [kept.clone, hold.clone]
    kept.release(hold, now: 1)
    assert_equal [0, 60, true, false], [kept.state.held, spare[0].state.held, hold.spent?, spare[1].spent?]
    assert_equal 60, spare[0].settle(spare[1], 60, now: 1).settled
  end

  def test_a_rule_broken_changes_nothing
    wrong = breaker(window_size: 129)
    before = wrong.dump
    assert_raises(Cloudcircuit::WindowSizeError) { wrong.acquire(now: 1) }
    assert_raises(Cloudcircuit::NoRuleError) { breaker(failure_threshold: 0).acquire(now: 1) }
    assert_equal before, wrong.dump
    kept = ledger
    hold, decision = kept.reserve(101, now: 1)
    assert_equal [false, :exceeds_limit, true], [decision.allowed?, decision.reason, hold.spent?]
    before = kept.dump
    assert_raises(Cloudcircuit::HoldSpentError) { kept.settle(kept.reserve(101, now: 1).first, 1, now: 1) }
    assert_raises(Cloudcircuit::EstimateError) { kept.reserve(-1, now: 1) }
    assert_raises(TypeError) { kept.settle(nil, 1, now: 1) }
    assert_raises(TypeError) { breaker.report(nil, :success, now: 1) }
    assert_equal before, kept.dump
    assert_raises(Cloudcircuit::ThresholdCountError) { ledger(thresholds: (1..9).to_a).record(1, now: 1) }
    nothing = Cloudcircuit::RateLimit.new(now: 0, limit: 1, duration: 0)
    assert_raises(Cloudcircuit::RateDurationError) { nothing.acquire(1, now: 0) }
  end

  def test_a_ledger_allows_nothing_by_default
    plain = Cloudcircuit::Ledger.new(ledger_id: 1, period: 1, now: 0)
    refute_predicate plain.reserve(1, now: 0).last, :allowed?
    assert_equal :free, plain.reserve(0, now: 0).last.reason
  end

  def test_say_what_they_are
    assert_match(/\A#<Cloudcircuit::Breaker .*phase=:closed/, breaker.inspect)
    one = Cloudcircuit::Ledger.new(ledger_id: 4, period: 1, now: 0, limit: 9)
    assert_equal "#<Cloudcircuit::Ledger ledger_id=4 revision=0 period=1 settled=0 held=0>", one.inspect
    assert_equal "#<Cloudcircuit::Ledgers #{one.inspect}>", Cloudcircuit::Ledgers.new(one).inspect
    assert_equal "#<Cloudcircuit::Ledger::Hold ledger_id=4 id=1 period=1 amount=5 expires_at=#{Cloudcircuit::FOREVER}>",
                 one.reserve(5, now: 0).first.inspect
    assert_match(/\A#<Cloudcircuit::RateLimit .*taken=\[0, /, rate_limit.inspect)
  end
end
