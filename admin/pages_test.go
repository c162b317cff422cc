package admin

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"tandem"
	"tandem/connector"
	"tandem/event"
	"tandem/presence"
)

var offlineID = tandem.NameID("status", "Offline")

// visit opens the pages of a world in a browser and signs in.
func (w *world) visit(t *testing.T) *browser {
	t.Helper()
	w.state.Statuses[offlineID] = &event.AgentStatusSaved{StatusID: offlineID, Name: "Offline", Type: event.Offline, Enabled: true}
	server := httptest.NewServer(w.handler)
	t.Cleanup(server.Close)
	b := startBrowser(t)
	b.show(1200, "light")
	b.open(server.URL + "/admin/ui/")
	b.await(`document.activeElement?.type === "password"`)
	b.typeKeys(token, "Enter", 13)
	b.awaitPage("Statuses")
	return b
}

// turn opens a page from the menu.
func (b *browser) turn(title string) {
	b.t.Helper()
	b.press(title)
	b.awaitPage(title)
}

// awaitPage waits until a page is there.
func (b *browser) awaitPage(title string) {
	b.t.Helper()
	b.await(fmt.Sprintf(`document.querySelector("h1")?.textContent === %q && !document.querySelector("main[aria-busy]")`, title))
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
	b := startBrowser(t)
	b.show(400, "light")
	b.open(server.URL + "/admin/ui/#agents")
	b.awaitText("Sign in")
	b.fill("Admin token", "a wrong one")
	b.press("Sign in")
	b.awaitText("does not take this token")
	b.audit("sign-in")
	b.fill("Admin token", token)
	b.press("Sign in")
	b.awaitText("No system is connected yet")
	var kept struct{ URL, Local, Cookie string }
	b.eval(`({ URL: location.href, Local: JSON.stringify(localStorage), Cookie: document.cookie })`, &kept)
	if strings.Contains(kept.URL+kept.Local+kept.Cookie, token) || !strings.HasSuffix(kept.URL, "#agents") {
		t.Errorf("the browser keeps %+v", kept)
	}
	b.eval("window.old = true", nil)
	b.call("Page.reload", nil, nil)
	b.await(`!window.old && document.body?.innerText.includes("No system is connected yet")`)
	b.press("Sign out")
	b.awaitText("Admin token")
	var session string
	if b.eval("JSON.stringify(sessionStorage)", &session); strings.Contains(session, token) {
		t.Errorf("signed out, the session keeps %s", session)
	}
}

func TestStatusesPageLinksSavesAndTellsWhyNot(t *testing.T) {
	w := newWorld()
	id, _ := w.create(t)
	b := w.visit(t)
	b.awaitText("were not read yet")
	b.press("Refresh")
	b.awaitText("Zendesk has 6 statuses")
	b.fill("Connect status for Offline", "Offline")
	b.fill("Connect status for Lunch", "Break")
	b.fill("Connect status for On a call", "Break")
	b.awaitText("Choose which of them to set")
	b.press("Save")
	b.awaitText("Not saved. Lunch: Several rows mean one status; mark the one to write.")
	b.await(`document.activeElement.getAttribute("aria-invalid") === "true"`)
	b.audit("statuses")
	b.press("Set Lunch for Break")
	b.press("Refresh")
	b.awaitText("did not save is kept")
	b.press("Save")
	b.awaitText("Saved.")
	want := []event.MappingRow{{Remote: "3", StatusID: availableID}, {Remote: "2", StatusID: offlineID},
		{Remote: "101", StatusID: breakID, Preferred: true}, {Remote: "102", StatusID: breakID}}
	saved := w.saved(id)
	if fmt.Sprint(saved.Mapping) != fmt.Sprint(want) || !saved.StatusSync || saved.ClientID != "tandem" {
		t.Errorf("saved %+v, want the mapping %v", saved, want)
	}
	var choices string
	b.eval(`[...document.querySelector("[data-remote='2']").options].map((o) => o.text).join()`, &choices)
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
	b.fill("Kustomer status for Available", "Available")
	var disabled bool
	b.eval(`[...document.querySelectorAll("tr")].find((r) => r.textContent.startsWith("Break")).querySelector("select").options[1].disabled`, &disabled)
	if !disabled {
		t.Error("a Kustomer status can be linked twice")
	}
	b.fill("Kustomer status for Break", "Lunch")
	b.audit("statuses of Kustomer")
	b.press("Save")
	b.awaitText("Saved.")
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
	if b.eval(find+`("Enable focus mode").disabled`, &disabled); !disabled {
		t.Error("focus mode can be enabled before the statuses were read")
	}
	b.press("Refresh")
	b.awaitText("The statuses were read again")
	b.press("Enable focus mode")
	b.fill("Status while on a contact", "On a call")
	b.audit("focus mode")
	b.press("Save")
	b.awaitText("Focus mode is on.")
	if saved := w.saved(id); !saved.FocusMode || saved.Focus != "102" || len(saved.Mapping) != 1 {
		t.Errorf("saved %+v", saved)
	}
}

