package cloudcircuit_test

import (
	"context"
	"encoding"
	"errors"
	"reflect"
	"sync"
	"testing"

	. "example.com/cloudcircuit"
)

func TestStatesAreStored(t *testing.T) {
	breaker := NewBreaker(nil, 5)
	for i := 0; i < 3; i++ {
		permit, _ := breaker.Acquire(10)
		breaker.Report(permit, OutcomeFailure, 1, NoRetryAt, 11)
	}
	ledger, _ := NewLedger(&LedgerConfig{Limit: 10}, 3, 7, 5)
	ledger.Reserve(4, 5)
	rate := NewRateLimit(&RateLimitConfig{Limit: 9, Duration: 16}, 5)
	rate.Acquire(4, 6)
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
		{rate, &RateLimit{}, RateLimit{}, RateLimitEncodedLen}, {tracker, &SpikeTracker{}, SpikeTracker{}, SpikeTrackerEncodedLen}} {
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
	if ledger.State.Period != 7 || ledger.State.Held != 4 || ledger.State.Revision != 1 || ledger.State.LedgerID != 3 {
		t.Error(ledger.State)
	}
	if rate.State.UpdatedAt != 6 || rate.State.Revision != 1 {
		t.Error(rate.State)
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
	made, _ := NewLedger(&LedgerConfig{Limit: limit}, 1, 1, 0)
	ledger := SharedLedger{Ledger: *made, Clock: func() int64 { return 5 }}
	var wait sync.WaitGroup
	for goroutine := 0; goroutine < 8; goroutine++ {
		wait.Add(1)
		go func() {
			defer wait.Done()
			for {
				_, err := ledger.Execute(context.Background(), 7, func(context.Context) (Cost, error) {
					// Calls without a state need no lock.
					r, err := CheckBudget(7, limit, nil)
					if r.IsBreached {
						t.Error(r)
					}
					return Spent(5), err
				})
				var refusal *OverLimitError
				if errors.As(err, &refusal) {
					return
				} else if err != nil {
					t.Error(err)
				}
			}
		}()
	}
	wait.Wait()
	if s := ledger.Ledger.State; s.Held != 0 || s.Settled > limit || s.Settled <= limit-7 {
		t.Error(s)
	}
}
