package cloudcircuit

/*
#include <cloudcircuit.h>

typedef struct {
	cloudcircuit_detect_result result;
	cloudcircuit_status status;
} tracker_answer;

static cloudcircuit_status tracker_init(cloudcircuit_detect_config config,
                                        cloudcircuit_spike_tracker_state *tracker)
{
	return cloudcircuit_spike_tracker_init(&config, tracker);
}

static tracker_answer tracker_update(cloudcircuit_spike_tracker_state *tracker, double spend)
{
	tracker_answer answer;

	answer.status = cloudcircuit_spike_tracker_update(tracker, spend, &answer.result);
	return answer;
}
*/
import "C"
import "unsafe"

// SpikeTrackerEncodedLen is the bytes of a tracker's binary form.
const SpikeTrackerEncodedLen = C.CLOUDCIRCUIT_SPIKE_TRACKER_ENCODED_LEN

// SpikeTracker is DetectSpike for callers that keep no history: it takes in a point at a time and finds,
// to the bit, what DetectSpike would find in all points so far. It is a plain value of 5624 bytes, to be
// passed by pointer and kept wherever the caller likes; a copy is a snapshot, and two that are == will
// find alike. Only the library writes its fields. The zero value is no tracker: every call refuses it.
//
// Goroutines that share a SpikeTracker need a lock around each call. Processes that share one store it
// by compare-and-swap on Revision.
type SpikeTracker struct {
	// Layout is CLOUDCIRCUIT_SPIKE_TRACKER_LAYOUT of the C header.
	Layout uint32
	// reserved is always 0.
	reserved uint32
	// Revision is the points taken in.
	Revision uint64
	// Config is what NewSpikeTracker was given.
	Config DetectConfig
	// Windows is windows over the series, for the library alone.
	Windows [693]uint64
}

// The tracker is passed to C as it is. This does not compile when its size differs.
var _ [C.sizeof_cloudcircuit_spike_tracker_state]byte = [unsafe.Sizeof(SpikeTracker{})]byte{}

func (t *SpikeTracker) c() *C.cloudcircuit_spike_tracker_state {
	return (*C.cloudcircuit_spike_tracker_state)(unsafe.Pointer(t))
}

// NewSpikeTracker makes a tracker that has seen no point. One that was stored comes from
// UnmarshalBinary. It allocates the SpikeTracker.
//
// Seasons of up to 14 points and windows of up to 98 fit, hours by default do not, and LagPoints is
// 0; else the error is ErrTrackerSettings. The others are those of the config, as for DetectSpike. The
// tracker is then zero.
func NewSpikeTracker(config *DetectConfig) (*SpikeTracker, error) {
	t := new(SpikeTracker)
	return t, asError(C.tracker_init(config.c(), t.c()))
}

// Update judges the next point of the series and takes it in. Call it for every step of time: spend is
// finite and >= 0, or NaN when it is missing.
//
// The errors are ErrCorruptState for a tracker that is none or was cut off, its windows not looked
// through, and ErrDetectPoint. The result is then a spike and a leak, the tracker as it was.
func (t *SpikeTracker) Update(spend float64) (DetectResult, error) {
	answer := C.tracker_update(t.c(), C.double(spend))
	return detected(&answer.result, answer.status)
}

// Validate returns ErrCorruptState for a tracker that the library cannot have written; it works out the
// windows again. Call it after loading one that was stored in another form than MarshalBinary's.
func (t *SpikeTracker) Validate() error {
	return asError(C.cloudcircuit_spike_tracker_state_validate(t.c()))
}

// AppendBinary appends the tracker in SpikeTrackerEncodedLen bytes that any machine reads, with a
// checksum. It allocates only when dst has no room for them.
func (t *SpikeTracker) AppendBinary(dst []byte) ([]byte, error) {
	grown := append(dst, make([]byte, SpikeTrackerEncodedLen)...)
	status := C.cloudcircuit_spike_tracker_state_encode(t.c(), (*C.uint8_t)(&grown[len(dst)]), SpikeTrackerEncodedLen)
	if status != C.CLOUDCIRCUIT_OK {
		return dst, asError(status)
	}
	return grown, nil
}

// MarshalBinary returns the tracker as AppendBinary has it, its Config too. It allocates.
func (t *SpikeTracker) MarshalBinary() ([]byte, error) {
	return t.AppendBinary(nil)
}

// UnmarshalBinary reads the tracker from what MarshalBinary returned, on whatever machine. Its errors
// are ErrEncodedLength and ErrCorruptState; the tracker is then zero, which every call refuses.
func (t *SpikeTracker) UnmarshalBinary(bytes []byte) error {
	if len(bytes) == 0 {
		*t = SpikeTracker{}
		return ErrEncodedLength
	}
	return asError(C.cloudcircuit_spike_tracker_state_decode((*C.uint8_t)(&bytes[0]), C.size_t(len(bytes)), t.c()))
}
