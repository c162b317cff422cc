package function

import (
	"errors"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"tandem/standin/lambda"
)

// newRig is a runner whose function is in a stand-in of AWS Lambda.
func newRig(t *testing.T) (*core, *lambda.Server) {
	service := lambda.New(lambda.Config{AccessKeyID: "AKID", SecretKey: "secret", Region: "eu-central-1", Functions: map[string]lambda.Function{
		"orders": func(event []byte) ([]byte, error) { return event, nil },
	}})
	url := serve(t, service.ServeHTTP)
	return newCore(t, Target{Name: arn, Loopback: true, Lambda: &Lambda{Endpoint: url, AccessKeyID: "AKID", SecretKey: "secret"}}), service
}

func TestLambdaIsInvoked(t *testing.T) {
	c, service := newRig(t)
	if told := c.ask(wish("one", 5*time.Second)); told.Result != event {
		t.Errorf("told %+v", told)
	}
	w := wish("two", 5*time.Second)
	w.Async = true
	w.FunctionARN += ":live"
	if told := c.ask(w); told.Result != "{}" || told.Failure != "" {
		t.Errorf("asynchronous: told %+v", told)
	}
	service.Wait()
	log := service.Requests()
	if len(log) != 2 || log[0].InvocationType != "RequestResponse" || !strings.Contains(log[0].ClientContext, id("one").String()) || log[1].InvocationType != "Event" || log[1].Function != arn+":live" {
		t.Errorf("the service saw %+v", log)
	}
}

func TestLambdaFailuresAreToldAsAmazonConnectDoes(t *testing.T) {
	long := []byte(`{"a":"` + strings.Repeat("x", 33<<10) + `"}`)
	for name, tt := range map[string]struct {
		fault   lambda.Fault
		failure string
		tries   int
	}{
		"denied":                   {lambda.Denied, "Status Code: 403; Error Code: AccessDeniedException", 1},
		"throttled once":           {lambda.Throttle, "", 2},
		"throttled throughout":     {lambda.Fault{Count: 9, Status: 429, Code: "TooManyRequestsException"}, "Status Code: 429; Error Code: TooManyRequestsException", 4},
		"a fault of the service":   {lambda.Internal, "", 2},
		"the function fails":       {lambda.Fault{Count: 9, FunctionError: "4111"}, "Status Code: 200; Error Code: FunctionError", 4},
		"the connection breaks":    {lambda.Fault{Cut: true}, "", 2},
		"33 KB":                    {lambda.Fault{Answer: long}, "Error Code: InvalidResponse", 1},
		"a lie":                    {lambda.Fault{Answer: []byte(`"fine"`)}, "Error Code: InvalidResponse", 1},
		"slower than the limit is": {lambda.Fault{Delay: time.Minute}, "Error Code: TimeLimitExceeded", 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, service := newRig(t)
			service.Break(tt.fault)
			limit := 8 * time.Second
			if tt.fault.Delay > 0 {
				limit = 300 * time.Millisecond
			}
			told := c.ask(wish("one", limit))
			if !strings.HasSuffix(told.Failure, tt.failure) || (told.Failure == "") != (tt.failure == "") {
				t.Errorf("told %+v, want %q", told, tt.failure)
			}
			if tries := int(c.run.Figures()[arn].Retried) + 1; tt.tries > 0 && tries != tt.tries {
				t.Errorf("it was tried %d times, want %d", tries, tt.tries)
			}
		})
	}
}

func TestLongAnswerOfLambdaIsNotReadWhole(t *testing.T) {
	endless := &boundedBody{ReadCloser: io.NopCloser(rand.NewChaCha8([32]byte{})), left: maxAnswerBytes}
	if got, err := io.ReadAll(endless); !errors.Is(err, errTooLong) || len(got) > maxAnswerBytes {
		t.Errorf("%d bytes were read: %v", len(got), err)
	}
}
