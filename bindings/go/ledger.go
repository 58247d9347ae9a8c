package cloudcircuit

/*
#include <cloudcircuit.h>

typedef struct {
	cloudcircuit_ledger_hold hold;
	cloudcircuit_ledger_decision decision;
	cloudcircuit_status status;
} ledger_answer;

static ledger_answer ledger_reserve(cloudcircuit_ledger_config config,
                                    cloudcircuit_ledger_state *state, int64_t estimate)
{
	ledger_answer answer;

	answer.status = cloudcircuit_ledger_reserve(&config, state, estimate, &answer.hold,
	                                            &answer.decision);
	return answer;
}

static ledger_answer ledger_settle(cloudcircuit_ledger_config config, cloudcircuit_ledger_state *state,
                                   cloudcircuit_ledger_hold hold, int64_t actual)
{
	ledger_answer answer = {.hold = hold};

	answer.status = cloudcircuit_ledger_settle(&config, state, &answer.hold, actual, &answer.decision);
	return answer;
}

static ledger_answer ledger_release(cloudcircuit_ledger_config config,
                                    cloudcircuit_ledger_state *state, cloudcircuit_ledger_hold hold)
{
	ledger_answer answer = {.hold = hold};

	answer.status = cloudcircuit_ledger_release(&config, state, &answer.hold, &answer.decision);
	return answer;
}

static ledger_answer ledger_record(cloudcircuit_ledger_config config, cloudcircuit_ledger_state *state,
                                   int64_t amount)
{
	ledger_answer answer = {{0}};

	answer.status = cloudcircuit_ledger_record(&config, state, amount, &answer.decision);
	return answer;
}

static ledger_answer ledger_roll(cloudcircuit_ledger_config config, cloudcircuit_ledger_state *state,
                                 int64_t period)
{
	ledger_answer answer = {{0}};

	answer.status = cloudcircuit_ledger_roll(&config, state, period, &answer.decision);
	return answer;
}
*/
import "C"
import "unsafe"

// LedgerReason is why a ledger call decided as it did. The zero value is none.
type LedgerReason int32

const (
	// LedgerWithin: settled + held is below the limit.
	LedgerWithin LedgerReason = C.CLOUDCIRCUIT_LEDGER_WITHIN
	// LedgerAtLimit: settled + held is the limit exactly.
	LedgerAtLimit LedgerReason = C.CLOUDCIRCUIT_LEDGER_AT_LIMIT
	// LedgerOverLimit: settled + held is above the limit, or would be with the estimate.
	LedgerOverLimit LedgerReason = C.CLOUDCIRCUIT_LEDGER_OVER_LIMIT
	// LedgerExceedsLimit: the same, and the estimate alone is above the limit.
	LedgerExceedsLimit LedgerReason = C.CLOUDCIRCUIT_LEDGER_EXCEEDS_LIMIT
	// LedgerUnlimited: there is no limit.
	LedgerUnlimited LedgerReason = C.CLOUDCIRCUIT_LEDGER_UNLIMITED
	// LedgerLate: the hold was from an earlier period.
	LedgerLate LedgerReason = C.CLOUDCIRCUIT_LEDGER_LATE
)

// String is the name of the reason in capitals, "AT_LIMIT" for one.
func (r LedgerReason) String() string {
	return name(int32(r), "LedgerReason",
		[]string{"", "WITHIN", "AT_LIMIT", "OVER_LIMIT", "EXCEEDS_LIMIT", "UNLIMITED", "LATE"})
}

const (
	// LedgerEncodedLen is the bytes of a ledger's binary form.
	LedgerEncodedLen = C.CLOUDCIRCUIT_LEDGER_ENCODED_LEN
	// LedgerMaxThresholds is the most thresholds that a config may have.
	LedgerMaxThresholds = C.CLOUDCIRCUIT_LEDGER_MAX_THRESHOLDS
)

// LedgerConfig is the limit and the shares of it that are worth a word. The zero value and nil are the
// defaults, which allow nothing.
type LedgerConfig struct {
	// Limit is the most that may be settled and held together in a period; >= 0.
	Limit int64
	// IsUnlimited means that there is no limit; Limit then counts for nothing.
	IsUnlimited bool
	// ThresholdPPM is shares of the limit in parts per million, each > 0 and above the one before,
	// above 1000000 too: at most LedgerMaxThresholds of them, and none without a limit above 0.
	ThresholdPPM []uint32
}

