package cloudcircuit_test

import (
	"encoding"
	"reflect"
	"sync"
	"testing"

	. "example.com/cloudcircuit"
)

func TestLedgerThresholds(t *testing.T) {
	config := &LedgerConfig{Limit: 100, ThresholdPPM: make([]uint32, 9)}
	for i := range config.ThresholdPPM {
		config.ThresholdPPM[i] = uint32(100_000 * (i + 1))
	}
	ledger := NewLedger(config, 1)
	if _, err := ledger.Record(1); err != ErrThresholdCount {
		t.Error("9 thresholds:", err)
	}
	config.ThresholdPPM = config.ThresholdPPM[:8]
	if d, err := ledger.Record(35); err != nil || d.NewlyCrossed != 0b111 {
		t.Error("8 thresholds:", d, err)
	}
}

func TestStatesAreStored(t *testing.T) {
	breaker := NewBreaker(nil, 5)
	for i := 0; i < 3; i++ {
		permit, _ := breaker.Acquire(10)
		breaker.Report(permit, OutcomeFailure, 1, 11)
	}
	ledger := NewLedger(&LedgerConfig{Limit: 10}, 7)
	ledger.Reserve(4)
	tracker, _ := NewSpikeTracker(nil)
	for _, spend := range runawayDay() {
		tracker.Update(spend)
	}
	for _, c := range []struct {
		from encoding.BinaryMarshaler
		to   interface {
			encoding.BinaryMarshaler
			encoding.BinaryUnmarshaler
		}
		zero any
		len  int
	}{{breaker, &Breaker{}, Breaker{}, BreakerEncodedLen}, {ledger, &Ledger{}, Ledger{}, LedgerEncodedLen},
		{tracker, &SpikeTracker{}, SpikeTracker{}, SpikeTrackerEncodedLen}} {
		bytes, err := c.from.MarshalBinary()
		if err != nil || len(bytes) != c.len {
			t.Fatal(len(bytes), err)
		}
		if err := c.to.UnmarshalBinary(bytes); err != nil {
			t.Error(err)
		}
		if again, err := c.to.MarshalBinary(); err != nil || string(again) != string(bytes) {
			t.Error("another state came back", err)
		}
		bytes[20] ^= 4
		if err := c.to.UnmarshalBinary(bytes); err != ErrCorruptState {
			t.Error("a flipped bit:", err)
		}
		if reflect.ValueOf(c.to).Elem().Interface() != c.zero {
			t.Error("a refused state is not zero")
		}
		if _, err := c.to.MarshalBinary(); err != ErrCorruptState {
			t.Error("a zero state is stored:", err)
		}
		for _, short := range [][]byte{nil, {}, bytes[1:]} {
			if err := c.to.UnmarshalBinary(short); err != ErrEncodedLength {
				t.Error(len(short), "bytes:", err)
			}
		}
	}
	if breaker.State.Phase != PhaseOpen || breaker.State.OpenUntil != 30_011 || breaker.State.Trips != 1 {
		t.Error(breaker.State)
	}
	if ledger.State.Period != 7 || ledger.State.Held != 4 || ledger.State.Revision != 1 {
		t.Error(ledger.State)
	}
	if tracker.Revision != 29 {
		t.Error(tracker.Revision)
	}
	var copied Breaker
	bytes, _ := breaker.AppendBinary([]byte("key:"))
	if string(bytes[:4]) != "key:" || copied.UnmarshalBinary(bytes[4:]) != nil || copied != *breaker {
		t.Error("appended bytes", bytes)
	}
}

// Under the race detector, this is what sharing a state between goroutines needs.
func TestGoroutinesShareALedger(t *testing.T) {
	const limit = 1000
	ledger := NewLedger(&LedgerConfig{Limit: limit}, 1)
	var lock sync.Mutex
	var wait sync.WaitGroup
	for goroutine := 0; goroutine < 8; goroutine++ {
		wait.Add(1)
		go func() {
			defer wait.Done()
			for {
				lock.Lock()
				hold, decision, err := ledger.Reserve(7)
				lock.Unlock()
				if err != nil {
					t.Error(err)
				}
				if !decision.Allowed {
					return
				}
				// Calls without a state need no lock.
				if r, err := CheckBudget(float64(hold.Amount), limit, nil); err != nil || r.IsBreached {
					t.Error(r, err)
				}
				lock.Lock()
				if _, err := ledger.Settle(&hold, 5); err != nil {
					t.Error(err)
				}
				lock.Unlock()
			}
		}()
	}
	wait.Wait()
	if s := ledger.State; s.Held != 0 || s.Settled > limit || s.Settled <= limit-7 {
		t.Error(s)
	}
}
