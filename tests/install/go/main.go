// A gateway in an empty module: what it asks of the library before it sends a request.
package main

import (
	"errors"
	"fmt"

	"example.com/cloudcircuit"
)

func main() {
	budget, err := cloudcircuit.CheckBudget(920, 1000, nil)
	fmt.Println(budget.IsWarning, budget.IsBreached, err)
	_, err = cloudcircuit.CheckBudget(-1, 1000, nil)
	fmt.Println(errors.Is(err, cloudcircuit.ErrCurrentSpend), cloudcircuit.Version())
}