func (c *LedgerConfig) c() (config C.cloudcircuit_ledger_config) {
	if c != nil {
		config.limit = C.int64_t(c.Limit)
		config.is_unlimited = bit(c.IsUnlimited)
		// The library refuses a count above the most.
		config.threshold_count = C.uint32_t(len(c.ThresholdPPM))
		for i := 0; i < len(c.ThresholdPPM) && i < LedgerMaxThresholds; i++ {
			config.threshold_ppm[i] = C.uint32_t(c.ThresholdPPM[i])
		}
	}
	return config
}

// LedgerState is all that a ledger knows, to be kept wherever the caller likes. Only the library
// writes its fields. The zero value is no ledger: every call refuses it.
type LedgerState struct {
	// Layout is CLOUDCIRCUIT_LEDGER_LAYOUT of the C header.
	Layout uint32
	// Crossed has bit i set when threshold i has been crossed.
	Crossed uint32
	// Revision grows by one at every call that changed the state: for a compare-and-swap.
	Revision uint64
	// Period is the budget period, a month's number say.
	Period int64
	// Settled is what was spent in the period; below 0 when credits exceed it.
	Settled int64
	// Held is what is reserved and neither settled nor released; >= 0.
	Held int64
}

// The state is passed to C as it is. This does not compile when its size differs.
var _ [C.sizeof_cloudcircuit_ledger_state]byte = [unsafe.Sizeof(LedgerState{})]byte{}

func (s *LedgerState) c() *C.cloudcircuit_ledger_state {
	return (*C.cloudcircuit_ledger_state)(unsafe.Pointer(s))
}

// LedgerHold is what Reserve held, to be settled or released once. Store it with the state, in one
// transaction.
type LedgerHold struct {
	// Period is the period that it was held in.
	Period int64
	// Amount is what it holds; 0 when it is spent, or was refused.
	Amount int64
}

func (h LedgerHold) c() C.cloudcircuit_ledger_hold {
	return C.cloudcircuit_ledger_hold{period: C.int64_t(h.Period), amount: C.int64_t(h.Amount)}
}

func hold(h *C.cloudcircuit_ledger_hold) LedgerHold {
	return LedgerHold{Period: int64(h.period), Amount: int64(h.amount)}
}

// LedgerDecision is what a ledger call decided. The zero value does not allow.
type LedgerDecision struct {
	// Settled is the state's, after the call.
	Settled int64 `json:"settled"`
	// Held is the state's, after the call.
	Held int64 `json:"held"`
	// Available is what a Reserve could still hold, the largest int64 without a limit.
	Available int64 `json:"available"`
	// Overshoot is how far Settled is above the limit, else 0.
	Overshoot int64 `json:"overshoot"`
	// Allowed tells, from Reserve, that the estimate is held. From other calls it is no permission: it
	// tells that settled + held is not above the limit.
	Allowed bool `json:"allowed"`
	// Reason is why; 0 after an error.
	Reason LedgerReason `json:"reason"`
	// Crossed is the state's, after the call.
	Crossed uint32 `json:"crossed"`
	// NewlyCrossed has bit i set when threshold i is crossed and was not before this call.
	NewlyCrossed uint32 `json:"newly_crossed"`
}

func ledgerDecision(answer *C.ledger_answer) (LedgerDecision, error) {
	d := &answer.decision
	return LedgerDecision{
		Settled:      int64(d.settled),
		Held:         int64(d.held),
		Available:    int64(d.available),
		Overshoot:    int64(d.overshoot),
		Allowed:      d.allowed != 0,
		Reason:       LedgerReason(d.reason),
		Crossed:      uint32(d.crossed),
		NewlyCrossed: uint32(d.newly_crossed),
	}, asError(answer.status)
}

// Ledger is a budget that cannot be overspent: it holds what a request may cost before it runs, and
// books what it did cost afterwards. Amounts are exact, in the caller's smallest unit. It is a plain
// value: a copy with the same Config is a snapshot.
//
// Goroutines that share a Ledger need a lock around each call. Processes that share one store its
// State and the hold by compare-and-swap on Revision, in one transaction, and act on a decision only
// once that is stored.
//
// The errors of the methods are those of the config (ErrLedgerLimit, ErrThresholdCount,
// ErrThresholdLimit, ErrThresholdPPM), ErrCorruptState for a State that the library cannot have
// written, and those that they list. On an error the state is as it was and the decision is zero.
type Ledger struct {
	// Config is the limit and the thresholds; nil allows nothing. Each call judges
	// again what has been crossed.
	Config *LedgerConfig
	// State is what it knows.
	State LedgerState
}

