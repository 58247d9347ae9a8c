package cloudcircuit

/*
#include <string.h>
#include <cloudcircuit.h>
*/
import "C"
import (
	"encoding/json"
	"fmt"
	"math/bits"
	"strings"
	"unsafe"
)

// word is a name that the library has, without a copy: its strings are static.
func word(name *C.char) string {
	text := unsafe.Slice((*byte)(unsafe.Pointer(name)), int(C.strlen(name)))
	return *(*string)(unsafe.Pointer(&text))
}

// parse finds the constant that has a name. last is the largest constant of its kind.
func parse[T interface {
	~int32
	String() string
}](constant *T, name []byte, last T) error {
	for c := T(0); c <= last; c++ {
		if c.String() == string(name) {
			*constant = c
			return nil
		}
	}
	return fmt.Errorf("cloudcircuit: %q is no %T", name, last)
}

// words is the names of the bits that are set, from the lowest.
func words(set uint32, name func(bit uint32) string) []string {
	names := make([]string, 0, bits.OnesCount32(set))
	for rest := set; rest != 0; rest &= rest - 1 {
		names = append(names, name(rest&-rest))
	}
	return names
}

// joined is the names of the bits that are set, "none" when there is none.
func joined(set uint32, name func(bit uint32) string) string {
	if set == 0 {
		return "none"
	}
	return strings.Join(words(set, name), "|")
}

// parseWords reads a set back from a JSON array of names. last is the highest bit that has one.
func parseWords(text []byte, last uint32, name func(bit uint32) string) (set uint32, err error) {
	var names []string
	if err := json.Unmarshal(text, &names); err != nil {
		return 0, err
	}
	for _, wanted := range names {
		bit := uint32(1)
		for bit <= last && name(bit) != wanted {
			bit <<= 1
		}
		if bit > last {
			return 0, fmt.Errorf("cloudcircuit: %q has no bit", wanted)
		}
		set |= bit
	}
	return set, nil
}

func reasonName(bit uint32) string { return word(C.cloudcircuit_reason_name(C.uint32_t(bit))) }

func signalName(bit uint32) string { return word(C.cloudcircuit_signal_name(C.uint32_t(bit))) }

// String names the reasons: "breach|spike" for example, "none" when there is none.
func (r Reasons) String() string { return joined(uint32(r), reasonName) }

// MarshalJSON writes the set as records do, an array of names.
func (r Reasons) MarshalJSON() ([]byte, error) { return json.Marshal(words(uint32(r), reasonName)) }

// UnmarshalJSON reads an array of names.
func (r *Reasons) UnmarshalJSON(text []byte) error {
	set, err := parseWords(text, C.CLOUDCIRCUIT_REASON_ERROR, reasonName)
	*r = Reasons(set)
	return err
}

// String names the kinds: "budget|rate" for example, "none" when there is none.
func (s Signals) String() string { return joined(uint32(s), signalName) }

// MarshalJSON writes the set as records do, an array of names.
func (s Signals) MarshalJSON() ([]byte, error) { return json.Marshal(words(uint32(s), signalName)) }

// UnmarshalJSON reads an array of names.
func (s *Signals) UnmarshalJSON(text []byte) error {
	set, err := parseWords(text, C.CLOUDCIRCUIT_SIGNAL_FORECAST, signalName)
	*s = Signals(set)
	return err
}

// Thresholds is a set of a LedgerConfig's Thresholds, as bits: bit i is Thresholds[i].
type Thresholds uint32

// MarshalJSON writes the set as records do, an array of places.
func (t Thresholds) MarshalJSON() ([]byte, error) {
	places := make([]int, 0, LedgerMaxThresholds)
	for rest := uint32(t); rest != 0; rest &= rest - 1 {
		places = append(places, bits.TrailingZeros32(rest))
	}
	return json.Marshal(places)
}

// UnmarshalJSON reads an array of places.
func (t *Thresholds) UnmarshalJSON(text []byte) error {
	var places []int
	if err := json.Unmarshal(text, &places); err != nil {
		return err
	}
	*t = 0
	for _, place := range places {
		if place < 0 || place >= LedgerMaxThresholds {
			return fmt.Errorf("cloudcircuit: no threshold has the place %d", place)
		}
		*t |= 1 << place
	}
	return nil
}

// String is the name of the action, "block" for example.
func (a Action) String() string { return word(C.cloudcircuit_action_name(C.int32_t(a))) }

// MarshalText is String.
func (a Action) MarshalText() ([]byte, error) { return []byte(a.String()), nil }

// UnmarshalText reads what String says.
func (a *Action) UnmarshalText(name []byte) error { return parse(a, name, ActionAllow) }

// String is the name of the phase, "half_open" for example.
func (p Phase) String() string { return word(C.cloudcircuit_phase_name(C.int32_t(p))) }

// MarshalText is String.
func (p Phase) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// UnmarshalText reads what String says.
func (p *Phase) UnmarshalText(name []byte) error { return parse(p, name, PhaseForcedClosed) }

// String is the name of the outcome, "success" for example.
func (o Outcome) String() string { return word(C.cloudcircuit_outcome_name(C.int32_t(o))) }

// String is the name of the verdict, "insufficient_data" for example.
func (v Verdict) String() string { return word(C.cloudcircuit_verdict_name(C.int32_t(v))) }

// MarshalText is String.
func (v Verdict) MarshalText() ([]byte, error) { return []byte(v.String()), nil }

// UnmarshalText reads what String says.
func (v *Verdict) UnmarshalText(name []byte) error { return parse(v, name, VerdictInsufficientData) }

// String is the name of the reason, "two_points" for example.
func (r DetectReason) String() string {
	return word(C.cloudcircuit_detect_reason_name(C.int32_t(r)))
}

// MarshalText is String.
func (r DetectReason) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// UnmarshalText reads what String says.
func (r *DetectReason) UnmarshalText(name []byte) error { return parse(r, name, DetectReasonMissing) }

// String is the name of the reason, "at_limit" for example.
func (r LedgerReason) String() string {
	return word(C.cloudcircuit_ledger_reason_name(C.int32_t(r)))
}

// MarshalText is String.
func (r LedgerReason) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// UnmarshalText reads what String says.
func (r *LedgerReason) UnmarshalText(name []byte) error {
	return parse(r, name, LedgerReasonUnverified)
}

// String is the name of the reason, "within" for example.
func (r RateReason) String() string { return word(C.cloudcircuit_rate_reason_name(C.int32_t(r))) }

// MarshalText is String.
func (r RateReason) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// UnmarshalText reads what String says.
func (r *RateReason) UnmarshalText(name []byte) error { return parse(r, name, RateReasonFree) }
