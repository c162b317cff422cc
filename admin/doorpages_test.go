package admin

import (
	"encoding/json"
	"strings"
	"testing"

	"tandem"
	"tandem/connector"
	"tandem/event"
	"tandem/internal/browsertest"
	"tandem/presence"
	"tandem/view/audit"
	"tandem/view/lately"
	"tandem/view/notice"
)

// TestSystemsPageConnectsEditsTestsAndDeletes is an administrator's way through
// the page.
func TestSystemsPageConnectsEditsTestsAndDeletes(t *testing.T) {
	w := newWorld()
	w.agents = []connector.Agent{{RemoteID: "1"}}
	b := w.visit(t)
	b.turn("Systems")
	b.AwaitText("No system is connected yet.")
	b.Press("Connect a system")
	b.Audit("form of a system")
	b.Fill("Kind", "Amazon Connect")
	b.Photograph("systems-form")
	b.Fill("Kind", "Zendesk")
	b.Fill("Name", "Help desk")
	b.Fill("Address of its API", "http://example.zendesk.com")
	b.Fill("OAuth client identifier", "tandem")
	b.Fill("Secret of the OAuth client", "top secret")
	b.Press("Connect")
	b.AwaitText("Not saved. Want https.")
	b.Await(`document.activeElement.getAttribute("aria-invalid") === "true"`)
	b.Fill("Address of its API", "https://example.zendesk.com")
	b.Press("Connect")
	b.AwaitText("The connection to Help desk works.")
	b.AwaitText("6 found")
	id := tandem.SortedIDs(w.state.Systems)[0]
	w.mu.Lock()
	w.figures = map[tandem.ID]connector.Figures{id: {}}
	w.mu.Unlock()
	b.Audit("systems")
	b.Photograph("systems")
	b.Press("Edit Help desk")
	b.Fill("Name", "Support desk")
	b.Press("Save")
	b.AwaitText("Support desk is saved.")
	w.mu.Lock()
	w.refreshError = tandem.Errorf(tandem.Busy, "", "401 Unauthorized")
	w.mu.Unlock()
	b.Press("Test Support desk")
	b.AwaitText("401 Unauthorized")
	b.AwaitText("does not work yet")
	b.Press("Delete Support desk")
	b.AwaitText("Delete Support desk?")
	b.Audit("question before deleting")
	b.Press("Cancel")
	b.Await(`!document.querySelector("dialog, [aria-busy=true]")`)
	b.Press("Delete Support desk")
	b.Press("Delete")
	b.AwaitText("Support desk is deleted.")
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.state.Systems) > 0 || len(w.secrets) > 0 {
		t.Errorf("%d systems and %d secrets are left", len(w.state.Systems), len(w.secrets))
	}
}

// TestEditedSystemKeepsWhatTheFormDoesNotShow holds that mapping, focus mode
// and the secret stay.
func TestEditedSystemKeepsWhatTheFormDoesNotShow(t *testing.T) {
	w := newWorld()
	id, _ := w.createKind(t, "amazon_connect")
	w.state.Systems[id].Saved.StatusSync = true
	w.state.Systems[id].Saved.Mapping = []event.MappingRow{{Remote: "d2f5e7a0-0000-4000-8000-000000000001", StatusID: availableID, Preferred: true}}
	before := w.saved(id)
	b := w.visit(t)
	b.turn("Systems")
	b.Press("Edit A")
	b.Fill("Region, if needed", "us-east-1")
	b.Press("Save")
	b.AwaitText("A is saved.")
	after := w.saved(id)
	if after.Settings["region"] != "us-east-1" || after.Settings["instance"] != before.Settings["instance"] || len(after.Mapping) != 1 || !after.StatusSync || after.ClientID != before.ClientID {
		t.Errorf("saved %+v, before %+v", after, before)
	}
	if w.secrets[connector.SecretName(id, connector.ClientSecret)] != "top secret" || len(w.restarted) != 0 {
		t.Error("the secret was touched")
	}
}

// TestSecretIsReplacedOnThePage holds that it counts without a restart of the
// server, and never shows.
func TestSecretIsReplacedOnThePage(t *testing.T) {
	w := newWorld()
	id, _ := w.createKind(t, "salesforce")
	b := w.visit(t)
	b.turn("Systems")
	b.Press("Replace secret S")
	b.Fill("Consumer secret, or private key in PEM", "-----BEGIN PRIVATE KEY-----\nline\n-----END PRIVATE KEY-----\n")
	b.Audit("form of a secret")
	b.Press("Replace")
	b.AwaitText("The secret of S is replaced and counts from now on.")
	w.mu.Lock()
	defer w.mu.Unlock()
	if got := w.secrets[connector.SecretName(id, connector.ClientSecret)]; !strings.HasPrefix(got, "-----BEGIN PRIVATE KEY-----\nline") || len(w.restarted) != 1 || w.restarted[0] != id {
		t.Errorf("the secret has %d characters, restarted were %v", len(got), w.restarted)
	}
	var page string
	if b.Eval("document.documentElement.outerHTML", &page); strings.Contains(page, "PRIVATE KEY-----") {
		t.Error("the page holds the secret")
	}
}

