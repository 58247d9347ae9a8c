package cloudcircuit

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

// SharedBreaker is a Breaker that goroutines share, with the calls around a call. Lock it to use its
// Breaker directly, for example to store it. The zero value has no breaker, which Execute refuses with
// ErrCorruptState:
//
//	shared := cloudcircuit.SharedBreaker{Breaker: *cloudcircuit.NewBreaker(nil, time.Now().UnixMilli())}
type SharedBreaker struct {
	sync.Mutex
	// Breaker decides.
	Breaker Breaker
	// Clock is the time in the unit of the breaker's durations; nil for milliseconds since 1970.
	Clock func() int64
	// Judge says what a call's error means for the breaker, and its retryAt or NoRetryAt; nil is
	// DefaultJudge.
	Judge func(err error) (outcome Outcome, retryAt int64)
	// OnChange hears of each change of phase that Execute makes, in the goroutine that made it. The
	// breaker is not locked then, so that with many goroutines a later change may be heard of first.
	OnChange func(from, to Phase)
}

// ErrOpen is what an *OpenError is, for errors.Is.
var ErrOpen = errors.New("cloudcircuit: the breaker refuses")

// OpenError is why Execute of a SharedBreaker did not run the call.
type OpenError struct {
	// Permit is the refusal; its RetryAfter is how long to wait.
	Permit BreakerPermit
}

// Error says that the breaker refuses, and for how long.
func (e *OpenError) Error() string {
	return fmt.Sprintf("cloudcircuit: the breaker is %v, retry after %d", e.Permit.Phase, e.Permit.RetryAfter)
}

// Unwrap makes errors.Is find ErrOpen.
func (e *OpenError) Unwrap() error {
	return ErrOpen
}

// Execute runs the call if the breaker allows it, and reports how it went and how long it took. The
// breaker is not locked while the call runs. A call that panics has failed.
//
// It returns the call's error. When the call did not run, that is ctx's error if it is done already, an
// *OpenError, or the error of Acquire. After a call without an error it is that of Report, unless that is
// ErrStalePermit, which is to be expected under concurrency.
func (s *SharedBreaker) Execute(ctx context.Context, call func(context.Context) error) (err error) {
	if err := ctx.Err(); err != nil {
		return err
	}
	permit, began, err := s.acquire()
	if err != nil {
		return err
	}
	if !permit.Allowed {
		return &OpenError{permit}
	}
	outcome, retryAt := OutcomeFailure, int64(NoRetryAt) // of a call that panics
	defer func() {
		reported := s.report(permit, outcome, began, retryAt)
		if err == nil {
			err = reported
		}
	}()
	err = call(ctx)
	outcome, retryAt = s.judge(err)
	return err
}

func (s *SharedBreaker) acquire() (permit BreakerPermit, now int64, err error) {
	s.update(func(at int64) {
		now = at
		permit, err = s.Breaker.Acquire(now)
	})
	return permit, now, err
}

func (s *SharedBreaker) report(permit BreakerPermit, outcome Outcome, began, retryAt int64) (err error) {
	s.update(func(now int64) {
		duration := now - began
		if now < began { // The clock ran back.
			duration = 0
		}
		err = s.Breaker.Report(permit, outcome, duration, retryAt, now)
	})
	if err == ErrStalePermit {
		return nil
	}
	return err
}

// update runs a call on the breaker, and then says whether the phase changed.
func (s *SharedBreaker) update(call func(now int64)) {
	from, to := s.locked(call)
	if from != to && s.OnChange != nil {
		s.OnChange(from, to)
	}
}

// locked runs a call on the breaker under its lock, and returns the phases before and after it.
func (s *SharedBreaker) locked(call func(now int64)) (from, to Phase) {
	s.Lock()
	defer s.Unlock() // The clock is the caller's and may panic.
	from = s.Breaker.State.Phase
	call(read(s.Clock))
	return from, s.Breaker.State.Phase
}

func (s *SharedBreaker) judge(err error) (Outcome, int64) {
	if s.Judge != nil {
		return s.Judge(err)
	}
	return DefaultJudge(err)
}

