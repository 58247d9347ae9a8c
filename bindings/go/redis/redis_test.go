package redis

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	cc "example.com/cloudcircuit"
)

// memory is what a server does with the scripts of Swap.
type memory struct {
	lock  sync.Mutex
	keys  map[string][]byte
	late  int // so many swaps come too late
	fails error
}

func (m *memory) Do(_ context.Context, words ...any) (any, error) {
	m.lock.Lock()
	defer m.lock.Unlock()
	if m.fails != nil {
		return nil, m.fails
	}
	now := time.Now()
	clock := []any{fmt.Sprint(now.Unix()), []byte(fmt.Sprint(now.UnixMicro() % 1e6))}
	switch {
	case words[0] == "TIME":
		return clock, nil
	case words[0] == "SET":
		if m.keys[words[1].(string)] != nil {
			return nil, nil
		}
		m.keys[words[1].(string)] = words[2].([]byte)
		return "OK", nil
	}
	count := words[2].(int)
	keys, arguments := words[3:3+count], words[3+count:]
	if words[1] == readScript {
		answer := []any{clock}
		for _, key := range keys {
			if data := m.keys[key.(string)]; data != nil {
				answer = append(answer, string(data))
			} else {
				answer = append(answer, nil)
			}
		}
		return answer, nil
	}
	for i, key := range keys {
		if mark(m.keys[key.(string)]) != arguments[2*i] || m.late > 0 {
			m.late--
			return int64(0), nil
		}
	}
	for i, key := range keys {
		if data := arguments[2*i+1].([]byte); data != nil {
			m.keys[key.(string)] = data
		}
	}
	return int64(1), nil
}

var ctx = context.Background()

