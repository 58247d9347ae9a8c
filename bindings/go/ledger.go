package cloudcircuit

/*
#include <cloudcircuit.h>

typedef struct {
	cloudcircuit_ledger_hold hold;
	cloudcircuit_ledger_decision decision;
	cloudcircuit_status status;
} ledger_answer;

// Values in and out: a pointer that Go passes to C moves what it points at to the heap.
#define ON_HOLD(call, argument)                                                                  \
	static ledger_answer ledger_##call(cloudcircuit_ledger_config config,                    \
	                                   cloudcircuit_ledger_state *state,                     \
	                                   cloudcircuit_ledger_hold hold, int64_t argument,      \
	                                   int64_t now)                                          \
	{                                                                                        \
		ledger_answer answer = {.hold = hold};                                           \
                                                                                                 \
		answer.status = cloudcircuit_ledger_##call(&config, state, &answer.hold, argument, now, \
		                                           &answer.decision);                    \
		return answer;                                                                   \
	}

ON_HOLD(extend, more)
ON_HOLD(post, part)
ON_HOLD(settle, actual)

static ledger_answer ledger_release(cloudcircuit_ledger_config config, cloudcircuit_ledger_state *state,
                                    cloudcircuit_ledger_hold hold, int64_t now)
{
	ledger_answer answer = {.hold = hold};

	answer.status = cloudcircuit_ledger_release(&config, state, &answer.hold, now, &answer.decision);
	return answer;
}

static ledger_answer ledger_reserve(cloudcircuit_ledger_config config, cloudcircuit_ledger_state *state,
                                    int64_t estimate, int64_t now)
{
	ledger_answer answer;

	answer.status = cloudcircuit_ledger_reserve(&config, state, estimate, now, &answer.hold,
	                                            &answer.decision);
	return answer;
}

static ledger_answer ledger_record(cloudcircuit_ledger_config config, cloudcircuit_ledger_state *state,
                                   int64_t amount, int64_t now)
{
	ledger_answer answer = {{0}};

	answer.status = cloudcircuit_ledger_record(&config, state, amount, now, &answer.decision);
	return answer;
}

static ledger_answer ledger_roll(cloudcircuit_ledger_config config, cloudcircuit_ledger_state *state,
                                 int64_t period, int64_t now)
{
	ledger_answer answer = {{0}};

	answer.status = cloudcircuit_ledger_roll(&config, state, period, now, &answer.decision);
	return answer;
}
*/
import "C"
import "unsafe"

// LedgerReason is why a ledger call decided as it did. The zero value is none.
type LedgerReason int32

const (
	// LedgerReasonWithin: settled + held is below limit + carried.
	LedgerReasonWithin LedgerReason = C.CLOUDCIRCUIT_LEDGER_REASON_WITHIN
	// LedgerReasonAtLimit: settled + held is limit + carried exactly.
	LedgerReasonAtLimit LedgerReason = C.CLOUDCIRCUIT_LEDGER_REASON_AT_LIMIT
	// LedgerReasonOverLimit: settled + held is above limit + carried, or would be with what is asked for.
	LedgerReasonOverLimit LedgerReason = C.CLOUDCIRCUIT_LEDGER_REASON_OVER_LIMIT
	// LedgerReasonExceedsLimit: the estimate alone is above limit + carried: it would not fit into an
	// empty ledger.
	LedgerReasonExceedsLimit LedgerReason = C.CLOUDCIRCUIT_LEDGER_REASON_EXCEEDS_LIMIT
	// LedgerReasonUnlimited: the mode is ModeUnlimited.
	LedgerReasonUnlimited LedgerReason = C.CLOUDCIRCUIT_LEDGER_REASON_UNLIMITED
	// LedgerReasonExpired: the hold had ended. What was spent is booked, and nothing was let go for it.
	LedgerReasonExpired LedgerReason = C.CLOUDCIRCUIT_LEDGER_REASON_EXPIRED
	// LedgerReasonFree: nothing was asked for: an estimate of 0, or an Extend that only moves the end.
	LedgerReasonFree LedgerReason = C.CLOUDCIRCUIT_LEDGER_REASON_FREE
	// LedgerReasonUnverified: the hold is more than 1,024 holds old, so nobody knows whether it was spent
	// before.
	LedgerReasonUnverified LedgerReason = C.CLOUDCIRCUIT_LEDGER_REASON_UNVERIFIED
)

