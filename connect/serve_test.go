package connect

import (
	"bytes"
	"log/slog"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"tandem"
)

var uuidForm = regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)

func TestOperationNotOnTheListAnswersNotImplemented(t *testing.T) {
	_, web := startServer(t)
	for _, op := range operations {
		got := send(t, web, op.Method, concrete(op, testInstance), "")
		if got.status != 501 || got.errorType != "NotImplementedException" || !strings.Contains(got.message(t), op.Name) {
			t.Errorf("%s: %+v, want 501 NotImplementedException naming it", op.Name, got)
		}
		if !uuidForm.MatchString(got.requestID) {
			t.Errorf("%s: x-amzn-RequestId = %q, want a UUID", op.Name, got.requestID)
		}
	}
}

func TestPathOfNoOperationAnswersUnknownOperation(t *testing.T) {
	_, web := startServer(t)
	for _, path := range []string{"/", "/nosuch", "/x/../instance", "//instance", "/instance/"} {
		got := send(t, web, "GET", path, "")
		if got.status != 404 || got.errorType != "UnknownOperationException" || got.message(t) == "" {
			t.Errorf("GET %s: %+v, want 404 UnknownOperationException", path, got)
		}
	}
}

func TestUnsignedCallIsRefusedBeforeItsFunctionRuns(t *testing.T) {
	f := new(shop)
	_, web := startServer(t, f.operations()...)
	r, err := http.NewRequest("PUT", web.URL+"/users/"+testInstance+"/"+testUser+"/status", strings.NewReader(`{"AgentStatusId":"x"}`))
	if err != nil {
		t.Fatal(err)
	}
	got := do(t, web, r)
	if got.status != 403 || got.errorType != "MissingAuthenticationTokenException" || f.status != "" {
		t.Errorf("%+v, status put %q; want 403 MissingAuthenticationTokenException and nothing put", got, f.status)
	}
	if strings.Contains(got.body, "Code") {
		t.Errorf("body %s, want nothing but the message", got.body)
	}
}

func TestResponseHasFalseZeroAndEmptyMembers(t *testing.T) {
	_, web := startServer(t, new(shop).operations()...)
	for _, tt := range []struct{ method, path, body, want string }{
		{"GET", "/users/" + testInstance + "/" + testUser, "",
			`{"User":{"Id":"` + testUser + `","LastModifiedTime":1700000000.123,"PhoneConfig":{"AfterContactWorkTimeLimit":0,"AutoAccept":false,"PhoneType":"SOFT_PHONE"},"Tags":{},"Username":"agent1"}}`},
		{"GET", "/queues-summary/" + testInstance, "", `{"QueueSummaryList":[]}`},
		{"POST", "/search-users", `{"InstanceId":"` + testInstance + `"}`, `{"ApproximateTotalCount":0,"Users":[]}`},
		{"PUT", "/users/" + testInstance + "/" + testUser + "/status", `{"AgentStatusId":"` + testUser + `","NewInNextYearsModel":[1]}`, `{}`},
	} {
		got := send(t, web, tt.method, tt.path, tt.body)
		if got.status != 200 || got.body != tt.want {
			t.Errorf("%s %s: %+v\nwant %s", tt.method, tt.path, got, tt.want)
		}
	}
}

func TestOperationWithoutOutputAnswersAnEmptyBody(t *testing.T) {
	_, web := startServer(t, op("TagResource", func(*Server, *Call, *TagResourceRequest) (*Empty, error) { return &Empty{}, nil }))
	got := send(t, web, "POST", "/tags/x", `{"tags":{"a":"b"}}`)
	if got.status != 200 || got.body != "" {
		t.Errorf("%+v, want 200 and no body", got)
	}
}

func TestOurOwnFailureTellsTheLogAndNotTheClient(t *testing.T) {
	var log bytes.Buffer
	s, web := startServer(t, new(shop).operations()...)
	s.cfg.Log = slog.New(slog.NewTextHandler(&log, nil))
	for user, cause := range map[string]string{"panics": "a private detail", "fails": "a private detail", "nothing": "neither a response nor an error"} {
		log.Reset()
		got := send(t, web, "GET", "/users/"+testInstance+"/"+user, "")
		if got.status != 500 || got.errorType != "InternalServiceException" || strings.Contains(got.body, "private") {
			t.Errorf("%s: %+v, want 500 InternalServiceException without details", user, got)
		}
		if !strings.Contains(log.String(), cause) || !strings.Contains(log.String(), got.requestID) {
			t.Errorf("%s: log %q, want the cause and the request id", user, log.String())
		}
	}
}

func TestBodyBeyondTheLimitIsRefused(t *testing.T) {
	s, web := startServer(t, new(shop).operations()...)
	s.cfg.MaxBodyBytes = 10
	got := send(t, web, "POST", "/search-users", `{"InstanceId":"`+testInstance+`"}`)
	if got.status != 413 || got.errorType != "RequestEntityTooLargeException" || !strings.Contains(got.message(t), "10 bytes") {
		t.Errorf("%+v, want 413 naming the limit", got)
	}
}

