package connect

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"reflect"
	"runtime/debug"
	"time"
)

// ServeHTTP implements http.Handler.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	call := &Call{RequestID: newID().String(), Time: s.cfg.Now()}
	w.Header().Set("x-amzn-RequestId", call.RequestID)
	w.Header().Set("Content-Type", "application/json")

	ctx, cancel := context.WithTimeout(r.Context(), s.cfg.CallTimeout)
	defer cancel()
	call.Context = ctx

	out, err := s.answer(call, w, r)
	if err != nil {
		s.writeError(w, call, err)
		return
	}
	if _, empty := out.(*Empty); empty {
		w.WriteHeader(http.StatusOK)
		return
	}
	body, err := json.Marshal(withCollections(out))
	if err != nil {
		s.writeError(w, call, fmt.Errorf("encode response: %w", err))
		return
	}
	s.write(w, call, http.StatusOK, body)
}

// answer does the call, from route to response.
func (s *Server) answer(call *Call, w http.ResponseWriter, r *http.Request) (any, error) {
	op, labels := s.router.route(r.Method, r.URL.EscapedPath())
	if op == nil {
		return nil, unknownOperation()
	}
	call.Operation = op
	body, err := s.readAll(w, r)
	if err != nil {
		return nil, err
	}
	id, err := s.verifier.Verify(r, body)
	if err != nil {
		return nil, err
	}
	call.Principal = id.Principal
	b, served := s.bindings[op.Name]
	if !served {
		return nil, notImplemented(op)
	}
	call.in = reflect.New(op.in).Interface()
	if f := readRequest(call.in, body, labels, r); f != nil {
		return nil, f.apiError(op)
	}
	return s.callFunction(b, call)
}

// callFunction runs the operation's function. A panic becomes an error.
func (s *Server) callFunction(b binding, call *Call) (out any, err error) {
	defer func() {
		if p := recover(); p != nil {
			out, err = nil, fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	out, err = b.call(s, call, call.in)
	if err != nil {
		s.reportUnlisted(call.Operation, err)
	}
	return out, err
}

func (s *Server) reportUnlisted(op *Operation, err error) {
	e, told := asAPIError(op, err)
	if told && !op.allows(e.ErrorCode()) && !anyOperationAnswers[e.ErrorCode()] {
		s.unlisted(op, e)
	}
}

// readAll reads the body, up to the limits of size and time.
func (s *Server) readAll(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	deadline := time.Now().Add(s.cfg.CallTimeout)
	err := http.NewResponseController(w).SetReadDeadline(deadline)
	if err != nil && !errors.Is(err, http.ErrNotSupported) {
		return nil, fmt.Errorf("limit the time for reading the request: %w", err)
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, s.cfg.MaxBodyBytes))
	if _, tooLarge := errors.AsType[*http.MaxBytesError](err); tooLarge {
		return nil, bodyTooLarge(s.cfg.MaxBodyBytes)
	}
	if err != nil {
		return nil, &commonError{"RequestTimeoutException", http.StatusRequestTimeout, "The request body did not arrive whole and in time."}
	}
	return body, nil
}

// writeError tells the client what went wrong, and the log if it was our fault.
func (s *Server) writeError(w http.ResponseWriter, call *Call, err error) {
	e, told := asAPIError(call.Operation, err)
	if !told {
		s.cfg.Log.Error("API call failed", "operation", call.operationName(), "request_id", call.RequestID, "error", err)
	}
	body, err := json.Marshal(e)
	if err != nil {
		s.cfg.Log.Error("API error cannot be written as JSON", "error", e.ErrorCode(), "cause", err)
		body = []byte("{}")
	}
	w.Header().Set("x-amzn-ErrorType", e.ErrorCode())
	s.write(w, call, e.HTTPStatus(), body)
}

func (s *Server) write(w http.ResponseWriter, call *Call, status int, body []byte) {
	w.WriteHeader(status)
	if _, err := w.Write(body); err != nil {
		s.cfg.Log.Debug("API response did not reach the client", "request_id", call.RequestID, "error", err)
	}
	s.cfg.Log.Debug("API call", "operation", call.operationName(), "status", status, "request_id", call.RequestID)
}

// operationName is empty for a call of no operation.
func (c *Call) operationName() string {
	if c.Operation == nil {
		return ""
	}
	return c.Operation.Name
}

// withCollections is a copy of the response structure that out points to, in
// which no list or map is absent: SDKs' users index them without asking.
func withCollections(out any) any {
	v := reflect.New(reflect.TypeOf(out).Elem()).Elem()
	v.Set(reflect.ValueOf(out).Elem())
	for i := range v.NumField() {
		field := v.Field(i)
		switch {
		case field.Kind() == reflect.Slice && field.IsNil():
			field.Set(reflect.MakeSlice(field.Type(), 0, 0))
		case field.Kind() == reflect.Map && field.IsNil():
			field.Set(reflect.MakeMap(field.Type()))
		}
	}
	return v.Interface()
}