// ThresholdUnit is what the numbers in LedgerConfig.Thresholds are.
type ThresholdUnit uint32

const (
	// ThresholdPPM: parts per million of limit + carried. The default; not with ModeUnlimited.
	ThresholdPPM ThresholdUnit = C.CLOUDCIRCUIT_THRESHOLD_PPM
	// ThresholdAmount: amounts.
	ThresholdAmount ThresholdUnit = C.CLOUDCIRCUIT_THRESHOLD_AMOUNT
)

// ThresholdBasis is what is compared with the thresholds.
type ThresholdBasis uint32

const (
	// BasisSettled: what is settled. The default.
	BasisSettled ThresholdBasis = C.CLOUDCIRCUIT_BASIS_SETTLED
	// BasisCommitted: settled + held.
	BasisCommitted ThresholdBasis = C.CLOUDCIRCUIT_BASIS_COMMITTED
)

const (
	// LedgerEncodedLen is the bytes of a ledger's binary form.
	LedgerEncodedLen = C.CLOUDCIRCUIT_LEDGER_ENCODED_LEN
	// LedgerMaxThresholds is the most thresholds that a config may have.
	LedgerMaxThresholds = C.CLOUDCIRCUIT_LEDGER_MAX_THRESHOLDS
)

// LedgerConfig is the limit of a ledger and its settings. The zero value and nil are the defaults, which
// allow nothing but requests of 0. All that share a ledger pass the same config. It may change between
// calls.
type LedgerConfig struct {
	// Limit is the most that may be settled and held together in a period; >= 0.
	Limit int64
	// CarryMax is the most of an unused limit that a roll carries into the next period; >= 0.
	CarryMax int64
	// DebtMax is the most overspend that a roll takes off the next period; >= 0.
	DebtMax int64
	// HoldDuration is how long a hold lasts, in the unit of now; >= 0; 0 = without end.
	HoldDuration int64
	// Thresholds is what to alert at, > 0 and ascending: at most LedgerMaxThresholds of them.
	Thresholds []int64
	// ThresholdUnit is ThresholdPPM or ThresholdAmount.
	ThresholdUnit ThresholdUnit
	// ThresholdBasis is BasisSettled or BasisCommitted.
	ThresholdBasis ThresholdBasis
	// Mode is ModeEnforce, ModeMonitor or ModeUnlimited.
	Mode Mode
}

func (c *LedgerConfig) c() (config C.cloudcircuit_ledger_config) {
	if c != nil {
		config.limit = C.int64_t(c.Limit)
		config.carry_max = C.int64_t(c.CarryMax)
		config.debt_max = C.int64_t(c.DebtMax)
		config.hold_duration = C.int64_t(c.HoldDuration)
		// The library refuses a count above the most.
		config.threshold_count = C.uint32_t(len(c.Thresholds))
		for i := 0; i < len(c.Thresholds) && i < LedgerMaxThresholds; i++ {
			config.thresholds[i] = C.int64_t(c.Thresholds[i])
		}
		config.threshold_unit = C.uint32_t(c.ThresholdUnit)
		config.threshold_basis = C.uint32_t(c.ThresholdBasis)
		config.mode = C.uint32_t(c.Mode)
	}
	return config
}

