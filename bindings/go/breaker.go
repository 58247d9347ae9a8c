package cloudcircuit

/*
#include <cloudcircuit.h>

typedef struct {
	cloudcircuit_breaker_permit permit;
	cloudcircuit_status status;
} permit_answer;

static cloudcircuit_breaker_config breaker_defaults(void)
{
	cloudcircuit_breaker_config config;

	cloudcircuit_breaker_config_init(&config);
	return config;
}

static permit_answer breaker_acquire(const cloudcircuit_breaker_config *config,
                                     cloudcircuit_breaker_state *state, int64_t now)
{
	permit_answer answer;

	answer.status = cloudcircuit_breaker_acquire(config, state, now, &answer.permit);
	return answer;
}

static permit_answer breaker_peek(const cloudcircuit_breaker_config *config,
                                  const cloudcircuit_breaker_state *state, int64_t now)
{
	permit_answer answer;

	answer.status = cloudcircuit_breaker_peek(config, state, now, &answer.permit);
	return answer;
}

static cloudcircuit_status breaker_report(const cloudcircuit_breaker_config *config,
                                          cloudcircuit_breaker_state *state,
                                          cloudcircuit_breaker_permit permit, int32_t outcome,
                                          int64_t duration, int64_t retry_at, int64_t now)
{
	return cloudcircuit_breaker_report(config, state, &permit, outcome, duration, retry_at, now);
}

static permit_answer breaker_report_and_acquire(const cloudcircuit_breaker_config *config,
                                                cloudcircuit_breaker_state *state,
                                                cloudcircuit_breaker_permit permit, int32_t outcome,
                                                int64_t duration, int64_t retry_at,
                                                int64_t now)
{
	permit_answer answer;

	answer.status = cloudcircuit_breaker_report_and_acquire(config, state, &permit, outcome, duration,
	                                                        retry_at, now, &answer.permit);
	return answer;
}
*/
import "C"
import (
	"math"
	"unsafe"
)

// Phase is what a breaker is in. The zero value is none.
type Phase int32

const (
	// PhaseClosed: every call is allowed, on a ramp a share of them; outcomes are counted.
	PhaseClosed Phase = C.CLOUDCIRCUIT_BREAKER_CLOSED
	// PhaseOpen: every call is refused until OpenUntil.
	PhaseOpen Phase = C.CLOUDCIRCUIT_BREAKER_OPEN
	// PhaseHalfOpen: a few calls are allowed as probes; they decide whether it closes or opens again.
	PhaseHalfOpen Phase = C.CLOUDCIRCUIT_BREAKER_HALF_OPEN
	// PhaseForcedOpen: every call is refused until ForcedUntil, then it is half-open; nothing is judged.
	PhaseForcedOpen Phase = C.CLOUDCIRCUIT_BREAKER_FORCED_OPEN
	// PhaseForcedClosed: every call is allowed until ForcedUntil, then it is closed; nothing is judged.
	PhaseForcedClosed Phase = C.CLOUDCIRCUIT_BREAKER_FORCED_CLOSED
)

// Outcome is how a call went. The zero value is none.
type Outcome int32

const (
	// OutcomeSuccess: the call did what it should.
	OutcomeSuccess Outcome = C.CLOUDCIRCUIT_OUTCOME_SUCCESS
	// OutcomeFailure: the call failed.
	OutcomeFailure Outcome = C.CLOUDCIRCUIT_OUTCOME_FAILURE
	// OutcomeIgnored: the call says nothing about what it called, for example because it was cancelled. It
	// gives its probe's place back and judges nothing.
	OutcomeIgnored Outcome = C.CLOUDCIRCUIT_OUTCOME_IGNORED
)

// NoRetryAt is the retryAt of a call that was not asked to wait.
const NoRetryAt = math.MinInt64

const (
	// BreakerEncodedLen is the bytes of a breaker's binary form.
	BreakerEncodedLen = C.CLOUDCIRCUIT_BREAKER_ENCODED_LEN
	// BreakerMaxWindow is the largest WindowSize.
	BreakerMaxWindow = C.CLOUDCIRCUIT_BREAKER_MAX_WINDOW
	// BreakerMaxProbes is the largest HalfOpenMaxProbes.
	BreakerMaxProbes = C.CLOUDCIRCUIT_BREAKER_MAX_PROBES
	// BreakerMaxHalfOpenCalls is the largest HalfOpenCalls.
	BreakerMaxHalfOpenCalls = C.CLOUDCIRCUIT_BREAKER_MAX_HALF_OPEN_CALLS
)

