package redis

import (
	"context"
	"strconv"
	"strings"

	cc "example.com/cloudcircuit"
)

// Module is a server that has the module: a command is a decision.
type Module struct{ To Doer }

var _ Store = Module{}

type words = []any

func ledgerWords(c *cc.LedgerConfig) words {
	if c == nil {
		return nil
	}
	options := words{"LIMIT", c.Limit}
	for _, option := range []struct {
		name  string
		value int64
	}{
		{"CARRY_MAX", c.CarryMax}, {"DEBT_MAX", c.DebtMax}, {"HOLD_DURATION", c.HoldDuration},
		{"THRESHOLD_UNIT", int64(c.ThresholdUnit)}, {"THRESHOLD_BASIS", int64(c.ThresholdBasis)}, {"MODE", int64(c.Mode)},
	} {
		if option.value != 0 {
			options = append(options, option.name, option.value)
		}
	}
	if len(c.Thresholds) > 0 {
		var list []string
		for _, threshold := range c.Thresholds {
			list = append(list, strconv.FormatInt(threshold, 10))
		}
		options = append(options, "THRESHOLDS", strings.Join(list, ","))
	}
	return options
}

func breakerWords(c *cc.BreakerConfig) words {
	if c == nil {
		return nil
	}
	return words{
		"FAILURE_THRESHOLD", c.FailureThreshold, "FAILURE_COUNT", c.FailureCount, "WINDOW_SIZE", c.WindowSize,
		"MINIMUM_CALLS", c.MinimumCalls, "FAILURE_RATE_PPM", c.FailureRatePPM, "SLOW_CALL_RATE_PPM", c.SlowCallRatePPM,
		"HALF_OPEN_MAX_PROBES", c.HalfOpenMaxProbes, "HALF_OPEN_CALLS", c.HalfOpenCalls,
		"HALF_OPEN_FAILURE_RATE_PPM", c.HalfOpenFailureRatePPM, "BACKOFF_PPM", c.BackoffPPM, "JITTER_PPM", c.JitterPPM,
		"MODE", uint32(c.Mode), "JITTER_SEED", c.JitterSeed, "WINDOW_DURATION", c.WindowDuration,
		"SLOW_CALL_DURATION", c.SlowCallDuration, "OPEN_DURATION", c.OpenDuration, "MAX_OPEN_DURATION", c.MaxOpenDuration,
		"PROBE_TIMEOUT", c.ProbeTimeout, "HALF_OPEN_DURATION", c.HalfOpenDuration, "TRIPS_DECAY", c.TripsDecay,
		"MAX_RETRY_AFTER", c.MaxRetryAfter, "RAMP_DURATION", c.RampDuration,
	}
}

func rateWords(c *cc.RateLimitConfig) words {
	if c == nil {
		return nil
	}
	return words{"LIMIT", c.Limit, "DURATION", c.Duration, "MODE", uint32(c.Mode)}
}

func holdWords(h *cc.LedgerHold) words {
	return words{h.LedgerID, h.ID, h.Period, h.Amount, h.ExpiresAt}
}

// pair is the answer of one ledger.
func pair(answer any) (hold cc.LedgerHold, decision cc.LedgerDecision, err error) {
	found, err := list(answer, 2)
	if err != nil {
		return hold, decision, err
	}
	d, err := numbers(found[0], 11)
	if err != nil {
		return hold, decision, err
	}
	h, err := numbers(found[1], 5)
	if err != nil {
		return hold, decision, err
	}
	hold = cc.LedgerHold{LedgerID: uint64(h[0]), ID: uint64(h[1]), Period: h[2], Amount: h[3], ExpiresAt: h[4]}
	return hold, cc.LedgerDecision{
		Settled: d[0], Held: d[1], Available: d[2], Overshoot: d[3], Expired: d[4], Reason: cc.LedgerReason(d[5]),
		Allowed: d[6] == 1, WouldRefuse: d[7] == 1, ClockRegressed: d[8] == 1,
		Crossed: cc.Thresholds(d[9]), NewlyCrossed: cc.Thresholds(d[10]),
	}, nil
}