func TestRulesPageEditsSavesAndTriesRules(t *testing.T) {
	w, id, path := withRules(t)
	w.call(t, "PUT", path, `{"enabled":true,"rules":[`+lunchRule+`]}`).ok(nil)
	b := w.visit(t)
	b.turn("Rules")
	b.press("Add a rule")
	b.fill("Name", "Back from lunch")
	b.fill("When this happens (source)", "Connect Agent State Change")
	b.fill("First operand", "Connect Agent New State")
	b.fill("Second value", "Available")
	b.fill("Set the state of (destination)", "Connect Agent State")
	b.fill("To (state)", "Busy")
	b.audit("rule dialog")
	b.press("Apply")
	b.awaitText("It counts once you save")
	b.press("Save")
	b.awaitText("Not saved. Rule 2, Back from lunch:")
	b.awaitText("Connect sets by itself")
	b.press("Edit Back from lunch")
	b.fill("Set the state of (destination)", "Salesforce Agent State")
	b.fill("To (state)", "Available")
	b.press("Apply")
	b.press("Up Back from lunch")
	b.awaitText("1. Back from lunch")
	b.fill("New state", "Break")
	b.press("Try")
	b.awaitText("Acts: 2. Lunch")
	b.awaitText("its criteria do not hold")
	b.audit("rules")
	b.press("Save")
	b.awaitText("Saved.")
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
	b.awaitText("2 users, 2 unlinked")
	b.press("Link by e-mail")
	b.awaitText("1 user was linked by e-mail")
	b.press("Link agent2")
	b.fill("Id of the agent", "7002")
	b.press("Link")
	b.awaitText("agent2 is linked")
	b.awaitText("<b>Agent Two</b> (two@example.com)") // a text, no markup
	b.awaitText("Linked by hand")
	b.audit("agents")
	b.press("Unlink agent1")
	b.awaitText("agent1 is unlinked")
	w.mu.Lock()
	legs, others := w.state.Agents[agent2].Legs, w.state.Agents[agent1].Legs
	w.mu.Unlock()
	if len(legs) != 2 || legs[1].SystemID != id || legs[1].RemoteID != "7002" || len(others) != 1 {
		t.Errorf("agent2 has %+v, agent1 %+v", legs, others)
	}
	w.mu.Lock()
	w.broken = tandem.Errorf(tandem.Busy, "", "the journal is full")
	w.mu.Unlock()
	b.press("Unlink agent2")
	b.awaitText("The journal is full. Try again in a moment.")
}

func TestHealthPageShowsTroubleAndStartsAgain(t *testing.T) {
	w := newWorld()
	id, _ := w.create(t)
	frozen := presence.Leg{SystemID: id, RemoteID: "7001", Health: event.HealthFrozen}
	frozen.Ended = event.StatusWriteEnded{Outcome: event.WriteRefused, Detail: "403 Forbidden"}
	w.state.Agents[agent1].Legs = append(w.state.Agents[agent1].Legs, frozen)
	w.notices = []Notice{{At: tandem.At(time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)), SystemID: id, Notice: "status_sync_trouble", Detail: "agent1"}}
	b := w.visit(t)
	b.turn("Health and notices")
	for _, text := range []string{"not connected", "1 agent in trouble", "403 Forbidden", "A status could not be kept in step. (agent1)", "Administrators"} {
		b.awaitText(text)
	}
	b.audit("health")
	b.press("Start again for agent1 in Zendesk")
	b.awaitText("is kept in step again")
	w.mu.Lock()
	defer w.mu.Unlock()
	if got := w.state.Agents[agent1].Legs[1].Health; got != event.HealthOK {
		t.Errorf("the agent is still %s", got)
	}
}

