// Package cloudcircuit decides whether cloud spend may go on: is the budget breached or about to be, is
// this a spike, may this operation run, does the request fit into what is left. It calls libcloudcircuit
// through cgo.
//
// Every function is a pure function of its arguments: there are no globals, no clock and no I/O, so
// any goroutine may call it at any time. Breaker, Ledger, RateLimit and SpikeTracker have a state, which is
// a plain value of the caller; goroutines that share one need a lock, as for any other variable.
// SharedBreaker and SharedLedger have that lock, and a clock unless the caller gives one.
//
// # Errors
//
// An error is a Status: the first rule that the arguments broke. There is one constant for each
// rule, to be compared with errors.Is:
//
//	result, err := cloudcircuit.CheckBudget(spend, limit, nil)
//	if errors.Is(err, cloudcircuit.ErrBudgetLimit) { ... }
//
// The functions on columns also return ErrLength, which is Go's own: slices that must be of one
// length are not.
//
// # Failing closed
//
// On every error the result refuses: breached, spiking, open, not allowed, ActionBlock, its numbers
// 0. Callers that ignore the error still get a refusing result.
//
// # Settings
//
// A nil config means the defaults. To change one setting, start from the defaults:
//
//	config := cloudcircuit.DefaultBudgetConfig()
//	config.WarningRatio = 0.8
//	result, err := cloudcircuit.CheckBudget(spend, limit, &config)
//
// A zero config is refused by the name of the first rule that it breaks, but for LedgerConfig: its zero
// value is the defaults, which allow nothing but requests of 0. A zero state is ErrCorruptState, a zero
// Signal ErrSignal.
//
// # Time
//
// now is an int64 in a unit of the caller's choice, one for all times and durations of a state; the default
// durations are milliseconds, as of time.Now().UnixMilli().
//
// # Amounts
//
// A float64 is an amount in the caller's currency unit, an int64 one in the smallest unit that the
// caller counts in (cents, micros, tokens): the same unit throughout a call. Floats are exact as
// floats are: 0.1 + 0.2 breaches a budget of 0.3. The Int64 functions never round a decision.
//
// # Cost
//
// No function allocates unless it says so. A call into C costs some tens of nanoseconds, far more
// than a decision does. Whole fleets go through the functions on columns, at a few nanoseconds a row.
package cloudcircuit

// #cgo pkg-config: cloudcircuit
// #include <cloudcircuit.h>
import "C"

// Version is the version of the library that is running, "0.2.0" for example.
func Version() string {
	return word(C.cloudcircuit_version())
}

// ABIVersion is the ABI version of the library that is running, the number in its soname.
func ABIVersion() uint32 {
	return uint32(C.cloudcircuit_abi_version())
}

// data is where a slice begins in memory; nil for an empty one, of which &s[0] would panic.
func data[T any](s []T) *T {
	if len(s) == 0 {
		return nil
	}
	return &s[0]
}

// bit is a flag as the library has it.
func bit(flag bool) C.uint32_t {
	if flag {
		return 1
	}
	return 0
}
