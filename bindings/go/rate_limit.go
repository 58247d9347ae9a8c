package cloudcircuit

/*
#include <cloudcircuit.h>

typedef struct {
	cloudcircuit_rate_limit_decision decision;
	cloudcircuit_status status;
} rate_limit_answer;

static rate_limit_answer rate_limit_acquire(const cloudcircuit_rate_limit_config *config,
                                            cloudcircuit_rate_limit_state *state, int64_t amount,
                                            int64_t now)
{
	rate_limit_answer answer;

	answer.status = cloudcircuit_rate_limit_acquire(config, state, amount, now, &answer.decision);
	return answer;
}

static rate_limit_answer rate_limit_adjust(const cloudcircuit_rate_limit_config *config,
                                           cloudcircuit_rate_limit_state *state, int64_t taken_at,
                                           int64_t by, int64_t now)
{
	rate_limit_answer answer;

	answer.status = cloudcircuit_rate_limit_adjust(config, state, taken_at, by, now, &answer.decision);
	return answer;
}
*/
import "C"
import "unsafe"

// RateReason is why a rate limit decided as it did. The zero value is none.
type RateReason int32

const (
	// RateReasonWithin: what is used is at most the limit.
	RateReasonWithin RateReason = C.CLOUDCIRCUIT_RATE_REASON_WITHIN
	// RateReasonOverLimit: what is used is above the limit, or would be with the amount.
	RateReasonOverLimit RateReason = C.CLOUDCIRCUIT_RATE_REASON_OVER_LIMIT
	// RateReasonExceedsLimit: the amount alone is above the limit: it never fits.
	RateReasonExceedsLimit RateReason = C.CLOUDCIRCUIT_RATE_REASON_EXCEEDS_LIMIT
	// RateReasonUnlimited: the mode is ModeUnlimited.
	RateReasonUnlimited RateReason = C.CLOUDCIRCUIT_RATE_REASON_UNLIMITED
	// RateReasonFree: the amount is 0, which always fits.
	RateReasonFree RateReason = C.CLOUDCIRCUIT_RATE_REASON_FREE
)

// RateLimitEncodedLen is the bytes of a rate limit's binary form.
const RateLimitEncodedLen = C.CLOUDCIRCUIT_RATE_LIMIT_ENCODED_LEN

// RateLimitConfig is how much may be taken in how long. There are no defaults: nil is ErrNullPointer and
// the zero value ErrRateDuration.
type RateLimitConfig struct {
	// Limit is the most that may be taken in any window of this duration; >= 0; 0 = nothing.
	Limit int64
	// Duration is the length of the window, in the unit of now; > 0.
	Duration int64
	// Mode is ModeEnforce, ModeMonitor or ModeUnlimited.
	Mode Mode
	// reserved is always 0.
	reserved uint32
}

// RateLimitState is what was taken, and when, to be kept wherever the caller likes. Only the library
// writes its fields. The zero value is no rate limit: every call refuses it.
type RateLimitState struct {
	// Layout is CLOUDCIRCUIT_RATE_LIMIT_LAYOUT of the C header.
	Layout uint32
	// reserved is always 0.
	reserved uint32
	// Revision grows by one at every call that changed the state: for a compare-and-swap.
	Revision uint64
	// UpdatedAt is the greatest now of the calls that changed the state.
	UpdatedAt int64
	// Width is how long a bucket is; 0 when nothing is taken.
	Width int64
	// Taken is what was taken in each bucket, by the bucket's number modulo 17.
	Taken [17]int64
}

// The two structs above are passed to C as they are. These do not compile when a size differs.
var (
	_ [C.sizeof_cloudcircuit_rate_limit_config]byte = [unsafe.Sizeof(RateLimitConfig{})]byte{}
	_ [C.sizeof_cloudcircuit_rate_limit_state]byte  = [unsafe.Sizeof(RateLimitState{})]byte{}
)

func (c *RateLimitConfig) c() *C.cloudcircuit_rate_limit_config {
	return (*C.cloudcircuit_rate_limit_config)(unsafe.Pointer(c))
}

func (s *RateLimitState) c() *C.cloudcircuit_rate_limit_state {
	return (*C.cloudcircuit_rate_limit_state)(unsafe.Pointer(s))
}

// RateLimitDecision is what a rate limit call decided. The zero value does not allow.
type RateLimitDecision struct {
	// Used is what counts in the window, after the call.
	Used int64 `json:"used"`
	// Available is the most that could be taken now; >= 0.
	Available int64 `json:"available"`
	// RetryAfter is, when refused, how long after now the amount fits if nothing else is taken; the
	// largest int64 = never. Else 0.
	RetryAfter int64 `json:"retry_after"`
	// TakenAt is when the amount was taken, for Adjust.
	TakenAt int64 `json:"taken_at"`
	// Reason is why; 0 after an error.
	Reason RateReason `json:"reason"`
	// Allowed is true, from Acquire, when the amount is taken. From Adjust it is no permission: it is true
	// when Used is not above the limit. Always true in ModeMonitor and ModeUnlimited.
	Allowed bool `json:"allowed"`
	// WouldRefuse is true when the rules refuse, also in ModeMonitor.
	WouldRefuse bool `json:"would_refuse"`
	// ClockRegressed is true when now was before the state's UpdatedAt, which was taken in its place.
	ClockRegressed bool `json:"clock_regressed"`
}