// BreakerConfig says when a breaker opens and how it recovers; nil means the defaults. Durations are in
// the caller's unit of time, the same as every now; the defaults are in milliseconds.
//
// Shares are in parts per million. Thirds are rounded down: 666666 is reached by two of three, 666667 is
// not. The zero value has no rule switched on and is refused.
type BreakerConfig struct {
	// FailureThreshold opens it after this many failures in a row; with WindowDuration, in a row and
	// within it. 0 = off; default 3.
	FailureThreshold uint32
	// FailureCount opens it at this many failures in the window, whatever succeeded in between; at most
	// WindowSize when that is above 0; 0 without a window. 0 = off; default 0.
	FailureCount uint32
	// WindowSize makes the window the latest this many outcomes; at most BreakerMaxWindow. 0 = no window
	// by count; default 0.
	WindowSize uint32
	// MinimumCalls is the outcomes that must be in the window before a rate may open it: 1 to WindowSize
	// when that is above 0, above 0 for a rate over WindowDuration, else of no effect. Default 0.
	MinimumCalls uint32
	// FailureRatePPM opens it when failures / outcomes in the window reach this share; at most 1000000;
	// 0 without a window. 0 = off; default 0.
	FailureRatePPM uint32
	// SlowCallRatePPM is the same for slow calls. While it is on, a slow probe has failed.
	SlowCallRatePPM uint32
	// HalfOpenMaxProbes is the probes in flight at once while half-open, 1 to BreakerMaxProbes;
	// default 1.
	HalfOpenMaxProbes uint32
	// HalfOpenCalls is the probes that are judged while half-open, 1 to BreakerMaxHalfOpenCalls;
	// default 1.
	HalfOpenCalls uint32
	// HalfOpenFailureRatePPM opens it again when failed probes reach this share of HalfOpenCalls, and
	// closes it when all are judged or the share is out of reach; 1 to 1000000; default 1, the first
	// failed probe.
	HalfOpenFailureRatePPM uint32
	// BackoffPPM is what each trip multiplies the open time by; 1000000 to 16000000; default 2000000.
	BackoffPPM uint32
	// JitterPPM lengthens the open time by up to this share of itself; at most 1000000; default 0.
	JitterPPM uint32
	// Mode is ModeEnforce, the default, or ModeMonitor.
	Mode Mode
	// JitterSeed is what the jitter is drawn from, for example an instance's number; default 0.
	JitterSeed uint64
	// WindowDuration makes the window the outcomes of this much time, in 16 buckets; >= 0; 0 when
	// WindowSize is above 0. 0 = no window by time; default 0.
	WindowDuration int64
	// SlowCallDuration is how long a slow call takes at least; > 0 when SlowCallRatePPM is; default 0.
	SlowCallDuration int64
	// OpenDuration is how long the first trip opens it; > 0; default 30000.
	OpenDuration int64
	// MaxOpenDuration is the longest open time, before jitter; >= OpenDuration; default 30000.
	MaxOpenDuration int64
	// ProbeTimeout is after which time a probe that has not reported has failed; > 0; default 60000.
	ProbeTimeout int64
	// HalfOpenDuration is after which time half-open ends and is judged by the probes judged by then;
	// >= 0; 0 = it waits for its probes; default 0.
	HalfOpenDuration int64
	// TripsDecay is how much closed time makes one trip fade; >= 0; 0 = a close forgets all trips;
	// default 0.
	TripsDecay int64
	// MaxRetryAfter is how long a failure with a retryAt opens it at most; >= 0; 0 = retryAt is
	// ignored; default 0.
	MaxRetryAfter int64
	// RampDuration is over how long after a close the share of allowed calls rises from none to all;
	// >= 0; 0 = all at once; default 0.
	RampDuration int64
}

// DefaultBreakerConfig returns what a nil *BreakerConfig means.
func DefaultBreakerConfig() BreakerConfig {
	defaults := C.breaker_defaults()
	return *(*BreakerConfig)(unsafe.Pointer(&defaults))
}

