package cloudcircuit

// #include <cloudcircuit.h>
import "C"

// Mode says what a ledger, a rate limit or a breaker does with what its rules refuse.
type Mode uint32

const (
	// ModeEnforce refuses what the rules refuse. The default.
	ModeEnforce Mode = C.CLOUDCIRCUIT_MODE_ENFORCE
	// ModeMonitor judges and books as ModeEnforce does and refuses nothing: Allowed is true in every
	// call that is no error, and WouldRefuse says what the rules say.
	ModeMonitor Mode = C.CLOUDCIRCUIT_MODE_MONITOR
	// ModeUnlimited means that there is no limit. Of a ledger and a rate limit; not of a breaker.
	ModeUnlimited Mode = C.CLOUDCIRCUIT_MODE_UNLIMITED
)

// String is the name of the mode, for example "enforce".
func (m Mode) String() string {
	return word(C.cloudcircuit_mode_name(C.uint32_t(m)))
}
