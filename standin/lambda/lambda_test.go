package lambda

import (
	"context"
	"errors"
	"net/http/httptest"
	"sync/atomic"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"
	"github.com/aws/smithy-go"
)

const arn = "arn:aws:lambda:eu-central-1:123456789012:function:orders"

// bench is a stand-in with the SDK's own client.
type bench struct {
	*testing.T
	*Server
	client  *lambda.Client
	invoked atomic.Int32
}

func newBench(t *testing.T, secret, region string) *bench {
	b := &bench{T: t}
	b.Server = New(Config{AccessKeyID: "AKID", SecretKey: "secret", Region: "eu-central-1", Functions: map[string]Function{
		"orders": func(event []byte) ([]byte, error) { b.invoked.Add(1); return event, nil },
		"broken": func([]byte) ([]byte, error) { return nil, errors.New("no") },
	}})
	web := httptest.NewServer(b.Server)
	t.Cleanup(web.Close)
	b.client = lambda.New(lambda.Options{Region: region, BaseEndpoint: &web.URL, Retryer: aws.NopRetryer{}, Credentials: aws.CredentialsProviderFunc(
		func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "AKID", SecretAccessKey: secret}, nil
		})})
	return b
}

func (b *bench) invoke(function string, kind types.InvocationType) (*lambda.InvokeOutput, string) {
	out, err := b.client.Invoke(b.Context(), &lambda.InvokeInput{FunctionName: &function, Payload: []byte(`{"n":1}`), InvocationType: kind})
	var api smithy.APIError
	if errors.As(err, &api) {
		return out, api.ErrorCode()
	}
	if err != nil {
		return out, err.Error()
	}
	return out, ""
}

func TestFunctionIsInvokedByNameOrARN(t *testing.T) {
	b := newBench(t, "secret", "eu-central-1")
	for _, name := range []string{"orders", arn, arn + ":live"} {
		out, code := b.invoke(name, types.InvocationTypeRequestResponse)
		if code != "" || string(out.Payload) != `{"n":1}` || out.FunctionError != nil {
			t.Errorf("%s: answered %+v, error %s", name, out, code)
		}
	}
	if out, code := b.invoke("orders", types.InvocationTypeEvent); code != "" || out.StatusCode != 202 || len(out.Payload) != 0 {
		t.Errorf("an event: answered %+v, error %s", out, code)
	}
	b.Wait()
	if n := b.invoked.Load(); n != 4 || len(b.Requests()) != 4 {
		t.Errorf("the function ran %d times, and %d requests are noted", n, len(b.Requests()))
	}
}

func TestFailuresHaveTheServicesNames(t *testing.T) {
	b := newBench(t, "secret", "eu-central-1")
	if out, code := b.invoke("broken", types.InvocationTypeRequestResponse); code != "" || out.FunctionError == nil || *out.FunctionError != "Unhandled" {
		t.Errorf("a function's error: answered %+v, error %s", out, code)
	}
	if _, code := b.invoke("missing", types.InvocationTypeRequestResponse); code != "ResourceNotFoundException" {
		t.Errorf("an unknown function: %s", code)
	}
	for _, f := range []Fault{Throttle, Internal, Denied} {
		b.Break(f)
		if _, code := b.invoke("orders", types.InvocationTypeRequestResponse); code != f.Code {
			t.Errorf("with the fault %s: %s", f.Code, code)
		}
	}
	if _, code := b.invoke("orders", types.InvocationTypeRequestResponse); code != "" {
		t.Errorf("after the faults: %s", code)
	}
}

func TestWrongSignatureIsRefused(t *testing.T) {
	for name, b := range map[string]*bench{"secret": newBench(t, "wrong", "eu-central-1"), "region": newBench(t, "secret", "us-east-1")} {
		if _, code := b.invoke("orders", types.InvocationTypeRequestResponse); code != "InvalidSignatureException" || b.invoked.Load() != 0 {
			t.Errorf("a wrong %s: %s", name, code)
		}
	}
}
