package admin

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"tandem"
	"tandem/connector"
	"tandem/event"
	"tandem/internal/browsertest"
	"tandem/presence"
)

// browser is a page of the admin's in Chromium.
type browser struct{ *browsertest.Browser }

var offlineID = tandem.NameID("status", "Offline")

// visit opens the pages of a world in a browser and signs in.
func (w *world) visit(t *testing.T) browser {
	t.Helper()
	w.state.Statuses[offlineID] = &event.AgentStatusSaved{StatusID: offlineID, Name: "Offline", Type: event.Offline, Enabled: true}
	server := httptest.NewServer(w.handler)
	t.Cleanup(server.Close)
	b := browser{browsertest.Start(t)}
	b.Show(1200, "light")
	b.Open(server.URL + "/admin/ui/")
	b.Await(`document.activeElement?.type === "password"`)
	b.TypeKeys(token, "Enter", 13)
	b.awaitPage("Statuses")
	return b
}

// turn opens a page from the menu.
func (b browser) turn(title string) {
	b.T.Helper()
	b.Press(title)
	b.awaitPage(title)
}

// awaitPage waits until a page is there.
func (b browser) awaitPage(title string) {
	b.T.Helper()
	b.Await(fmt.Sprintf(`document.querySelector("h1")?.textContent === %q && !document.querySelector("main[aria-busy]")`, title))
}

func TestPagesAreServedToAnybodyAndHoldNothing(t *testing.T) {
	w := newWorld()
	get := func(method, path, tag string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(method, path, nil)
		r.Header.Set("If-None-Match", tag)
		a := httptest.NewRecorder()
		w.handler.ServeHTTP(a, r)
		return a
	}
	for path, kind := range map[string]string{"": "text/html", "app.js": "text/javascript", "style.css": "text/css", "icon.svg": "image/svg+xml"} {
		a := get("GET", "/admin/ui/"+path, "")
		policy := a.Header().Get("Content-Security-Policy")
		if a.Code != 200 || !strings.HasPrefix(a.Header().Get("Content-Type"), kind) || !strings.HasPrefix(policy, "default-src 'none'; script-src 'self'; style-src 'self'") {
			t.Errorf("%q is answered %d, %v", path, a.Code, a.Header())
		}
		if again := get("GET", "/admin/ui/"+path, a.Header().Get("ETag")); again.Code != http.StatusNotModified || again.Body.Len() > 0 {
			t.Errorf("%q is sent again though it is the same", path)
		}
	}
	if a := get("GET", "/admin/ui", ""); a.Header().Get("Location") != "/admin/ui/" {
		t.Errorf("without its slash the address is answered %d", a.Code)
	}
	for path, status := range map[string]int{"/admin/ui/pages.go": 404, "/admin/ui/../health": 404, "/admin/uix": 401, "/admin/": 401} {
		if a := get("GET", path, ""); a.Code != status {
			t.Errorf("%s is answered %d, want %d", path, a.Code, status)
		}
	}
	if a := get("POST", "/admin/ui/", ""); a.Code != http.StatusMethodNotAllowed {
		t.Errorf("POST is answered %d", a.Code)
	}
}

func TestPagesNeedTheTokenAndForgetIt(t *testing.T) {
	w := newWorld()
	server := httptest.NewServer(w.handler)
	defer server.Close()
	b := browser{browsertest.Start(t)}
	b.Show(400, "light")
	b.Open(server.URL + "/admin/ui/#agents")
	b.AwaitText("Sign in")
	b.Fill("Admin token", "a wrong one")
	b.Press("Sign in")
	b.AwaitText("does not take this token")
	b.Audit("sign-in")
	b.Fill("Admin token", token)
	b.Press("Sign in")
	b.AwaitText("No system is connected yet")
	var kept struct{ URL, Local, Cookie string }
	b.Eval(`({ URL: location.href, Local: JSON.stringify(localStorage), Cookie: document.cookie })`, &kept)
	if strings.Contains(kept.URL+kept.Local+kept.Cookie, token) || !strings.HasSuffix(kept.URL, "#agents") {
		t.Errorf("the browser keeps %+v", kept)
	}
	b.Eval("window.old = true", nil)
	b.Call("Page.reload", nil, nil)
	b.Await(`!window.old && document.body?.innerText.includes("No system is connected yet")`)
	b.Press("Sign out")
	b.AwaitText("Admin token")
	var session string
	if b.Eval("JSON.stringify(sessionStorage)", &session); strings.Contains(session, token) {
		t.Errorf("signed out, the session keeps %s", session)
	}
}

