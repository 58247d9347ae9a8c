package redis

import (
	"context"
	crand "crypto/rand"
	"encoding/binary"
	"errors"
	"math/rand"
	"time"

	cc "example.com/cloudcircuit"
)

// Swap is any server: states are read, decided here, and stored only where no other writer came between. Two round
// trips a decision, more when others write the same key.
type Swap struct {
	To Doer
	// Tries is how often a decision is made again before ErrBusy; 0 means 100.
	Tries int
	// LongestWait is the most between two tries, which is random and grows from a fiftieth of it; 0 means 20 ms.
	LongestWait time.Duration
}

var _ Store = Swap{}

const readScript = `
local answer = {redis.call('TIME')}
for i, key in ipairs(KEYS) do answer[i + 1] = redis.call('GET', key) end
return answer
`

// Layout, revision and checksum say which state was read. All keys are swapped, or none.
const swapScript = `
for i, key in ipairs(KEYS) do
    local now = redis.call('GET', key)
    if not now or now:sub(1, 16) .. now:sub(-4) ~= ARGV[2 * i - 1] then return 0 end
end
for i, key in ipairs(KEYS) do
    if ARGV[2 * i] ~= '' then redis.call('SET', key, ARGV[2 * i], 'KEEPTTL') end
end
return 1
`

// state is a Ledger, a Breaker or a RateLimit.
type state interface {
	UnmarshalBinary([]byte) error
	MarshalBinary() ([]byte, error)
}

func bytesOf(item any) []byte {
	switch item := item.(type) {
	case []byte:
		return item
	case string:
		return []byte(item)
	}
	return nil
}

// mark says which state was read.
func mark(data []byte) string {
	return string(data[:16]) + string(data[len(data)-4:])
}

// read fills the states and answers the time and the marks.
func (s Swap) read(ctx context.Context, keys []string, states []state) (now int64, marks []string, err error) {
	command := words{"EVAL", readScript, len(keys)}
	for _, key := range keys {
		command = append(command, key)
	}
	answer, err := said(ctx, s.To, command...)
	if err != nil {
		return 0, nil, err
	}
	found, err := list(answer, len(keys)+1)
	if err != nil {
		return 0, nil, err
	}
	clock, err := numbers(found[0], 2)
	if err != nil {
		return 0, nil, err
	}
	for i := range keys {
		data := bytesOf(found[i+1])
		if found[i+1] == nil {
			return 0, nil, ErrMissing
		}
		if err := states[i].UnmarshalBinary(data); err != nil {
			return 0, nil, err
		}
		marks = append(marks, mark(data))
	}
	return clock[0]*1000 + clock[1]/1000, marks, nil
}

// decide reads, decides and swaps until nobody came between. call must not change what a second call starts from.
func (s Swap) decide(ctx context.Context, keys []string, states []state, call func(now int64) error) error {
	tries, longest := s.Tries, s.LongestWait
	if tries == 0 {
		tries = 100
	}
	if longest == 0 {
		longest = 20 * time.Millisecond
	}
	wait := longest / 50
	for ; tries > 0; tries-- {
		now, marks, err := s.read(ctx, keys, states)
		if err != nil {
			return err
		}
		if err := call(now); err != nil {
			return err
		}
		command, changed := words{"EVAL", swapScript, len(keys)}, false
		for _, key := range keys {
			command = append(command, key)
		}
		for i, state := range states {
			data, err := state.MarshalBinary()
			if err != nil {
				return err
			}
			if mark(data) == marks[i] {
				data = nil
			} else {
				changed = true
			}
			command = append(command, marks[i], data)
		}
		if !changed {
			return nil
		}
		answer, err := said(ctx, s.To, command...)
		if err != nil {
			return err
		}
		if swapped, err := number(answer); err != nil || swapped == 1 {
			return err
		}
		select {
		case <-ctx.Done():
			return &UnavailableError{ctx.Err()}
		case <-time.After(time.Duration(rand.Int63n(int64(wait) + 1))):
		}
		if wait *= 2; wait > longest {
			wait = longest
		}
	}
	return ErrBusy
}

func (s Swap) create(ctx context.Context, key string, made state) error {
	data, err := made.MarshalBinary()
	if err != nil {
		return err
	}
	answer, err := said(ctx, s.To, "SET", key, data, "NX")
	if err == nil && answer == nil {
		err = &UnavailableError{errors.New("there is something under the key")}
	}
	return err
}

