package cloudcircuit_test

import (
	"math"
	"reflect"
	"testing"

	. "example.com/cloudcircuit"
)

func newLedger(t *testing.T, config *LedgerConfig, id uint64) *Ledger {
	t.Helper()
	ledger, err := NewLedger(config, id, 1, 0)
	if err != nil {
		t.Fatal(err)
	}
	return ledger
}

func TestLedgerThresholds(t *testing.T) {
	config := &LedgerConfig{Limit: 100, Thresholds: make([]int64, 9)}
	for i := range config.Thresholds {
		config.Thresholds[i] = int64(100_000 * (i + 1))
	}
	ledger := newLedger(t, config, 1)
	if _, err := ledger.Record(1, 0); err != ErrThresholdCount {
		t.Error("9 thresholds:", err)
	}
	config.Thresholds = config.Thresholds[:8]
	if d, err := ledger.Record(35, 0); err != nil || d.NewlyCrossed != 0b111 {
		t.Error("8 thresholds:", d, err)
	}
	config.ThresholdUnit, config.ThresholdBasis = ThresholdAmount, BasisCommitted
	config.Thresholds = []int64{40, 50}
	if _, d, err := ledger.Reserve(5, 0); err != nil || d.NewlyCrossed != 0b01 || d.Crossed != 0b01 {
		t.Error("40 committed:", d, err)
	}
}

// Two honest requests of 100 that straddle a roll never make more than the limit.
func TestRollKeepsHolds(t *testing.T) {
	ledger := newLedger(t, &LedgerConfig{Limit: 100}, 1)
	hold, _, _ := ledger.Reserve(100, 0)
	if d, err := ledger.Roll(2, 1); err != nil || d.Held != 100 || ledger.State.Period != 2 {
		t.Error(d, err)
	}
	if _, d, _ := ledger.Reserve(100, 1); d.Allowed || d.Reason != LedgerReasonOverLimit || d.Available != 0 {
		t.Error("a second 100:", d)
	}
	if d, err := ledger.Settle(&hold, 100, 2); err != nil || d.Settled != 100 {
		t.Error(d, err)
	}
	if d, err := ledger.Roll(1, 3); err != nil || !d.ClockRegressed || ledger.State.Period != 2 {
		t.Error("an earlier period:", d, err)
	}
}

func TestHoldsHaveAnIdentityAndAnEnd(t *testing.T) {
	config := &LedgerConfig{Limit: 100, HoldDuration: 160}
	ledger, other := newLedger(t, config, 1), newLedger(t, config, 2)
	hold, d, err := ledger.Reserve(60, 0)
	if err != nil || !d.Allowed || hold != (LedgerHold{LedgerID: 1, ID: 1, Period: 1, Amount: 60, ExpiresAt: 160}) {
		t.Error(hold, d, err)
	}
	if _, err := other.Settle(&hold, 1, 0); err != ErrHoldLedger || hold.ID != 1 {
		t.Error("another ledger's:", hold, err)
	}
	old := hold
	if d, err := ledger.Post(&hold, 20, 10); err != nil || hold.ID != 2 || hold.Amount != 40 || d.Settled != 20 || d.Held != 40 {
		t.Error("a part:", hold, d, err)
	}
	if _, err := ledger.Settle(&old, 1, 10); err != ErrHoldSpent || old.ID != 1 {
		t.Error("an old copy:", err)
	}
	if d, err := ledger.Extend(&hold, 0, 100); err != nil || !d.Allowed || d.Reason != LedgerReasonFree || hold.ExpiresAt != 260 {
		t.Error("a heartbeat:", hold, d, err)
	}
	if d, err := ledger.Extend(&hold, 41, 100); err != nil || d.Allowed || hold.ID != 3 || hold.Amount != 40 {
		t.Error("more than fits:", hold, d, err)
	}
	// It has ended, and is let go 1/16 of the duration later at the latest.
	if d, err := ledger.Record(0, 270); err != nil || d.Expired != 40 || d.Held != 0 {
		t.Error("after its end:", d, err)
	}
	if d, err := ledger.Settle(&hold, 30, 270); err != nil || d.Reason != LedgerReasonExpired || d.Settled != 50 {
		t.Error("settled late:", d, err)
	}
	if hold != (LedgerHold{LedgerID: 1}) {
		t.Error("not spent:", hold)
	}
	if _, err := ledger.Release(&LedgerHold{LedgerID: 1, ID: 9}, 270); err != ErrHoldID {
		t.Error("never given out:", err)
	}
}

