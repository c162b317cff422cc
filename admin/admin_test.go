package admin

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tandem"
	"tandem/connector"
	"tandem/event"
	"tandem/presence"
)

func TestOnlyTheAdminTokenGivesAccess(t *testing.T) {
	w := newWorld()
	for header, status := range map[string]int{
		"Bearer " + token: 200, "bearer " + token: 200, "": 401, "Bearer": 401, "Bearer ": 401,
		"Bearer " + token + "x": 401, "Basic " + token: 401, token: 401,
	} {
		r := httptest.NewRequest("GET", "/admin/instances", nil)
		r.Header.Set("Authorization", header)
		a := httptest.NewRecorder()
		w.handler.ServeHTTP(a, r)
		if a.Code != status || status == 401 && a.Header().Get("WWW-Authenticate") == "" {
			t.Errorf("%q is answered %d, want %d", header, a.Code, status)
		}
	}
	r := httptest.NewRequest("GET", "/", nil)
	r.Header.Set("Authorization", "Bearer ")
	if _, ok := Bearer("", Principal{})(r); ok {
		t.Error("an empty token admits somebody")
	}
}

func TestSystemIsCreatedShownReplacedAndDeleted(t *testing.T) {
	w := newWorld()
	id, path := w.create(t)
	var s systemJSON
	w.call(t, "GET", path, "").ok(&s)
	want := systemJSON{
		ID: id, Kind: "zendesk", Name: "Zendesk", Enabled: true, URL: "https://example.zendesk.com", ClientID: "tandem",
		HasClientSecret: true, Policy: "master", StatusSync: true, ModifiedAt: "-", Settings: map[string]string{},
		Mapping: []mappingJSON{{Remote: "3", RemoteName: "Online", StatusID: availableID, StatusName: "Available"}},
	}
	if diff := cmp.Diff(want, s); diff != "" {
		t.Errorf("the system is shown wrong (-want +got):\n%s", diff)
	}
	secretName := connector.SecretName(id, connector.ClientSecret)
	if w.secrets[secretName] != "top secret" {
		t.Errorf("the secrets are %v, want the client secret among them", w.secrets)
	}
	var list struct{ Systems []systemJSON }
	if w.call(t, "GET", "systems", "").ok(&list); len(list.Systems) != 1 {
		t.Errorf("%d systems are listed, want 1", len(list.Systems))
	}
	w.call(t, "POST", path+"/refresh", "").ok(nil)
	w.call(t, "PUT", path, `{"kind":"zendesk","name":"Z","url":"https://example.zendesk.com","client_id":"tandem","enabled":false,
		"policy":"last_action_wins","focus_mode":true,"focus":"on a call",
		"mapping":[{"remote":"Lunch","status":"`+breakID.String()+`","preferred":true},{"remote":"104","status":"break"}]}`).ok(&s)
	got := w.state.Systems[id].Saved
	rows := []event.MappingRow{{Remote: "101", StatusID: breakID, Preferred: true}, {Remote: "104", StatusID: breakID}}
	if got.Focus != "102" || got.Enabled || got.Policy != event.LastActionWins || !cmp.Equal(got.Mapping, rows) || s.FocusName != "On a call" {
		t.Errorf("replaced, the system is %+v", got)
	}
	if w.secrets[secretName] != "top secret" || len(w.restarted) != 0 {
		t.Error("replacing without a secret has changed the secret or restarted the connector")
	}
	w.secrets[connector.SecretName(id, connector.WebhookSecret)] = "x"
	w.call(t, "DELETE", path, "").ok(nil)
	if len(w.secrets) > 0 {
		t.Errorf("after deletion there are still secrets: %v", w.secrets)
	}
	w.call(t, "GET", path, "").refused(404, "system_id")
	w.call(t, "DELETE", path, "").refused(404, "system_id")
}

