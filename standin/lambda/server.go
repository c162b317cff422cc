package lambda

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"tandem/auth/sigv4"
)

const (
	pathBefore   = "/2015-03-31/functions/"
	pathAfter    = "/invocations"
	maxSyncBytes = 6 << 20 // AWS Lambda Developer Guide: quotas, invocation payload
	logLimit     = 10_000
)

// Function is a function's code. Its error becomes the errorMessage of a
// function error.
type Function func(event []byte) (answer []byte, err error)

// Config is what a stand-in plays.
type Config struct {
	AccessKeyID, SecretKey string
	Region                 string              // other regions' signatures are refused
	Functions              map[string]Function // by name
}

// Server is the stand-in, an http.Handler. It is safe for many goroutines.
type Server struct {
	config   Config
	verifier sigv4.Verifier
	async    sync.WaitGroup

	mu     sync.Mutex
	faults []Fault
	log    []Entry
}

// Entry is one request as the stand-in saw it.
type Entry struct {
	Function       string // as it was named in the path
	InvocationType string
	ClientContext  string // decoded
	Event          string
	Status         int
	Code           string // of an error answer
}

// New makes a stand-in. Wait ends it.
func New(config Config) *Server {
	s := &Server{config: config}
	s.verifier = sigv4.Verifier{Keys: key{config}, Services: []string{"lambda"}, Now: time.Now}
	return s
}

// key is the one access key that is accepted.
type key struct{ Config }

// Secret implements sigv4.Keys.
func (k key) Secret(id string) (secret, principal string, ok bool) {
	return k.SecretKey, "caller", id == k.AccessKeyID
}

// Wait returns when all asynchronous invocations have ended.
func (s *Server) Wait() { s.async.Wait() }

// Requests is the journal of the last 10,000 requests.
func (s *Server) Requests() []Entry {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Entry(nil), s.log...)
}

// ServeHTTP answers one request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxSyncBytes))
	if err != nil {
		refuse(w, http.StatusRequestEntityTooLarge, "RequestTooLargeException", "the event is larger than 6 MB")
		return
	}
	e := Entry{InvocationType: r.Header.Get("X-Amz-Invocation-Type"), Event: string(body)}
	if raw, err := base64.StdEncoding.DecodeString(r.Header.Get("X-Amz-Client-Context")); err == nil {
		e.ClientContext = string(raw)
	}
	fault := s.takeFault()
	if !fault.hold(r) {
		return
	}
	s.answer(w, r, body, fault, &e)
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.log) == logLimit {
		s.log = s.log[logLimit/10:]
	}
	s.log = append(s.log, e)
}

func (s *Server) answer(w http.ResponseWriter, r *http.Request, body []byte, fault Fault, e *Entry) {
	no := func(status int, code, message string) {
		e.Status, e.Code = status, code
		refuse(w, status, code, message)
	}
	f, known := s.function(r, e)
	id, err := s.verifier.Verify(r, body)
	switch {
	case err != nil:
		no(http.StatusForbidden, err.(*sigv4.Error).Code, err.Error())
	case id.Region != s.config.Region:
		no(http.StatusForbidden, "InvalidSignatureException", "the credential is scoped to another region")
	case fault.Code != "":
		no(fault.Status, fault.Code, "broken on purpose")
	case r.Method != http.MethodPost || e.Function == "":
		no(http.StatusNotFound, "UnknownOperationException", "there is only POST "+pathBefore+"NAME"+pathAfter)
	case !known:
		no(http.StatusNotFound, "ResourceNotFoundException", "Function not found: "+e.Function)
	case !json.Valid(body):
		no(http.StatusBadRequest, "InvalidRequestContentException", "Could not parse request body into json")
	case e.InvocationType == "Event":
		e.Status = http.StatusAccepted
		s.async.Go(func() { _, _ = f(body) }) // its outcome is told to nobody
		w.WriteHeader(e.Status)
	case e.InvocationType == "" || e.InvocationType == "RequestResponse":
		e.Status = http.StatusOK
		s.invoke(w, f, body, fault)
	default:
		no(http.StatusBadRequest, "InvalidParameterValueException", "X-Amz-Invocation-Type must be RequestResponse or Event here")
	}
}

// function finds the function that the path names: by name, by part of an ARN
// or by a whole ARN, with or without a version.
func (s *Server) function(r *http.Request, e *Entry) (Function, bool) {
	name, found := strings.CutPrefix(r.URL.EscapedPath(), pathBefore)
	name, ended := strings.CutSuffix(name, pathAfter)
	if !found || !ended {
		return nil, false
	}
	e.Function, _ = url.PathUnescape(name)
	short := e.Function
	if _, after, isARN := strings.Cut(short, ":function:"); isARN {
		short = after
	}
	short, _, _ = strings.Cut(short, ":")
	f, ok := s.config.Functions[short]
	return f, ok
}

func (s *Server) invoke(w http.ResponseWriter, f Function, body []byte, fault Fault) {
	answer, err := f(body)
	if fault.FunctionError != "" {
		err = errors.New(fault.FunctionError)
	}
	if fault.Answer != nil {
		answer = fault.Answer
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("X-Amz-Executed-Version", "$LATEST")
	if err != nil {
		w.Header().Set("X-Amz-Function-Error", "Unhandled")
		answer, _ = json.Marshal(map[string]string{"errorMessage": err.Error(), "errorType": "Error"})
	}
	_, _ = w.Write(answer) // a caller who has gone is not our concern
}

func refuse(w http.ResponseWriter, status int, code, message string) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("X-Amzn-ErrorType", code)
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]string{"Type": "User", "Message": message})
}
