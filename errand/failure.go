package errand

import (
	"context"
	"errors"
	"fmt"
)

// Failure is why an errand was not done. Its text names no customer and is
// short: it goes to flow logs (Amazon Connect Administrator Guide: Flow logs).
type Failure struct {
	Status  int    // HTTP's; 0 when there was no answer
	Code    string // one word, such as AccessDeniedException
	Passing bool   // trying again may help
	Err     error  // for the server's log: what was wrong and what to do
}

// Codes of failures that no target has named.
const (
	CodeTimeLimit  = "TimeLimitExceeded" // there was no answer in time
	CodeConnection = "ConnectionFailed"  // the target could not be reached, or broke off
	CodeAnswer     = "InvalidResponse"   // the answer is too long, or not what is expected
	CodeUnknown    = "ResourceNotFoundException"
)

var (
	errFull   = errors.New("its lane is full: raise the target's concurrency, or make it answer faster")
	errQueued = errors.New("it waited for its turn until nobody wanted it any more: raise the target's concurrency")
)

// Error implements error, in the form of flow logs.
func (f *Failure) Error() string {
	if f.Status == 0 {
		return "Error Code: " + f.Code
	}
	return fmt.Sprintf("Status Code: %d; Error Code: %s", f.Status, f.Code)
}

// Unwrap returns the cause.
func (f *Failure) Unwrap() error { return f.Err }

// asFailure gives any error the form of a failure. What went wrong because the
// time was over is a time-out.
func asFailure(ctx context.Context, err error) *Failure {
	var f *Failure
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return late(ctx, err)
	case errors.As(err, &f):
		return f
	}
	return &Failure{Code: CodeConnection, Err: err}
}

func late(ctx context.Context, err error) *Failure {
	return &Failure{Code: CodeTimeLimit, Err: fmt.Errorf("%w: %w", context.Cause(ctx), err)}
}
