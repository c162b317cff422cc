package connect

import (
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"
)

const (
	wantInvalidRequest   = "InvalidRequestException"
	wantInvalidParameter = "InvalidParameterException"
)

var longName = strings.Repeat("é", 257)

// requestTests are requests and what is wrong with each; code and message are
// empty where nothing is.
var requestTests = []struct {
	name, op, path, query, body string
	code, message               string
}{
	{name: "good", op: "CreateQueue", body: `{"Name":"q","HoursOfOperationId":"h","Tags":{"team":""}}`},
	{name: "letters count, not bytes", op: "CreateQueue", body: `{"Name":"` + longName[:2*127] + `","HoursOfOperationId":"h"}`},
	{"missing", "CreateQueue", "", "", `{"Name":"q"}`, wantInvalidRequest, "HoursOfOperationId is required."},
	{"null is missing", "CreateQueue", "", "", `{"Name":null,"HoursOfOperationId":"h"}`, wantInvalidRequest, "Name is required."},
	{"not JSON", "CreateQueue", "", "", `{"Name":`, wantInvalidRequest, "The body is not valid JSON at byte 8."},
	{"not an object", "CreateQueue", "", "", `[1]`, wantInvalidRequest, "The body must be a JSON object."},
	{"wrong type", "CreateQueue", "", "", `{"Name":1}`, wantInvalidRequest, "Name must be a string, not a JSON number."},
	{"nested wrong type", "CreateQueue", "", "", `{"OutboundCallerConfig":{"OutboundCallerIdName":[]}}`, wantInvalidRequest, "OutboundCallerConfig.OutboundCallerIdName must be a string, not a JSON array."},
	{"fraction", "CreateQueue", "", "", `{"MaxContacts":1.5}`, wantInvalidRequest, "MaxContacts must be a whole number of at most 32 bits, not a JSON number."},
	{"too small", "CreateQueue", "", "", `{"Name":"q","HoursOfOperationId":"h","MaxContacts":-1}`, wantInvalidParameter, "MaxContacts must be at least 0."},
	{"empty", "CreateQueue", "", "", `{"Name":"","HoursOfOperationId":"h"}`, wantInvalidParameter, "Name must have at least 1 character."},
	{"too long", "CreateQueue", "", "", `{"Name":"` + longName + `","HoursOfOperationId":"h"}`, wantInvalidParameter, "Name must have at most 127 characters."},
	{"id too long", "CreateQueue", strings.Repeat("i", 101), "", `{"Name":"q","HoursOfOperationId":"h"}`, wantInvalidParameter, "InstanceId must have at most 100 characters."},
	{"reserved tag key", "CreateQueue", "", "", `{"Name":"q","HoursOfOperationId":"h","Tags":{"aws:x":""}}`, wantInvalidParameter, "A key of Tags has characters or a form that are not allowed."},
	{"tag value", "CreateQueue", "", "", `{"Name":"q","HoursOfOperationId":"h","Tags":{"k":"` + longName + `"}}`, wantInvalidParameter, "A value of Tags must have at most 256 characters."},
	{"empty list", "CreateQueue", "", "", `{"Name":"q","HoursOfOperationId":"h","QuickConnectIds":[]}`, wantInvalidParameter, "QuickConnectIds must have at least 1 item."},
	{"only InvalidParameter listed", "AssociatePhoneNumberContactFlow", "", "", `{"InstanceId":"i"}`, wantInvalidParameter, "ContactFlowId is required."},
	{"nested in a list", "UpdateRoutingProfileQueues", "", "", `{"QueueConfigs":[{"QueueReference":{"QueueId":"q","Channel":"VOICE"},"Priority":1,"Delay":0},{"QueueReference":{"QueueId":"q","Channel":"VOICE"},"Priority":100,"Delay":0}]}`,
		wantInvalidParameter, "QueueConfigs[1].Priority must be at most 99."},
	{"nested missing", "UpdateRoutingProfileQueues", "", "", `{"QueueConfigs":[{"Priority":1,"Delay":0}]}`, wantInvalidRequest, "QueueConfigs[0].QueueReference is required."},
	{"nested enum", "UpdateRoutingProfileQueues", "", "", `{"QueueConfigs":[{"QueueReference":{"QueueId":"q","Channel":"FAX"},"Priority":1,"Delay":0}]}`,
		wantInvalidParameter, "QueueConfigs[0].QueueReference.Channel must be one of VOICE, CHAT, TASK, EMAIL."},
	{"query number", "ListQueues", "", "maxResults=ten", "", wantInvalidRequest, "MaxResults must be a whole number of at most 32 bits."},
	{"query twice", "ListQueues", "", "maxResults=1&maxResults=2", "", wantInvalidRequest, "MaxResults must be given once."},
	{"query broken", "ListQueues", "", "maxResults=%zz", "", wantInvalidRequest, "The query string is malformed: escape special characters with %XX."},
	{"query cap", "ListQueues", "", "maxResults=1001", "", wantInvalidParameter, "MaxResults must be at most 1000."},
	{"query floor", "ListQueues", "", "maxResults=0", "", wantInvalidParameter, "MaxResults must be at least 1."},
	{"query enum list", "ListQueues", "", "queueTypes=STANDARD&queueTypes=ODD", "", wantInvalidParameter, "QueueTypes[1] must be one of STANDARD, AGENT."},
	{"only InvalidRequest listed", "ListInstances", "", "maxResults=1000", "", wantInvalidRequest, "MaxResults must be at most 10."},
	{"union with none", "CreatePredefinedAttribute", "", "", `{"Name":"n","Values":{}}`, wantInvalidRequest, "Values must have exactly one of its members."},
	{"phone number", "StartOutboundVoiceContact", "", "", `{"DestinationPhoneNumber":"5","ContactFlowId":"f","InstanceId":"i"}`, wantInvalidParameter, "DestinationPhoneNumber has characters or a form that are not allowed."},
	{"time", "GetMetricData", "", "", `{"StartTime":"noon"}`, wantInvalidRequest, "The body cannot be read: a time in text must be ISO 8601, such as 2006-01-02T15:04:05.000Z."},
}

