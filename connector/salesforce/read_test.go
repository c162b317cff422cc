package salesforce

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"reflect"
	"strings"
	"testing"
	"time"

	"tandem/connector"
	"tandem/event"
	standin "tandem/standin/salesforce"
)

// TestStatusesAreOnlineOrBusy holds that a status with service channels is
// Online, one without Busy and fit for focus, and that Offline is no record.
func TestStatusesAreOnlineOrBusy(t *testing.T) {
	w := newWorld(t, 1, nil)
	if err := w.s.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	want := []Status{
		{ID: Offline, DeveloperName: "Offline", Label: "Offline"},
		{ID: available, DeveloperName: "Available", Label: "Available", Channels: []string{"Email", "Phone"}},
		{ID: email, DeveloperName: "Email_Only", Label: "E-mail only", Channels: []string{"Email"}},
		{ID: chat, DeveloperName: "Chat", Label: "Chat", Channels: []string{"Phone"}},
		{ID: lunch, DeveloperName: "Lunch", Label: "Lunch"},
	}
	if got := w.s.Statuses(); !reflect.DeepEqual(got, want) {
		t.Errorf("statuses are\n%+v, want\n%+v", got, want)
	}
	for _, st := range want {
		if got := st.remote(); got.Focusing != (st.ID == lunch) || got.Custom != (st.ID != Offline) {
			t.Errorf("%s is %+v for presence", st.Label, got)
		}
	}
}

// TestIdsCompareByFifteenCharacters holds that both forms of an id are one.
func TestIdsCompareByFifteenCharacters(t *testing.T) {
	w := newWorld(t, 1, nil)
	observed, err := w.s.look(t.Context(), urgent, w.org.agents)
	if err != nil || len(observed) != 1 || observed[0].Remote != available || observed[0].RemoteID != w.org.agents[0] {
		t.Errorf("observed %+v (%v), want ids of 15 characters", observed, err)
	}
}

func TestAllPagesAreRead(t *testing.T) {
	w := newWorld(t, 205, func(c *standin.Config) { c.BatchSize = 50 })
	agents, err := w.s.Agents(t.Context())
	if err != nil || len(agents) != 205 || agents[204].Email != "Agent204@example.com" {
		t.Errorf("%d agents, error %v, want 205", len(agents), err)
	}
}

// TestAgentWithoutARecordIsOffline holds that Offline is having no current
// record.
func TestAgentWithoutARecordIsOffline(t *testing.T) {
	w := newWorld(t, 1, func(c *standin.Config) { c.Users[0].StatusID = "" })
	observed, err := w.s.look(t.Context(), urgent, w.org.agents)
	if err != nil || len(observed) != 1 || observed[0].Remote != Offline || observed[0].LookedAt == 0 {
		t.Errorf("observed %+v (%v), want Offline", observed, err)
	}
}

func TestSameRecordHasTheSameRevision(t *testing.T) {
	now := began
	at := func(id, status string, created time.Time) record {
		return record{ID: id, Status: status, Created: moment{created}}
	}
	h := newHistory()
	first := h.queried("a", at("r1", available, now), true, false, now)
	again := h.queried("a", at("r1", available, now), true, false, now.Add(time.Minute))
	if first != again || first.version == 0 {
		t.Errorf("the same record is %+v and %+v", first, again)
	}
	second := h.queried("a", at("r2", email, now), true, false, now.Add(time.Minute)) // in the same second
	if second.version <= first.version {
		t.Errorf("a later record of the same second has revision %d, after %d", second.version, first.version)
	}
	gone := h.queried("a", record{}, false, false, now.Add(2*time.Minute))
	if gone.status != Offline || gone.version <= second.version {
		t.Errorf("without a record it is %+v", gone)
	}
	if back := h.queried("a", at("r3", email, now.Add(3*time.Minute)), true, false, now.Add(3*time.Minute)); back.version <= gone.version {
		t.Errorf("after a log-in the revision is %d, before %d", back.version, gone.version)
	}
}