// BreakerState is all that a breaker knows, to be kept wherever the caller likes. Only the library
// writes its fields. The zero value is no breaker: every call refuses it.
type BreakerState struct {
	// Layout is CLOUDCIRCUIT_BREAKER_LAYOUT of the C header.
	Layout uint32
	// Phase is what the breaker is in.
	Phase Phase
	// Revision grows by one at every call that changed the state: for a compare-and-swap. A call that
	// leaves it as it was left every byte, and need not be stored.
	Revision uint64
	// Generation grows by one at every change of phase.
	Generation uint64
	// UpdatedAt is the latest time at which the state changed.
	UpdatedAt int64
	// PhaseSince is when the phase began.
	PhaseSince int64
	// ConsecutiveFailures is, without WindowDuration, the failures since the latest success while closed.
	ConsecutiveFailures uint32
	// reserved is always 0.
	reserved uint32
	// OpenUntil is, when open, from when on the next Acquire makes it half-open. Else 0.
	OpenUntil int64
	// ForcedUntil is, when forced, from when on the next Acquire ends that. Else 0.
	ForcedUntil int64
	// RampDuration is, when closed with a ramp, its length; it starts at PhaseSince. Else 0.
	RampDuration int64
	// RampCredit is, when closed with a ramp, what adds up to the next call that it lets through. Else 0.
	RampCredit int64
	// BucketDuration is, with WindowDuration, the length of a bucket. 0 when nothing is in the buckets.
	BucketDuration int64
	// NewestBucket is a time divided by BucketDuration, rounded down. Bucket n is in slot n modulo 16.
	NewestBucket int64
	// WindowFailures has bit i % 64 of word i / 64 set when the outcome in slot i was a failure.
	WindowFailures [2]uint64
	// WindowSlow is the same for slow calls.
	WindowSlow [2]uint64
	// ProbeDeadlines is by when the probe in each slot must have reported; 0 when it is not in flight.
	ProbeDeadlines [BreakerMaxProbes]int64
	// LiveProbes has bit i set when the probe in slot i is in flight.
	LiveProbes uint32
	// ProbesJudged is, when half-open, the probes that were judged. Else 0.
	ProbesJudged uint32
	// ProbesFailed is, when half-open, the judged probes that failed. Else 0.
	ProbesFailed uint32
	// Trips is the trips since it was last closed, or as far as they have not faded by TripsDecay.
	Trips uint32
	// WindowCalls is, with WindowSize, the outcomes in the window, up to BreakerMaxWindow.
	WindowCalls uint32
	// WindowNext is the slot of the window that the next outcome goes into.
	WindowNext uint32
	// StreakAge is, with WindowDuration, how many buckets before the newest the streak of failures starts.
	StreakAge uint32
	// StreakSkipped is the failures in that bucket that were before the streak.
	StreakSkipped uint32
	// BucketCalls is, with WindowDuration, the outcomes in each bucket.
	BucketCalls [16]uint32
	// BucketFailures is the failures in each bucket.
	BucketFailures [16]uint32
	// BucketSlow is the slow calls in each bucket.
	BucketSlow [16]uint32
}

// The two structs above are passed to C as they are. These do not compile when a size differs.
var (
	_ [C.sizeof_cloudcircuit_breaker_config]byte = [unsafe.Sizeof(BreakerConfig{})]byte{}
	_ [C.sizeof_cloudcircuit_breaker_state]byte  = [unsafe.Sizeof(BreakerState{})]byte{}
)

func (c *BreakerConfig) c() *C.cloudcircuit_breaker_config {
	return (*C.cloudcircuit_breaker_config)(unsafe.Pointer(c))
}

// orDefault is the config by value, for a record.
func (c *BreakerConfig) orDefault() C.cloudcircuit_breaker_config {
	if c == nil {
		return C.breaker_defaults()
	}
	return *c.c()
}

func (s *BreakerState) c() *C.cloudcircuit_breaker_state {
	return (*C.cloudcircuit_breaker_state)(unsafe.Pointer(s))
}

// BreakerPermit is whether a call may run, and its ticket for the report. The zero value does not allow.
type BreakerPermit struct {
	// Generation is the state's; 0 in a permit of Peek, which cannot be reported.
	Generation uint64 `json:"generation"`
	// RetryAfter is, when WouldRefuse, how long to wait from the caller's now. Half-open and on a ramp
	// that is at most: a probe that reports may decide earlier. Else 0.
	RetryAfter int64 `json:"retry_after"`
	// Deadline is by when a probe must report: at that time it is too late. Else 0.
	Deadline int64 `json:"deadline"`
	// Phase is the state's; 0 after an error.
	Phase Phase `json:"phase"`
	// Allowed is true when the call may run.
	Allowed bool `json:"allowed"`
	// WouldRefuse is true when the rules refuse the call, also in ModeMonitor.
	WouldRefuse bool `json:"would_refuse"`
	// ProbeSlot is the slot of a probe, from 1; 0 when the call is not a probe.
	ProbeSlot uint32 `json:"probe_slot"`
	// ClockRegressed is true when now was before the state's UpdatedAt, which was taken in its place.
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
		WouldRefuse:    p.would_refuse != 0,
		ProbeSlot:      uint32(p.probe_slot),
		ClockRegressed: p.clock_regressed != 0,
	}, asError(answer.status)
}