func TestLedgerRefusesByName(t *testing.T) {
	if ledger, err := NewLedger(nil, 0, 1, 0); err != ErrLedgerID || ledger.Validate() != ErrCorruptState {
		t.Error(err)
	}
	ledger := newLedger(t, &LedgerConfig{Limit: 100}, 1)
	before := ledger.State
	for name, err := range map[error]error{
		ErrEstimate:    third(ledger.Reserve(-1, 0)),
		ErrNullPointer: second(ledger.Settle(nil, 0, 0)),
		ErrHoldSpent:   second(ledger.Extend(&LedgerHold{}, 0, 0)),
	} {
		if err != name {
			t.Error(name, err)
		}
	}
	for _, err := range []error{second(ledger.Extend(nil, 0, 0)), second(ledger.Post(nil, 0, 0)), second(ledger.Release(nil, 0))} {
		if err != ErrNullPointer {
			t.Error(err)
		}
	}
	if ledger.State != before {
		t.Error("an error changed the state")
	}
}

func second(_ LedgerDecision, err error) error { return err }

func third(_ LedgerHold, _ LedgerDecision, err error) error { return err }

func TestLedgerModes(t *testing.T) {
	config := &LedgerConfig{Limit: 10, Mode: ModeMonitor}
	ledger := newLedger(t, config, 1)
	if hold, d, err := ledger.Reserve(11, 0); err != nil || !d.Allowed || !d.WouldRefuse || hold.Amount != 11 {
		t.Error("monitor:", d, err)
	}
	config.Mode = ModeUnlimited
	if _, d, err := ledger.Reserve(1<<40, 0); err != nil || !d.Allowed || d.WouldRefuse || d.Reason != LedgerReasonUnlimited {
		t.Error("unlimited:", d, err)
	}
	config.Mode = 3
	if _, _, err := ledger.Reserve(1, 0); err != ErrMode {
		t.Error(err)
	}
}

func TestLedgerResetMendsTheClock(t *testing.T) {
	ledger := newLedger(t, &LedgerConfig{Limit: 10}, 1)
	ledger.Record(7, 1<<60)
	if d, _ := ledger.Record(0, 5); !d.ClockRegressed {
		t.Error(d)
	}
	if err := ledger.Reset(1, 5); err != nil || ledger.State.UpdatedAt != 5 || ledger.State.Settled != 0 {
		t.Error(ledger.State, err)
	}
}

// All of them or none, and the index says whose fault it is.
func TestLedgersTakePartTogether(t *testing.T) {
	user, team := newLedger(t, &LedgerConfig{Limit: 100}, 1), newLedger(t, &LedgerConfig{Limit: 50}, 2)
	both := Ledgers{user, team}
	before := [2]LedgerState{user.State, team.State}
	holds, decisions, refusedBy, err := both.Reserve([]int64{60, 60}, 0)
	if err != nil || refusedBy != 1 || decisions[0].Allowed || decisions[1].Allowed || !decisions[1].WouldRefuse {
		t.Error(decisions, refusedBy, err)
	}
	if !reflect.DeepEqual(holds, make([]LedgerHold, 2)) || before != [2]LedgerState{user.State, team.State} {
		t.Error("a refusal changed something", holds)
	}
	holds, decisions, refusedBy, err = both.Reserve([]int64{60, 40}, 0)
	if err != nil || refusedBy != -1 || !decisions[0].Allowed || holds[1].Amount != 40 || team.State.Held != 40 {
		t.Error(holds, decisions, refusedBy, err)
	}
	if _, failedAt, err := both.Extend(holds, []int64{10, NotAsked}, 0); err != nil || failedAt != -1 || holds[0].Amount != 70 || holds[1].Amount != 40 {
		t.Error(holds, failedAt, err)
	}
	old := append([]LedgerHold(nil), holds...)
	if d, failedAt, err := both.Settle(holds, []int64{65, 30}, 0); err != nil || failedAt != -1 || d[0].Settled != 65 || d[1].Settled != 30 {
		t.Error(d, failedAt, err)
	}
	old[0] = LedgerHold{} // Not asked.
	if _, failedAt, err := both.Release(old, 0); err != ErrHoldSpent || failedAt != 1 {
		t.Error(failedAt, err)
	}
	if d, failedAt, err := both.Record([]int64{1, -30}, 0); err != nil || failedAt != -1 || d[0].Settled != 66 || d[1].Settled != 0 {
		t.Error(d, failedAt, err)
	}
	if _, failedAt, err := both.Roll([]int64{2, 1}, 0); err != nil || failedAt != -1 || user.State.Period != 2 || team.State.Period != 1 {
		t.Error(failedAt, err)
	}
}