// NewLedger makes a ledger that never was, with nothing settled and nothing held. One that was stored
// comes from UnmarshalBinary; to start one over, Roll to a later period. It allocates the Ledger.
func NewLedger(config *LedgerConfig, period int64) *Ledger {
	l := &Ledger{Config: config}
	C.cloudcircuit_ledger_init(C.int64_t(period), l.State.c())
	return l
}

// Reserve holds an estimate, > 0, if settled + held + estimate <= limit, all of it or nothing. A
// refusal is no error; the hold is then zero. Its own errors are ErrEstimate and ErrOverflow.
func (l *Ledger) Reserve(estimate int64) (LedgerHold, LedgerDecision, error) {
	answer := C.ledger_reserve(l.Config.c(), l.State.c(), C.int64_t(estimate))
	decision, err := ledgerDecision(&answer)
	return hold(&answer.hold), decision, err
}

// Settle books what a held request cost, an actual >= 0, also when that is more than was held or past
// the limit, and lets the rest of the hold go. The hold's Amount becomes 0; on an error it is as it
// was. A hold from an earlier period is booked into the current one, with the reason LedgerLate.
//
// Its own errors are ErrHoldSpent, ErrHoldPeriod, ErrHoldAmount, ErrActual and ErrOverflow.
func (l *Ledger) Settle(held *LedgerHold, actual int64) (LedgerDecision, error) {
	answer := C.ledger_settle(l.Config.c(), l.State.c(), held.c(), C.int64_t(actual))
	*held = hold(&answer.hold)
	return ledgerDecision(&answer)
}

// Release lets a hold go unspent. The hold's Amount becomes 0; on an error it is as it was.
//
// Its own errors are ErrHoldSpent, ErrHoldPeriod and ErrHoldAmount.
func (l *Ledger) Release(held *LedgerHold) (LedgerDecision, error) {
	answer := C.ledger_release(l.Config.c(), l.State.c(), held.c())
	*held = hold(&answer.hold)
	return ledgerDecision(&answer)
}

// Record books spend that was not held, or a credit, an amount below 0, also past the limit. Its own
// error is ErrOverflow.
func (l *Ledger) Record(amount int64) (LedgerDecision, error) {
	answer := C.ledger_record(l.Config.c(), l.State.c(), C.int64_t(amount))
	return ledgerDecision(&answer)
}

// Roll moves on to a later period, which starts with nothing settled, held and crossed. To the period
// that it is in it does nothing, so that every writer may roll before it reserves. Its own error is
// ErrPeriod.
func (l *Ledger) Roll(period int64) (LedgerDecision, error) {
	answer := C.ledger_roll(l.Config.c(), l.State.c(), C.int64_t(period))
	return ledgerDecision(&answer)
}

// Validate tells whether the library can have written the state; if not it is ErrCorruptState.
func (l *Ledger) Validate() error {
	return asError(C.cloudcircuit_ledger_state_validate(l.State.c()))
}

// AppendBinary appends the state in LedgerEncodedLen bytes that any machine reads, with a checksum. It
// allocates only when dst has no room for them.
func (l *Ledger) AppendBinary(dst []byte) ([]byte, error) {
	grown := append(dst, make([]byte, LedgerEncodedLen)...)
	status := C.cloudcircuit_ledger_state_encode(l.State.c(), (*C.uint8_t)(&grown[len(dst)]), LedgerEncodedLen)
	if status != C.CLOUDCIRCUIT_OK {
		return dst, asError(status)
	}
	return grown, nil
}

// MarshalBinary returns the state as AppendBinary has it. Config is not part of it. It allocates.
func (l *Ledger) MarshalBinary() ([]byte, error) {
	return l.AppendBinary(nil)
}

// UnmarshalBinary reads the state from what MarshalBinary returned, on whatever machine. Its errors
// are ErrEncodedLength and ErrCorruptState; the state is then zero, which every call refuses.
func (l *Ledger) UnmarshalBinary(bytes []byte) error {
	if len(bytes) == 0 {
		l.State = LedgerState{}
		return ErrEncodedLength
	}
	return asError(C.cloudcircuit_ledger_state_decode((*C.uint8_t)(&bytes[0]), C.size_t(len(bytes)), l.State.c()))
}