// DefaultJudge is what a nil Judge means: no error is a success; context.Canceled and the refusal of another
// safeguard, an *OverLimitError or *OpenError, are ignored; all others are failures.
func DefaultJudge(err error) (outcome Outcome, retryAt int64) {
	switch {
	case err == nil:
		return OutcomeSuccess, NoRetryAt
	case errors.Is(err, context.Canceled), errors.Is(err, ErrOverLimit), errors.Is(err, ErrOpen):
		return OutcomeIgnored, NoRetryAt
	}
	return OutcomeFailure, NoRetryAt
}

// read is the time of a clock, milliseconds since 1970 when there is none.
func read(clock func() int64) int64 {
	if clock == nil {
		return time.Now().UnixMilli()
	}
	return clock()
}

// SharedLedger is a Ledger that goroutines share, with the calls around a request. Lock it to use its
// Ledger directly, for example to roll or to store it. The zero value has no ledger, which Execute refuses
// with ErrCorruptState.
type SharedLedger struct {
	sync.Mutex
	// Ledger decides.
	Ledger Ledger
	// Clock is the time in the unit of HoldDuration; nil for milliseconds since 1970.
	Clock func() int64
}

// ErrOverLimit is what an *OverLimitError is, for errors.Is.
var ErrOverLimit = errors.New("cloudcircuit: the ledger refuses")

// OverLimitError is why Execute of a SharedLedger did not run the call.
type OverLimitError struct {
	// Decision is the refusal; its Available is what would still fit.
	Decision LedgerDecision
}

// Error says why the ledger refuses, and what would still fit.
func (e *OverLimitError) Error() string {
	return fmt.Sprintf("cloudcircuit: the ledger refuses: %v, available %d", e.Decision.Reason, e.Decision.Available)
}

// Unwrap makes errors.Is find ErrOverLimit.
func (e *OverLimitError) Unwrap() error {
	return ErrOverLimit
}

// Cost is what a call cost. The zero value says that it is not known.
type Cost struct {
	amount int64
	isSaid bool
}

// Spent is a cost that is known, 0 for a call that cost nothing.
func Spent(amount int64) Cost {
	return Cost{amount, true}
}

// Execute reserves the estimate, runs the call if that is allowed, and settles what the call says that it
// cost, also when it returns an error. A call that does not say it, that panics, or whose cost cannot be
// booked is settled with all that is held, because the money may have been spent. The ledger is not locked
// while the call runs. Put it inside the Execute of a breaker: there its refusal counts as ignored.
//
// The decision is that of Settle, with the thresholds newly crossed by both calls, or the refusal. The
// error is the call's. When the call did not run, that is ctx's error if it is done already, an
// *OverLimitError, or the error of Reserve. After a call without an error it is that of Settle.
func (s *SharedLedger) Execute(ctx context.Context, estimate int64,
	call func(context.Context) (Cost, error)) (decision LedgerDecision, err error) {
	if err := ctx.Err(); err != nil {
		return LedgerDecision{}, err
	}
	hold, reserved, err := s.reserve(estimate)
	if err != nil {
		return reserved, err
	}
	if !reserved.Allowed {
		return reserved, &OverLimitError{reserved}
	}
	var cost Cost // not said by a call that panics
	defer func() {
		settled, failed := s.settle(hold, cost)
		settled.NewlyCrossed |= reserved.NewlyCrossed
		decision = settled
		if err == nil {
			err = failed
		}
	}()
	cost, err = call(ctx)
	return decision, err
}

func (s *SharedLedger) reserve(estimate int64) (LedgerHold, LedgerDecision, error) {
	s.Lock()
	defer s.Unlock()
	return s.Ledger.Reserve(estimate, read(s.Clock))
}

func (s *SharedLedger) settle(hold LedgerHold, cost Cost) (decision LedgerDecision, err error) {
	s.Lock()
	defer s.Unlock()
	now := read(s.Clock)
	if cost.isSaid {
		decision, err = s.Ledger.Settle(&hold, cost.amount, now)
		if err == nil {
			return decision, nil
		}
	}
	decision, failed := s.Ledger.Settle(&hold, hold.Amount, now)
	if err == nil {
		err = failed
	}
	return decision, err
}
