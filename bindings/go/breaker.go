package cloudcircuit

/*
#include <cloudcircuit.h>

typedef struct {
	cloudcircuit_breaker_permit permit;
	cloudcircuit_status status;
} permit_answer;

static permit_answer breaker_acquire(const cloudcircuit_breaker_config *config,
                                     cloudcircuit_breaker_state *state, int64_t now)
{
	permit_answer answer;

	answer.status = cloudcircuit_breaker_acquire(config, state, now, &answer.permit);
	return answer;
}

static cloudcircuit_status breaker_report(const cloudcircuit_breaker_config *config,
                                          cloudcircuit_breaker_state *state,
                                          cloudcircuit_breaker_permit permit, int32_t outcome,
                                          int64_t duration, int64_t now)
{
	return cloudcircuit_breaker_report(config, state, &permit, outcome, duration, now);
}

static permit_answer breaker_report_and_acquire(const cloudcircuit_breaker_config *config,
                                                cloudcircuit_breaker_state *state,
                                                cloudcircuit_breaker_permit permit, int32_t outcome,
                                                int64_t duration, int64_t now)
{
	permit_answer answer;

	answer.status = cloudcircuit_breaker_report_and_acquire(config, state, &permit, outcome, duration,
	                                                        now, &answer.permit);
	return answer;
}
*/
import "C"
import "unsafe"

// Phase is what a breaker is in. The zero value is none.
type Phase int32

const (
	// PhaseClosed: every call is allowed; outcomes are counted.
	PhaseClosed Phase = C.CLOUDCIRCUIT_BREAKER_CLOSED
	// PhaseOpen: every call is refused until OpenUntil.
	PhaseOpen Phase = C.CLOUDCIRCUIT_BREAKER_OPEN
	// PhaseHalfOpen: a few calls are allowed as probes; they decide whether it closes or opens again.
	PhaseHalfOpen Phase = C.CLOUDCIRCUIT_BREAKER_HALF_OPEN
	// PhaseForcedOpen: every call is refused until ForcedUntil; nothing is judged.
	PhaseForcedOpen Phase = C.CLOUDCIRCUIT_BREAKER_FORCED_OPEN
	// PhaseForcedClosed: every call is allowed until ForcedUntil; nothing is judged.
	PhaseForcedClosed Phase = C.CLOUDCIRCUIT_BREAKER_FORCED_CLOSED
)

// String is the name of the phase in capitals, "HALF_OPEN" for one.
func (p Phase) String() string {
	return name(int32(p), "Phase", []string{"", "CLOSED", "OPEN", "HALF_OPEN", "FORCED_OPEN", "FORCED_CLOSED"})
}

// Outcome is how a call went. The zero value is none.
type Outcome int32

const (
	// OutcomeSuccess: the call did what it should.
	OutcomeSuccess Outcome = C.CLOUDCIRCUIT_OUTCOME_SUCCESS
	// OutcomeFailure: the call failed.
	OutcomeFailure Outcome = C.CLOUDCIRCUIT_OUTCOME_FAILURE
	// OutcomeIgnored: the call says nothing about what it called, cancelled for one. It frees its probe and
	// judges nothing.
	OutcomeIgnored Outcome = C.CLOUDCIRCUIT_OUTCOME_IGNORED
)

// String is the name of the outcome in capitals, "SUCCESS" for one.
func (o Outcome) String() string {
	return name(int32(o), "Outcome", []string{"", "SUCCESS", "FAILURE", "IGNORED"})
}

const (
	// BreakerEncodedLen is the bytes of a breaker's binary form.
	BreakerEncodedLen = C.CLOUDCIRCUIT_BREAKER_ENCODED_LEN
	// BreakerMaxWindow is the largest WindowSize.
	BreakerMaxWindow = C.CLOUDCIRCUIT_BREAKER_MAX_WINDOW
	// BreakerMaxProbes is the largest HalfOpenMaxProbes.
	BreakerMaxProbes = C.CLOUDCIRCUIT_BREAKER_MAX_PROBES
)

