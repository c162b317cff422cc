package function

import (
	"context"
	"net/http"

	"tandem/errand"
)

// headerInvocation tells how a function is invoked, in the words of AWS Lambda
// (AWS Lambda API: Invoke, X-Amz-Invocation-Type).
const headerInvocation = "X-Tandem-Invocation-Type"

// webhook is a function behind a URL.
type webhook struct {
	target Target
	client *http.Client
}

func (w webhook) invoke(ctx context.Context, i invocation) ([]byte, error) {
	header := http.Header{headerInvocation: {"RequestResponse"}}
	if i.async {
		header.Set(headerInvocation, "Event")
	}
	return errand.Post{
		URL: w.target.URL, Secret: w.target.Secret, ID: i.id, Body: i.event, Header: header, MaxBytes: maxAnswerBytes,
	}.Send(ctx, w.client)
}
