package salesforce

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"
)

const (
	maxDetailLength = 200
	maxErrorsTold   = 3
)

// failure is a request that did not succeed.
type failure struct {
	status int       // of the answer; 0 when none came
	code   string    // Salesforce's errorCode, such as INVALID_SESSION_ID
	until  time.Time // before this moment the org takes no further request
	detail string    // for people
	err    error
}

// Error implements error.
func (f *failure) Error() string {
	switch {
	case f.status != 0 && f.err != nil:
		return fmt.Sprintf("Salesforce answered %d: %s: %v", f.status, f.detail, f.err)
	case f.status != 0:
		return fmt.Sprintf("Salesforce answered %d: %s", f.status, f.detail)
	case f.err != nil:
		return f.detail + ": " + f.err.Error()
	}
	return f.detail
}

// Unwrap returns the cause.
func (f *failure) Unwrap() error { return f.err }

// hasCode reports whether an error is an answer with a code of Salesforce.
func hasCode(err error, code string) bool {
	var f *failure
	return errors.As(err, &f) && f.code == code
}

// advice says what a person can do about an answer that names a code, and for
// some codes a word of the message ("REST API Developer Guide: Status Codes
// and Error Responses").
var advice = []struct{ code, word, todo string }{
	{"INVALID_FIELD", "DeveloperName", `the integration user may not see developer names; grant "View Setup and Configuration" or "View DeveloperName" by a profile or permission set`},
	{"INVALID_TYPE", "Presence", "the org shows no presence objects; switch Omni-Channel on in Setup, Omni-Channel Settings, and let the integration user read presence statuses"},
	{"INVALID_TYPE", "ServiceChannel", "the org shows no service channels; switch Omni-Channel on in Setup, Omni-Channel Settings"},
	{"REQUEST_LIMIT_EXCEEDED", "", "the org's API requests of the last 24 hours are used up; see Setup, Company Information, and raise the limit or let other apps ask less"},
	{"API_DISABLED_FOR_ORG", "", `the integration user may not use the API; grant "API Enabled", in an edition that has the API`},
	{"API_CURRENTLY_DISABLED", "", `the integration user may not use the API; grant "API Enabled", in an edition that has the API`},
	{"INSUFFICIENT_ACCESS", "", `the integration user lacks a permission for this; grant "API Enabled", "View Setup and Configuration", and Read and Create on Push Topics`},
	{"SERVER_UNAVAILABLE", "", "Salesforce is overloaded or in maintenance; it is tried again by itself"},
	{"invalid_grant", "approved", "the connected app is not approved for the integration user; set its policy to pre-authorized users and add a permission set of that user"},
	{"invalid_grant", "audience", "a sandbox's address belongs to test.salesforce.com, any other to login.salesforce.com; check the URL"},
	{"invalid_grant", "assertion", "the certificate of the connected app does not belong to the private key that was saved; upload the right one"},
	{"invalid_client_id", "", "the connected app is not known; check the consumer key"},
	{"invalid_client", "", "the consumer secret is not right, or client credentials are not switched on in the connected app"},
}

func adviceFor(code, message string) string {
	for _, a := range advice {
		if strings.HasPrefix(code, a.code) && strings.Contains(message, a.word) {
			return a.todo
		}
	}
	return ""
}

// refusal reads an answer that is not a success: an array of errors, or the
// OAuth form. Of many errors the first few are told.
func refusal(answer *http.Response, body []byte) *failure {
	f := &failure{status: answer.StatusCode, detail: http.StatusText(answer.StatusCode)}
	if answer.StatusCode >= 300 && answer.StatusCode < 400 {
		f.detail = "it wants to send us elsewhere, which is not followed; use the org's My Domain address as URL"
		return f
	}
	type problem struct {
		Code    string `json:"errorCode"`
		Message string `json:"message"`
		OAuth   string `json:"error"`
		Why     string `json:"error_description"`
	}
	var all []problem
	var one problem
	if json.Unmarshal(body, &one) == nil {
		all = []problem{one}
	} else if json.Unmarshal(body, &all) != nil || len(all) == 0 {
		if looksLikeHTML(body) {
			f.detail = "a web page instead of data; check the URL, or the org may be in maintenance"
		}
		return f
	}
	var told []string
	for _, p := range all[:min(len(all), maxErrorsTold)] {
		code, message := p.Code+p.OAuth, p.Message+p.Why
		if f.code == "" {
			f.code = code
		}
		text := strings.Trim(code+": "+message, ": ")
		if todo := adviceFor(code, message); todo != "" {
			text = todo + " (" + text + ")"
		}
		told = append(told, shorten(text))
	}
	if more := len(all) - len(told); more > 0 {
		told = append(told, fmt.Sprintf("and %d more", more))
	}
	if text := strings.Trim(strings.Join(told, "; "), " ;"); text != "" {
		f.detail = text
	}
	return f
}

func shorten(text string) string {
	if text = strings.ToValidUTF8(text, ""); len(text) > 2*maxDetailLength {
		return strings.ToValidUTF8(text[:2*maxDetailLength], "") + "..."
	}
	return text
}

func looksLikeHTML(body []byte) bool {
	return strings.HasPrefix(strings.TrimSpace(string(body[:min(len(body), 256)])), "<")
}

// credentialError is the org's refusal to give a token, which a person has to
// mend.
type credentialError struct{ err error }

// Error implements error.
func (e *credentialError) Error() string {
	return "no access to Salesforce; check URL, consumer key and secret: " + e.err.Error()
}

// Unwrap returns the cause.
func (e *credentialError) Unwrap() error { return e.err }
