package sigv4

import "net/http"

// Error is a refusal, named as AWS names it (AWS General Reference: "Common
// errors"), so that SDKs raise the exception their users know.
type Error struct {
	Code    string `json:"-"` // such as InvalidSignatureException
	Status  int    `json:"-"` // the HTTP status that belongs to Code
	Message string // what was wrong; tells nothing about keys or secrets
}

// Error implements error.
func (e *Error) Error() string { return e.Code + ": " + e.Message }

// ErrorCode is the error's name on the wire.
func (e *Error) ErrorCode() string { return e.Code }

// HTTPStatus is the status of the response that carries the error.
func (e *Error) HTTPStatus() int { return e.Status }

func missing(message string) *Error {
	return &Error{"MissingAuthenticationTokenException", http.StatusForbidden, message}
}

func incomplete(message string) *Error {
	return &Error{"IncompleteSignatureException", http.StatusBadRequest, message}
}

func invalid(message string) *Error {
	return &Error{"InvalidSignatureException", http.StatusForbidden, message}
}

func unrecognized() *Error {
	return &Error{"UnrecognizedClientException", http.StatusForbidden,
		"The security token included in the request is invalid: the access key is not known here or is no longer active."}
}

func expired() *Error {
	return &Error{"ExpiredTokenException", http.StatusForbidden,
		"The access key included in the request has expired: ask for a new one."}
}