func fatal(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// TestSwap: hand-worked, on every kind of state.
func TestSwap(t *testing.T) {
	server := &memory{keys: map[string][]byte{}}
	var store Store = Swap{To: server}
	config := &cc.LedgerConfig{Limit: 1000, HoldDuration: 60_000}
	_, err := store.CreateLedger(ctx, "team", 202611)
	fatal(t, err)
	if _, err := store.CreateLedger(ctx, "team", 202611); err == nil {
		t.Fatal("made twice")
	}
	hold, decision, err := store.Reserve(ctx, "team", config, 600)
	fatal(t, err)
	if !decision.Allowed || decision.Available != 400 {
		t.Fatal(decision)
	}
	if _, decision, _ := store.Reserve(ctx, "team", config, 401); decision.Allowed {
		t.Fatal(decision)
	}
	_, err = store.Extend(ctx, "team", config, &hold, 100)
	fatal(t, err)
	_, err = store.Post(ctx, "team", config, &hold, 250)
	fatal(t, err)
	decision, err = store.Draw(ctx, "team", config, &hold, 100, 50)
	fatal(t, err)
	if decision.Settled != 350 || decision.Held != 400 || hold.Amount != 400 {
		t.Fatal(decision, hold)
	}
	if decision, _ = store.Draw(ctx, "team", config, &hold, 1, 1000); decision.Allowed || hold.Amount != 400 {
		t.Fatal(decision, hold)
	}
	old := hold
	decision, err = store.Settle(ctx, "team", config, &hold, 200)
	fatal(t, err)
	if decision.Settled != 550 || decision.Held != 0 {
		t.Fatal(decision)
	}
	if _, err := store.Release(ctx, "team", config, &old); !errors.Is(err, cc.ErrHoldSpent) {
		t.Fatal(err)
	}
	_, err = store.CreateLedger(ctx, "user", 202611)
	fatal(t, err)
	both, small := []string{"team", "user"}, &cc.LedgerConfig{Limit: 99}
	_, decisions, err := store.ReserveAll(ctx, both, []*cc.LedgerConfig{config, small}, []int64{100, 100})
	fatal(t, err)
	if decisions[1].Allowed || decisions[0].Held != 0 {
		t.Fatal(decisions)
	}
	holds, _, err := store.ReserveAll(ctx, both, []*cc.LedgerConfig{config, small}, []int64{99, 99})
	fatal(t, err)
	if holds[1].Amount != 99 {
		t.Fatal(holds)
	}
	if decision, _ := store.Record(ctx, "team", config, -50); decision.Settled != 500 {
		t.Fatal(decision)
	}
	if decision, _ := store.Roll(ctx, "team", config, 202612); decision.Settled != 0 || decision.Held != 99 {
		t.Fatal(decision)
	}

	fatal(t, store.CreateBreaker(ctx, "api"))
	for i := 0; i < 3; i++ {
		permit, err := store.Acquire(ctx, "api", nil)
		fatal(t, err)
		fatal(t, store.Report(ctx, "api", nil, permit, cc.OutcomeFailure, 5, cc.NoRetryAt))
	}
	if permit, err := store.Acquire(ctx, "api", nil); err != nil || permit.Allowed || permit.Phase != cc.PhaseOpen {
		t.Fatal(permit, err)
	}

	fatal(t, store.CreateRateLimit(ctx, "rate"))
	most := &cc.RateLimitConfig{Limit: 100, Duration: 60_000}
	taken, err := store.Take(ctx, "rate", most, 80)
	fatal(t, err)
	if refused, _ := store.Take(ctx, "rate", most, 30); refused.Allowed {
		t.Fatal(refused)
	}
	if back, _ := store.Adjust(ctx, "rate", most, taken.TakenAt, -40); back.Used != 40 {
		t.Fatal(back)
	}
}

// TestSwapRetriesAndFails: late swaps are made again, a bounded number of times; what fails allows nothing.
func TestSwapRetriesAndFails(t *testing.T) {
	server := &memory{keys: map[string][]byte{}}
	store := Swap{To: server, Tries: 4, LongestWait: time.Millisecond}
	config := &cc.LedgerConfig{Limit: 10}
	_, err := store.CreateLedger(ctx, "a", 1)
	fatal(t, err)
	server.late = 3
	if _, decision, err := store.Reserve(ctx, "a", config, 4); err != nil || decision.Held != 4 {
		t.Fatal(decision, err)
	}
	server.late = 4
	if _, decision, err := store.Reserve(ctx, "a", config, 4); !errors.Is(err, ErrBusy) || decision.Allowed {
		t.Fatal(decision, err)
	}
	if _, decision, err := store.Reserve(ctx, "none", config, 4); !errors.Is(err, ErrMissing) || decision.Allowed {
		t.Fatal(decision, err)
	}
	server.fails = errors.New("connection refused")
	var unavailable *UnavailableError
	_, decision, err := store.Reserve(ctx, "a", config, 4)
	if !errors.As(err, &unavailable) || decision.Allowed || !strings.HasSuffix(err.Error(), "connection refused") {
		t.Fatal(decision, err)
	}
}

// TestModule: the words of commands and the fields of answers.
func TestModule(t *testing.T) {
	var asked []any
	var answer any
	var fails error
	store := Module{DoFunc(func(_ context.Context, words ...any) (any, error) {
		asked = words
		return answer, fails
	})}
	decision := []any{int64(0), int64(5), int64(95), int64(0), int64(0), int64(1), int64(1), int64(0), int64(0), int64(0), int64(0)}
	answer = []any{[]any{decision, []any{int64(7), int64(1), int64(3), int64(5), int64(99)}}}
	config := &cc.LedgerConfig{Limit: 100, HoldDuration: 9, Thresholds: []int64{1, 2}}
	hold, made, err := store.Reserve(ctx, "a", config, 5)
	fatal(t, err)
	if !made.Allowed || made.Available != 95 || hold != (cc.LedgerHold{LedgerID: 7, ID: 1, Period: 3, Amount: 5, ExpiresAt: 99}) {
		t.Fatal(made, hold)
	}
	want := []any{"CC.RESERVE", "a", int64(5), "LIMIT", int64(100), "HOLD_DURATION", int64(9), "THRESHOLDS", "1,2"}
	if !reflect.DeepEqual(asked, want) {
		t.Fatal(asked)
	}
	fails = errors.New("CCERR 807 CLOUDCIRCUIT_ERR_HOLD_SPENT: the hold was spent")
	if _, err := store.Settle(ctx, "a", config, &hold, 5); !errors.Is(err, cc.ErrHoldSpent) || hold.ID != 1 {
		t.Fatal(err, hold)
	}
	fails = errors.New("CCMISSING there is no ledger under this key")
	if _, err := store.Acquire(ctx, "a", nil); !errors.Is(err, ErrMissing) {
		t.Fatal(err)
	}
	answer, fails = "PONG", nil
	if _, made, err := store.Reserve(ctx, "a", config, 5); err == nil || made.Allowed {
		t.Fatal(made, err)
	}
}

// TestLease: eight processes spend one ledger; what they spend is within the limit, and nearly all of it.
func TestLease(t *testing.T) {
	server := &memory{keys: map[string][]byte{}}
	config := &cc.LedgerConfig{Limit: 100_000, HoldDuration: 60_000}
	_, err := Swap{To: server}.CreateLedger(ctx, "a", 1)
	fatal(t, err)
	var group sync.WaitGroup
	var spent, trips, calls [8]int64
	for place := range spent {
		group.Add(1)
		go func(place int) {
			defer group.Done()
			lease := Lease{Store: Swap{To: server, Tries: 10_000}, Key: "a", Config: config, Slice: 1000, Step: 100, Share: 16}
			for {
				hold, decision, err := lease.Reserve(ctx, 3)
				calls[place]++
				if err != nil || !decision.Allowed {
					if err != nil {
						t.Error(err)
					}
					break
				}
				spent[place] += 2
				if _, err := lease.Settle(&hold, 2); err != nil {
					t.Error(err)
				}
			}
			if err := lease.Close(ctx); err != nil || lease.Settled() != spent[place] || lease.Unused() != 0 {
				t.Error(err, lease.Settled(), lease.Unused(), spent[place])
			}
			trips[place] = lease.RoundTrips
		}(place)
	}
	group.Wait()
	var sum, asked, decided int64
	for place := range spent {
		sum, asked, decided = sum+spent[place], asked+trips[place], decided+calls[place]
	}
	ledger := cc.Ledger{Config: config}
	fatal(t, ledger.UnmarshalBinary(server.keys["a"]))
	if ledger.State.Settled != sum || ledger.State.Held != 0 || sum > 100_000 || sum < 90_000 || asked*5 > decided {
		t.Fatal(ledger.State.Settled, ledger.State.Held, sum, asked, decided)
	}
}
