# frozen_string_literal: true

require_relative "helper"

# Breakers and ledgers as Ruby objects; how they decide is in the golden cases.
class TestStates < Minitest::Test
  def breaker(**settings)
    Cloudcircuit::Breaker.new(now: 0, failure_threshold: 1, open_duration: 1000, max_open_duration: 1000, **settings)
  end

  def ledger
    Cloudcircuit::Ledger.new(period: 1, limit: 100, threshold_ppm: [500_000])
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

  def test_a_block_is_run_reported_and_refused
    times = [10, 20, 30, 40, 50]
    one = breaker(window_size: 4, minimum_calls: 4)
    assert_equal :done, one.call(-> { times.shift }) { :done }
    assert_equal 1, one.state.window_calls
    assert_raises(KeyError) { one.call(-> { times.shift }) { {}.fetch(:missing) } }
    assert_equal [:open, 1040], [one.phase, one.state.open_until]
    refused = assert_raises(Cloudcircuit::CallRefused) { one.call(-> { times.shift }) { flunk } }
    assert_equal [990, "the breaker is open, retry after 990"], [refused.permit.retry_after, refused.message]
  end

  def test_a_block_that_is_left_says_nothing
    one = breaker
    assert_equal(:left, catch(:out) { one.call(-> { 1 }) { throw :out, :left } })
    assert_equal [:closed, 0], [one.phase, one.state.window_calls]
    # The breaker moves on while the block runs, and the clock runs back.
    times = [9, 3]
    assert_equal(5, one.call(-> { times.shift }) { one.force(:forced_open, now: 9) && 5 })
    assert_equal :forced_open, one.phase
    times = [9, 3]
    one.force(:closed, now: 9)
    one.call(-> { times.shift }) { nil }
    assert_equal 1, one.state.window_calls
  end

  def test_what_is_stored_goes_on_alike
    one = breaker
    one.report(one.acquire(now: 10), :failure, now: 15)
    other = Cloudcircuit::Breaker.load(one.dump, failure_threshold: 1)
    assert_equal [172, Encoding::BINARY, true], [one.dump.bytesize, one.dump.encoding, one.dump.frozen?]
    assert_equal [one.state, one.dump], [other.state, other.dump]
    assert_equal one.acquire(now: 20), other.acquire(now: 20)
    kept = ledger
    _, hold = kept.reserve(60)
    taken = Cloudcircuit::Ledger.load(kept.dump, limit: 100, threshold_ppm: [500_000])
    again = Cloudcircuit::Ledger::Hold.new(period: hold.period, amount: hold.amount)
    assert_equal kept.settle(hold, 55), taken.settle(again, 55)
    assert_equal [44, kept.dump], [taken.dump.bytesize, taken.dump]
  end

  def test_bytes_that_were_lost_are_refused
    { Cloudcircuit::Breaker => breaker, Cloudcircuit::Ledger => ledger, Cloudcircuit::SpikeTracker => tracker }
      .each do |type, one|
      good = one.dump
      good.bytesize.times do |at|
        bytes = good.dup
        bytes.setbyte(at, bytes.getbyte(at) ^ 4)
        assert_raises(Cloudcircuit::CorruptStateError) { type.load(bytes) }
      end
      ["", good[1..], "#{good}\0"].each do |bytes|
        assert_raises(Cloudcircuit::EncodedLengthError) { type.load(bytes) }
      end
      assert_raises(Cloudcircuit::CorruptStateError) { type.load("\0" * good.bytesize) }
      assert_raises(TypeError) { type.load(nil) }
    end
  end

  def test_a_copy_goes_its_own_way
    one = breaker
    copy = one.dup
    copy.report(copy.acquire(now: 1), :failure, now: 2)
    assert_equal %i[closed open], [one.phase, copy.phase]
    kept = ledger
    _, hold = kept.reserve(60)
    spare = [kept.clone, hold.clone]
    kept.release(hold)
    assert_equal [0, 60, true, false], [kept.state.held, spare[0].state.held, hold.spent?, spare[1].spent?]
    assert_equal 60, spare[0].settle(spare[1], 60).settled
  end

  def test_a_rule_broken_changes_nothing
    wrong = breaker(window_size: 129)
    before = wrong.dump
    assert_raises(Cloudcircuit::WindowSizeError) { wrong.acquire(now: 1) }
    assert_equal before, wrong.dump
    kept = ledger
    decision, hold = kept.reserve(101)
    assert_equal [false, :exceeds_limit, true], [decision.allowed?, decision.reason, hold.spent?]
    before = kept.dump
    assert_raises(Cloudcircuit::HoldSpentError) { kept.settle(hold, 1) }
    assert_raises(Cloudcircuit::EstimateError) { kept.reserve(0) }
    assert_raises(Cloudcircuit::PeriodError) { kept.roll(0) }
    assert_raises(TypeError) { kept.settle(nil, 1) }
    assert_raises(TypeError) { breaker.report(nil, :success, now: 1) }
    assert_equal before, kept.dump
    too_many = Cloudcircuit::Ledger.new(period: 1, limit: 100, threshold_ppm: (1..9).to_a)
    assert_raises(Cloudcircuit::ThresholdCountError) { too_many.record(1) }
  end

  def test_a_ledger_allows_nothing_by_default
    decision, = Cloudcircuit::Ledger.new(period: 1).reserve(1)
    refute_predicate decision, :allowed?
  end

  def test_say_what_they_are
    assert_match(/\A#<Cloudcircuit::Breaker .*phase=:closed/, breaker.inspect)
    assert_match(/\A#<Cloudcircuit::Ledger .*period=1 settled=0 held=0>\z/, ledger.inspect)
    assert_equal "#<Cloudcircuit::Ledger::Hold period=1 amount=5>", ledger.reserve(5).last.inspect
  end
end
