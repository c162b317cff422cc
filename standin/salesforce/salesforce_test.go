package salesforce

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"
)

const (
	user1     = "005AB0000000001"
	available = "0N5000000000AvA"
	lunch     = "0N5000000000LUn"
	phone     = "0N9000000000001"
	data      = "/services/data/v62.0/"
)

// rig is a running stand-in with a token at hand.
type rig struct {
	t     *testing.T
	s     *Server
	url   string
	token string

	mu  sync.Mutex
	now time.Time
}

func (r *rig) clock() time.Time {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.now
}

func start(t *testing.T, edit func(*Config)) *rig {
	t.Helper()
	r := &rig{t: t, now: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)}
	config := Config{
		Clock: r.clock, ClientID: "tandem", ClientSecret: "secret", StreamHold: 50 * time.Millisecond,
		Users:    []User{{ID: user1, Name: "Agent One", Email: "agent1@example.com", StatusID: available}},
		Statuses: []Status{{ID: available, DeveloperName: "Available", Label: "Available", ChannelIDs: []string{phone}}, {ID: lunch, DeveloperName: "Lunch", Label: "Lunch"}},
		Channels: []Channel{{ID: phone, DeveloperName: "Phone"}},
	}
	if edit != nil {
		edit(&config)
	}
	s, err := New(config)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(s)
	t.Cleanup(func() { s.Close(); server.Close() })
	r.s, r.url = s, server.URL
	got := r.post("/services/oauth2/token", url.Values{"grant_type": {"client_credentials"}, "client_id": {"tandem"}, "client_secret": {"secret"}}.Encode(), "application/x-www-form-urlencoded")
	var token struct {
		Token string `json:"access_token"`
	}
	if json.Unmarshal([]byte(got.text), &token) != nil || token.Token == "" {
		t.Fatalf("no token: %d %s", got.code, got.text)
	}
	r.token = token.Token
	return r
}

type answer struct {
	code   int
	text   string
	header http.Header
}