// LedgerState is all that a ledger knows, to be kept wherever the caller likes. Only the library
// writes its fields. The zero value is no ledger: every call refuses it.
type LedgerState struct {
	// Layout is CLOUDCIRCUIT_LEDGER_LAYOUT of the C header.
	Layout uint32
	// Crossed is the thresholds that were reached at the last call that changed the ledger.
	Crossed Thresholds
	// Revision grows by one at every call that changed the state: for a compare-and-swap.
	Revision uint64
	// LedgerID is which ledger this is; holds carry it.
	LedgerID uint64
	// NextHold is the id of the next hold; holds are numbered 1, 2, ...
	NextHold uint64
	// UpdatedAt is the greatest now of the calls that changed the ledger.
	UpdatedAt int64
	// Period is the budget period, for example 202612.
	Period int64
	// Settled is what was spent in the period; below 0 when credits exceed it.
	Settled int64
	// Carried is what the last roll carried into the period; below 0 for debt.
	Carried int64
	// Held is what is reserved, not settled and not ended; >= 0.
	Held int64
	// PeakSettled is the greatest Settled of the period, at least 0.
	PeakSettled int64
	// PeakCommitted is the greatest Settled + Held of the period, at least 0.
	PeakCommitted int64
	// ResetHold: holds with lower ids are older than the last reset; 0 = there was none.
	ResetHold uint64
	// DeadHold: holds with lower ids have ended because of a reset, unless they have no end.
	DeadHold uint64
	// ResetClock is the clock before the reset while what it moved is held, else 0.
	ResetClock int64
	// Endless is what is held without end.
	Endless int64
	// Ends is what is held by when it ends, for the library alone.
	Ends [33]int64
	// Spent has a bit for each of the last 1,024 hold ids: it is spent.
	Spent [16]uint64
	// Told is the thresholds that were reported in the period.
	Told Thresholds
	// WidthShift: a bucket in Ends is 1 << WidthShift wide.
	WidthShift uint32
	// ResetBucket is 1 + the place in Ends of what a reset moved, while that is held; else 0.
	ResetBucket uint32
	// reserved is always 0.
	reserved uint32
}

// LedgerHold is what Reserve held, to be settled or released once. Store it with the state, in one
// transaction. The zero value is no hold.
type LedgerHold struct {
	// LedgerID is the ledger that it is held in.
	LedgerID uint64
	// ID is which hold of that ledger this is; 0 when it is spent, or was refused.
	ID uint64
	// Period is the period that it was reserved in, for the caller to read.
	Period int64
	// Amount is what it holds; >= 0.
	Amount int64
	// ExpiresAt is when it ends; the largest int64 = without end.
	ExpiresAt int64
}

// The two structs above are passed to C as they are. These do not compile when a size differs.
var (
	_ [C.sizeof_cloudcircuit_ledger_state]byte = [unsafe.Sizeof(LedgerState{})]byte{}
	_ [C.sizeof_cloudcircuit_ledger_hold]byte  = [unsafe.Sizeof(LedgerHold{})]byte{}
)

func (s *LedgerState) c() *C.cloudcircuit_ledger_state {
	return (*C.cloudcircuit_ledger_state)(unsafe.Pointer(s))
}

func (h LedgerHold) c() C.cloudcircuit_ledger_hold {
	return *(*C.cloudcircuit_ledger_hold)(unsafe.Pointer(&h))
}

func hold(h *C.cloudcircuit_ledger_hold) LedgerHold {
	return *(*LedgerHold)(unsafe.Pointer(h))
}

// LedgerDecision is what a ledger call decided. The zero value does not allow.
type LedgerDecision struct {
	// Settled is the state's, after the call.
	Settled int64 `json:"settled"`
	// Held is the state's, after the call.
	Held int64 `json:"held"`
	// Available is the most that a Reserve could hold now. Reserving exactly that succeeds.
	Available int64 `json:"available"`
	// Overshoot is how far Settled is above limit + carried, else 0.
	Overshoot int64 `json:"overshoot"`
	// Expired is what the call let go because it had ended.
	Expired int64 `json:"expired"`
	// Reason is why; 0 after an error.
	Reason LedgerReason `json:"reason"`
	// Allowed is true, from Reserve and Extend, when what was asked for is held. From other calls it is no
	// permission: it is true when settled + held is not above limit + carried. Always true in ModeMonitor
	// and ModeUnlimited.
	Allowed bool `json:"allowed"`
	// WouldRefuse is true when the rules refuse, also in ModeMonitor.
	WouldRefuse bool `json:"would_refuse"`
	// ClockRegressed is true when now was before the state's UpdatedAt, or period before its Period.
	ClockRegressed bool `json:"clock_regressed"`
	// Crossed is the thresholds that are reached after the call.
	Crossed Thresholds `json:"crossed"`
	// NewlyCrossed is the thresholds that are reached and were not reported before in this period.
	NewlyCrossed Thresholds `json:"newly_crossed"`
}

