package connect

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"tandem"
)

// apiError is an error that travels to the client. Its JSON form is the body
// of the response.
type apiError interface {
	error
	ErrorCode() string
	HTTPStatus() int
}

// commonError is an error that any operation may answer and that the model
// therefore does not have.
type commonError struct {
	code    string
	status  int
	Message string
}

// ErrorCode is the error's name on the wire.
func (e *commonError) ErrorCode() string { return e.code }

// HTTPStatus is the status of the response that carries the error.
func (e *commonError) HTTPStatus() int { return e.status }

// Error implements error.
func (e *commonError) Error() string { return e.code + ": " + e.Message }

// errorText is the text of a generated error: its code and its body.
func errorText(e apiError) string {
	body, err := json.Marshal(e)
	if err != nil {
		return e.ErrorCode()
	}
	return e.ErrorCode() + " " + string(body)
}

func unknownOperation() apiError {
	return &commonError{"UnknownOperationException", http.StatusNotFound,
		"No operation of the Amazon Connect API has this method and path."}
}

func notImplemented(op *Operation) apiError {
	return &commonError{"NotImplementedException", http.StatusNotImplemented, op.Name + " is not supported."}
}

func bodyTooLarge(limitBytes int64) apiError {
	return &commonError{"RequestEntityTooLargeException", http.StatusRequestEntityTooLarge,
		fmt.Sprintf("The request body is larger than %d bytes.", limitBytes)}
}

func internalError() apiError {
	return errorByCode["InternalServiceException"]("Something went wrong on our side. Try again; if it happens again, report the request id.")
}

// The codes for each kind of refusal: the first that the operation may answer
// is taken, the last if it may answer none of them.
var codesByKind = map[tandem.ErrorKind][]string{
	tandem.Invalid:   {"InvalidParameterException", "InvalidRequestException"},
	tandem.NotFound:  {"ResourceNotFoundException", "UserNotFoundException", "ContactNotFoundException", "InvalidParameterException", "InvalidRequestException"},
	tandem.Duplicate: {"DuplicateResourceException", "ResourceConflictException", "ConflictException", "InvalidParameterException", "InvalidRequestException"},
	tandem.Conflict:  {"ResourceConflictException", "ConflictException", "ConditionalOperationFailedException", "InvalidRequestException", "InvalidParameterException"},
	tandem.InUse:     {"ResourceInUseException", "ResourceConflictException", "ConflictException", "InvalidRequestException", "InvalidParameterException"},
	tandem.Forbidden: {"AccessDeniedException"},
	tandem.Exhausted: {"ServiceQuotaExceededException", "LimitExceededException", "InvalidRequestException", "InvalidParameterException"},
	tandem.Gone:      {"ContactNotFoundException", "ResourceNotFoundException", "InvalidRequestException", "InvalidParameterException"},
	tandem.Busy:      {"ThrottlingException"},
}

// asAPIError finds the error that the client is told. An error of another
// type is ours: the client learns nothing of it, and ok is false so that it
// is logged.
func asAPIError(op *Operation, err error) (e apiError, ok bool) {
	if errors.As(err, &e) {
		return e, true
	}
	refusal, isRefusal := errors.AsType[*tandem.Error](err)
	if !isRefusal {
		return internalError(), false
	}
	codes := codesByKind[refusal.Kind]
	if codes == nil {
		return internalError(), false
	}
	message := refusal.Message
	if refusal.Field != "" {
		message = refusal.Field + ": " + message
	}
	return errorByCode[op.firstAllowed(codes...)](message), true
}

// anyOperationAnswers are the errors that every operation may answer, listed
// in its table entry or not.
var anyOperationAnswers = map[string]bool{
	"AccessDeniedException":    true,
	"InternalServiceException": true,
	"ThrottlingException":      true,
}

// fault is a member of a request that breaks a rule of the model.
type fault struct {
	malformed bool // missing or unreadable, rather than out of range
	message   string
}

func malformed(format string, args ...any) *fault {
	return &fault{malformed: true, message: fmt.Sprintf(format, args...)}
}

func outOfRange(format string, args ...any) *fault {
	return &fault{message: fmt.Sprintf(format, args...)}
}

// apiError is InvalidRequestException for what is missing or malformed and
// InvalidParameterException for what is out of range; where the operation
// answers only one of the two, that one.
func (f *fault) apiError(op *Operation) apiError {
	if f.malformed {
		return errorByCode[op.firstAllowed("InvalidRequestException", "InvalidParameterException")](f.message)
	}
	return errorByCode[op.firstAllowed("InvalidParameterException", "InvalidRequestException")](f.message)
}
