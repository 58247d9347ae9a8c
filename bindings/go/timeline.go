package cloudcircuit

// #include <cloudcircuit.h>
import "C"

// NegativePoints is what a negative point of a series means, for example a credit.
type NegativePoints uint32

const (
	// NegativePointsError: it is an error. The zero value, and the default.
	NegativePointsError NegativePoints = C.CLOUDCIRCUIT_NEGATIVE_POINTS_ERROR
	// NegativePointsMissing: it counts as missing.
	NegativePointsMissing NegativePoints = C.CLOUDCIRCUIT_NEGATIVE_POINTS_MISSING
	// NegativePointsZero: it counts as 0.
	NegativePointsZero NegativePoints = C.CLOUDCIRCUIT_NEGATIVE_POINTS_ZERO
)
