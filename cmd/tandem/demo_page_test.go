package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"tandem/internal/browsertest"
)

// demoColumns are the columns of the demo's page, in order of their words for
// Break.
var demoBreak = map[string]string{"Tandem, the contact center": "Break", demoZendesk: "Away", demoKustomer: "Unavailable", demoSalesforce: "Break"}

// pressInColumn clicks a status in a column.
func pressInColumn(b *browsertest.Browser, column, status string) {
	b.T.Helper()
	b.Eval(fmt.Sprintf(`(() => {
		const found = [...document.querySelectorAll('section[data-system=%q] button')].filter((e) => e.textContent === %q);
		if (found.length !== 1) throw new Error(found.length + " buttons");
		found[0].click();
	})()`, column, status), nil)
}

// awaitColumn waits until a column shows a status, or one of several. A call
// that goes on is shown until it ends.
func awaitColumn(b *browsertest.Browser, column, status string) {
	b.T.Helper()
	b.Await(fmt.Sprintf(`document.querySelector('section[data-system=%q] .shows')?.textContent === %q`, column, status))
}

// TestDemoPageShowsFourSystemsThatFollowEachOther holds that a visitor who
// clicks in one of four systems sees the other three follow, what each was told,
// and why.
func TestDemoPageShowsFourSystemsThatFollowEachOther(t *testing.T) {
	t.Parallel()
	r := startDemo(t)
	b := browsertest.Start(t)
	b.Show(1500, "light")
	b.Open(r.told["side by side"])
	b.Await(`document.querySelectorAll("section").length === 4`)
	b.Fill("Agent", "agent2")
	b.Await(`document.querySelector(".shows")`)
	for _, clicked := range []string{demoZendesk, demoKustomer, demoSalesforce, "Tandem, the contact center"} {
		available := "Available"
		if clicked == demoZendesk {
			available = "Online"
		}
		pressInColumn(b, clicked, available)
		awaitColumn(b, "Tandem, the contact center", "Available")
		pressInColumn(b, clicked, demoBreak[clicked])
		for column, status := range demoBreak {
			awaitColumn(b, column, status)
		}
	}
	for _, text := range []string{"It was told", "Show Away", "The wish Break means that there", "chosen as Break in the contact center by a person"} {
		b.AwaitText(text)
	}
	b.Photograph("demo")
	b.Audit("demo")
	if answer := r.post("/choose", `{"agent":"agent2","system":"Zendesk stand-in","status":"2"}`, "http://example.com"); answer != http.StatusForbidden {
		t.Errorf("another site's choice is answered %d", answer)
	}
	r.interrupt()
}

// post sends a choice to the demo's page, as a page of an origin does.
func (r *demoRun) post(path, body, origin string) int {
	r.t.Helper()
	req, err := http.NewRequestWithContext(r.t.Context(), "POST", r.told["side by side"]+path, strings.NewReader(body))
	if err != nil {
		r.t.Fatal(err)
	}
	req.Header.Set("Origin", origin)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		r.t.Fatal(err)
	}
	resp.Body.Close()
	return resp.StatusCode
}

// admin calls the admin API of the demo's instance, or of its server for a path
// that begins with two slashes.
func (r *demoRun) admin(token, method, path, body string, into any) int {
	r.t.Helper()
	url := r.told["admin API"] + "/instances/" + r.told["instance id"] + path
	if strings.HasPrefix(path, "//") {
		url = r.told["admin API"] + path[1:]
	}
	req, err := http.NewRequestWithContext(r.t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		r.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+token)
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		r.t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err == nil && into != nil {
		err = json.NewDecoder(bytes.NewReader(b)).Decode(into)
	}
	if err != nil {
		r.t.Fatalf("%s %s answered %d %s: %v", method, path, resp.StatusCode, b, err)
	}
	return resp.StatusCode
}