func TestLedgersRefuseByName(t *testing.T) {
	user := newLedger(t, &LedgerConfig{Limit: 100}, 1)
	for _, c := range []struct {
		ledgers   Ledgers
		estimates []int64
		err       error
		refusedBy int
	}{
		{nil, nil, ErrCount, -1},
		{make(Ledgers, 17), make([]int64, 17), ErrCount, -1},
		{Ledgers{user}, []int64{1, 2}, ErrLength, -1},
		{Ledgers{user, nil}, []int64{1, 2}, ErrNullPointer, 1},
		{Ledgers{user, user}, []int64{1, 2}, ErrOverlap, 1},
		{Ledgers{user, {}}, []int64{1, 2}, ErrCorruptState, 1},
		{Ledgers{user}, []int64{-1}, ErrEstimate, 0},
	} {
		holds, decisions, refusedBy, err := c.ledgers.Reserve(c.estimates, 0)
		if err != c.err || refusedBy != c.refusedBy || len(holds) != len(c.ledgers) || len(decisions) != len(c.ledgers) {
			t.Error(c.err, err, refusedBy)
		}
	}
	if user.State.Revision != 0 {
		t.Error("an error changed a state")
	}
}

func TestRateLimitByHand(t *testing.T) {
	rate := NewRateLimit(&RateLimitConfig{Limit: 10, Duration: 16}, 0)
	if d, err := rate.Acquire(10, 0); err != nil || !d.Allowed || d.Available != 0 || d.TakenAt != 0 {
		t.Error(d, err)
	}
	// A bucket is one unit of time: what was taken at 0 is out of the window at 16 + 1 at the latest.
	d, err := rate.Acquire(1, 5)
	if err != nil || d.Allowed || d.Reason != RateReasonOverLimit || d.RetryAfter < 11 || d.RetryAfter > 12 {
		t.Error(d, err)
	}
	if d, err := rate.Acquire(1, 5+d.RetryAfter-1); err != nil || d.Allowed {
		t.Error("too early:", d, err)
	}
	if d, err := rate.Acquire(1, 5+d.RetryAfter); err != nil || !d.Allowed || d.Used != 1 {
		t.Error("in time:", d, err)
	}
	if d, err := rate.Acquire(11, 40); err != nil || d.Reason != RateReasonExceedsLimit || d.RetryAfter != math.MaxInt64 {
		t.Error(d, err)
	}
	if _, err := rate.Acquire(-1, 40); err != ErrAmount {
		t.Error(err)
	}
	if _, err := rate.Adjust(1<<50, 1, 40); err != ErrTakenAt {
		t.Error(err)
	}
	rate.Acquire(1, 1<<60)
	if d, _ := rate.Acquire(0, 50); !d.ClockRegressed {
		t.Error(d)
	}
	if err := rate.Reset(50); err != nil || rate.State.UpdatedAt != 50 {
		t.Error(rate.State, err)
	}
}