// TestReportAndRecordAreOneChange holds that what a console told and the record
// that a query finds afterwards have one revision, in either order.
func TestReportAndRecordAreOneChange(t *testing.T) {
	now := began
	h := newHistory()
	reported := h.reported("a", email, standin.ReasonManual, now)
	old := h.queried("a", record{ID: "r1", Status: available, Created: moment{now.Add(-time.Hour)}}, true, false, now.Add(time.Second))
	if old != reported {
		t.Errorf("a query answered from before the report says %+v, want %+v", old, reported)
	}
	found := h.queried("a", record{ID: "r2", Status: email, Created: moment{now.Truncate(time.Second)}}, true, false, now.Add(time.Minute))
	if found != reported {
		t.Errorf("the record is %+v, want the report's %+v", found, reported)
	}
	tab := h.reported("a", email, standin.ReasonManual, now.Add(time.Second))
	if tab != reported {
		t.Errorf("a second tab's report is %+v, want %+v", tab, reported)
	}
	wrong := h.queried("a", record{ID: "r1", Status: available, Created: moment{now.Add(-time.Hour)}}, true, false, now.Add(2*time.Minute))
	if wrong.status != available || wrong.version <= reported.version {
		t.Errorf("a record that contradicts an old report is %+v, want it believed", wrong)
	}
}

// TestFreshChangeIsLeftToTheConsole holds that a query does not take the reason
// of a change away from the console, nor keep a change back for long.
func TestFreshChangeIsLeftToTheConsole(t *testing.T) {
	h := newHistory()
	now := began
	r1 := record{ID: "r1", Status: available, Created: moment{now}}
	r2 := record{ID: "r2", Status: email, Created: moment{now.Add(time.Minute)}}
	first := h.queried("a", r1, true, true, now)
	if first.status != available {
		t.Fatalf("what is seen first is %+v, want it believed", first)
	}
	now = now.Add(time.Minute)
	if got := h.queried("a", r2, true, true, now); got != first {
		t.Errorf("a change of this second is %+v, want it left to the console", got)
	}
	if got := h.reported("a", email, standin.ReasonDecline, now); got.reason != standin.ReasonDecline {
		t.Errorf("the console's report is %+v", got)
	}
	if got := h.queried("a", record{}, false, true, now.Add(time.Minute)); got.status != email {
		t.Errorf("the first query without a record says %+v", got)
	}
	if got := h.queried("a", record{}, false, true, now.Add(2*time.Minute)); got.status != Offline {
		t.Errorf("the second query without a record says %+v", got)
	}
}

// TestPushTopicTellsOfChangesWithoutAConsole covers the Streaming API: events,
// a lost client with replay, and an event that was missed.
func TestPushTopicTellsOfChangesWithoutAConsole(t *testing.T) {
	w := newWorld(t, 1, nil)
	w.run()
	a := w.org.agents[0]
	w.eventually("the topic is followed", func() bool { return w.org.Subscribers() == 1 })
	set := func(status string) {
		if err := w.org.SetStatusByHand(a, status); err != nil {
			t.Fatal(err)
		}
	}
	set(email)
	w.eventually("the change is observed", func() bool { return len(w.saw(a, email)) > 0 })
	w.org.CutStream()
	set(chat)
	w.eventually("the change is observed after the replay", func() bool {
		w.clock.Advance(100 * time.Millisecond)
		return len(w.saw(a, chat)) > 0
	})
	w.eventually("the topic is followed again", func() bool {
		w.clock.Advance(100 * time.Millisecond)
		return w.org.Subscribers() == 1
	})
	if err := w.org.LogOut(a, ""); err != nil {
		t.Fatal(err)
	}
	w.eventually("the log-out is observed", func() bool { return len(w.saw(a, Offline)) > 0 })
	w.org.DropStreamEvents(5)
	set(lunch)
	w.eventually("the missed change is found by looking", func() bool {
		w.clock.Advance(time.Second)
		return len(w.saw(a, lunch)) > 0
	})
	if !w.requested(`"replay":{"/topic/TandemPresence1":-1}`) {
		t.Error("the first subscription does not ask for new events")
	}
}

func (w *world) requested(body string) bool {
	for _, e := range w.org.entries("/cometd/") {
		if strings.Contains(e.Body, body) {
			return true
		}
	}
	return false
}