func (s Swap) now(ctx context.Context) (int64, error) {
	answer, err := said(ctx, s.To, "TIME")
	if err != nil {
		return 0, err
	}
	clock, err := numbers(answer, 2)
	if err != nil {
		return 0, err
	}
	return clock[0]*1000 + clock[1]/1000, nil
}

// CreateLedger is of Store.
func (s Swap) CreateLedger(ctx context.Context, key string, period int64) (uint64, error) {
	now, err := s.now(ctx)
	if err != nil {
		return 0, err
	}
	var random [8]byte
	if _, err := crand.Read(random[:]); err != nil {
		return 0, &UnavailableError{err}
	}
	id := binary.LittleEndian.Uint64(random[:])>>1 | 1
	ledger, err := cc.NewLedger(nil, id, period, now)
	if err != nil {
		return 0, err
	}
	return id, s.create(ctx, key, ledger)
}

func (s Swap) ledger(ctx context.Context, key string, config *cc.LedgerConfig, call func(*cc.Ledger, int64) (cc.LedgerDecision, error)) (decision cc.LedgerDecision, err error) {
	ledger := &cc.Ledger{Config: config}
	err = s.decide(ctx, []string{key}, []state{ledger}, func(now int64) (failed error) {
		decision, failed = call(ledger, now)
		return failed
	})
	if err != nil {
		return cc.LedgerDecision{}, err
	}
	return decision, nil
}

func (s Swap) onHold(ctx context.Context, key string, config *cc.LedgerConfig, held *cc.LedgerHold, call func(*cc.Ledger, *cc.LedgerHold, int64) (cc.LedgerDecision, error)) (cc.LedgerDecision, error) {
	var mine cc.LedgerHold
	decision, err := s.ledger(ctx, key, config, func(ledger *cc.Ledger, now int64) (cc.LedgerDecision, error) {
		mine = *held
		return call(ledger, &mine, now)
	})
	if err == nil {
		*held = mine
	}
	return decision, err
}

// Reserve is of Store.
func (s Swap) Reserve(ctx context.Context, key string, config *cc.LedgerConfig, estimate int64) (hold cc.LedgerHold, _ cc.LedgerDecision, _ error) {
	decision, err := s.ledger(ctx, key, config, func(ledger *cc.Ledger, now int64) (decision cc.LedgerDecision, err error) {
		hold, decision, err = ledger.Reserve(estimate, now)
		return decision, err
	})
	if err != nil {
		hold = cc.LedgerHold{}
	}
	return hold, decision, err
}

// ReserveAll is of Store.
func (s Swap) ReserveAll(ctx context.Context, keys []string, configs []*cc.LedgerConfig, estimates []int64) (holds []cc.LedgerHold, decisions []cc.LedgerDecision, err error) {
	if len(configs) != len(keys) || len(estimates) != len(keys) || len(keys) == 0 {
		return nil, nil, cc.ErrLength
	}
	var ledgers cc.Ledgers
	var states []state
	for _, config := range configs {
		ledger := &cc.Ledger{Config: config}
		ledgers, states = append(ledgers, ledger), append(states, ledger)
	}
	err = s.decide(ctx, keys, states, func(now int64) (failed error) {
		holds, decisions, _, failed = ledgers.Reserve(estimates, now)
		return failed
	})
	if err != nil {
		return nil, nil, err
	}
	return holds, decisions, nil
}

// Extend is of Store.
func (s Swap) Extend(ctx context.Context, key string, config *cc.LedgerConfig, held *cc.LedgerHold, more int64) (cc.LedgerDecision, error) {
	return s.onHold(ctx, key, config, held, func(l *cc.Ledger, h *cc.LedgerHold, now int64) (cc.LedgerDecision, error) {
		return l.Extend(h, more, now)
	})
}

// Post is of Store.
func (s Swap) Post(ctx context.Context, key string, config *cc.LedgerConfig, held *cc.LedgerHold, part int64) (cc.LedgerDecision, error) {
	return s.onHold(ctx, key, config, held, func(l *cc.Ledger, h *cc.LedgerHold, now int64) (cc.LedgerDecision, error) {
		return l.Post(h, part, now)
	})
}

// Draw is of Store.
func (s Swap) Draw(ctx context.Context, key string, config *cc.LedgerConfig, held *cc.LedgerHold, part, more int64) (cc.LedgerDecision, error) {
	return s.onHold(ctx, key, config, held, func(l *cc.Ledger, h *cc.LedgerHold, now int64) (cc.LedgerDecision, error) {
		extended, err := l.Extend(h, more, now)
		if err != nil || !extended.Allowed {
			return extended, err
		}
		// A post is never refused: more than is held would be spent past the limit.
		if part > h.Amount {
			return cc.LedgerDecision{}, cc.ErrPart
		}
		posted, err := l.Post(h, part, now)
		posted.Allowed, posted.Expired = true, extended.Expired
		posted.NewlyCrossed |= extended.NewlyCrossed
		return posted, err
	})
}