func ledgerDecision(d *C.cloudcircuit_ledger_decision) LedgerDecision {
	return LedgerDecision{
		Settled:        int64(d.settled),
		Held:           int64(d.held),
		Available:      int64(d.available),
		Overshoot:      int64(d.overshoot),
		Expired:        int64(d.expired),
		Reason:         LedgerReason(d.reason),
		Allowed:        d.allowed != 0,
		WouldRefuse:    d.would_refuse != 0,
		ClockRegressed: d.clock_regressed != 0,
		Crossed:        Thresholds(d.crossed),
		NewlyCrossed:   Thresholds(d.newly_crossed),
	}
}

func (d LedgerDecision) c() C.cloudcircuit_ledger_decision {
	return C.cloudcircuit_ledger_decision{
		settled:         C.int64_t(d.Settled),
		held:            C.int64_t(d.Held),
		available:       C.int64_t(d.Available),
		overshoot:       C.int64_t(d.Overshoot),
		expired:         C.int64_t(d.Expired),
		reason:          C.int32_t(d.Reason),
		allowed:         bit(d.Allowed),
		would_refuse:    bit(d.WouldRefuse),
		clock_regressed: bit(d.ClockRegressed),
		crossed:         C.uint32_t(d.Crossed),
		newly_crossed:   C.uint32_t(d.NewlyCrossed),
	}
}

// Ledger is a budget that cannot be overspent: it holds what a request may cost before it runs, and
// books what it did cost afterwards. Amounts are exact, in the caller's smallest unit. It is a plain
// value: a copy with the same Config is a snapshot. SharedLedger.Execute reserves, runs and settles.
//
// Goroutines that share a Ledger need a lock around each call. Processes that share one store its
// State and the hold by compare-and-swap on Revision, in one transaction, and act on a decision only
// once that is stored.
//
// Every now is the caller's, in the unit of HoldDuration. A clock that runs ahead ends holds early, so
// processes that share a ledger take now from the store. Every call first lets go the holds that have
// ended by now, which changes the state also when the call refuses.
//
// A hold settles once, on its own ledger: an old copy is ErrHoldSpent, another ledger's ErrHoldLedger.
//
// The errors of the methods are those of the config (ErrLedgerLimit, ErrCarryMax, ErrDebtMax,
// ErrHoldDuration, ErrThresholdCount, ErrThresholdUnit, ErrThresholdBasis, ErrMode, ErrThresholds,
// ErrThresholdLimit), ErrCorruptState for a State that the library cannot have written, ErrOverflow, and
// those that they list. On an error the state is as it was and the decision is zero.
type Ledger struct {
	// Config is the limit and its settings; nil allows nothing but requests of 0.
	Config *LedgerConfig
	// State is what it knows.
	State LedgerState
}

// NewLedger makes a new ledger with nothing settled and nothing held. ledgerID is above 0 and never used
// before: also a ledger made again, or restored from a backup, needs a new one, or holds of the old one
// are taken for its own. A stored ledger comes from UnmarshalBinary. It allocates the Ledger.
//
// Its error is ErrLedgerID; the state is then zero, which every call refuses.
func NewLedger(config *LedgerConfig, ledgerID uint64, period, now int64) (*Ledger, error) {
	l := &Ledger{Config: config}
	return l, asError(C.cloudcircuit_ledger_init(C.uint64_t(ledgerID), C.int64_t(period), C.int64_t(now), l.State.c()))
}

// Reserve holds an estimate, >= 0, if settled + held + estimate <= limit + carried, all of it or nothing.
// An estimate of 0 is always allowed. A refusal is no error; the hold is then zero. Its own error is
// ErrEstimate.
func (l *Ledger) Reserve(estimate, now int64) (LedgerHold, LedgerDecision, error) {
	answer := C.ledger_reserve(l.Config.c(), l.State.c(), C.int64_t(estimate), C.int64_t(now))
	return hold(&answer.hold), ledgerDecision(&answer.decision), asError(answer.status)
}

// onHold is the answer of a call that changes a hold.
func onHold(held *LedgerHold, answer *C.ledger_answer) (LedgerDecision, error) {
	*held = hold(&answer.hold)
	return ledgerDecision(&answer.decision), asError(answer.status)
}

