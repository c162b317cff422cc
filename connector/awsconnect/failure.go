package awsconnect

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/aws/smithy-go"
)

const maxDetailLength = 200

// failure is a request that did not succeed.
type failure struct {
	operation string
	status    int       // HTTP's, of the answer; 0 when none came
	code      string    // the service's name for it, such as ThrottlingException
	sent      bool      // the request may have had its effect
	until     time.Time // before this moment the account wants no further request
	detail    string    // for people: what is wrong and what to do
	err       error
}

// Error implements error.
func (f *failure) Error() string { return f.operation + ": " + f.detail }

// Unwrap returns the cause.
func (f *failure) Unwrap() error { return f.err }

// The service's names for what is wrong with an access key (Amazon Connect
// API: common errors).
var keyCodes = []string{
	"UnrecognizedClientException", "InvalidSignatureException", "SignatureDoesNotMatch", "InvalidClientTokenId", "InvalidAccessKeyId",
	"ExpiredTokenException", "ExpiredToken", "RequestExpired", "MissingAuthenticationTokenException", "IncompleteSignatureException",
}

var throttleCodes = []string{
	"ThrottlingException", "TooManyRequestsException", "Throttling", "RequestLimitExceeded", "LimitExceededException",
	"ProvisionedThroughputExceededException", "SlowDown",
}

// ofKey reports whether the access key was not accepted: a person must mend it.
func (f *failure) ofKey() bool { return f.code == codeNoKey || slices.Contains(keyCodes, f.code) }

const (
	codeNoKey   = "no secret access key"
	codeWebPage = "web page"
)

func (f *failure) throttled() bool {
	return f.status == http.StatusTooManyRequests || slices.Contains(throttleCodes, f.code)
}

// undone reports whether the answer says that nothing was done, for a cause
// that passes.
func (f *failure) undone() bool {
	return f.throttled() || f.status == http.StatusServiceUnavailable || f.status == http.StatusConflict
}

// refused reports whether the answer is a final no.
func (f *failure) refused() bool {
	return f.status >= 300 && f.status < 500 && !f.undone() && !f.ofKey() && f.status != http.StatusRequestTimeout
}

// hasCode reports whether err is an answer with one of the names.
func hasCode(err error, codes ...string) bool {
	var f *failure
	return errors.As(err, &f) && slices.Contains(codes, f.code)
}

// newFailure says what an error of the SDK means.
func newFailure(operation string, e *exchange, host string, err error) *failure {
	f := &failure{operation: operation, status: e.status, sent: e.connected, err: cause(err)}
	var answer smithy.APIError
	if e.status >= 300 && errors.As(err, &answer) {
		f.code = answer.ErrorCode()
	}
	if e.webPage {
		f.code = codeWebPage
	}
	var missing *noKeyError
	if errors.As(err, &missing) {
		f.code, f.sent = codeNoKey, false
	}
	f.detail = f.explain(answer, host)
	return f
}

// explain says what is wrong and what a person can do about it.
func (f *failure) explain(answer smithy.APIError, host string) string {
	said := ""
	if answer != nil {
		said = shortened(answer.ErrorMessage())
	}
	switch {
	case f.code == codeNoKey:
		return f.err.Error()
	case f.ofKey():
		return fmt.Sprintf("AWS does not accept the access key (%s); store its present secret, or a new key, and see that this machine's clock is right", f.code)
	case f.code == "AccessDeniedException" || f.code == "AccessDenied" || f.status == http.StatusForbidden && f.code != codeWebPage:
		return fmt.Sprintf("AWS denies the access key this operation; allow %s in its IAM policy", f.operation)
	case f.code == codeWebPage:
		return fmt.Sprintf("%s answered %d with a web page; check the URL, and whether a proxy is in between", host, f.status)
	case f.status == 0 && f.sent:
		return "no answer from " + host
	case f.status == 0:
		return host + " cannot be reached"
	case f.status < 300:
		return fmt.Sprintf("the answer of %s is not what was expected", host)
	case f.status < 400:
		return fmt.Sprintf("%s wants to send us elsewhere, which is not followed; check the URL", host)
	case f.throttled():
		return "AWS asks for fewer requests; if that happens often, ask AWS for a higher quota"
	}
	return strings.TrimRight(fmt.Sprintf("AWS answered %d %s: %s", f.status, f.code, said), ": ")
}

// cause leaves the address out of a network error: the base is known, and the
// path tells about agents.
func cause(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err
	}
	return err
}

func shortened(text string) string {
	if len(text) > maxDetailLength {
		text = text[:maxDetailLength] + "..."
	}
	return strings.ToValidUTF8(text, "")
}