func (p BreakerPermit) c() C.cloudcircuit_breaker_permit {
	return C.cloudcircuit_breaker_permit{
		generation:      C.uint64_t(p.Generation),
		retry_after:     C.int64_t(p.RetryAfter),
		deadline:        C.int64_t(p.Deadline),
		phase:           C.int32_t(p.Phase),
		allowed:         bit(p.Allowed),
		would_refuse:    bit(p.WouldRefuse),
		probe_slot:      C.uint32_t(p.ProbeSlot),
		clock_regressed: bit(p.ClockRegressed),
	}
}

// Breaker counts, opens, waits, probes and closes again. It is a plain value: a copy is a snapshot, and
// two that are == will decide alike. It has no clock; every now is the caller's, in one unit and from one
// clock for all that share the state, time.Now().UnixMilli() for example.
//
// Before a call, Acquire a permit; after it, Report the outcome with that permit. SharedBreaker.Execute
// does both. Goroutines that share a Breaker need a lock around each of the two, not around the call
// between them. Processes that share one store its State by compare-and-swap on Revision and act on a
// permit only once that is stored.
//
// When a call was allowed here and another safeguard refuses it, report OutcomeIgnored: a probe that never
// ran must give its place back.
//
// A now that is far ahead, even once, holds the breaker there until the clock catches up. Reset is the way
// out.
//
// The errors of the methods are those of the config (ErrWindowSize to ErrNoRule, and ErrMode),
// ErrCorruptState for a State that the library cannot have written, and those that they list. On an
// error the state is as it was.
type Breaker struct {
	// Config is when it opens and how it recovers; nil for the defaults. It may change between calls.
	Config *BreakerConfig
	// State is what it knows.
	State BreakerState
}

// NewBreaker makes a new breaker, closed. Call it once per breaker: a stored one comes from
// UnmarshalBinary, and Reset starts one over. It allocates the Breaker.
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

// Peek says what Acquire would answer now, and changes nothing. Its permit cannot be reported.
func (b *Breaker) Peek(now int64) (BreakerPermit, error) {
	answer := C.breaker_peek(b.Config.c(), b.State.c(), C.int64_t(now))
	return permit(&answer)
}

// Report says how an allowed call went and how long it took, a duration >= 0. retryAt is, of a failure,
// the time before which the called service wants no call, for example now plus its Retry-After, or
// NoRetryAt; MaxRetryAfter bounds it.
//
// Its own errors are ErrPermit for a permit that was refused or is not of this breaker, ErrOutcome,
// ErrDuration, and ErrStalePermit for one from an earlier phase or of a probe that has reported, which is
// to be expected under concurrency.
func (b *Breaker) Report(permit BreakerPermit, outcome Outcome, duration, retryAt, now int64) error {
	return asError(C.breaker_report(b.Config.c(), b.State.c(), permit.c(), C.int32_t(outcome),
		C.int64_t(duration), C.int64_t(retryAt), C.int64_t(now)))
}

// ReportAndAcquire is Report for one call and Acquire for the next, at the same time, in one call of
// the library. On an error nothing is reported; after ErrStalePermit, call Acquire alone.
func (b *Breaker) ReportAndAcquire(ended BreakerPermit, outcome Outcome, duration, retryAt, now int64) (BreakerPermit, error) {
	answer := C.breaker_report_and_acquire(b.Config.c(), b.State.c(), ended.c(), C.int32_t(outcome),
		C.int64_t(duration), C.int64_t(retryAt), C.int64_t(now))
	return permit(&answer)
}

// Force makes the breaker PhaseForcedOpen or PhaseForcedClosed until a time, from any phase, or
// PhaseClosed at once; until has no effect then. Its own error is ErrForcedPhase.
func (b *Breaker) Force(phase Phase, until, now int64) error {
	return asError(C.cloudcircuit_breaker_force(b.State.c(), C.int32_t(phase), C.int64_t(until),
		C.int64_t(now)))
}

// Reset starts the breaker over, closed. now is the true time, also when it is earlier: this is the way
// out after a clock that ran ahead. Permits given out before are ErrStalePermit.
func (b *Breaker) Reset(now int64) error {
	return asError(C.cloudcircuit_breaker_reset(b.State.c(), C.int64_t(now)))
}

// Validate returns ErrCorruptState for a state that the library cannot have written.
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