func TestRequestThatBreaksTheModelIsRefusedByNameAndLimit(t *testing.T) {
	for _, tt := range requestTests {
		t.Run(tt.name, func(t *testing.T) {
			op := operationNamed(t, tt.op)
			id := "i"
			if tt.path != "" {
				id = tt.path
			}
			labels := map[string]string{}
			for _, m := range uriLabel.FindAllStringSubmatch(op.URI, -1) {
				labels[m[1]] = id
			}
			r := httptest.NewRequest(op.Method, "/?"+tt.query, nil)
			f := readRequest(reflect.New(op.in).Interface(), []byte(tt.body), labels, r)
			if tt.code == "" {
				if f != nil {
					t.Fatalf("refused: %s", f.message)
				}
				return
			}
			if f == nil {
				t.Fatal("accepted")
			}
			if e := f.apiError(op); e.ErrorCode() != tt.code || f.message != tt.message {
				t.Errorf("%s: %s\nwant %s: %s", e.ErrorCode(), f.message, tt.code, tt.message)
			}
		})
	}
}

func operationNamed(t *testing.T, name string) *Operation {
	t.Helper()
	for i := range operations {
		if operations[i].Name == name {
			return &operations[i]
		}
	}
	t.Fatalf("no operation %s", name)
	return nil
}

func TestHeaderMemberIsADateOrText(t *testing.T) {
	r := httptest.NewRequest("PUT", "/", nil)
	r.Header.Set("x-amz-last-modified-time", "Sun, 06 Nov 1994 08:49:37 GMT")
	r.Header.Set("x-amz-last-modified-region", "us-east-1")
	var in UpdateTestCaseRequest
	readRequest(&in, nil, map[string]string{"InstanceId": "i", "TestCaseId": "t"}, r)
	if in.LastModifiedTime == nil || in.LastModifiedTime.Unix() != 784111777 || *in.LastModifiedRegion != "us-east-1" {
		t.Errorf("headers were read as %+v", in)
	}
	r.Header.Set("x-amz-last-modified-time", "1994")
	if f := readRequest(&in, nil, nil, r); f == nil || !strings.HasPrefix(f.message, "LastModifiedTime must be a date") {
		t.Errorf("fault = %+v, want one that names LastModifiedTime", f)
	}
}

