package cloudcircuit

// #include <cloudcircuit.h>
import "C"
import "errors"

//go:generate go run gen_status.go

// Status is the error type of this package: which rule the arguments of a call broke. Its constants
// have one name each, ErrBudgetLimit for one. The messages name arguments as the C header does.
type Status int32

// ErrLength is returned by the functions on columns when slices that must be of one length are not,
// or a validity bitmap has too few bits. Every row of flags then refuses.
var ErrLength = errors.New("cloudcircuit: all columns must have one length, and validity a bit for each row")

// Error says which argument broke which rule, in the library's words. It allocates.
func (s Status) Error() string {
	return "cloudcircuit: " + C.GoString(C.cloudcircuit_status_message(C.cloudcircuit_status(s)))
}

// Name is the name of the status in the C header, "CLOUDCIRCUIT_ERR_BUDGET_LIMIT" for one. It
// allocates.
func (s Status) Name() string {
	return C.GoString(C.cloudcircuit_status_name(C.cloudcircuit_status(s)))
}

// asError is nil for success.
func asError(status C.cloudcircuit_status) error {
	if status == C.CLOUDCIRCUIT_OK {
		return nil
	}
	if err, known := statuses[Status(status)]; known {
		return err
	}
	return Status(status) // of a library newer than the header
}
