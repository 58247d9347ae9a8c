package cloudcircuit_test

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"runtime"
	"sync"
	"testing"

	. "example.com/cloudcircuit"
)

var errUpstream = errors.New("upstream failed")

// sharedBreaker is a breaker with a clock that the test moves.
func sharedBreaker(config *BreakerConfig) (*SharedBreaker, *int64) {
	now := new(int64)
	return &SharedBreaker{Breaker: *NewBreaker(config, 0), Clock: func() int64 { return *now }}, now
}

func TestExecuteOpensAndRecovers(t *testing.T) {
	shared, now := sharedBreaker(nil)
	ctx := context.Background()
	calls := 0
	fails := func(context.Context) error { calls++; return errUpstream }
	for i := 0; i < 3; i++ {
		if err := shared.Execute(ctx, fails); err != errUpstream {
			t.Error(err)
		}
	}
	var refused *OpenError
	if err := shared.Execute(ctx, fails); !errors.As(err, &refused) || refused.Permit.RetryAfter != 30_000 || calls != 3 {
		t.Error(err, calls)
	}
	*now = 30_000
	if err := shared.Execute(ctx, func(context.Context) error { return nil }); err != nil {
		t.Error(err)
	}
	if phase := shared.Breaker.State.Phase; phase != PhaseClosed {
		t.Error(phase)
	}
}

// A caller that wraps the refusal still finds it.
func TestRefusalsAreFoundByErrorsIs(t *testing.T) {
	shared, _ := sharedBreaker(nil)
	shared.Breaker.Force(PhaseForcedOpen, 10, 0)
	open := shared.Execute(context.Background(), func(context.Context) error { return nil })
	ledger := &SharedLedger{Ledger: *newLedger(t, nil, 1)}
	_, over := ledger.Execute(context.Background(), 1, func(context.Context) (Cost, error) { return Spent(1), nil })
	for _, err := range []error{open, over} {
		wrapped := fmt.Errorf("GET /: %w", err)
		if errors.Is(wrapped, ErrOpen) != (err == open) || errors.Is(wrapped, ErrOverLimit) != (err == over) {
			t.Error(err)
		}
	}
	if err := new(SharedBreaker).Execute(context.Background(), nil); errors.Is(err, ErrOpen) {
		t.Error("a broken state is no refusal:", err)
	}
}

// The hook may use the breaker, since it runs without the lock.
func TestOnChangeHearsOfEachPhase(t *testing.T) {
	shared, now := sharedBreaker(nil)
	var heard []Phase
	shared.OnChange = func(from, to Phase) {
		shared.Lock()
		defer shared.Unlock()
		if to != shared.Breaker.State.Phase {
			t.Error(from, to, shared.Breaker.State.Phase)
		}
		heard = append(heard, from, to)
	}
	succeeds := func(context.Context) error { return nil }
	fails := func(context.Context) error { return errUpstream }
	for _, call := range []func(context.Context) error{succeeds, fails, fails, fails, succeeds} {
		shared.Execute(context.Background(), call)
	}
	*now = 30_000
	shared.Execute(context.Background(), fails)
	*now += 60_000
	shared.Execute(context.Background(), succeeds)
	expected := []Phase{PhaseClosed, PhaseOpen, PhaseOpen, PhaseHalfOpen, PhaseHalfOpen, PhaseOpen,
		PhaseOpen, PhaseHalfOpen, PhaseHalfOpen, PhaseClosed}
	if !reflect.DeepEqual(heard, expected) {
		t.Error(heard)
	}
}

func TestExecuteIgnoresWhatSaysNothing(t *testing.T) {
	shared, _ := sharedBreaker(nil)
	ctx, cancel := context.WithCancel(context.Background())
	for i := 0; i < 5; i++ {
		err := shared.Execute(context.Background(), func(context.Context) error { return context.Canceled })
		if err != context.Canceled {
			t.Error(err)
		}
	}
	cancel()
	ran := false
	if err := shared.Execute(ctx, func(context.Context) error { ran = true; return nil }); err != context.Canceled || ran {
		t.Error(err, ran)
	}
	if s := shared.Breaker.State; s.Phase != PhaseClosed || s.ConsecutiveFailures != 0 {
		t.Error(s)
	}
}

// A probe that a ledger refuses never ran: its place is free again, and the breaker learns nothing.
func TestExecuteIgnoresARefusalOfAnotherSafeguard(t *testing.T) {
	shared, now := sharedBreaker(nil)
	shared.Breaker.Force(PhaseForcedOpen, 10, 0)
	*now = 10
	ledger := &SharedLedger{Ledger: *newLedger(t, nil, 1)}
	err := shared.Execute(context.Background(), func(ctx context.Context) error {
		_, err := ledger.Execute(ctx, 1, func(context.Context) (Cost, error) { t.Error("it ran"); return Cost{}, nil })
		return err
	})
	var refused *OverLimitError
	if s := shared.Breaker.State; !errors.As(err, &refused) || s.Phase != PhaseHalfOpen || s.LiveProbes != 0 || s.ProbesJudged != 0 {
		t.Error(err, s)
	}
}

// Under the race detector: the breaker is locked around each report, not while a call runs.
func TestGoroutinesShareABreaker(t *testing.T) {
	shared := &SharedBreaker{Breaker: *NewBreaker(nil, 0)}
	const together = 8
	var inside, wait sync.WaitGroup
	inside.Add(together)
	for i := 0; i < together; i++ {
		wait.Add(1)
		go func() {
			defer wait.Done()
			err := shared.Execute(context.Background(), func(context.Context) error {
				inside.Done()
				inside.Wait() // All of them run at once.
				return errUpstream
			})
			if err != errUpstream {
				t.Error(err)
			}
		}()
	}
	wait.Wait()
	if phase := shared.Breaker.State.Phase; phase != PhaseOpen {
		t.Error(phase)
	}
}

