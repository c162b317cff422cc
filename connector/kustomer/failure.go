package kustomer

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"
)

const maxDetailLength = 240

// failure is a request that did not succeed.
type failure struct {
	status int       // of the answer; 0 when none came
	sent   bool      // the request may have had its effect
	until  time.Time // before this moment the organization wants no further request
	detail string    // the answer, for people
	err    error
}

// Error implements error.
func (f *failure) Error() string {
	if f.status != 0 {
		return fmt.Sprintf("Kustomer answered %d: %s", f.status, f.detail)
	}
	return f.detail
}

// Unwrap returns the cause.
func (f *failure) Unwrap() error { return f.err }

// errorJSON is one error of an answer, in either of its two forms ("Kustomer:
// Errors"): code and message, or the error object of JSON:API 1.0.
type errorJSON struct {
	Code    string `json:"code"`
	Message string `json:"message"`
	Title   string `json:"title"`
	Detail  string `json:"detail"`
	Source  struct {
		Pointer   string `json:"pointer"`
		Parameter string `json:"parameter"`
	} `json:"source"`
}

// text is the error in one sentence.
func (e errorJSON) text() string {
	said := e.Message
	for _, other := range []string{e.Detail, e.Title} {
		if said == "" {
			said = other
		}
	}
	text := strings.Trim(e.Code+": "+said, ": ")
	if where := e.Source.Pointer + e.Source.Parameter; where != "" {
		text += " (at " + where + ")"
	}
	return text
}

// detail says what an answer that is no success says, shortened: the first
// error and how many more there are. Free text is told only as what it is.
func detail(status int, body []byte) string {
	if status >= 300 && status < 400 {
		return "it wants to send us elsewhere, which is not followed; check the URL"
	}
	var answer struct {
		Errors []errorJSON `json:"errors"`
	}
	if err := json.Unmarshal(body, &answer); err != nil {
		return strings.Trim(http.StatusText(status)+"; "+notJSON(body), "; ")
	}
	if len(answer.Errors) == 0 || answer.Errors[0].text() == "" {
		return http.StatusText(status)
	}
	text := shorten(answer.Errors[0].text())
	if more := len(answer.Errors) - 1; more > 0 {
		text += fmt.Sprintf("; and %d more errors", more)
	}
	if status == http.StatusForbidden {
		text += "; give the API key the roles org.permission.routing.read, org.permission.routing.update and org.permission.user.read"
	}
	return text
}

func shorten(text string) string {
	text = strings.Join(strings.Fields(strings.ToValidUTF8(text, "")), " ")
	if len(text) > maxDetailLength {
		text = strings.ToValidUTF8(text[:maxDetailLength], "") + "..."
	}
	return text
}

// notJSON says what a body is that should have been JSON.
func notJSON(body []byte) string {
	switch body = bytes.TrimSpace(body); {
	case len(body) == 0:
		return "the answer is empty; something between here and Kustomer may have cut it off"
	case body[0] == '<':
		return "the answer is a web page and not JSON; check the URL (https://example.api.kustomerapp.com), and whether a proxy or a maintenance page answers in Kustomer's place"
	}
	return "the answer is not the JSON expected; check the URL, and whether Kustomer has changed its API"
}