// Settle is of Store.
func (s Swap) Settle(ctx context.Context, key string, config *cc.LedgerConfig, held *cc.LedgerHold, actual int64) (cc.LedgerDecision, error) {
	return s.onHold(ctx, key, config, held, func(l *cc.Ledger, h *cc.LedgerHold, now int64) (cc.LedgerDecision, error) {
		return l.Settle(h, actual, now)
	})
}

// Release is of Store.
func (s Swap) Release(ctx context.Context, key string, config *cc.LedgerConfig, held *cc.LedgerHold) (cc.LedgerDecision, error) {
	return s.onHold(ctx, key, config, held, func(l *cc.Ledger, h *cc.LedgerHold, now int64) (cc.LedgerDecision, error) {
		return l.Release(h, now)
	})
}

// Record is of Store.
func (s Swap) Record(ctx context.Context, key string, config *cc.LedgerConfig, amount int64) (cc.LedgerDecision, error) {
	return s.ledger(ctx, key, config, func(l *cc.Ledger, now int64) (cc.LedgerDecision, error) {
		return l.Record(amount, now)
	})
}

// Roll is of Store.
func (s Swap) Roll(ctx context.Context, key string, config *cc.LedgerConfig, period int64) (cc.LedgerDecision, error) {
	return s.ledger(ctx, key, config, func(l *cc.Ledger, now int64) (cc.LedgerDecision, error) {
		return l.Roll(period, now)
	})
}

// CreateBreaker is of Store.
func (s Swap) CreateBreaker(ctx context.Context, key string) error {
	now, err := s.now(ctx)
	if err != nil {
		return err
	}
	return s.create(ctx, key, cc.NewBreaker(nil, now))
}

// Acquire is of Store.
func (s Swap) Acquire(ctx context.Context, key string, config *cc.BreakerConfig) (permit cc.BreakerPermit, err error) {
	breaker := &cc.Breaker{Config: config}
	err = s.decide(ctx, []string{key}, []state{breaker}, func(now int64) (failed error) {
		permit, failed = breaker.Acquire(now)
		return failed
	})
	if err != nil {
		permit = cc.BreakerPermit{}
	}
	return permit, err
}

// Report is of Store.
func (s Swap) Report(ctx context.Context, key string, config *cc.BreakerConfig, permit cc.BreakerPermit, outcome cc.Outcome, duration, retryAt int64) error {
	breaker := &cc.Breaker{Config: config}
	return s.decide(ctx, []string{key}, []state{breaker}, func(now int64) error {
		return breaker.Report(permit, outcome, duration, retryAt, now)
	})
}

// CreateRateLimit is of Store.
func (s Swap) CreateRateLimit(ctx context.Context, key string) error {
	now, err := s.now(ctx)
	if err != nil {
		return err
	}
	return s.create(ctx, key, cc.NewRateLimit(&cc.RateLimitConfig{Duration: 1}, now))
}

func (s Swap) rate(ctx context.Context, key string, config *cc.RateLimitConfig, call func(*cc.RateLimit, int64) (cc.RateLimitDecision, error)) (decision cc.RateLimitDecision, err error) {
	rate := &cc.RateLimit{Config: config}
	err = s.decide(ctx, []string{key}, []state{rate}, func(now int64) (failed error) {
		decision, failed = call(rate, now)
		return failed
	})
	if err != nil {
		decision = cc.RateLimitDecision{}
	}
	return decision, err
}

// Take is of Store.
func (s Swap) Take(ctx context.Context, key string, config *cc.RateLimitConfig, amount int64) (cc.RateLimitDecision, error) {
	return s.rate(ctx, key, config, func(r *cc.RateLimit, now int64) (cc.RateLimitDecision, error) {
		return r.Acquire(amount, now)
	})
}

// Adjust is of Store.
func (s Swap) Adjust(ctx context.Context, key string, config *cc.RateLimitConfig, takenAt, by int64) (cc.RateLimitDecision, error) {
	return s.rate(ctx, key, config, func(r *cc.RateLimit, now int64) (cc.RateLimitDecision, error) {
		return r.Adjust(takenAt, by, now)
	})
}