// BreakerConfig says when a breaker trips and how it recovers; nil means the defaults. Durations are
// in the caller's unit of time, the same as every now; the defaults suit milliseconds.
type BreakerConfig struct {
	// FailureThreshold is the consecutive failures that trip it; 0 = off; default 3.
	FailureThreshold uint32
	// WindowSize is the latest outcomes that the rates look at, at most BreakerMaxWindow; 0 = both
	// rates off; default 0.
	WindowSize uint32
	// MinimumCalls is the outcomes that must be in the window before a rate may trip it; 1 to
	// WindowSize when that is above 0; default 0.
	MinimumCalls uint32
	// FailureRatePPM trips it when failures / outcomes in the window reach this share, in parts per
	// million; at most 1000000; 0 = off; default 0.
	FailureRatePPM uint32
	// SlowCallRatePPM is the same for slow calls.
	SlowCallRatePPM uint32
	// HalfOpenMaxProbes is the probes in flight at once while half-open, 1 to BreakerMaxProbes;
	// default 1.
	HalfOpenMaxProbes uint32
	// HalfOpenSuccesses is the probe successes in a row that close it, >= 1; default 1.
	HalfOpenSuccesses uint32
	// JitterPPM lengthens the open time by up to this share of itself, in parts per million; at most
	// 1000000; default 0.
	JitterPPM uint32
	// JitterSeed is what the jitter is drawn from, an instance number say; default 0.
	JitterSeed uint64
	// SlowCallDuration is how long a slow call takes at least; > 0 when WindowSize and SlowCallRatePPM
	// are; default 0.
	SlowCallDuration int64
	// OpenDuration is how long the first trip opens it; > 0; default 30000.
	OpenDuration int64
	// MaxOpenDuration is up to where each trip without a close in between doubles the open time;
	// >= OpenDuration; default 30000.
	MaxOpenDuration int64
	// ProbeTimeout is after which time a probe that has not reported has failed; > 0; default 60000.
	ProbeTimeout int64
}

// DefaultBreakerConfig returns what a nil *BreakerConfig means.
func DefaultBreakerConfig() BreakerConfig {
	var config BreakerConfig
	C.cloudcircuit_breaker_config_init(config.c())
	return config
}

// BreakerState is all that a breaker knows, to be kept wherever the caller likes. Only the library
// writes its fields. The zero value is no breaker: every call refuses it.
type BreakerState struct {
	// Layout is CLOUDCIRCUIT_BREAKER_LAYOUT of the C header.
	Layout uint32
	// Phase is what the breaker is in.
	Phase Phase
	// Revision grows by one at every call that changed the state: for a compare-and-swap.
	Revision uint64
	// Generation grows by one at every change of phase.
	Generation uint64
	// UpdatedAt is the latest time at which the state changed.
	UpdatedAt int64
	// OpenUntil is, when open, from when on the next Acquire makes it half-open. Kept while half-open.
	// Else 0.
	OpenUntil int64
	// ForcedUntil is, when forced, from when on the next Acquire closes it. Else 0.
	ForcedUntil int64
	// ConsecutiveFailures is the failures since the latest success while closed.
	ConsecutiveFailures uint32
	// Trips is the trips since it was last closed.
	Trips uint32
	// WindowCalls is the outcomes in the window, up to BreakerMaxWindow.
	WindowCalls uint32
	// WindowNext is the slot of the window that the next outcome goes into.
	WindowNext uint32
	// ProbeSuccesses is, when half-open, the probes that succeeded. Else 0.
	ProbeSuccesses uint32
	// LiveProbes has bit i set when the probe in slot i is in flight.
	LiveProbes uint32
	// WindowFailures has bit i % 64 of word i / 64 set when the outcome in slot i was a failure.
	WindowFailures [2]uint64
	// WindowSlow is the same for slow calls.
	WindowSlow [2]uint64
	// ProbeDeadlines is by when the probe in each slot must have reported; 0 when it is not in flight.
	ProbeDeadlines [BreakerMaxProbes]int64
}

// The two structs above are passed to C as they are. These do not compile when a size differs.
var (
	_ [C.sizeof_cloudcircuit_breaker_config]byte = [unsafe.Sizeof(BreakerConfig{})]byte{}
	_ [C.sizeof_cloudcircuit_breaker_state]byte  = [unsafe.Sizeof(BreakerState{})]byte{}
)

func (c *BreakerConfig) c() *C.cloudcircuit_breaker_config {
	return (*C.cloudcircuit_breaker_config)(unsafe.Pointer(c))
}

func (s *BreakerState) c() *C.cloudcircuit_breaker_state {
	return (*C.cloudcircuit_breaker_state)(unsafe.Pointer(s))
}

// BreakerPermit tells whether a call may run, and is its ticket for the report. The zero value does
// not allow.
type BreakerPermit struct {
	// Generation is the state's.
	Generation uint64 `json:"generation"`
	// RetryAfter is, when refused, how long it is until a call may be allowed. Else 0.
	RetryAfter int64 `json:"retry_after"`
	// Deadline is by when a probe must report: at that time it is too late. Else 0.
	Deadline int64 `json:"deadline"`
	// Phase is the state's; 0 after an error.
	Phase Phase `json:"phase"`
	// Allowed tells that the call may run.
	Allowed bool `json:"allowed"`
	// ProbeSlot is the slot of a probe, from 1; 0 when the call is not a probe.
	ProbeSlot uint32 `json:"probe_slot"`
	// ClockRegressed tells that now was before the state's UpdatedAt, which was taken in its place.
	ClockRegressed bool `json:"clock_regressed"`
}