func (r *rig) do(method, path, body, kind string) answer {
	r.t.Helper()
	request, err := http.NewRequest(method, r.url+path, strings.NewReader(body))
	if err != nil {
		r.t.Fatal(err)
	}
	request.Header.Set("Content-Type", kind)
	request.Header.Set("Authorization", "Bearer "+r.token)
	client := &http.Client{Timeout: 10 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	response, err := client.Do(request)
	if err != nil {
		r.t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		r.t.Fatal(err)
	}
	return answer{response.StatusCode, string(text), response.Header}
}

func (r *rig) post(path, body, kind string) answer { return r.do("POST", path, body, kind) }

func (r *rig) query(soql string) answer {
	return r.do("GET", data+"query?q="+url.QueryEscape(soql), "", "")
}

func (r *rig) want(got answer, code int, contains ...string) {
	r.t.Helper()
	for _, c := range append(contains, "") {
		if got.code != code || !strings.Contains(got.text, c) {
			r.t.Fatalf("got %d %s, want %d with %q", got.code, got.text, code, c)
		}
	}
}

// TestPresenceCannotBeWrittenByTheAPI holds that UserServicePresence knows no
// create and no update ("Object Reference: UserServicePresence").
func TestPresenceCannotBeWrittenByTheAPI(t *testing.T) {
	r := start(t, nil)
	r.want(r.post(data+"sobjects/UserServicePresence", `{}`, "application/json"), 405, "METHOD_NOT_ALLOWED")
	r.want(r.do("PATCH", data+"sobjects/UserServicePresence/0UbSt0000000001", `{}`, "application/json"), 405, "METHOD_NOT_ALLOWED")
	if r.s.Shows(user1) != available {
		t.Errorf("%s is shown", r.s.Shows(user1))
	}
	r.want(r.do("DELETE", data+"sobjects/UserServicePresence/0UbSt0000000001", "", ""), 204)
	if r.s.Shows(user1) != "" {
		t.Error("deleting the current record does not end the session")
	}
}

func TestEachStatusIsARecordOfItsOwn(t *testing.T) {
	r := start(t, nil)
	if err := r.s.SetStatusByHand(user1, lunch); err != nil {
		t.Fatal(err)
	}
	r.want(r.query("SELECT Id, ServicePresenceStatusId, CreatedDate FROM UserServicePresence WHERE IsCurrentState = true AND UserId IN ('"+user1+"')"),
		200, `"totalSize":1`, `"CreatedDate":"2026-03-02T09:00:00.000+0000"`, long(lunch))
	r.want(r.query("SELECT Id FROM UserServicePresence WHERE UserId = '"+long(user1)+"'"), 200, `"totalSize":2`)
	r.want(r.query("SELECT Id FROM UserServicePresence WHERE CreatedDate > 2026-03-02T09:00:00Z"), 200, `"totalSize":0`, `"records":[]`)
}

// TestUnlistedQueriesAreRefused holds that only listed objects, fields and
// forms are answered.
func TestUnlistedQueriesAreRefused(t *testing.T) {
	r := start(t, nil)
	for soql, code := range map[string]string{
		"SELECT Mood FROM User": "INVALID_FIELD", "SELECT Id FROM User WHERE Mood = 'x'": "INVALID_FIELD", "SELECT Id FROM Account": "INVALID_TYPE",
		"DELETE FROM User": "MALFORMED_QUERY", "SELECT Id FROM User WHERE Name LIKE 'x'": "MALFORMED_QUERY",
		"SELECT Id FROM User WHERE Name = 'it''s'": "MALFORMED_QUERY", "SELECT Id FROM User WHERE Id IN 'x'": "MALFORMED_QUERY", "": "MALFORMED_QUERY",
	} {
		r.want(r.query(soql), 400, `[{"errorCode":"`+code)
	}
	hidden := start(t, func(c *Config) { c.HideDeveloperName = true })
	hidden.want(hidden.query("SELECT DeveloperName FROM ServicePresenceStatus"), 400, "No such column 'DeveloperName'")
	off := start(t, func(c *Config) { c.OmniOff = true })
	off.want(off.query("SELECT Id FROM UserServicePresence"), 400, "INVALID_TYPE")
}

func TestLongAnswersHavePages(t *testing.T) {
	r := start(t, func(c *Config) { c.BatchSize = 1 })
	first := r.query("SELECT Id FROM ServicePresenceStatus")
	r.want(first, 200, `"done":false`, long(available))
	var page struct {
		Next string `json:"nextRecordsUrl"`
	}
	if json.Unmarshal([]byte(first.text), &page) != nil {
		t.Fatal(first.text)
	}
	r.want(r.do("GET", page.Next, "", ""), 200, `"done":true`, long(lunch))
	r.want(r.do("GET", data+"query/unknown", "", ""), 400, "INVALID_QUERY_LOCATOR")
}

func TestAccessEndsAndTheLimitIsUsedUp(t *testing.T) {
	r := start(t, func(c *Config) { c.DailyRequests = 2 })
	if got := r.query("SELECT Id FROM User"); got.header.Get("Sforce-Limit-Info") != "api-usage=1/2" {
		t.Errorf("the limits header is %q", got.header.Get("Sforce-Limit-Info"))
	}
	r.want(r.do("GET", data+"limits", "", ""), 200, `"Remaining":0`)
	r.want(r.query("SELECT Id FROM User"), 403, "REQUEST_LIMIT_EXCEEDED")
	r.s.RevokeTokens()
	r.want(r.query("SELECT Id FROM User"), 401, `[{"errorCode":"INVALID_SESSION_ID"`)
	for form, problem := range map[string]string{
		"grant_type=password": "unsupported_grant_type", "grant_type=client_credentials&client_id=x": "invalid_client_id",
		"grant_type=client_credentials&client_id=tandem&client_secret=x": "invalid_client", "grant_type=authorization_code&client_id=tandem&client_secret=secret&code=x": "invalid_grant",
		"grant_type=urn:ietf:params:oauth:grant-type:jwt-bearer&assertion=a.b.c": "invalid_grant",
	} {
		r.want(r.post("/services/oauth2/token", form, "application/x-www-form-urlencoded"), 400, `"error":"`+problem)
	}
}

func (r *rig) bayeux(message string) answer {
	return r.post("/cometd/62.0", "["+message+"]", "application/json")
}

// TestStreamReplaysEventsAndForgetsOldOnes covers the Streaming API.
func TestStreamReplaysEventsAndForgetsOldOnes(t *testing.T) {
	r := start(t, nil)
	topic := `{"Name":"T","Query":"SELECT Id, UserId FROM UserServicePresence","ApiVersion":62.0,"NotifyForFields":"Referenced"}`
	r.want(r.post(data+"sobjects/PushTopic", strings.Replace(topic, "UserServicePresence", "AgentWork", 1), "application/json"), 400, "INVALID_FIELD")
	r.want(r.post(data+"sobjects/PushTopic", topic, "application/json"), 201, `"success":true`)
	r.want(r.bayeux(`{"channel":"/meta/handshake","version":"1.0"}`), 200, `"clientId":"client1"`)
	subscribe := func(replay string) answer {
		return r.bayeux(`{"channel":"/meta/subscribe","clientId":"client1","subscription":"/topic/T","ext":{"replay":{"/topic/T":` + replay + `}}}`)
	}
	connect := `{"channel":"/meta/connect","clientId":"client1","connectionType":"long-polling"}`
	r.want(subscribe("-1"), 200, `"successful":true`)
	r.want(r.bayeux(connect), 200, `"reconnect":"retry"`)
	if err := r.s.SetStatusByHand(user1, lunch); err != nil {
		t.Fatal(err)
	}
	r.want(r.bayeux(connect), 200, `"type":"updated"`, `"type":"created"`, `"replayId":3`, `"UserId":"`+long(user1))
	r.want(subscribe("1"), 200, `"successful":true`)
	r.want(r.bayeux(connect), 200, `"replayId":2`)
	r.want(subscribe("99"), 200, "400::The replayId {99}")
	r.s.Advance(25 * time.Hour)
	r.token = start(t, nil).token // of another org
	r.want(r.bayeux(connect), 200, "401::Authentication invalid")
	fresh := r.post("/services/oauth2/token", "grant_type=client_credentials&client_id=tandem&client_secret=secret", "application/x-www-form-urlencoded")
	r.token = strings.Split(strings.Split(fresh.text, `"access_token":"`)[1], `"`)[0]
	r.want(subscribe("1"), 200, "400::The replayId {1}")
	r.s.CutStream()
	r.want(r.bayeux(connect), 200, "403::Unknown client", `"reconnect":"handshake"`)
}

func TestPersonClicksOnThePage(t *testing.T) {
	r := start(t, nil)
	r.want(r.do("GET", "/", "", ""), 200, "Agent One", "<option value=\""+available+"\" selected>")
	form := "application/x-www-form-urlencoded"
	r.want(r.post("/users/"+user1+"/status", "status="+lunch+"&as=supervisor", form), 303)
	if r.s.Shows(user1) != lunch {
		t.Errorf("%s is shown", r.s.Shows(user1))
	}
	r.want(r.post("/users/"+user1+"/status", "status=", form), 303)
	r.want(r.do("GET", "/__standin/users", "", ""), 200, `"status":"Offline"`)
	r.want(r.post("/users/"+user1+"/status", "status=unknown", form), 422, "no such presence status")
}

func TestControlsBreakAndMoveThings(t *testing.T) {
	r := start(t, nil)
	js := "application/json"
	r.want(r.post("/__standin/faults", `{"path_prefix":"/services/data/","status":503,"body":"<html>","content_type":"text/html"}`, js), 204)
	r.want(r.query("SELECT Id FROM User"), 503, "<html>")
	r.want(r.query("SELECT Id FROM User"), 200)
	r.want(r.post("/__standin/faults", `{"unknown":1}`, js), 400)
	r.want(r.post("/__standin/clock", `{"advance_seconds":60}`, js), 204)
	r.want(r.post("/__standin/clock", `{"advance_seconds":-1}`, js), 400)
	if got := r.s.Now().Sub(r.clock()); got != time.Minute {
		t.Errorf("the clock is %s ahead", got)
	}
	r.want(r.post("/__standin/users/"+user1+"/logout", `{"reason":"MaintenanceLogout"}`, js), 204)
	r.want(r.post("/__standin/users/nobody/status", `{"status_id":"`+lunch+`"}`, js), 404)
	r.want(r.do("GET", "/__standin/journal?path_prefix=/services/data/", "", ""), 200, `"status":503`)
}

// TestIdsHaveACheckedForm holds the example of "15 and 18 character ids".
func TestIdsHaveACheckedForm(t *testing.T) {
	if got := long("001A0000006Vm9r"); got != "001A0000006Vm9rIAC" {
		t.Errorf("the long form is %s", got)
	}
}

func TestContradictionsAreRefusedAtTheStart(t *testing.T) {
	for name, c := range map[string]Config{
		"a short id":        {Users: []User{{ID: "005"}}},
		"a user twice":      {Users: []User{{ID: user1}, {ID: long(user1)}}},
		"an unknown status": {Users: []User{{ID: user1, StatusID: lunch}}},
		"a status twice":    {Statuses: []Status{{ID: lunch}, {ID: lunch}}},
	} {
		if _, err := New(c); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
}
