package kinesis

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"time"
)

const (
	targetPrefix    = "Kinesis_20131202."
	contentType     = "application/x-amz-json-1.1"
	maxBodyBytes    = 10 << 20
	loggedBodyBytes = 4 << 10
)

// Config is what a stand-in plays.
type Config struct {
	Clock       func() time.Time // time.Now if nil
	AccessKeyID string           // the only one that is accepted; empty: any
	Region      string           // "us-east-1" if empty; other regions' signatures are refused
	Account     string           // "123456789012" if empty
	Streams     map[string]int   // shards by stream name
}

// Server is the stand-in, an http.Handler. It is safe for many goroutines.
type Server struct {
	config Config

	mu      sync.Mutex
	streams map[string]*stream
	faults  []Fault
	log     []Entry
	logged  int64
}

// New makes a stand-in. It fails on a stream without shards.
func New(config Config) (*Server, error) {
	if config.Clock == nil {
		config.Clock = time.Now
	}
	if config.Region == "" {
		config.Region = "us-east-1"
	}
	if config.Account == "" {
		config.Account = "123456789012"
	}
	s := &Server{config: config, streams: map[string]*stream{}}
	for name, shards := range config.Streams {
		if name == "" || shards < 1 {
			return nil, fmt.Errorf("stream %q: give a name and at least one shard", name)
		}
		s.streams[name] = newStream(name, shards, config.Clock())
	}
	return s, nil
}

// operations are what the stand-in can do; each is called with mu held.
var operations = map[string]func(*Server, []byte) (any, error){
	"DescribeStreamSummary": (*Server).describeStreamSummary,
	"ListShards":            (*Server).listShards,
	"GetShardIterator":      (*Server).getShardIterator,
	"GetRecords":            (*Server).getRecords,
	"PutRecord":             (*Server).putRecord,
	"SplitShard":            (*Server).splitShard,
}

// ServeHTTP answers one request: breaks it on purpose, checks who asks, does
// the work and writes the journal.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	operation := strings.TrimPrefix(r.Header.Get("X-Amz-Target"), targetPrefix)
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBodyBytes))
	if err != nil {
		http.Error(w, "the body is larger than 10 MB or was cut off", http.StatusRequestEntityTooLarge)
		return
	}
	e := Entry{Time: s.config.Clock(), Operation: operation, Body: string(body[:min(len(body), loggedBodyBytes)])}
	fault := s.takeFault(operation)
	if fault.Delay > 0 {
		timer := time.NewTimer(fault.Delay)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-r.Context().Done():
		}
	}
	answer := s.answer(r, operation, body, fault, &e)
	s.write(e)
	if fault.Cut {
		panic(http.ErrAbortHandler) // net/http: drops the connection without an answer
	}
	for name, value := range answer.header {
		w.Header().Set(name, value)
	}
	w.WriteHeader(answer.status)
	_, _ = w.Write(answer.body) // a caller who has gone is not our concern
}

type answer struct {
	status int
	header map[string]string
	body   []byte
}

func (s *Server) answer(r *http.Request, operation string, body []byte, fault Fault, e *Entry) answer {
	if fault.WebPage != "" {
		e.Status = http.StatusOK
		return answer{status: http.StatusOK, header: map[string]string{"Content-Type": "text/html; charset=utf-8"}, body: []byte(fault.WebPage)}
	}
	out, err := any(nil), error(nil)
	switch {
	case fault.Code != "":
		err = &refusal{status: fault.Status, code: fault.Code, message: "broken on purpose"}
	default:
		if err = s.check(r, e); err == nil {
			out, err = s.do(r, operation, body)
		}
	}
	return encode(out, err, e)
}

func (s *Server) do(r *http.Request, operation string, body []byte) (any, error) {
	f := operations[operation]
	switch {
	case r.Method != http.MethodPost || r.URL.Path != "/" || f == nil:
		return nil, refuse("UnknownOperationException", "there is no operation %q here", operation)
	case !strings.HasPrefix(r.Header.Get("Content-Type"), contentType):
		return nil, refuse("SerializationException", "want Content-Type %s", contentType)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return f(s, body)
}

func encode(out any, err error, e *Entry) answer {
	a := answer{status: http.StatusOK, header: map[string]string{"Content-Type": contentType}}
	var no *refusal
	if errors.As(err, &no) {
		a.status, e.Code = no.status, no.code
		a.header["x-amzn-ErrorType"] = no.code
		out = map[string]string{"__type": no.code, "message": no.message}
	}
	e.Status = a.status
	if out != nil {
		a.body, err = json.Marshal(out)
		if err != nil {
			panic(err) // all answers are plain structs
		}
	}
	return a
}

// refusal is an error answer.
type refusal struct {
	status        int
	code, message string
}

// Error implements error.
func (r *refusal) Error() string { return r.code + ": " + r.message }

func refuse(code, format string, args ...any) *refusal {
	return &refusal{status: http.StatusBadRequest, code: code, message: fmt.Sprintf(format, args...)}
}

var authorization = regexp.MustCompile(`^AWS4-HMAC-SHA256 Credential=([^/,]+)/\d{8}/([^/,]+)/([^/,]+)/aws4_request, ?SignedHeaders=([^,]+), ?Signature=[0-9a-f]{64}$`)

// check looks at the signature's form, its access key and its scope.
func (s *Server) check(r *http.Request, e *Entry) error {
	header := r.Header.Get("Authorization")
	if header == "" {
		return refuse("MissingAuthenticationTokenException", "Missing Authentication Token")
	}
	parts := authorization.FindStringSubmatch(header)
	switch {
	case parts == nil || r.Header.Get("X-Amz-Date") == "":
		return refuse("IncompleteSignatureException", "want a signature of version 4 with its date")
	case parts[2] != s.config.Region || parts[3] != "kinesis":
		return refuse("InvalidSignatureException", "the credential is scoped to %s/%s, want %s/kinesis", parts[2], parts[3], s.config.Region)
	case !strings.Contains(";"+parts[4]+";", ";host;"):
		return refuse("InvalidSignatureException", "host must be a signed header")
	case s.config.AccessKeyID != "" && parts[1] != s.config.AccessKeyID:
		return refuse("UnrecognizedClientException", "The security token included in the request is invalid.")
	}
	e.AccessKeyID = parts[1]
	return nil
}

// decode reads a request and refuses what the operation does not know.
func decode(body []byte, in any) error {
	d := json.NewDecoder(bytes.NewReader(body))
	d.DisallowUnknownFields()
	if err := d.Decode(in); err != nil {
		return refuse("SerializationException", "%v", err)
	}
	return nil
}