func rateLimitDecision(answer *C.rate_limit_answer) (RateLimitDecision, error) {
	d := &answer.decision
	return RateLimitDecision{
		Used:           int64(d.used),
		Available:      int64(d.available),
		RetryAfter:     int64(d.retry_after),
		TakenAt:        int64(d.taken_at),
		Reason:         RateReason(d.reason),
		Allowed:        d.allowed != 0,
		WouldRefuse:    d.would_refuse != 0,
		ClockRegressed: d.clock_regressed != 0,
	}, asError(answer.status)
}

func (d RateLimitDecision) c() C.cloudcircuit_rate_limit_decision {
	return C.cloudcircuit_rate_limit_decision{
		used:            C.int64_t(d.Used),
		available:       C.int64_t(d.Available),
		retry_after:     C.int64_t(d.RetryAfter),
		taken_at:        C.int64_t(d.TakenAt),
		reason:          C.int32_t(d.Reason),
		allowed:         bit(d.Allowed),
		would_refuse:    bit(d.WouldRefuse),
		clock_regressed: bit(d.ClockRegressed),
	}
}

// RateLimit is no more than a limit in any window of a length, in exact units: money an hour, tokens a
// minute, requests a second. An amount counts up to 1/16 longer than the duration. It is a plain value: a
// copy with the same Config is a snapshot.
//
// Goroutines that share a RateLimit need a lock around each call. Processes that share one store its State
// by compare-and-swap on Revision and act on a decision only once that is stored.
//
// The errors of the methods are those of the config (ErrNullPointer, ErrRateLimit, ErrRateDuration,
// ErrMode), ErrCorruptState for a State that the library cannot have written, ErrOverflow, and those that
// they list. On an error the state is as it was and the decision is zero.
type RateLimit struct {
	// Config is the limit. Another duration counts from the next call on.
	Config *RateLimitConfig
	// State is what it knows.
	State RateLimitState
}

// NewRateLimit makes a new rate limit with nothing taken. A stored one comes from UnmarshalBinary. It
// allocates the RateLimit.
func NewRateLimit(config *RateLimitConfig, now int64) *RateLimit {
	r := &RateLimit{Config: config}
	C.cloudcircuit_rate_limit_init(C.int64_t(now), r.State.c())
	return r
}

// Acquire takes an amount, >= 0, if it fits: all of it or nothing. A refusal is no error. Its own error is
// ErrAmount.
func (r *RateLimit) Acquire(amount, now int64) (RateLimitDecision, error) {
	answer := C.rate_limit_acquire(r.Config.c(), r.State.c(), C.int64_t(amount), C.int64_t(now))
	return rateLimitDecision(&answer)
}

// Adjust adds the difference between estimate and actual to where it was taken, takenAt of Acquire's
// decision; below 0 gives back, at most to 0 in its bucket. A take has no identity: adjust it once,
// and not after a reset. It never refuses, also past the limit. Its own error is ErrTakenAt.
func (r *RateLimit) Adjust(takenAt, by, now int64) (RateLimitDecision, error) {
	answer := C.rate_limit_adjust(r.Config.c(), r.State.c(), C.int64_t(takenAt), C.int64_t(by), C.int64_t(now))
	return rateLimitDecision(&answer)
}

// Reset empties the rate limit. now is the true time, also when it is earlier: this is the way out after a
// clock that ran ahead.
func (r *RateLimit) Reset(now int64) error {
	return asError(C.cloudcircuit_rate_limit_reset(r.State.c(), C.int64_t(now)))
}

// Validate returns ErrCorruptState for a state that the library cannot have written.
func (r *RateLimit) Validate() error {
	return asError(C.cloudcircuit_rate_limit_state_validate(r.State.c()))
}

// AppendBinary appends the state in RateLimitEncodedLen bytes that any machine reads, with a checksum. It
// allocates only when dst has no room for them.
func (r *RateLimit) AppendBinary(dst []byte) ([]byte, error) {
	grown := append(dst, make([]byte, RateLimitEncodedLen)...)
	status := C.cloudcircuit_rate_limit_state_encode(r.State.c(), (*C.uint8_t)(&grown[len(dst)]), RateLimitEncodedLen)
	if status != C.CLOUDCIRCUIT_OK {
		return dst, asError(status)
	}
	return grown, nil
}

// MarshalBinary returns the state as AppendBinary has it. Config is not part of it. It allocates.
func (r *RateLimit) MarshalBinary() ([]byte, error) {
	return r.AppendBinary(nil)
}

// UnmarshalBinary reads the state from what MarshalBinary returned, on whatever machine. Its errors
// are ErrEncodedLength and ErrCorruptState; the state is then zero, which every call refuses.
func (r *RateLimit) UnmarshalBinary(bytes []byte) error {
	if len(bytes) == 0 {
		r.State = RateLimitState{}
		return ErrEncodedLength
	}
	return asError(C.cloudcircuit_rate_limit_state_decode((*C.uint8_t)(&bytes[0]), C.size_t(len(bytes)), r.State.c()))
}