func (m Module) one(ctx context.Context, command ...any) (cc.LedgerHold, cc.LedgerDecision, error) {
	answer, err := said(ctx, m.To, command...)
	if err != nil {
		return cc.LedgerHold{}, cc.LedgerDecision{}, err
	}
	found, err := list(answer, 1)
	if err != nil {
		return cc.LedgerHold{}, cc.LedgerDecision{}, err
	}
	return pair(found[0])
}

func (m Module) onHold(ctx context.Context, command, key string, config *cc.LedgerConfig, held *cc.LedgerHold, amounts ...any) (cc.LedgerDecision, error) {
	all := append(append(words{command, key}, holdWords(held)...), append(amounts, ledgerWords(config)...)...)
	hold, decision, err := m.one(ctx, all...)
	if err == nil {
		*held = hold
	}
	return decision, err
}

// CreateLedger is of Store.
func (m Module) CreateLedger(ctx context.Context, key string, period int64) (uint64, error) {
	answer, err := said(ctx, m.To, "CC.LEDGER", key, period)
	if err != nil {
		return 0, err
	}
	id, err := number(answer)
	return uint64(id), err
}

// Reserve is of Store.
func (m Module) Reserve(ctx context.Context, key string, config *cc.LedgerConfig, estimate int64) (cc.LedgerHold, cc.LedgerDecision, error) {
	return m.one(ctx, append(words{"CC.RESERVE", key, estimate}, ledgerWords(config)...)...)
}

// ReserveAll is of Store.
func (m Module) ReserveAll(ctx context.Context, keys []string, configs []*cc.LedgerConfig, estimates []int64) ([]cc.LedgerHold, []cc.LedgerDecision, error) {
	if len(configs) != len(keys) || len(estimates) != len(keys) || len(keys) == 0 {
		return nil, nil, cc.ErrLength
	}
	command := words{"CC.RESERVE"}
	for i, key := range keys {
		if i > 0 {
			command = append(command, "AND")
		}
		command = append(append(command, key, estimates[i]), ledgerWords(configs[i])...)
	}
	answer, err := said(ctx, m.To, command...)
	if err != nil {
		return nil, nil, err
	}
	found, err := list(answer, len(keys))
	if err != nil {
		return nil, nil, err
	}
	holds, decisions := make([]cc.LedgerHold, len(keys)), make([]cc.LedgerDecision, len(keys))
	for i := range keys {
		if holds[i], decisions[i], err = pair(found[i]); err != nil {
			return nil, nil, err
		}
	}
	return holds, decisions, nil
}

// Extend is of Store.
func (m Module) Extend(ctx context.Context, key string, config *cc.LedgerConfig, held *cc.LedgerHold, more int64) (cc.LedgerDecision, error) {
	return m.onHold(ctx, "CC.EXTEND", key, config, held, more)
}

// Post is of Store.
func (m Module) Post(ctx context.Context, key string, config *cc.LedgerConfig, held *cc.LedgerHold, part int64) (cc.LedgerDecision, error) {
	return m.onHold(ctx, "CC.POST", key, config, held, part)
}

// Draw is of Store.
func (m Module) Draw(ctx context.Context, key string, config *cc.LedgerConfig, held *cc.LedgerHold, part, more int64) (cc.LedgerDecision, error) {
	return m.onHold(ctx, "CC.DRAW", key, config, held, part, more)
}

// Settle is of Store.
func (m Module) Settle(ctx context.Context, key string, config *cc.LedgerConfig, held *cc.LedgerHold, actual int64) (cc.LedgerDecision, error) {
	return m.onHold(ctx, "CC.SETTLE", key, config, held, actual)
}