func TestSecretFollowsTheSettings(t *testing.T) {
	w := newWorld()
	id, path := w.create(t)
	name := connector.SecretName(id, connector.ClientSecret)
	moved := strings.Replace(sampleSystem, "example", "other", 1)
	w.call(t, "PUT", path, strings.Replace(moved, `"client_secret":"top secret",`, "", 1)).refused(400, "client_secret")
	w.call(t, "PUT", path, strings.NewReplacer("top secret", "new one", `"name":"Zendesk"`, `"name":""`).Replace(sampleSystem)).refused(400, "name")
	if w.secrets[name] != "top secret" {
		t.Error("refused settings have changed the secret")
	}
	w.call(t, "PUT", path, strings.Replace(moved, "top secret", "new one", 1)).ok(nil)
	if w.secrets[name] != "new one" || len(w.restarted) != 1 || w.restarted[0] != id {
		t.Errorf("the secret is not changed, or the connector not restarted: %v", w.restarted)
	}
	w.call(t, "POST", "systems", strings.Replace(sampleSystem, `"name":"Zendesk"`, `"name":""`, 1)).refused(400, "name")
	if len(w.secrets) != 1 {
		t.Errorf("a refused system has left a secret: %d secrets", len(w.secrets))
	}
}

func TestRefusalNamesTheField(t *testing.T) {
	edit := func(old, new string) string { return strings.Replace(sampleSystem, old, new, 1) }
	long := strings.Repeat("x", 600)
	tests := map[string]struct{ body, field string }{
		"unknown field":        {edit(`"name"`, `"nmae":"x","name"`), "nmae"},
		"unknown nested field": {edit(`"remote"`, `"remot":"x","remote"`), "remot"},
		"wrong type":           {edit(`"status_sync":true`, `"status_sync":"yes"`), "status_sync"},
		"kind":                 {edit(`"kind":"zendesk"`, `"kind":"center"`), "kind"},
		"url":                  {edit("https:", "ftp:"), "url"},
		"url too long":         {edit("example", long), "url"},
		"name too long":        {edit(`"Zendesk"`, `"`+long+`"`), "name"},
		"policy":               {edit(`"status_sync"`, `"policy":"mine","status_sync"`), "policy"},
		"no secret":            {edit(`"top secret"`, `""`), "client_secret"},
		"unknown remote":       {edit("Online", "Lunch"), "mapping[0].remote"},
		"unknown status":       {edit("Available", "Busy"), "mapping[0].status"},
		"settings of a number": {edit(`"status_sync"`, `"settings":{"a":1},"status_sync"`), "settings"},
		"too long a setting":   {edit(`"status_sync"`, `"settings":{"a":"`+strings.Repeat(long, 2)+`"},"status_sync"`), "settings"},
		"unknown capacity":     {edit(`"status_sync"`, `"at_capacity_status":"Full","status_sync"`), "at_capacity_status"},
		"unknown partial":      {edit(`"status_sync"`, `"partial_capacity_status":"Full","status_sync"`), "partial_capacity_status"},
		"unknown focus":        {edit(`"status_sync"`, `"focus":"Lunch","status_sync"`), "focus"},
		"not JSON":             {"name=Zendesk", ""},
		"two objects":          {sampleSystem + sampleSystem, ""},
		"too large":            {edit("Zendesk", strings.Repeat("x", maxBodyBytes)), ""},
		"too many rows":        {edit(`{"remote"`, strings.Repeat(`{"remote":"3","status":"Available"},`, maxMappingRows)+`{"remote"`), "mapping"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			w := newWorld()
			w.call(t, "POST", "systems", tt.body).refused(400, tt.field)
			if len(w.secrets) > 0 || len(w.state.Systems) > 0 {
				t.Error("a refused system has left something behind")
			}
		})
	}
	w := newWorld()
	_, path := w.create(t)
	w.call(t, "POST", path+"/refresh", "").ok(nil)
	w.call(t, "PUT", path, edit("Online", "Twice")).refused(400, "mapping[0].remote")
	w.call(t, "POST", "/admin/instances/"+instanceID.String()+"/systems", "").refused(400, "Content-Type")
}