func TestFunctionThatAnswersAnUnlistedErrorIsNoticed(t *testing.T) {
	s, web := startServer(t, op("DescribeInstance", func(*Server, *Call, *DescribeInstanceRequest) (*DescribeInstanceResponse, error) {
		return nil, &ContactNotFoundException{Message: new("gone")}
	}))
	var noticed string
	s.unlisted = func(op *Operation, e apiError) { noticed = op.Name + " " + e.ErrorCode() }
	got := send(t, web, "GET", "/instance/i", "")
	if got.status != 410 || noticed != "DescribeInstance ContactNotFoundException" {
		t.Errorf("%+v, noticed %q; want 410 and DescribeInstance ContactNotFoundException", got, noticed)
	}
}

func TestCallCarriesWhoAskedWhat(t *testing.T) {
	var call *Call
	_, web := startServer(t, op("DescribeInstance", func(_ *Server, c *Call, _ *DescribeInstanceRequest) (*DescribeInstanceResponse, error) {
		call = c
		return &DescribeInstanceResponse{}, nil
	}))
	got := send(t, web, "GET", "/instance/i", "")
	if call == nil || call.Principal != "principal1" || call.Operation.Name != "DescribeInstance" || call.RequestID != got.requestID || call.Time.IsZero() {
		t.Fatalf("call = %+v", call)
	}
	if _, limited := call.Deadline(); !limited {
		t.Error("the call has no deadline")
	}
}

func TestNewRefusesWhatCannotWork(t *testing.T) {
	good := Config{Keys: oneKey{}, ARNs: testARNs}
	bad := func(change func(*Config)) Config { c := good; change(&c); return c }
	fits := op("DescribeInstance", func(*Server, *Call, *DescribeInstanceRequest) (*DescribeInstanceResponse, error) { return nil, nil })
	wrongType := op("DescribeUser", func(*Server, *Call, *DescribeInstanceRequest) (*DescribeUserResponse, error) { return nil, nil })
	unknown := op("DescribeMoon", func(*Server, *Call, *DescribeInstanceRequest) (*DescribeInstanceResponse, error) { return nil, nil })
	for _, tt := range []struct {
		name string
		cfg  Config
		list []binding
		want string
	}{
		{"complete", good, []binding{fits}, ""},
		{"no keys", bad(func(c *Config) { c.Keys = nil }), nil, "Config.Keys"},
		{"account", bad(func(c *Config) { c.ARNs.Account = "12" }), nil, "12 digits"},
		{"region", bad(func(c *Config) { c.ARNs.Region = "home" }), nil, "us-east-1"},
		{"partition", bad(func(c *Config) { c.ARNs.Partition = "" }), nil, "partition"},
		{"types", good, []binding{wrongType}, "takes DescribeInstanceRequest and returns DescribeUserResponse, want DescribeUserRequest"},
		{"name", good, []binding{unknown}, "no operation of this name"},
		{"twice", good, []binding{fits, fits}, "twice"},
	} {
		_, err := newServer(tt.cfg, tt.list)
		if tt.want == "" && err != nil || tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)) {
			t.Errorf("%s: error = %v, want %q", tt.name, err, tt.want)
		}
	}
	if _, err := New(good); err == nil || !strings.Contains(err.Error(), "Config.Backend") {
		t.Errorf("New without a backend: %v, want an error that names Config.Backend", err)
	}
}

func TestRefusalBecomesAnErrorTheOperationLists(t *testing.T) {
	for _, tt := range []struct {
		op     string
		kind   tandem.ErrorKind
		code   string
		status int
	}{
		{"DescribeUser", tandem.NotFound, "ResourceNotFoundException", 404},
		{"DescribeUser", tandem.Invalid, "InvalidParameterException", 400},
		{"DescribeInstance", tandem.Invalid, "InvalidRequestException", 400},
		{"CreateUser", tandem.Duplicate, "DuplicateResourceException", 409},
		{"CreateUser", tandem.Exhausted, "LimitExceededException", 429},
		{"CreateInstance", tandem.Exhausted, "ServiceQuotaExceededException", 402},
		{"DeleteQueue", tandem.InUse, "ResourceInUseException", 409},
		{"StopContact", tandem.Gone, "ContactNotFoundException", 410},
		{"PutUserStatus", tandem.Forbidden, "AccessDeniedException", 403},
		{"PutUserStatus", tandem.Busy, "ThrottlingException", 429},
		{"PutUserStatus", tandem.Internal, "InternalServiceException", 500},
	} {
		e, _ := asAPIError(operationNamed(t, tt.op), tandem.Errorf(tt.kind, "Field", "is wrong"))
		if e.ErrorCode() != tt.code || e.HTTPStatus() != tt.status {
			t.Errorf("%s, kind %d: %s %d, want %s %d", tt.op, tt.kind, e.ErrorCode(), e.HTTPStatus(), tt.code, tt.status)
		}
	}
	for i := range operations {
		for kind, codes := range codesByKind {
			if code := operations[i].firstAllowed(codes...); errorByCode[code] == nil {
				t.Errorf("%s, kind %d: no error %s to make", operations[i].Name, kind, code)
			}
		}
	}
}