// Release is of Store.
func (m Module) Release(ctx context.Context, key string, config *cc.LedgerConfig, held *cc.LedgerHold) (cc.LedgerDecision, error) {
	return m.onHold(ctx, "CC.RELEASE", key, config, held)
}

// Record is of Store.
func (m Module) Record(ctx context.Context, key string, config *cc.LedgerConfig, amount int64) (cc.LedgerDecision, error) {
	_, decision, err := m.one(ctx, append(words{"CC.RECORD", key, amount}, ledgerWords(config)...)...)
	return decision, err
}

// Roll is of Store.
func (m Module) Roll(ctx context.Context, key string, config *cc.LedgerConfig, period int64) (cc.LedgerDecision, error) {
	_, decision, err := m.one(ctx, append(words{"CC.ROLL", key, period}, ledgerWords(config)...)...)
	return decision, err
}

// CreateBreaker is of Store.
func (m Module) CreateBreaker(ctx context.Context, key string) error {
	_, err := said(ctx, m.To, "CC.BREAKER", key)
	return err
}

// Acquire is of Store.
func (m Module) Acquire(ctx context.Context, key string, config *cc.BreakerConfig) (cc.BreakerPermit, error) {
	answer, err := said(ctx, m.To, append(words{"CC.ACQUIRE", key}, breakerWords(config)...)...)
	if err != nil {
		return cc.BreakerPermit{}, err
	}
	p, err := numbers(answer, 8)
	if err != nil {
		return cc.BreakerPermit{}, err
	}
	return cc.BreakerPermit{
		Generation: uint64(p[0]), RetryAfter: p[1], Deadline: p[2], Phase: cc.Phase(p[3]), Allowed: p[4] == 1,
		WouldRefuse: p[5] == 1, ProbeSlot: uint32(p[6]), ClockRegressed: p[7] == 1,
	}, nil
}

func bit(is bool) int64 {
	if is {
		return 1
	}
	return 0
}

// Report is of Store.
func (m Module) Report(ctx context.Context, key string, config *cc.BreakerConfig, p cc.BreakerPermit, outcome cc.Outcome, duration, retryAt int64) error {
	command := words{"CC.REPORT", key, p.Generation, p.RetryAfter, p.Deadline, int32(p.Phase), bit(p.Allowed),
		bit(p.WouldRefuse), p.ProbeSlot, bit(p.ClockRegressed), int32(outcome), duration, "RETRY_AT", retryAt}
	_, err := said(ctx, m.To, append(command, breakerWords(config)...)...)
	return err
}

// CreateRateLimit is of Store.
func (m Module) CreateRateLimit(ctx context.Context, key string) error {
	_, err := said(ctx, m.To, "CC.RATE", key)
	return err
}

func (m Module) rate(ctx context.Context, command ...any) (cc.RateLimitDecision, error) {
	answer, err := said(ctx, m.To, command...)
	if err != nil {
		return cc.RateLimitDecision{}, err
	}
	d, err := numbers(answer, 8)
	if err != nil {
		return cc.RateLimitDecision{}, err
	}
	return cc.RateLimitDecision{
		Used: d[0], Available: d[1], RetryAfter: d[2], TakenAt: d[3], Reason: cc.RateReason(d[4]), Allowed: d[5] == 1,
		WouldRefuse: d[6] == 1, ClockRegressed: d[7] == 1,
	}, nil
}

// Take is of Store.
func (m Module) Take(ctx context.Context, key string, config *cc.RateLimitConfig, amount int64) (cc.RateLimitDecision, error) {
	return m.rate(ctx, append(words{"CC.TAKE", key, amount}, rateWords(config)...)...)
}

// Adjust is of Store.
func (m Module) Adjust(ctx context.Context, key string, config *cc.RateLimitConfig, takenAt, by int64) (cc.RateLimitDecision, error) {
	return m.rate(ctx, append(words{"CC.ADJUST", key, takenAt, by}, rateWords(config)...)...)
}