func TestStatusesPageLinksSavesAndTellsWhyNot(t *testing.T) {
	w := newWorld()
	id, _ := w.create(t)
	b := w.visit(t)
	b.AwaitText("were not read yet")
	b.Press("Refresh")
	b.AwaitText("Zendesk has 6 statuses")
	b.Fill("Connect status for Offline", "Offline")
	b.Fill("Connect status for Lunch", "Break")
	b.Fill("Connect status for On a call", "Break")
	b.AwaitText("Choose which of them to set")
	b.Press("Save")
	b.AwaitText("Not saved. Lunch: Several rows mean one status; mark the one to write.")
	b.Await(`document.activeElement.getAttribute("aria-invalid") === "true"`)
	b.Audit("statuses")
	b.Press("Set Lunch for Break")
	b.Press("Refresh")
	b.AwaitText("did not save is kept")
	b.Press("Save")
	b.AwaitText("Saved.")
	want := []event.MappingRow{{Remote: "3", StatusID: availableID}, {Remote: "2", StatusID: offlineID},
		{Remote: "101", StatusID: breakID, Preferred: true}, {Remote: "102", StatusID: breakID}}
	saved := w.saved(id)
	if fmt.Sprint(saved.Mapping) != fmt.Sprint(want) || !saved.StatusSync || saved.ClientID != "tandem" {
		t.Errorf("saved %+v, want the mapping %v", saved, want)
	}
	var choices string
	b.Eval(`[...document.querySelector("[data-remote='2']").options].map((o) => o.text).join()`, &choices)
	if choices != "Unlinked,Offline" {
		t.Errorf("Zendesk's Offline can be linked with %s", choices)
	}
}

// saved is a system as it was saved last.
func (w *world) saved(id tandem.ID) event.SystemSaved {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.state.Systems[id].Saved
}

func TestStatusesOfKustomerAreLinkedOneToOne(t *testing.T) {
	w := newWorld()
	id, path := w.createKind(t, "kustomer")
	w.call(t, "POST", path+"/refresh", "").ok(nil)
	b := w.visit(t)
	b.Fill("Kustomer status for Available", "Available")
	var disabled bool
	b.Eval(`[...document.querySelectorAll("tr")].find((r) => r.textContent.startsWith("Break")).querySelector("select").options[1].disabled`, &disabled)
	if !disabled {
		t.Error("a Kustomer status can be linked twice")
	}
	b.Fill("Kustomer status for Break", "Lunch")
	b.Audit("statuses of Kustomer")
	b.Press("Save")
	b.AwaitText("Saved.")
	want := []event.MappingRow{{Remote: "650000000000000000000001", StatusID: availableID}, {Remote: "650000000000000000000101", StatusID: breakID}}
	if got := w.saved(id).Mapping; fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("saved %v, want %v", got, want)
	}
}

func TestFocusPageTellsWhatIsMissing(t *testing.T) {
	w := newWorld()
	id, _ := w.create(t)
	b := w.visit(t)
	b.turn("Focus mode")
	var disabled bool
	if b.Eval(browsertest.Find+`("Enable focus mode").disabled`, &disabled); !disabled {
		t.Error("focus mode can be enabled before the statuses were read")
	}
	b.Press("Refresh")
	b.AwaitText("The statuses were read again")
	b.Press("Enable focus mode")
	b.Fill("Status while on a contact", "On a call")
	b.Audit("focus mode")
	b.Press("Save")
	b.AwaitText("Focus mode is on.")
	if saved := w.saved(id); !saved.FocusMode || saved.Focus != "102" || len(saved.Mapping) != 1 {
		t.Errorf("saved %+v", saved)
	}
}

func TestRulesPageEditsSavesAndTriesRules(t *testing.T) {
	w, id, path := withRules(t)
	w.call(t, "PUT", path, `{"enabled":true,"rules":[`+lunchRule+`]}`).ok(nil)
	b := w.visit(t)
	b.turn("Rules")
	b.Press("Add a rule")
	b.Fill("Name", "Back from lunch")
	b.Fill("When this happens (source)", "Connect Agent State Change")
	b.Fill("First operand", "Connect Agent New State")
	b.Fill("Second value", "Available")
	b.Fill("Set the state of (destination)", "Connect Agent State")
	b.Fill("To (state)", "Busy")
	b.Audit("rule dialog")
	b.Press("Apply")
	b.AwaitText("It counts once you save")
	b.Press("Save")
	b.AwaitText("Not saved. Rule 2, Back from lunch:")
	b.AwaitText("Connect sets by itself")
	b.Press("Edit Back from lunch")
	b.Fill("Set the state of (destination)", "Salesforce Agent State")
	b.Fill("To (state)", "Available")
	b.Press("Apply")
	b.Press("Up Back from lunch")
	b.AwaitText("1. Back from lunch")
	b.Fill("New state", "Break")
	b.Press("Try")
	b.AwaitText("Acts: 2. Lunch")
	b.AwaitText("its criteria do not hold")
	b.Audit("rules")
	b.Press("Save")
	b.AwaitText("Saved.")
	w.mu.Lock()
	defer w.mu.Unlock()
	rules := w.state.Systems[id].Rules
	if len(rules.Rules) != 2 || rules.Rules[0].State != "Available" || rules.Rules[1].Name != "Lunch" || !rules.Enabled || rules.SessionEnd.DelayMillis != 5000 {
		t.Errorf("saved %+v", rules)
	}
}