func TestExecuteCountsAPanicAsAFailure(t *testing.T) {
	shared, _ := sharedBreaker(nil)
	func() {
		defer func() {
			if recover() != "broken" {
				t.Error("the panic is swallowed")
			}
		}()
		shared.Execute(context.Background(), func(context.Context) error { panic("broken") })
	}()
	if failures := shared.Breaker.State.ConsecutiveFailures; failures != 1 {
		t.Error(failures)
	}
}

// Judge passes on what a Retry-After said.
func TestExecuteHeedsARetryAt(t *testing.T) {
	config := DefaultBreakerConfig()
	config.MaxRetryAfter = 10_000
	shared, now := sharedBreaker(&config)
	shared.Judge = func(err error) (Outcome, int64) {
		if err != nil {
			return OutcomeFailure, *now + 700
		}
		return OutcomeSuccess, NoRetryAt
	}
	shared.Execute(context.Background(), func(context.Context) error { return errUpstream })
	if s := shared.Breaker.State; s.Phase != PhaseOpen || s.OpenUntil != 700 || s.Trips != 0 {
		t.Error(s)
	}
}

// A clock that runs back makes no negative duration, and a report that comes too late is no error.
func TestExecuteSurvivesClocksAndResets(t *testing.T) {
	shared, now := sharedBreaker(nil)
	*now = 100
	err := shared.Execute(context.Background(), func(context.Context) error {
		*now = 50
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	err = shared.Execute(context.Background(), func(context.Context) error {
		shared.Lock()
		defer shared.Unlock()
		return shared.Breaker.Reset(60)
	})
	if err != nil {
		t.Error(err)
	}
}

func TestZeroSharedValuesRefuse(t *testing.T) {
	call := func(context.Context) error { t.Error("it ran"); return nil }
	if err := new(SharedBreaker).Execute(context.Background(), call); err != ErrCorruptState {
		t.Error(err)
	}
	cost := func(context.Context) (Cost, error) { t.Error("it ran"); return Cost{}, nil }
	if d, err := new(SharedLedger).Execute(context.Background(), 1, cost); err != ErrCorruptState || d.Allowed {
		t.Error(d, err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if d, err := new(SharedLedger).Execute(ctx, 1, cost); err != context.Canceled || d.Allowed {
		t.Error(d, err)
	}
}

func TestExecuteSettlesWhatACallCost(t *testing.T) {
	ledger := newLedger(t, &LedgerConfig{Limit: 100, Thresholds: []int64{30, 50}, ThresholdUnit: ThresholdAmount,
		ThresholdBasis: BasisCommitted}, 1)
	shared := &SharedLedger{Ledger: *ledger, Clock: func() int64 { return 7 }}
	costs := func(cost Cost, err error) func(context.Context) (Cost, error) {
		return func(context.Context) (Cost, error) {
			if held := shared.Ledger.State.Held; held == 0 {
				t.Error("nothing is held while it runs")
			}
			return cost, err
		}
	}
	ctx := context.Background()
	// The thresholds that the hold reached are reported too, though what it cost is below.
	if d, err := shared.Execute(ctx, 60, costs(Spent(10), nil)); err != nil || d.Settled != 10 || d.Held != 0 || d.NewlyCrossed != 0b11 {
		t.Error(d, err)
	}
	if d, err := shared.Execute(ctx, 20, costs(Spent(5), errUpstream)); err != errUpstream || d.Settled != 15 {
		t.Error("a failed call costs too:", d, err)
	}
	if d, err := shared.Execute(ctx, 20, costs(Spent(0), errUpstream)); err != errUpstream || d.Settled != 15 || d.Held != 0 {
		t.Error("a failed call that says that it cost nothing:", d, err)
	}
	var refused *OverLimitError
	if d, err := shared.Execute(ctx, 86, costs(Spent(1), nil)); !errors.As(err, &refused) || refused.Decision != d || d.Available != 85 {
		t.Error(d, err)
	}
}

// The money may have been spent: what is not said, or cannot be booked, is all that was held.
func TestExecuteSettlesTheWholeHoldWhenTheCostIsNotSaid(t *testing.T) {
	for name, test := range map[string]struct {
		call func(context.Context) (Cost, error)
		err  error
	}{
		"no cost":       {func(context.Context) (Cost, error) { return Cost{}, nil }, nil},
		"an error":      {func(context.Context) (Cost, error) { return Cost{}, errUpstream }, errUpstream},
		"below 0":       {func(context.Context) (Cost, error) { return Spent(-1), nil }, ErrActual},
		"a panic":       {func(context.Context) (Cost, error) { panic("broken") }, nil},
		"a Goexit":      {func(context.Context) (Cost, error) { runtime.Goexit(); return Spent(1), nil }, nil},
		"a late Goexit": {func(context.Context) (Cost, error) { defer runtime.Goexit(); return Spent(1), nil }, nil},
	} {
		shared := &SharedLedger{Ledger: *newLedger(t, &LedgerConfig{Limit: 100}, 1)}
		var err error
		done := make(chan struct{})
		go func() {
			defer close(done)
			defer func() { recover() }()
			_, err = shared.Execute(context.Background(), 20, test.call)
		}()
		<-done
		if s := shared.Ledger.State; err != test.err || s.Settled != 20 || s.Held != 0 {
			t.Error(name, err, s.Settled, s.Held)
		}
	}
}
