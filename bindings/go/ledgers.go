package cloudcircuit

// #include <cloudcircuit.h>
import "C"
import (
	"math"
	"unsafe"
)

// LedgersMaxCount is the most ledgers of one call.
const LedgersMaxCount = C.CLOUDCIRCUIT_LEDGERS_MAX_COUNT

// NotAsked leaves a ledger out of a call on several: as its estimate, more, actual or amount. So does a
// zero hold, and the ledger's own period in Roll. Its decision then says where it stands, with Reason 0
// and Allowed.
const NotAsked = math.MinInt64

// Ledgers is several ledgers under which one request falls, of a user, a team and a model for example.
// In each call all take part or none does: when one refuses or on an error no state changes.
//
// The methods take an entry for each ledger, at most LedgersMaxCount. They return a decision for each, and
// the index of the first ledger that refuses or that the error is about, -1 for none. The same ledger must
// not stand in a call twice. A ledger in ModeMonitor never refuses, and books only when all others allow.
//
// The errors are those of the same method of Ledger, ErrCount, ErrOverlap for a ledger that stands in the
// call twice, ErrNullPointer for a nil one, and ErrLength when the slices differ in length. Every call
// allocates. Locks and storage are as for Ledger, with all states in one transaction.
type Ledgers []*Ledger

// several is what the library takes and writes, an entry for each ledger.
type several struct {
	configs   []C.cloudcircuit_ledger_config
	states    []C.cloudcircuit_ledger_state
	decisions []C.cloudcircuit_ledger_decision
	count     C.size_t
	failedAt  C.uint32_t
}

// call runs a call of the library on copies of the states, and stores them if it succeeds. lengths are
// those of the caller's slices.
func (l Ledgers) call(run func(*several) C.cloudcircuit_status, lengths ...int) ([]LedgerDecision, int, error) {
	decisions := make([]LedgerDecision, len(l))
	for _, length := range lengths {
		if length != len(l) {
			return decisions, -1, ErrLength
		}
	}
	if len(l) == 0 || len(l) > LedgersMaxCount {
		return decisions, -1, ErrCount
	}
	s := &several{
		configs:   make([]C.cloudcircuit_ledger_config, len(l)),
		states:    make([]C.cloudcircuit_ledger_state, len(l)),
		decisions: make([]C.cloudcircuit_ledger_decision, len(l)),
		count:     C.size_t(len(l)),
	}
	for i, ledger := range l {
		if ledger == nil {
			return decisions, i, ErrNullPointer
		}
		s.configs[i], s.states[i] = ledger.Config.c(), *ledger.State.c()
	}
	err := asError(run(s))
	failedAt := -1
	if s.failedAt != math.MaxUint32 {
		failedAt = int(s.failedAt)
	}
	for i, ledger := range l {
		decisions[i] = ledgerDecision(&s.decisions[i])
		if err == nil {
			*ledger.State.c() = s.states[i]
		}
	}
	return decisions, failedAt, err
}

func numbers(of []int64) *C.int64_t { return (*C.int64_t)(&of[0]) }

func holds(of []LedgerHold) *C.cloudcircuit_ledger_hold {
	return (*C.cloudcircuit_ledger_hold)(unsafe.Pointer(&of[0]))
}

// Reserve holds an estimate on each ledger, or on none. The holds are zero when refused, where not asked,
// and on an error.
func (l Ledgers) Reserve(estimates []int64, now int64) (held []LedgerHold, decisions []LedgerDecision, refusedBy int, err error) {
	held = make([]LedgerHold, len(l))
	decisions, refusedBy, err = l.call(func(s *several) C.cloudcircuit_status {
		return C.cloudcircuit_ledgers_reserve(&s.configs[0], &s.states[0], numbers(estimates), s.count,
			C.int64_t(now), holds(held), &s.decisions[0], &s.failedAt)
	}, len(estimates))
	return held, decisions, refusedBy, err
}

// Extend asks for more on each hold, or on none. The holds are as they were when any ledger refuses and
// on an error.
func (l Ledgers) Extend(held []LedgerHold, mores []int64, now int64) (decisions []LedgerDecision, failedAt int, err error) {
	return l.call(func(s *several) C.cloudcircuit_status {
		return C.cloudcircuit_ledgers_extend(&s.configs[0], &s.states[0], holds(held), numbers(mores), s.count,
			C.int64_t(now), &s.decisions[0], &s.failedAt)
	}, len(held), len(mores))
}

// Settle settles each hold, or none. A hold that is spent already is an error of the whole call; one that
// has ended is not.
func (l Ledgers) Settle(held []LedgerHold, actuals []int64, now int64) (decisions []LedgerDecision, failedAt int, err error) {
	return l.call(func(s *several) C.cloudcircuit_status {
		return C.cloudcircuit_ledgers_settle(&s.configs[0], &s.states[0], holds(held), numbers(actuals), s.count,
			C.int64_t(now), &s.decisions[0], &s.failedAt)
	}, len(held), len(actuals))
}

// Release lets each hold go, or none.
func (l Ledgers) Release(held []LedgerHold, now int64) (decisions []LedgerDecision, failedAt int, err error) {
	return l.call(func(s *several) C.cloudcircuit_status {
		return C.cloudcircuit_ledgers_release(&s.configs[0], &s.states[0], holds(held), s.count, C.int64_t(now),
			&s.decisions[0], &s.failedAt)
	}, len(held))
}

// Record books spend that was not held on each ledger, or on none.
func (l Ledgers) Record(amounts []int64, now int64) (decisions []LedgerDecision, failedAt int, err error) {
	return l.call(func(s *several) C.cloudcircuit_status {
		return C.cloudcircuit_ledgers_record(&s.configs[0], &s.states[0], numbers(amounts), s.count,
			C.int64_t(now), &s.decisions[0], &s.failedAt)
	}, len(amounts))
}

// Roll moves each ledger to a later period, or none. An earlier period is no error; the others roll.
func (l Ledgers) Roll(periods []int64, now int64) (decisions []LedgerDecision, failedAt int, err error) {
	return l.call(func(s *several) C.cloudcircuit_status {
		return C.cloudcircuit_ledgers_roll(&s.configs[0], &s.states[0], numbers(periods), s.count,
			C.int64_t(now), &s.decisions[0], &s.failedAt)
	}, len(periods))
}
