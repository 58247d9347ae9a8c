// Package redis has ledgers, breakers and rate limits that many processes share in Redis or Valkey.
//
// Two ways with one interface, Store: Module needs the server's module from bindings/redis and takes one round
// trip a decision; Swap works on any server by compare-and-swap. Time is the server's clock, in milliseconds.
//
// Nothing is allowed by default: when the server does not answer, or has no state under the key, a call returns
// an error and a zero decision. An answer that got lost may have been carried out; with a HoldDuration what it
// reserved ends by itself.
package redis

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	cc "example.com/cloudcircuit"
)

// Doer sends one command to the server. It answers int64, string or []byte, nil, or a []any of these; what the
// server calls an error is an error with its text. It must not repeat a command by itself, as go-redis does without
// MaxRetries: -1, for a record would be booked twice. For a client with another form, use DoFunc.
type Doer interface {
	Do(ctx context.Context, words ...any) (any, error)
}

// DoFunc is a function as a Doer.
type DoFunc func(ctx context.Context, words ...any) (any, error)

// Do calls the function.
func (f DoFunc) Do(ctx context.Context, words ...any) (any, error) { return f(ctx, words...) }

// ErrMissing: the server has nothing under the key. It was never created, or the server lost its memory. A lost
// state is not replaced by an empty one, for that would allow the whole limit again.
var ErrMissing = errors.New("redis: there is no state under the key")

// ErrBusy: other writers were quicker each time. Use Module, or a lease, for a key as hot as this one.
var ErrBusy = errors.New("redis: other writers were quicker too often")

// UnavailableError is what the connection or the server said instead of deciding.
type UnavailableError struct{ Err error }

func (e *UnavailableError) Error() string {
	return "redis: the store does not decide: " + e.Err.Error()
}

// Unwrap returns what the connection said.
func (e *UnavailableError) Unwrap() error { return e.Err }

// Store decides on states under keys. Each call is the method of the same name on the state, carried out or not.
type Store interface {
	// CreateLedger makes a ledger with a random id under a key that has nothing.
	CreateLedger(ctx context.Context, key string, period int64) (uint64, error)
	Reserve(ctx context.Context, key string, config *cc.LedgerConfig, estimate int64) (cc.LedgerHold, cc.LedgerDecision, error)
	// ReserveAll holds an estimate on each key, or on none. In a cluster the keys share a hash slot.
	ReserveAll(ctx context.Context, keys []string, configs []*cc.LedgerConfig, estimates []int64) ([]cc.LedgerHold, []cc.LedgerDecision, error)
	Extend(ctx context.Context, key string, config *cc.LedgerConfig, held *cc.LedgerHold, more int64) (cc.LedgerDecision, error)
	Post(ctx context.Context, key string, config *cc.LedgerConfig, held *cc.LedgerHold, part int64) (cc.LedgerDecision, error)
	// Draw extends a hold by more and books part of it, both or neither.
	Draw(ctx context.Context, key string, config *cc.LedgerConfig, held *cc.LedgerHold, part, more int64) (cc.LedgerDecision, error)
	Settle(ctx context.Context, key string, config *cc.LedgerConfig, held *cc.LedgerHold, actual int64) (cc.LedgerDecision, error)
	Release(ctx context.Context, key string, config *cc.LedgerConfig, held *cc.LedgerHold) (cc.LedgerDecision, error)
	Record(ctx context.Context, key string, config *cc.LedgerConfig, amount int64) (cc.LedgerDecision, error)
	Roll(ctx context.Context, key string, config *cc.LedgerConfig, period int64) (cc.LedgerDecision, error)

	// CreateBreaker makes a breaker under a key that has nothing.
	CreateBreaker(ctx context.Context, key string) error
	Acquire(ctx context.Context, key string, config *cc.BreakerConfig) (cc.BreakerPermit, error)
	Report(ctx context.Context, key string, config *cc.BreakerConfig, permit cc.BreakerPermit, outcome cc.Outcome, duration, retryAt int64) error

	// CreateRateLimit makes a rate limit under a key that has nothing.
	CreateRateLimit(ctx context.Context, key string) error
	// Take is RateLimit.Acquire.
	Take(ctx context.Context, key string, config *cc.RateLimitConfig, amount int64) (cc.RateLimitDecision, error)
	Adjust(ctx context.Context, key string, config *cc.RateLimitConfig, takenAt, by int64) (cc.RateLimitDecision, error)
}

// explained is the error of this package for what a connection returned.
func explained(err error) error {
	word, rest, _ := strings.Cut(err.Error(), " ")
	switch word {
	case "CCMISSING":
		return ErrMissing
	case "CCERR":
		number, _, _ := strings.Cut(rest, " ")
		if status, bad := strconv.ParseInt(number, 10, 32); bad == nil {
			return cc.Status(status)
		}
	}
	return &UnavailableError{err}
}

func said(ctx context.Context, to Doer, words ...any) (any, error) {
	answer, err := to.Do(ctx, words...)
	if err != nil {
		return nil, explained(err)
	}
	return answer, nil
}

// list is an answer as a list of a length; any other is no decision.
func list(answer any, length int) ([]any, error) {
	found, is := answer.([]any)
	if !is || len(found) != length {
		return nil, &UnavailableError{fmt.Errorf("unexpected answer %v", answer)}
	}
	return found, nil
}

func numbers(answer any, length int) ([]int64, error) {
	found, err := list(answer, length)
	if err != nil {
		return nil, err
	}
	values := make([]int64, length)
	for i, item := range found {
		if values[i], err = number(item); err != nil {
			return nil, err
		}
	}
	return values, nil
}

func number(item any) (int64, error) {
	switch item := item.(type) {
	case int64:
		return item, nil
	case string:
		if value, err := strconv.ParseInt(item, 10, 64); err == nil {
			return value, nil
		}
	case []byte:
		return number(string(item))
	}
	return 0, &UnavailableError{fmt.Errorf("unexpected answer %v", item)}
}
