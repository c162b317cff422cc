package tandem

import "fmt"

// ErrorKind classes an error by what the caller can do about it.
type ErrorKind uint8

// The kinds of error.
const (
	Internal  ErrorKind = iota // our fault; logged with its cause
	Invalid                    // the input breaks a rule; the message names field and limit
	NotFound                   // no such thing
	Duplicate                  // the name is taken
	Conflict                   // the thing is in a state that does not allow this
	InUse                      // something still refers to it
	Forbidden                  // the caller may not
	Exhausted                  // a quota is reached
	Gone                       // it was there, and has ended
	Busy                       // try again later
)

// Error is a refusal that a person can act on. A refused command changes
// nothing.
type Error struct {
	Kind    ErrorKind
	Field   string // the input that is wrong, if one is
	Message string // what was wrong and what to do
	Err     error  // the cause, if any
}

// Error implements error.
func (e *Error) Error() string {
	s := e.Message
	if e.Field != "" {
		s = e.Field + ": " + s
	}
	if e.Err != nil {
		s += ": " + e.Err.Error()
	}
	return s
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// Errorf makes an Error.
func Errorf(kind ErrorKind, field, format string, args ...any) *Error {
	return &Error{Kind: kind, Field: field, Message: fmt.Sprintf(format, args...)}
}
