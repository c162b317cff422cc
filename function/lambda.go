package function

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"
	"github.com/aws/smithy-go"

	"tandem/errand"
)

// service is a function in AWS Lambda (AWS Lambda API: Invoke).
type service struct{ client *lambda.Client }

func newService(t Target) *service {
	region := t.Lambda.Region
	if region == "" {
		region = regionOf(t.Name)
	}
	options := lambda.Options{
		Region: region, HTTPClient: bounded{errand.NewClient()}, Retryer: aws.NopRetryer{},
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: t.Lambda.AccessKeyID, SecretAccessKey: t.Lambda.SecretKey, SessionToken: t.Lambda.SessionToken, Source: "Tandem"}, nil
		}),
	}
	if t.Lambda.Endpoint != "" {
		options.BaseEndpoint = &t.Lambda.Endpoint
	}
	return &service{lambda.New(options)}
}

func (s *service) invoke(ctx context.Context, i invocation) ([]byte, error) {
	in := lambda.InvokeInput{FunctionName: &i.arn, Payload: i.event, InvocationType: types.InvocationTypeRequestResponse}
	if i.async {
		in.InvocationType = types.InvocationTypeEvent
	} else {
		in.ClientContext = clientContext(i)
	}
	out, err := s.client.Invoke(ctx, &in)
	if err != nil {
		return nil, serviceFailure(err)
	}
	if out.FunctionError != nil {
		return nil, &errand.Failure{Status: int(out.StatusCode), Code: "FunctionError", Passing: true, Err: fmt.Errorf("the function failed (%s); its own log says why", *out.FunctionError)}
	}
	return out.Payload, nil
}

// clientContext tells the function the invocation's id, which is the same for
// each try; there is none for asynchronous ones.
func clientContext(i invocation) *string {
	text := base64.StdEncoding.EncodeToString([]byte(`{"custom":{"invocationId":"` + i.id.String() + `"}}`))
	return &text
}

// Codes of refusals that pass, whatever their status is.
var throttleCodes = []string{"TooManyRequestsException", "ThrottlingException", "Throttling", "EC2ThrottledException"}

// serviceFailure says what an error of the SDK means.
func serviceFailure(err error) *errand.Failure {
	f := &errand.Failure{Code: errand.CodeConnection, Err: errors.New("AWS Lambda could not be reached, or broke off")}
	var api smithy.APIError
	var answer *awshttp.ResponseError
	if errors.As(err, &answer) {
		f.Status = answer.HTTPStatusCode()
	}
	switch {
	case errors.Is(err, errTooLong):
		return &errand.Failure{Status: f.Status, Code: errand.CodeAnswer, Err: errTooLong}
	case errors.As(err, &api):
		f.Code, f.Err = api.ErrorCode(), errors.New("AWS Lambda refused; see that the access key may do lambda:InvokeFunction on it, and that the function exists")
		f.Passing = f.Status >= 500 || slices.Contains(throttleCodes, f.Code)
	default:
		f.Passing = true
	}
	return f
}

// bounded is an HTTP client for the SDK, which reads bodies whole: it ends an
// answer that is too long with an error.
type bounded struct{ client *http.Client }

// Do implements the SDK's HTTPClient.
func (b bounded) Do(r *http.Request) (*http.Response, error) {
	answer, err := b.client.Do(r)
	if err != nil {
		return nil, err
	}
	answer.Body = &boundedBody{ReadCloser: answer.Body, left: maxAnswerBytes}
	return answer, nil
}

type boundedBody struct {
	io.ReadCloser
	left int
}

// Read implements io.Reader.
func (b *boundedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if b.left -= n; b.left < 0 {
		return 0, errTooLong
	}
	return n, err
}