// auditScript checks rules of WCAG 2.2 that a program can check: texts have contrast (1.4.3), the
// page does not scroll sideways (1.4.10), tables have headers and a caption
// (1.3.1), there is one main heading, and ids are unique.
const auditScript = `(() => {
	const found = [];
	const rgba = (text) => { const [r, g, b, a = 1] = text.match(/[\d.]+/g).map(Number); return { r, g, b, a }; };
	const luminance = ({ r, g, b }) => {
		const [x, y, z] = [r, g, b].map((v) => v / 255).map((v) => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
		return 0.2126 * x + 0.7152 * y + 0.0722 * z;
	};
	const ground = (e) => {
		for (; e; e = e.parentElement) {
			const color = rgba(getComputedStyle(e).backgroundColor);
			if (color.a === 1) return color;
		}
		return rgba("rgb(255, 255, 255)");
	};
	const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
	for (let n = texts.nextNode(); n; n = texts.nextNode()) {
		const e = n.parentElement;
		if (!n.textContent.trim() || !e.checkVisibility() || e.closest("option, datalist, script, :disabled")) continue;
		const [light, dark] = [luminance(rgba(getComputedStyle(e).color)), luminance(ground(e))].sort((a, b) => b - a);
		const contrast = (light + 0.05) / (dark + 0.05);
		if (contrast < 4.5) found.push("contrast " + contrast.toFixed(2) + ": " + n.textContent);
	}
	if (document.documentElement.scrollWidth > innerWidth) found.push("it scrolls sideways: " + document.documentElement.scrollWidth);
	for (const table of document.querySelectorAll("table")) {
		if (!table.caption || table.querySelector("thead th:not([scope=col]), tbody tr > :first-child:not([scope=row])")) found.push("a table lacks caption or headers");
	}
	if (document.querySelectorAll("h1").length !== 1) found.push("there is not one h1");
	const ids = [...document.querySelectorAll("[id]")].map((e) => e.id);
	if (new Set(ids).size !== ids.length) found.push("ids are not unique");
	return found;
})()`

// audit checks what is shown, light and dark, wide and narrow: the rules above,
// that every control has a name (4.1.2), and that the console stayed silent.
func (b *browser) audit(what string) {
	b.t.Helper()
	for _, scheme := range []string{"light", "dark"} {
		for _, width := range []int{1200, 400} {
			b.show(width, scheme)
			var found []string
			b.eval(auditScript, &found)
			for _, f := range found {
				b.t.Errorf("%s, %s, %d px: %s", what, scheme, width, f)
			}
		}
	}
	b.show(1200, "light")
	var tree struct {
		Nodes []struct {
			Ignored    bool
			Role, Name struct{ Value any }
		}
	}
	b.call("Accessibility.getFullAXTree", nil, &tree)
	named := map[string]bool{"button": true, "link": true, "textbox": true, "searchbox": true, "spinbutton": true, "combobox": true, "checkbox": true,
		"radio": true, "table": true, "dialog": true, "group": true, "navigation": true}
	controls := 0
	for _, n := range tree.Nodes {
		role, _ := n.Role.Value.(string)
		if name, _ := n.Name.Value.(string); !n.Ignored && named[role] {
			if controls++; strings.TrimSpace(name) == "" {
				b.t.Errorf("%s: a %s has no name", what, role)
			}
		}
	}
	if controls == 0 {
		b.t.Errorf("%s: no control is there", what)
	}
	for _, p := range b.problems {
		b.t.Errorf("%s: the page complained: %s", what, p)
	}
	b.problems = nil
}
