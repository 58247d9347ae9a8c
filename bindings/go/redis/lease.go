package redis

import (
	"context"
	"errors"
	"time"

	cc "example.com/cloudcircuit"
)

// Lease is a slice of a shared ledger that one process spends from a ledger of its own: most decisions need no
// server. The same calls, nested: the slice is a hold of the shared ledger and ends by itself when the process dies.
// From it the process books a step at a time into the shared ledger, and only then spends that step. So what all
// processes spend is at most what the shared ledger has settled, whoever dies, pauses or loses its connection. The
// price: what was booked and not spent, less than a step and one request, stays booked when the process dies.
//
// Goroutines that share a Lease need a lock around each call. A lease belongs to one period: Close it before the
// shared ledger rolls.
type Lease struct {
	// Store, Key and Config are the shared ledger's. Config has a HoldDuration.
	Store  Store
	Key    string
	Config *cc.LedgerConfig
	// Slice is the most that is held at once and Step, 1 to Slice, the most that is booked ahead, unless one request
	// needs more.
	Slice, Step int64
	// Share bounds a slice to 1 / Share of what is left, so that slices shrink: some twice the number of processes.
	Share int64
	// RoundTrips is how often it asked the store.
	RoundTrips int64

	own    cc.Ledger
	limit  cc.LedgerConfig
	start  time.Time
	hold   cc.LedgerHold
	left   int64
	known  bool
	booked int64
}

func (l *Lease) now() int64 { return time.Since(l.start).Milliseconds() }

func (l *Lease) prepare() error {
	if l.own.Config != nil {
		return nil
	}
	if l.Step < 1 || l.Slice < l.Step || l.Share < 1 {
		return errors.New("redis: a lease needs a Step of 1 to Slice, and a Share of at least 1")
	}
	l.start = time.Now()
	own, err := cc.NewLedger(&l.limit, 1, 0, 0)
	if err == nil {
		l.own = *own
	}
	return err
}

// Settled is what was spent from it.
func (l *Lease) Settled() int64 { return l.own.State.Settled }

// Unused is what it has booked or holds of the shared ledger, and has not spent.
func (l *Lease) Unused() int64 { return l.booked - l.own.State.Settled + l.hold.Amount }

// Reserve is Ledger.Reserve. It asks the store when what is booked does not cover the estimate.
func (l *Lease) Reserve(ctx context.Context, estimate int64) (cc.LedgerHold, cc.LedgerDecision, error) {
	if err := l.prepare(); err != nil {
		return cc.LedgerHold{}, cc.LedgerDecision{}, err
	}
	hold, decision, err := l.own.Reserve(estimate, l.now())
	if err != nil || decision.Allowed {
		return hold, decision, err
	}
	drawn, err := l.draw(ctx, l.own.State.Settled+l.own.State.Held+estimate-l.booked)
	if err != nil || !drawn {
		return hold, decision, err
	}
	return l.own.Reserve(estimate, l.now())
}

// Settle is Ledger.Settle.
func (l *Lease) Settle(held *cc.LedgerHold, actual int64) (cc.LedgerDecision, error) {
	return l.own.Settle(held, actual, l.now())
}

// Release is Ledger.Release.
func (l *Lease) Release(held *cc.LedgerHold) (cc.LedgerDecision, error) {
	return l.own.Release(held, l.now())
}

// Keep is a heartbeat for a process that spends less than a step in HoldDuration: the slice gets a new end.
func (l *Lease) Keep(ctx context.Context) error {
	if l.hold.ID == 0 {
		return nil
	}
	_, err := l.take(ctx, 0, 0)
	return err
}

func (l *Lease) draw(ctx context.Context, need int64) (bool, error) {
	fair := l.Slice
	if l.known && l.left/l.Share < fair {
		fair = l.left / l.Share
	}
	part := l.Step
	if fair < part {
		part = fair
	}
	if part < need {
		part = need
	}
	if fair < part {
		fair = part
	}
	if drawn, err := l.take(ctx, part, fair); drawn || err != nil {
		return drawn, err
	}
	return l.take(ctx, need, need)
}

// take brings the hold to target and books part of it.
func (l *Lease) take(ctx context.Context, part, target int64) (bool, error) {
	for {
		if l.hold.ID == 0 {
			l.RoundTrips++
			hold, decision, err := l.Store.Reserve(ctx, l.Key, l.Config, target)
			if err != nil {
				return false, err
			}
			l.left, l.known = decision.Available, true
			if !decision.Allowed {
				return false, nil
			}
			l.hold = hold
		}
		more := target - l.hold.Amount
		if more < 0 {
			more = 0
		}
		l.RoundTrips++
		decision, err := l.Store.Draw(ctx, l.Key, l.Config, &l.hold, part, more)
		if errors.Is(err, cc.ErrHoldSpent) {
			// An answer got lost: that hold ends by itself, and what was booked with it stays booked.
			l.hold = cc.LedgerHold{}
			continue
		}
		if err != nil {
			// It may have been carried out: an old copy of the hold must not be used again.
			var lost *UnavailableError
			if errors.As(err, &lost) {
				l.hold = cc.LedgerHold{}
			}
			return false, err
		}
		l.left = decision.Available
		if decision.Allowed {
			l.book(l.booked + part)
			return true, nil
		}
		if more > 0 {
			return false, nil
		}
		// It has ended and does not fit as it was: a smaller one may.
		l.hold, target = cc.LedgerHold{}, part
	}
}

// Close gives back what is held, and credits what was booked and not spent. Not while a request runs.
// Requests that cost more than they were estimated are booked here. If an answer is lost, what was not
// spent stays booked: to ask again could credit it twice.
func (l *Lease) Close(ctx context.Context) error {
	if l.own.State.Held > 0 {
		return errors.New("redis: requests of this lease still run")
	}
	hold, unspent := l.hold, l.booked-l.own.State.Settled
	l.hold = cc.LedgerHold{}
	if unspent > 0 {
		l.book(l.own.State.Settled)
	}
	if hold.ID != 0 {
		if _, err := l.Store.Release(ctx, l.Key, l.Config, &hold); err != nil && !errors.Is(err, cc.ErrHoldSpent) {
			return err
		}
	}
	if unspent == 0 {
		return nil
	}
	if _, err := l.Store.Record(ctx, l.Key, l.Config, -unspent); err != nil {
		return err
	}
	l.book(l.own.State.Settled)
	return nil
}

func (l *Lease) book(booked int64) {
	l.booked, l.limit.Limit = booked, booked
}