// TestNoticeIsKeptUntilItIsSeenAndThatSurvivesARestart goes through the whole
// program: a choice that the leading system puts back is told, marked by a key
// of its own, and still so after a restart, with who did it in the audit.
func TestNoticeIsKeptUntilItIsSeenAndThatSurvivesARestart(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	r := startDemo(t, "--data", folder)
	token := r.told["admin token"]
	var systems struct{ Systems []map[string]any }
	r.admin(token, "GET", "/systems", "", &systems)
	for _, s := range systems.Systems {
		if s["name"] == demoZendesk {
			r.lead(token, s)
		}
	}
	var page struct {
		Unseen  int
		Notices []struct {
			ID, Notice, Advice string
			SeenBy             string `json:"seen_by"`
		}
	}
	list := func(r *demoRun) { r.t.Helper(); page.Notices = nil; r.admin(token, "GET", "/notices", "", &page) }
	deadline := time.Now().Add(time.Minute)
	for list(r); page.Unseen == 0 && time.Now().Before(deadline); list(r) {
		r.chooseInKustomer("650000000000000000000003")
		time.Sleep(200 * time.Millisecond)
	}
	if page.Unseen == 0 || page.Notices[0].Notice != "status_put_back" || page.Notices[0].Advice == "" {
		t.Fatalf("the notices are %+v", page)
	}
	var made struct{ Token string }
	r.admin(token, "POST", "//keys", `{"name":"desk","role":"operator"}`, &made)
	first := page.Notices[0].ID
	if code := r.admin(made.Token, "POST", "/notices/seen", `{"notice_id":"`+first+`","through":true}`, nil); code != http.StatusOK {
		t.Fatalf("the operator's mark is answered %d", code)
	}
	if code := r.admin(made.Token, "GET", "/audit", "", nil); code != http.StatusForbidden {
		t.Errorf("the operator reads the audit: %d", code)
	}
	r.interrupt()
	again := startDemo(t, "--data", folder)
	list(again)
	seen := 0
	for _, n := range page.Notices {
		if n.SeenBy == "key desk" {
			seen++
		}
	}
	if seen == 0 {
		t.Errorf("after the restart nothing is seen: %+v", page)
	}
	var audit struct {
		Changes []struct{ What, By string }
	}
	again.admin(token, "GET", "/audit?limit=1000", "", &audit)
	if text := fmt.Sprint(audit); !strings.Contains(text, "{notice_seen key desk}") || !strings.Contains(text, "{system_saved admin token}") {
		t.Errorf("the audit has %s", text)
	}
	again.admin(token, "GET", "//audit", "", &audit)
	if len(audit.Changes) != 1 || audit.Changes[0].What != "key_created" {
		t.Errorf("the changes of the server are %+v", audit)
	}
	again.interrupt()
}

// lead lets a system govern the statuses.
func (r *demoRun) lead(token string, s map[string]any) {
	r.t.Helper()
	mapping := []map[string]any{}
	rows, _ := s["mapping"].([]any)
	for _, row := range rows {
		m, _ := row.(map[string]any)
		mapping = append(mapping, map[string]any{"remote": m["remote"], "status": m["status_id"], "preferred": m["preferred"]})
	}
	body, err := json.Marshal(map[string]any{"kind": s["kind"], "name": s["name"], "url": s["url"], "client_id": s["client_id"], "policy": "master", "mapping": mapping, "status_sync": true})
	if err != nil {
		r.t.Fatal(err)
	}
	if code := r.admin(token, "PUT", "/systems/"+fmt.Sprint(s["id"]), string(body), nil); code != http.StatusOK {
		r.t.Fatalf("saving the system is answered %d", code)
	}
}

// chooseInKustomer sets the last agent's status as the agent would.
func (r *demoRun) chooseInKustomer(status string) {
	r.t.Helper()
	resp, err := http.Post(r.told[demoKustomer]+"/__standin/users/"+fmt.Sprintf("68%022x", 3)+"/status", "application/json", strings.NewReader(`{"status_id":"`+status+`"}`))
	if err != nil {
		r.t.Fatal(err)
	}
	resp.Body.Close()
}

// TestSecretIsReplacedInTheBrowserWhileTheServerRuns holds that an API key that
// was revoked in the connected system is replaced on the admin's page, and counts
// without a restart of anything.
func TestSecretIsReplacedInTheBrowserWhileTheServerRuns(t *testing.T) {
	t.Parallel()
	r := startDemo(t)
	control := func(method, path, body string) {
		t.Helper()
		req, err := http.NewRequestWithContext(t.Context(), method, r.told[demoKustomer]+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/json")
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		if resp.Body.Close(); resp.StatusCode/100 != 2 {
			t.Fatalf("%s %s answered %d", method, path, resp.StatusCode)
		}
	}
	control("POST", "/__standin/keys", `{"token":"another key","name":"Tandem"}`)
	control("DELETE", "/__standin/keys/"+demoClientSecret, "")
	b := browsertest.Start(t)
	b.Show(1200, "light")
	b.Open(r.told["admin pages"] + "#systems")
	b.Await(`document.activeElement?.type === "password"`)
	b.TypeKeys(r.told["admin token"], "Enter", 13)
	b.AwaitText("Connected systems")
	b.Press("Test " + demoKustomer)
	b.AwaitText("does not work yet")
	b.Press("Replace secret " + demoKustomer)
	b.Fill("API key", "another key")
	b.Press("Replace")
	b.AwaitText("is replaced and counts from now on")
	b.Press("Test " + demoKustomer)
	b.AwaitText("The connection to " + demoKustomer + " works.")
	b.Photograph("systems-live")
	b.Press("Changes")
	b.AwaitText("The client secret of a system was replaced.")
	b.Photograph("changes-live")
	var page string
	if b.Eval("document.documentElement.outerHTML", &page); strings.Contains(page, "another key") {
		t.Error("the audit tells the secret")
	}
	b.Press("Health")
	b.AwaitText("Agents who need a look")
	b.Photograph("health-live")
	r.interrupt()
}
