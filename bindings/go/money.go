package cloudcircuit

/*
#include <cloudcircuit.h>

typedef struct {
	int64_t minor;
	cloudcircuit_status status;
} minor_answer;

static minor_answer money_from_double(double amount, uint32_t scale)
{
	minor_answer answer;

	answer.status = cloudcircuit_money_from_double(amount, scale, &answer.minor);
	return answer;
}

typedef struct {
	double amount;
	cloudcircuit_status status;
} amount_answer;

static amount_answer money_to_double(int64_t minor, uint32_t scale)
{
	amount_answer answer;

	answer.status = cloudcircuit_money_to_double(minor, scale, &answer.amount);
	return answer;
}
*/
import "C"

// MaxMoneyScale is the most decimal places that a scale may have.
const MaxMoneyScale = C.CLOUDCIRCUIT_MAX_MONEY_SCALE

// MoneyFromFloat64 turns an amount into minor units: 19.99 at scale 2 is 1999. It refuses to round:
// an amount with more decimal places than scale, or too large to tell, is an error.
//
// amount is finite, negative for credits; scale is 0 to MaxMoneyScale, 2 for cents. The errors are
// ErrScale, ErrAmount, ErrAmountRange and ErrAmountPrecision; the minor units are then 0.
func MoneyFromFloat64(amount float64, scale uint32) (minor int64, err error) {
	answer := C.money_from_double(C.double(amount), C.uint32_t(scale))
	return int64(answer.minor), asError(answer.status)
}

// MoneyToFloat64 turns minor units into the nearest float64: 1999 at scale 2 is 19.99. It is exact up
// to 15 digits and rounds beyond.
//
// scale is 0 to MaxMoneyScale. The error is ErrScale; the amount is then 0.
func MoneyToFloat64(minor int64, scale uint32) (amount float64, err error) {
	answer := C.money_to_double(C.int64_t(minor), C.uint32_t(scale))
	return float64(answer.amount), asError(answer.status)
}