func TestStatusesAreListedAndRefreshed(t *testing.T) {
	w := newWorld()
	_, path := w.create(t)
	var list struct{ Statuses []statusJSON }
	if w.call(t, "GET", path+"/statuses", "").ok(&list); len(list.Statuses) != 0 {
		t.Errorf("%d statuses before the first refresh", len(list.Statuses))
	}
	w.call(t, "POST", path+"/refresh", "").ok(&list)
	if len(list.Statuses) != 6 || list.Statuses[3] != (statusJSON{ID: "102", Name: "On a call", Custom: true, Focusing: true}) {
		t.Errorf("the statuses are %+v", list.Statuses)
	}
}

func TestAgentsAreLinkedByHandAndByEmail(t *testing.T) {
	w := newWorld()
	_, path := w.create(t)
	w.call(t, "GET", path+"/agents", "").refused(503, "")
	w.call(t, "PUT", path+"/links/"+agent2.String(), `{"remote_id":"10012"}`).ok(nil)
	w.call(t, "PUT", path+"/links/"+agent2.String(), `{"remote_id":""}`).refused(400, "remote_id")
	w.call(t, "PUT", path+"/links/"+instanceID.String(), `{"remote_id":"1"}`).refused(404, "user_id")
	w.agents = []connector.Agent{
		{RemoteID: "10011", Name: "A", Email: "agent1@Example.com"}, {RemoteID: "10012", Name: "B", Email: "agent2@example.com"},
		{RemoteID: "10013", Name: "C", Email: ""},
	}
	var linked struct{ Linked []linkJSON }
	w.call(t, "POST", path+"/links/auto", "").ok(&linked)
	if len(linked.Linked) != 1 || linked.Linked[0].UserID != agent1 || linked.Linked[0].RemoteID != "10011" {
		t.Errorf("linked %+v, want only agent1: agent2 is linked already", linked.Linked)
	}
	var links struct{ Links []linkJSON }
	if w.call(t, "GET", path+"/links", "").ok(&links); len(links.Links) != 2 || links.Links[0].Health != "ok" || links.Links[0].Username == "" {
		t.Errorf("the links are %+v", links.Links)
	}
	w.state.Agents[agent2].Legs[1].Health = event.HealthFrozen
	w.call(t, "POST", path+"/links/"+agent2.String()+"/release", "").ok(nil)
	if w.state.Agents[agent2].Legs[1].Health != event.HealthOK {
		t.Error("the leg is still frozen")
	}
	w.call(t, "DELETE", path+"/links/"+agent2.String(), "").ok(nil)
	if w.call(t, "GET", path+"/links", "").ok(&links); len(links.Links) != 1 {
		t.Errorf("%d links are left, want 1", len(links.Links))
	}
}

