package connect

import (
	"context"
	"time"
)

// Call is one call of an operation. It is the context that the call's work
// runs under: it ends when the client leaves or the time for the call is up.
type Call struct {
	context.Context

	Operation *Operation
	RequestID string    // also in the response header x-amzn-RequestId
	Principal string    // whom the access key speaks for, as sigv4.Keys names it
	Time      time.Time // when the request came
	in        any       // the request structure; page tokens are bound to it
}