// Extend asks for more, >= 0, on a hold and gives it a new end, now + HoldDuration. With 0, which is
// always allowed while the hold lives, it is the heartbeat of a long request. A hold that has ended must
// fit again as a whole and then lives again. The hold gets a new ID: older copies of it are spent. When
// refused, which is no error, and on an error the hold is as it was.
//
// Its own errors are ErrMore, and those of a hold: ErrHoldSpent, ErrHoldLedger, ErrHoldID, ErrHoldAmount,
// and ErrNullPointer for nil.
func (l *Ledger) Extend(held *LedgerHold, more, now int64) (LedgerDecision, error) {
	if held == nil {
		return LedgerDecision{}, ErrNullPointer
	}
	answer := C.ledger_extend(l.Config.c(), l.State.c(), held.c(), C.int64_t(more), C.int64_t(now))
	return onHold(held, &answer)
}

// Post books a part, >= 0, of what a hold is for and goes on holding the rest until its end. It never
// refuses, also when the part is more than the hold's Amount or goes past the limit. The hold gets a new
// ID: older copies of it are spent.
//
// Its own errors are ErrPart and those of a hold, as for Extend.
func (l *Ledger) Post(held *LedgerHold, part, now int64) (LedgerDecision, error) {
	if held == nil {
		return LedgerDecision{}, ErrNullPointer
	}
	answer := C.ledger_post(l.Config.c(), l.State.c(), held.c(), C.int64_t(part), C.int64_t(now))
	return onHold(held, &answer)
}

// Settle books what a held request cost, an actual >= 0, and lets the rest of the hold go. It never
// refuses, also when that is more than was held or goes past the limit. A hold that has ended is booked
// too, with LedgerReasonExpired. The hold becomes spent: all but its LedgerID is 0. On an error it is as
// it was.
//
// Its own errors are ErrActual and those of a hold, as for Extend.
func (l *Ledger) Settle(held *LedgerHold, actual, now int64) (LedgerDecision, error) {
	if held == nil {
		return LedgerDecision{}, ErrNullPointer
	}
	answer := C.ledger_settle(l.Config.c(), l.State.c(), held.c(), C.int64_t(actual), C.int64_t(now))
	return onHold(held, &answer)
}

// Release lets a hold go whose request did not run. The hold becomes spent. On an error it is as it was.
//
// Its own errors are those of a hold, as for Extend.
func (l *Ledger) Release(held *LedgerHold, now int64) (LedgerDecision, error) {
	if held == nil {
		return LedgerDecision{}, ErrNullPointer
	}
	answer := C.ledger_release(l.Config.c(), l.State.c(), held.c(), C.int64_t(now))
	return onHold(held, &answer)
}

// Record books spend that was not held, or a credit, an amount below 0. It never refuses, also past the
// limit.
func (l *Ledger) Record(amount, now int64) (LedgerDecision, error) {
	answer := C.ledger_record(l.Config.c(), l.State.c(), C.int64_t(amount), C.int64_t(now))
	return ledgerDecision(&answer.decision), asError(answer.status)
}

// Roll moves on to a later period. What is held stays held; what was left is carried over, at most
// CarryMax, and what was overspent is taken off, at most DebtMax. Config is that of the period that ends.
//
// The period that it is in changes nothing but what has ended, so that every caller may roll before it
// reserves. An earlier one changes nothing and answers with ClockRegressed.
func (l *Ledger) Roll(period, now int64) (LedgerDecision, error) {
	answer := C.ledger_roll(l.Config.c(), l.State.c(), C.int64_t(period), C.int64_t(now))
	return ledgerDecision(&answer.decision), asError(answer.status)
}

// Reset starts the ledger over by an operator's word: nothing settled or carried. period and now are true,
// also when they run back: this is the way out after a clock that ran ahead. What is held without end
// stays; what is held with an end ends together, about two HoldDuration after now.
func (l *Ledger) Reset(period, now int64) error {
	return asError(C.cloudcircuit_ledger_reset(l.State.c(), C.int64_t(period), C.int64_t(now)))
}

// Validate returns ErrCorruptState for a state that the library cannot have written.
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