func permit(answer *C.permit_answer) (BreakerPermit, error) {
	p := &answer.permit
	return BreakerPermit{
		Generation:     uint64(p.generation),
		RetryAfter:     int64(p.retry_after),
		Deadline:       int64(p.deadline),
		Phase:          Phase(p.phase),
		Allowed:        p.allowed != 0,
		ProbeSlot:      uint32(p.probe_slot),
		ClockRegressed: p.clock_regressed != 0,
	}, asError(answer.status)
}

// Breaker counts, trips, waits, probes and closes again. It is a plain value: a copy is a snapshot,
// and two that are == will decide alike. It has no clock; every now is the caller's, in one unit and
// from one clock for all that share the state, time.Now().UnixMilli() for one.
//
// Before a call, Acquire a permit; after it, Report the outcome with that permit. Goroutines that
// share a Breaker need a lock around each of the two, not around the call between them. Processes
// that share one store its State by compare-and-swap on Revision and act on a permit only once that
// is stored.
//
// The errors of the methods are those of the config (ErrWindowSize to ErrProbeTimeout),
// ErrCorruptState for a State that the library cannot have written, and those that they list. On an
// error the state is as it was.
type Breaker struct {
	// Config is when it trips and how it recovers; nil for the defaults. It may change between calls.
	Config *BreakerConfig
	// State is what it knows.
	State BreakerState
}

// NewBreaker makes a new breaker, closed. A stored one comes from UnmarshalBinary. To reset one,
// Force it to PhaseForcedClosed and then to PhaseClosed. NewBreaker allocates the Breaker.
func NewBreaker(config *BreakerConfig, now int64) *Breaker {
	b := &Breaker{Config: config}
	C.cloudcircuit_breaker_init(C.int64_t(now), b.State.c())
	return b
}

// Acquire asks whether a call may run now. A refusal is no error.
func (b *Breaker) Acquire(now int64) (BreakerPermit, error) {
	answer := C.breaker_acquire(b.Config.c(), b.State.c(), C.int64_t(now))
	return permit(&answer)
}

// Report tells how an allowed call went and how long it took, a duration >= 0.
//
// Its own errors are ErrPermit for a permit that was refused or is not of this breaker, ErrOutcome,
// ErrDuration, and ErrStalePermit for one from an earlier phase or of a probe that has reported: part
// of life, the breaker moved on without it.
func (b *Breaker) Report(permit BreakerPermit, outcome Outcome, duration, now int64) error {
	return asError(C.breaker_report(b.Config.c(), b.State.c(), permit.c(), C.int32_t(outcome),
		C.int64_t(duration), C.int64_t(now)))
}

// ReportAndAcquire is Report for one call and Acquire for the next, at the same time, in one call of
// the library. On an error nothing is reported; after ErrStalePermit, Acquire alone.
func (b *Breaker) ReportAndAcquire(ended BreakerPermit, outcome Outcome, duration, now int64) (BreakerPermit, error) {
	answer := C.breaker_report_and_acquire(b.Config.c(), b.State.c(), ended.c(), C.int32_t(outcome),
		C.int64_t(duration), C.int64_t(now))
	return permit(&answer)
}

// Force makes the breaker PhaseForcedOpen or PhaseForcedClosed until a time, from any phase, or
// PhaseClosed at once, which resets it; until has no effect then. Its own error is ErrForcedPhase.
func (b *Breaker) Force(phase Phase, until, now int64) error {
	return asError(C.cloudcircuit_breaker_force(b.State.c(), C.int32_t(phase), C.int64_t(until),
		C.int64_t(now)))
}

// Validate tells whether the library can have written the state; if not it is ErrCorruptState.
func (b *Breaker) Validate() error {
	return asError(C.cloudcircuit_breaker_state_validate(b.State.c()))
}

// AppendBinary appends the state in BreakerEncodedLen bytes that any machine reads, with a checksum.
// It allocates only when dst has no room for them.
func (b *Breaker) AppendBinary(dst []byte) ([]byte, error) {
	grown := append(dst, make([]byte, BreakerEncodedLen)...)
	status := C.cloudcircuit_breaker_state_encode(b.State.c(), (*C.uint8_t)(&grown[len(dst)]), BreakerEncodedLen)
	if status != C.CLOUDCIRCUIT_OK {
		return dst, asError(status)
	}
	return grown, nil
}

// MarshalBinary returns the state as AppendBinary has it. Config is not part of it. It allocates.
func (b *Breaker) MarshalBinary() ([]byte, error) {
	return b.AppendBinary(nil)
}

// UnmarshalBinary reads the state from what MarshalBinary returned, on whatever machine. Its errors
// are ErrEncodedLength and ErrCorruptState; the state is then zero, which every call refuses.
func (b *Breaker) UnmarshalBinary(bytes []byte) error {
	if len(bytes) == 0 {
		b.State = BreakerState{}
		return ErrEncodedLength
	}
	return asError(C.cloudcircuit_breaker_state_decode((*C.uint8_t)(&bytes[0]), C.size_t(len(bytes)), b.State.c()))
}