func TestPresenceShowsIntentAndLegs(t *testing.T) {
	w := newWorld()
	id, path := w.create(t)
	w.call(t, "POST", path+"/refresh", "").ok(nil)
	at := tandem.Time(1_700_000_000_000)
	a := w.state.Agents[agent1]
	a.Intent = event.IntentChanged{UserID: agent1, Version: 4, StatusID: breakID, SystemID: id, Remote: "101", Cause: event.CausePerson, At: at}
	a.Legs[0].Observed = event.ObservationTaken{Remote: breakID.String()}
	a.Legs = append(a.Legs, presence.Leg{
		SystemID: id, RemoteID: "10011", Health: event.HealthDegraded,
		Observed: event.ObservationTaken{Remote: "3", Version: 9, Reason: "PUBLIC_API", Class: event.ClassEcho, At: at},
		Write:    &event.StatusWriteRequested{Remote: "101", Because: "intent", Attempt: 2},
		Ended:    event.StatusWriteEnded{Outcome: event.WriteRetry, Detail: "Zendesk answered 503", RetryAt: at.AddSeconds(2)},
	})
	var got struct{ Agents []agentPresenceJSON }
	w.call(t, "GET", "presence", "").ok(&got)
	if len(got.Agents) != 1 {
		t.Fatalf("%d agents are shown, want only the one who is linked", len(got.Agents))
	}
	const moment = "2023-11-14T22:13:20.000Z"
	want := agentPresenceJSON{
		UserID: agent1, Username: "agent1",
		Intent: intentJSON{Version: 4, StatusID: breakID, StatusName: "Break", SystemID: id, Remote: "101", Cause: event.CausePerson.String(), At: moment},
		Legs: []legJSON{
			{SystemID: instanceID, Kind: "center", Observed: observedJSON{Remote: breakID.String(), Name: "Break", At: "-"}, Health: "ok"},
			{
				SystemID: id, Kind: "zendesk", RemoteID: "10011", Desired: "101", Health: "degraded",
				Observed: observedJSON{Remote: "3", Name: "Online", Version: 9, Reason: "PUBLIC_API", Class: "echo", At: moment},
				Write:    &writeJSON{Remote: "101", Because: "intent", Attempt: 2},
				Last:     &endedJSON{Outcome: event.WriteRetry.String(), Detail: "Zendesk answered 503", RetryAt: "2023-11-14T22:13:22.000Z"},
			},
		},
	}
	if diff := cmp.Diff(want, got.Agents[0]); diff != "" {
		t.Errorf("presence is shown wrong (-want +got):\n%s", diff)
	}
	w.call(t, "GET", "presence?user_id="+agent2.String(), "").ok(&got)
	w.call(t, "GET", "presence?user_id="+instanceID.String(), "").refused(404, "user_id")
	w.call(t, "GET", "presence?user_id=x", "").refused(400, "user_id")
}

func TestErasureIsForDeletedUsersAndContacts(t *testing.T) {
	w := newWorld()
	contact := tandem.NameID("contact", "one")
	w.call(t, "POST", "contacts/"+contact.String()+"/erase", "").ok(nil)
	w.call(t, "POST", "users/"+agent2.String()+"/erase", "").ok(nil)
	w.call(t, "POST", "users/"+agent1.String()+"/erase", "").refused(409, "id")
	w.call(t, "POST", "users/agent1/erase", "").refused(400, "user_id")
	if !cmp.Equal(w.erased, []tandem.ID{contact, agent2}) || w.actors[0].Kind != tandem.ActorAPI {
		t.Errorf("erased %v by %v", w.erased, w.actors)
	}
}

func TestServerIsLookedAt(t *testing.T) {
	w := newWorld()
	var health struct {
		OK     bool
		Checks []Check
	}
	if w.call(t, "GET", "/admin/health", "").ok(&health); health.OK || len(health.Checks) != 2 {
		t.Errorf("health is %+v, want it bad because of one check", health)
	}
	var instances struct{ Instances []Instance }
	if w.call(t, "GET", "/admin/instances", "").ok(&instances); len(instances.Instances) != 1 || instances.Instances[0].ID != instanceID {
		t.Errorf("the instances are %+v", instances)
	}
	other := "/admin/instances/" + agent1.String()
	w.call(t, "GET", other+"/systems", "").refused(404, "instance_id")
	w.call(t, "GET", "/admin/instances/x/systems", "").refused(400, "instance_id")
	w.call(t, "GET", "/admin/nothing", "").refused(404, "")
	a := w.call(t, "PATCH", "systems", "")
	a.refused(405, "")
	if a.Header().Get("Allow") != "GET, POST" {
		t.Errorf("Allow is %q", a.Header().Get("Allow"))
	}
}

func TestOwnFaultsAreNotTold(t *testing.T) {
	w := newWorld()
	w.broken = errors.New("disk /var/lib/tandem is full")
	a := w.call(t, "POST", "users/"+agent2.String()+"/erase", "")
	a.refused(http.StatusInternalServerError, "")
	if strings.Contains(a.Body.String(), "disk") {
		t.Errorf("the answer tells about the machine: %s", a.Body)
	}
	w.broken = tandem.Errorf(tandem.Busy, "", "busy")
	if a := w.call(t, "POST", "users/"+agent2.String()+"/erase", ""); a.Header().Get("Retry-After") == "" {
		t.Error("a busy core is answered without Retry-After")
	}
}
