package awsconnect

import (
	"context"
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
)

// signer signs each request from the secret. The SDK's own signer keeps what it
// derives from a secret by the access key's id, so that a secret that was
// mended would be of no use before the next day.
type signer struct{}

// SignHTTP implements the SDK's HTTPSignerV4.
func (signer) SignHTTP(ctx context.Context, key aws.Credentials, r *http.Request, payloadHash, service, region string, at time.Time, options ...func(*v4.SignerOptions)) error {
	return v4.NewSigner().SignHTTP(ctx, key, r, payloadHash, service, region, at, options...)
}