// TestTooOldReplayStartsAnew holds that events that are no longer kept do not
// stop the stream.
func TestTooOldReplayStartsAnew(t *testing.T) {
	w := newWorld(t, 1, nil)
	w.s.replay = 999_999
	w.run()
	w.eventually("the topic is followed", func() bool { return w.org.Subscribers() == 1 })
	if !w.requested(":999999}") || !w.requested(":-1}") {
		t.Error("the old replay id was not tried, or new events not asked for")
	}
}

func TestMissingPushTopicPermissionIsExplainedAndLookingGoesOn(t *testing.T) {
	w := newWorld(t, 1, func(c *standin.Config) { c.NoPushTopics = true })
	w.run()
	w.eventually("it is explained", func() bool { return w.log.has("Read and Create on Push Topics") })
	if err := w.org.SetStatusByHand(w.org.agents[0], lunch); err != nil {
		t.Fatal(err)
	}
	w.eventually("the change is found by looking", func() bool {
		w.clock.Advance(time.Second)
		return len(w.saw(w.org.agents[0], lunch)) > 0
	})
}

// TestJWTBearerGivesAccess covers the flow with a private key, and what is
// told when a part of it is wrong.
func TestJWTBearerGivesAccess(t *testing.T) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	text := string(pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)}))
	other, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	wrong := string(pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(other)}))
	tests := []struct{ name, client, secret, want string }{
		{"right", clientID + " integration@example.com", text, ""},
		{"another key", clientID + " integration@example.com", wrong, "upload the right one"},
		{"another user", clientID + " someone@example.com", text, "pre-authorized"},
		{"no user", clientID, text, "name of the user"},
		{"another app", "other integration@example.com", text, "check the consumer key"},
		{"no key", clientID + " integration@example.com", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", "cannot be read"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t, 1, func(c *standin.Config) { c.PublicKey, c.Username = &key.PublicKey, "integration@example.com" })
			w.s.client.tokens.clientID = tt.client
			if err := w.s.env.Secrets.PutSecret(t.Context(), connector.SecretName(systemID, connector.ClientSecret), []byte(tt.secret)); err != nil {
				t.Fatal(err)
			}
			_, err := w.s.Agents(t.Context())
			switch {
			case tt.want == "" && err != nil:
				t.Error(err)
			case tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)):
				t.Errorf("error %v, want %q", err, tt.want)
			case err != nil && (strings.Contains(err.Error(), "BEGIN") || strings.Contains(err.Error(), "AAAA")):
				t.Error("the error tells the key")
			}
		})
	}
	if got := audience("example--test.sandbox.my.salesforce.com"); got != "https://test.salesforce.com" {
		t.Errorf("a sandbox's audience is %s", got)
	}
}

func TestGovernorKeepsToHalfOfTheDay(t *testing.T) {
	w := newWorld(t, 1, nil)
	for _, daily := range []string{"5000", "100000"} {
		g := newGovernor(w.clock)
		g.learn("api-usage=18/" + daily)
		g.learn("nonsense")
		passed := 0
		for range 24 * 60 * 12 {
			for g.pass(urgent) == 0 {
				passed++
			}
			w.clock.Advance(5 * time.Second)
		}
		limit := map[string]int{"5000": 5000, "100000": 100_000}[daily]
		if passed > limit/2+burst+1 || passed < limit/2-burst {
			t.Errorf("of %d requests a day %d pass, want half", limit, passed)
		}
	}
	g := newGovernor(w.clock)
	g.learn("api-usage=95000/100000")
	if g.pass(background) == 0 || g.pass(urgent) != 0 {
		t.Error("in a crowded org looking at everybody must rest, and an urgent request pass")
	}
}

// TestUnreachableOrgIsTriedAgain holds that a write to nobody is surely not
// done.
func TestUnreachableOrgIsTriedAgain(t *testing.T) {
	w := newWorld(t, 1, nil)
	w.connect("http://127.0.0.1:1")
	if e := w.s.write(t.Context(), writeTo("005AB0000000001", email)); e.Outcome != event.WriteRetry || !strings.Contains(e.Detail, "127.0.0.1:1") {
		t.Errorf("the outcome is %+v, want retry, naming the address", e)
	}
}