func TestAgentsPageLinksByEmailAndByHand(t *testing.T) {
	w := newWorld()
	id, _ := w.create(t)
	w.agents = []connector.Agent{{RemoteID: "7001", Name: "Agent One", Email: "agent1@example.com"}, {RemoteID: "7002", Name: "<b>Agent Two</b>", Email: "two@example.com"}}
	b := w.visit(t)
	b.turn("Agents")
	b.AwaitText("2 users, 2 unlinked")
	b.Press("Link by e-mail")
	b.AwaitText("1 user was linked by e-mail")
	b.Press("Link agent2")
	b.Fill("Id of the agent", "7002")
	b.Press("Link")
	b.AwaitText("agent2 is linked")
	b.AwaitText("<b>Agent Two</b> (two@example.com)") // a text, no markup
	b.AwaitText("Linked by hand")
	b.Audit("agents")
	b.Press("Unlink agent1")
	b.AwaitText("agent1 is unlinked")
	w.mu.Lock()
	legs, others := w.state.Agents[agent2].Legs, w.state.Agents[agent1].Legs
	w.mu.Unlock()
	if len(legs) != 2 || legs[1].SystemID != id || legs[1].RemoteID != "7002" || len(others) != 1 {
		t.Errorf("agent2 has %+v, agent1 %+v", legs, others)
	}
	w.mu.Lock()
	w.broken = tandem.Errorf(tandem.Busy, "", "the journal is full")
	w.mu.Unlock()
	b.Press("Unlink agent2")
	b.AwaitText("The journal is full. Try again in a moment.")
}

func TestHealthPageShowsTroubleAndStartsAgain(t *testing.T) {
	w := newWorld()
	id, _ := w.create(t)
	frozen := presence.Leg{SystemID: id, RemoteID: "7001", Health: event.HealthFrozen}
	frozen.Ended = event.StatusWriteEnded{Outcome: event.WriteRefused, Detail: "403 Forbidden"}
	w.state.Agents[agent1].Legs = append(w.state.Agents[agent1].Legs, frozen)
	w.figures = map[tandem.ID]connector.Figures{id: {Done: 7, Refused: 2, Sent: 4, Delay: 20e6, Requests: 12, Failures: 1}}
	b := w.visit(t)
	b.turn("Health")
	for _, text := range []string{"not connected", "1 agent in trouble", "403 Forbidden", "7 made, 2 refused", "sent after 5 ms", "12, 1 failed"} {
		b.AwaitText(text)
	}
	b.Audit("health")
	b.Press("Start again for agent1 in Zendesk")
	b.AwaitText("is kept in step again")
	w.mu.Lock()
	defer w.mu.Unlock()
	if got := w.state.Agents[agent1].Legs[1].Health; got != event.HealthOK {
		t.Errorf("the agent is still %s", got)
	}
}

// KUS-10: without a sign-in to Connect the page of statuses asks for one, and
// the mapping that is sent all the same is refused with the same words; once
// Connect is there, its own page has nothing to link.
func TestStatusesPageAsksForASignInToConnect(t *testing.T) {
	w := newWorld()
	system := tandem.NameID("system", "Inbox")
	w.state.Systems[system] = &presence.System{Saved: event.SystemSaved{SystemID: system, System: event.KustomerSystem, Name: "Inbox", Enabled: true, URL: "https://example.api.kustomerapp.com"}}
	w.state.Borrowed = &presence.Borrowed{}
	w.call(t, "PUT", "systems/"+system.String(), `{"kind":"kustomer","name":"Inbox","url":"https://example.api.kustomerapp.com",
		"mapping":[{"remote":"650000000000000000000001","status":"Available"}]}`).refused(409, "mapping")
	b := w.visit(t)
	b.AwaitText("Sign in to Amazon Connect first")
	b.Audit("statuses before the sign-in")
	home := tandem.NameID("system", "Connect")
	w.mu.Lock()
	w.state.Borrowed.Home = home
	w.state.Systems[home] = &presence.System{Saved: event.SystemSaved{SystemID: home, System: event.AmazonConnectSystem, Name: "Connect", Enabled: true, URL: "https://example.com"}}
	w.mu.Unlock()
	b.turn("Agents")
	b.turn("Statuses")
	b.AwaitText("check the access key of \"Connect\", then refresh it")
	w.mu.Lock()
	w.state.Systems[home].Statuses = []event.RemoteStatus{{Remote: availableID.String(), Name: "Available", Type: event.Routable}}
	w.mu.Unlock()
	b.turn("Agents")
	b.turn("Statuses")
	b.AwaitText("There is nothing to link here")
	b.Audit("the statuses of Connect itself")
	b.Fill("System", "Inbox")
	b.AwaitText("The statuses of Inbox were not read yet")
}
