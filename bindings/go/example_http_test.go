package cloudcircuit_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"time"

	"example.com/cloudcircuit"
)

// failedStatus is the error of a response that the breaker counts as a failure.
type failedStatus struct {
	code       int
	retryAfter time.Duration // Below 0 when the server did not say.
}

func (f failedStatus) Error() string { return http.StatusText(f.code) }

// failure is the error of a status: a server that is overloaded or broken. What is the request's own
// fault, as most of 4xx, says nothing against the server.
func failure(code int, header http.Header) error {
	if code < 500 && code != http.StatusTooManyRequests {
		return nil
	}
	seconds, err := strconv.ParseUint(header.Get("Retry-After"), 10, 31)
	if err != nil {
		return failedStatus{code, -1}
	}
	return failedStatus{code, time.Duration(seconds) * time.Second}
}

// judge passes on what a Retry-After said.
func judge(clock func() int64) func(error) (cloudcircuit.Outcome, int64) {
	return func(err error) (cloudcircuit.Outcome, int64) {
		outcome, retryAt := cloudcircuit.DefaultJudge(err)
		var failed failedStatus
		if errors.As(err, &failed) && failed.retryAfter >= 0 {
			retryAt = clock() + failed.retryAfter.Milliseconds()
		}
		return outcome, retryAt
	}
}

// transport is an http.RoundTripper behind a breaker. How long a call takes is the time to its header.
type transport struct {
	base    http.RoundTripper
	breaker *cloudcircuit.SharedBreaker
}

func (t transport) RoundTrip(request *http.Request) (*http.Response, error) {
	var response *http.Response
	err := t.breaker.Execute(request.Context(), func(context.Context) (err error) {
		if response, err = t.base.RoundTrip(request); err != nil {
			return err
		}
		return failure(response.StatusCode, response.Header)
	})
	if errors.As(err, new(failedStatus)) {
		return response, nil // A failure for the breaker, an answer for the caller.
	}
	if err != nil && response != nil {
		response.Body.Close()
		response = nil
	}
	return response, err
}

// A client whose calls to a service that asks for a pause are refused until it is over.
func ExampleSharedBreaker_roundTripper() {
	now := int64(0)
	clock := func() int64 { return now }
	config := cloudcircuit.DefaultBreakerConfig()
	config.MaxRetryAfter = 60_000
	breaker := cloudcircuit.SharedBreaker{
		Breaker:  *cloudcircuit.NewBreaker(&config, now),
		Clock:    clock,
		Judge:    judge(clock),
		OnChange: func(from, to cloudcircuit.Phase) { fmt.Println("breaker:", from, "to", to) },
	}
	isBusy := true
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if isBusy {
			w.Header().Set("Retry-After", "20")
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	}))
	defer server.Close()
	client := http.Client{Transport: transport{http.DefaultTransport, &breaker}}
	get := func() {
		response, err := client.Get(server.URL)
		var refused *cloudcircuit.OpenError
		switch {
		case errors.As(err, &refused):
			fmt.Println("not sent, retry after", refused.Permit.RetryAfter)
		case err != nil:
			fmt.Println(err)
		default:
			response.Body.Close()
			fmt.Println(response.Status)
		}
	}
	get()
	now, isBusy = 5_000, false
	get()
	now = 20_000
	get()
	// Output:
	// breaker: closed to open
	// 503 Service Unavailable
	// not sent, retry after 15000
	// breaker: open to half_open
	// breaker: half_open to closed
	// 200 OK
}

// recorder remembers the status that a handler writes.
type recorder struct {
	http.ResponseWriter
	code int
}

func (r *recorder) WriteHeader(code int) {
	r.code = code
	r.ResponseWriter.WriteHeader(code)
}

// guarded is a handler under a breaker and a ledger: each request may cost up to the estimate, and says in
// its header what it did cost. The ledger is inside: a request without money says nothing of the handler.
func guarded(breaker *cloudcircuit.SharedBreaker, ledger *cloudcircuit.SharedLedger, estimate int64, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		err := breaker.Execute(request.Context(), func(ctx context.Context) error {
			_, err := ledger.Execute(ctx, estimate, func(context.Context) (cost cloudcircuit.Cost, err error) {
				seen := &recorder{w, http.StatusOK}
				next.ServeHTTP(seen, request)
				if cents, wrong := strconv.ParseInt(w.Header().Get("Cost-Cents"), 10, 64); wrong == nil {
					cost = cloudcircuit.Spent(cents)
				}
				return cost, failure(seen.code, w.Header())
			})
			return err
		})
		var open *cloudcircuit.OpenError
		switch {
		case errors.As(err, &open):
			seconds := (open.Permit.RetryAfter + 999) / 1000
			w.Header().Set("Retry-After", strconv.FormatInt(seconds, 10))
			http.Error(w, "the service is down", http.StatusServiceUnavailable)
		case errors.Is(err, cloudcircuit.ErrOverLimit):
			http.Error(w, "the budget is spent", http.StatusPaymentRequired)
		}
	})
}

// A gateway that spends at most 10 dollars, and stops calling a handler that fails.
func ExampleSharedLedger_handler() {
	now := int64(0)
	clock := func() int64 { return now }
	ledger, err := cloudcircuit.NewLedger(&cloudcircuit.LedgerConfig{Limit: 10_00}, 1, 202601, now)
	if err != nil {
		fmt.Println(err)
		return
	}
	spend := cloudcircuit.SharedLedger{Ledger: *ledger, Clock: clock}
	breaker := cloudcircuit.SharedBreaker{Breaker: *cloudcircuit.NewBreaker(nil, now), Clock: clock}
	gateway := httptest.NewServer(guarded(&breaker, &spend, 2_00, http.HandlerFunc(
		func(w http.ResponseWriter, request *http.Request) {
			if request.URL.Path == "/fails" {
				w.WriteHeader(http.StatusBadGateway)
				return
			}
			w.Header().Set("Cost-Cents", "150")
			io.WriteString(w, "an answer")
		})))
	defer gateway.Close()
	get := func(path string) {
		response, err := http.Get(gateway.URL + path)
		if err != nil {
			fmt.Println(err)
			return
		}
		defer response.Body.Close()
		body, _ := io.ReadAll(response.Body)
		fmt.Printf("%d %s; %d cents spent\n", response.StatusCode, bytes.TrimSpace(body), spend.Ledger.State.Settled)
	}
	for _, path := range []string{"/", "/", "/fails", "/fails", "/fails", "/"} {
		get(path)
	}
	now += 30_000
	get("/") // A probe that cannot pay: the breaker learns nothing.
	// Output:
	// 200 an answer; 150 cents spent
	// 200 an answer; 300 cents spent
	// 502 ; 500 cents spent
	// 502 ; 700 cents spent
	// 502 ; 900 cents spent
	// 503 the service is down; 900 cents spent
	// 402 the budget is spent; 900 cents spent
}
