package cloudcircuit

// #include <cloudcircuit.h>
import "C"
import "errors"

//go:generate go run gen_status.go

// Status is the error type of this package: which rule the arguments of a call broke. Its constants
// have one name each, ErrBudgetLimit for example. The messages name arguments as the C header does.
type Status int32

// ErrLength is returned by the functions on columns and by those of Ledgers when slices that must be of one
// length are not, or a validity bitmap has too few bits. Every row of flags then refuses.
var ErrLength = errors.New("cloudcircuit: all slices must have one length, and validity a bit for each row")

// Error says which argument broke which rule, in the library's words. It allocates.
func (s Status) Error() string {
	return "cloudcircuit: " + word(C.cloudcircuit_status_message(C.cloudcircuit_status(s)))
}

// Name is the name of the status in the C header, "CLOUDCIRCUIT_ERR_BUDGET_LIMIT" for example.
func (s Status) Name() string {
	return word(C.cloudcircuit_status_name(C.cloudcircuit_status(s)))
}

// statusOf is the status of a call that returned err, or err itself when it is none.
func statusOf(err error) (C.int32_t, error) {
	if err == nil {
		return C.CLOUDCIRCUIT_OK, nil
	}
	if status, is := err.(Status); is {
		return C.int32_t(status), nil
	}
	return wrappedStatus(err)
}

// wrappedStatus is apart because what it looks into goes to the heap.
func wrappedStatus(err error) (C.int32_t, error) {
	var status Status
	if errors.As(err, &status) {
		return C.int32_t(status), nil
	}
	return C.CLOUDCIRCUIT_OK, err
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