func TestEveryLimitOfTheModelCanBeChecked(t *testing.T) {
	for name, l := range limitsByShape {
		if l.match != nil {
			l.match("x") // compiles the pattern, which panics if it cannot
		}
		for _, other := range []string{l.key, l.element} {
			if _, ok := limitsByShape[other]; other != "" && !ok {
				t.Errorf("%s refers to %s, which has no limit", name, other)
			}
		}
		if l.min != nil && l.max != nil && *l.min > *l.max {
			t.Errorf("%s can never hold", name)
		}
	}
	seen := map[reflect.Type]bool{}
	for _, op := range operations {
		checkTags(t, op.in, seen)
		checkTags(t, op.out, seen)
	}
}

// checkTags follows a structure's members and checks that their limits exist.
func checkTags(t *testing.T, typ reflect.Type, seen map[reflect.Type]bool) {
	for typ.Kind() == reflect.Pointer || typ.Kind() == reflect.Slice || typ.Kind() == reflect.Map {
		typ = typ.Elem()
	}
	if typ.Kind() != reflect.Struct || seen[typ] || typ == reflect.TypeFor[EpochTime]() || typ == reflect.TypeFor[ISOTime]() {
		return
	}
	seen[typ] = true
	for i := range typ.NumField() {
		field := typ.Field(i)
		if name := field.Tag.Get("limit"); name != "" {
			if _, ok := limitsByShape[name]; !ok {
				t.Errorf("%s.%s refers to limit %s, which is not there", typ.Name(), field.Name, name)
			}
		}
		checkTags(t, field.Type, seen)
	}
}

func TestHandCheckedPatternsFollowTheModel(t *testing.T) {
	for _, tt := range []struct {
		name  string
		check func(string) bool
		good  []string
		bad   []string
	}{
		{"TagKey", isTagKey, []string{"", "team", "äß 1_.:/=+-@", "AWS:x"}, []string{"aws:x", "a#b", "a\n"}},
		{"ContactTagKey", isContactTagKey, []string{"a", "a:b/c=.-+"}, []string{"", "aws:x", "a b", "ä"}},
		{"DirectoryAlias", isDirectoryAlias, []string{"a", "my-center-1", "d1"}, []string{"", "d-1", "-a", "a-", "a_b"}},
		{"Page", isPage, []string{"...", "a b", "x|y'"}, []string{"", ".", "..", "a/b"}},
		{"PrimaryAttributeContextKeyName", isContextKeyName, []string{"a", "a b~", "é"}, []string{"", "aws:a", "connect:a", "\u2028"}},
		{"Password", isPassword, []string{"Abcdefg1", "ÄAbcdef1!"}, []string{"Abcdef1", "abcdefg1", "ABCDEFG1", "Abcdefgh", "Abcdef 1", strings.Repeat("Aa1", 22)}},
	} {
		for _, s := range tt.good {
			if !tt.check(s) {
				t.Errorf("%s refuses %q", tt.name, s)
			}
		}
		for _, s := range tt.bad {
			if tt.check(s) {
				t.Errorf("%s takes %q", tt.name, s)
			}
		}
	}
}

func FuzzReadRequestNeverPanics(f *testing.F) {
	f.Add(`{"InstanceId":"i","SearchCriteria":{"AndConditions":[{"OrConditions":[{}]}]}}`, "maxResults=1")
	f.Add(`{"QueueConfigs":[null,{"QueueReference":null}],"Tags":{"a":null}}`, "")
	f.Add(`{"StartTime":1e999}`, "queueTypes=&queueTypes=AGENT")
	f.Fuzz(func(t *testing.T, body, query string) {
		for _, in := range []any{new(SearchUsersRequest), new(UpdateRoutingProfileQueuesRequest), new(GetMetricDataRequest), new(ListQueuesRequest), new(CreateQueueRequest)} {
			r := httptest.NewRequest("POST", "/", nil)
			r.URL.RawQuery = query
			if fault := readRequest(in, []byte(body), map[string]string{"InstanceId": "i", "RoutingProfileId": "r"}, r); fault != nil && fault.message == "" {
				t.Errorf("refused without a reason: %q %q", body, query)
			}
		}
	})
}