func TestNoticesPageKeepsNoticesUntilTheyAreSeen(t *testing.T) {
	w := newWorld()
	id, _ := w.create(t)
	for i, name := range []string{"system_unreachable", "focus_conflict", "status_put_back"} {
		w.notices = append(w.notices, notice.Notice{ID: tandem.NameID("notice", name), At: tandem.Time(1_700_000_000_000 - i*60_000), SystemID: id, Notice: name, Detail: "Lunch"})
	}
	w.notices[2].UserID = agent1
	b := w.visit(t)
	b.Await(`document.getElementById("menu").textContent.includes("Notices 3 not seen")`)
	b.Press("Notices 3 not seen")
	b.awaitPage("Notices")
	for _, text := range []string{"does not answer", "will be written once it does", "switched off", "About: Lunch", "agent1", "3 not seen yet"} {
		b.AwaitText(text)
	}
	b.Audit("notices")
	b.Photograph("notices")
	b.Press("Seen: Focus mode was switched off: its status has come to mean something else than Available. (Lunch)")
	b.AwaitText("2 notices left to see.")
	b.Press("Notices 2 not seen")
	b.Press("All seen")
	b.AwaitText("All notices were seen.")
	b.AwaitText("by admin token")
	b.Press("Notices")
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, n := range w.notices {
		if n.SeenAt == 0 {
			t.Errorf("%s was not marked", n.Notice)
		}
	}
}

func TestChangesPageTellsWhatWasBefore(t *testing.T) {
	w := newWorld()
	id, _ := w.create(t)
	w.changes = []audit.Change{
		{Seq: 1, At: 1_700_000_000_000, Actor: tandem.Actor{Kind: tandem.ActorAPI}, What: "system_saved", SystemID: id, Before: json.RawMessage(`{"name":"Help desk","enabled":true,"mapping":["Online = Available"]}`),
			After: json.RawMessage(`{"name":"Zendesk","enabled":true,"mapping":["Online = Available","Lunch = Break"]}`)},
		{Seq: 2, At: 1_700_000_060_000, What: "agent_linked", SystemID: id, UserID: agent1, After: json.RawMessage(`{"remote_id":"10011"}`)},
	}
	b := w.visit(t)
	b.turn("Changes")
	for _, text := range []string{"The settings of a system were saved.", "Help desk", "Online = Available; Lunch = Break", "agent1", "10011", "admin token"} {
		b.AwaitText(text)
	}
	b.Audit("changes")
	b.Photograph("changes")
	b.Fill("Changes of", "The server: keys")
	b.AwaitText("Nothing was changed yet.")
}

func TestKeysPageMakesAndEndsKeysAndAViewerSeesLess(t *testing.T) {
	w := newWorld()
	b := w.visit(t)
	b.turn("Keys")
	b.Fill("Name", "wallboard")
	b.Press("Make")
	b.AwaitText("The key wallboard is made.")
	var made string
	b.Eval(browsertest.Find+`("Token of wallboard").value`, &made)
	b.Audit("keys")
	b.Photograph("keys")
	b.Press("Sign out")
	b.Fill("Admin token", made)
	b.Press("Sign in")
	b.AwaitText("wallboard (viewer)")
	var menu string
	if b.Eval(`document.getElementById("menu").innerText`, &menu); strings.Contains(menu, "Keys") || strings.Contains(menu, "Changes") || !strings.Contains(menu, "Health") {
		t.Errorf("a viewer is shown %q", menu)
	}
	b.turn("Systems")
	b.Press("Connect a system")
	for label, text := range map[string]string{"Address of its API": "https://example.zendesk.com", "Secret of the OAuth client": "top secret"} {
		b.Fill(label, text)
	}
	b.Press("Connect")
	b.AwaitText("This needs the permission \"systems\"")
	b.Press("Cancel")
	b.Press("Sign out")
	b.Fill("Admin token", token)
	b.Press("Sign in")
	b.awaitPage("Systems")
	b.turn("Keys")
	b.Press("End wallboard")
	b.Press("End")
	b.AwaitText("The key wallboard is ended.")
}

func TestRulesPageTellsWhenEachRuleFiredLast(t *testing.T) {
	w, _, path := withRules(t)
	w.call(t, "PUT", path, `{"enabled":true,"rules":[`+lunchRule+`,`+strings.Replace(lunchRule, `"Lunch"`, `"Other"`, 1)+`]}`).ok(nil)
	w.fired = map[tandem.ID]lately.Fired{tandem.NameID("rule", "Lunch"): {At: 1_700_000_000_000, UserID: agent1, Detail: "no such state"}}
	b := w.visit(t)
	b.turn("Rules")
	b.AwaitText("for agent1")
	b.AwaitText("It could not act: No such state.")
	b.AwaitText("Never")
	b.Audit("rules that fired")
	b.Photograph("rules")
}

// TestPhotographs pictures the pages that other tests look at.
func TestPhotographs(t *testing.T) {
	w := newWorld()
	id, path := w.create(t)
	w.call(t, "POST", path+"/refresh", "").ok(nil)
	w.figures = map[tandem.ID]connector.Figures{id: {Done: 12, Sent: 12, Delay: 40e6, LongestDelay: 90e6, Requests: 40}}
	w.state.Agents[agent1].Legs = append(w.state.Agents[agent1].Legs, presence.Leg{SystemID: id, RemoteID: "10011", Health: event.HealthOK, Observed: event.ObservationTaken{Remote: "3", At: 1_700_000_000_000}})
	w.notices = []notice.Notice{{ID: tandem.NameID("notice", "1"), At: 1, Notice: "focus_disabled"}}
	b := w.visit(t)
	b.Photograph("statuses")
	b.turn("Health")
	b.Photograph("health")
	b.Show(400, "dark")
	b.turn("Systems")
	b.Photograph("systems-narrow-dark")
}
