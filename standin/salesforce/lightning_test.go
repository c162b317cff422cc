package salesforce

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/cookiejar"
	"strings"
	"testing"
	"time"
)

const tabWithin = 10 * time.Second

// tab is an open tab of the console, without a page in it.
type tab struct {
	t       *testing.T
	browser *http.Client
	url, id string
	events  chan ConsoleEvent
	answer  *http.Response
}

func newBrowser() *http.Client {
	jar, _ := cookiejar.New(nil) // never fails
	return &http.Client{Jar: jar}
}

func openTab(t *testing.T, browser *http.Client, url, id string) *tab {
	t.Helper()
	b := &tab{t: t, browser: browser, url: url + "/console/" + user1, id: id, events: make(chan ConsoleEvent, 100)}
	page, err := browser.Get(b.url)
	if err != nil || page.StatusCode != http.StatusOK {
		t.Fatalf("the console's page is answered %v (%v)", page, err)
	}
	page.Body.Close()
	if b.answer, err = browser.Get(b.url + "/events?tab=" + id); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(b.answer.Body)
	if !lines.Scan() { // the first line says that the tab is open
		t.Fatal("the tab did not open")
	}
	go func() {
		defer close(b.events)
		for lines.Scan() {
			var e ConsoleEvent
			if data, ok := strings.CutPrefix(lines.Text(), "data: "); ok && json.Unmarshal([]byte(data), &e) == nil {
				b.events <- e
			}
		}
	}()
	t.Cleanup(b.close)
	return b
}

func (b *tab) close() { b.answer.Body.Close() }

// post sends an order and returns its answer's status.
func (b *tab) post(path, more string, into any) int {
	b.t.Helper()
	answer, err := b.browser.Post(b.url+path, "application/json", strings.NewReader(fmt.Sprintf(`{"tab":%q%s}`, b.id, more)))
	if err != nil {
		b.t.Fatal(err)
	}
	defer answer.Body.Close()
	if into != nil {
		if err := json.NewDecoder(answer.Body).Decode(into); err != nil {
			b.t.Fatal(err)
		}
	}
	return answer.StatusCode
}

// next waits for an event of a name and returns it.
func (b *tab) next(name string) ConsoleEvent {
	b.t.Helper()
	for deadline := time.After(tabWithin); ; {
		select {
		case e, open := <-b.events:
			if !open {
				b.t.Fatalf("the tab closed before %s came", name)
			}
			if e.Name == name {
				return e
			}
		case <-deadline:
			b.t.Fatalf("%s did not come", name)
		}
	}
}

// TestSecondTabLogsTheFirstOut holds that there is one Omni-Channel session for
// each user, that the reason says where it went, and that a tab that lost it
// knows nothing of the agent ("lightning:omniChannelLogout").
func TestSecondTabLogsTheFirstOut(t *testing.T) {
	url := start(t, nil).url
	here := newBrowser()
	first := openTab(t, here, url, "first")
	if e := first.next("omniChannelLoginSuccess"); short(e.StatusID) != available {
		t.Errorf("the first tab logs in as %+v", e)
	}
	second := openTab(t, here, url, "second")
	if e := first.next("omniChannelLogout"); e.Reason != LogoutSameBrowser {
		t.Errorf("the first tab is logged out because of %q", e.Reason)
	}
	var shown ToolkitAnswer
	if first.post("/toolkit/getServicePresenceStatusId", "", &shown); shown.StatusID != "" {
		t.Errorf("the tab that was logged out shows %q", shown.StatusID)
	}
	third := openTab(t, newBrowser(), url, "third")
	if e := second.next("omniChannelLogout"); e.Reason != LogoutDuplicate {
		t.Errorf("the second tab is logged out because of %q", e.Reason)
	}
	third.close() // the agent goes back to the newest tab that is left
	second.next("omniChannelLoginSuccess")
}

// TestTabSetsStatusesAndWorks holds that the toolkit and the agent's own clicks
// are told apart by their reasons, and that work changes the workload.
func TestTabSetsStatusesAndWorks(t *testing.T) {
	r := start(t, nil)
	b := openTab(t, newBrowser(), r.url, "tab")
	if status := b.post("/choose", `,"statusId":"`+lunch+`"`, nil); status != http.StatusOK {
		t.Fatalf("the choice is answered %d", status)
	}
	if e := b.next("omniChannelStatusChanged"); e.Reason != ReasonManual || short(e.StatusID) != lunch {
		t.Errorf("the agent's choice is told as %+v", e)
	}
	b.post("/toolkit/setServicePresenceStatus", `,"statusId":"`+available+`"`, nil)
	if e := b.next("omniChannelStatusChanged"); e.Reason != ReasonToolkit {
		t.Errorf("the toolkit's change is told as %+v", e)
	}
	var made struct{ WorkID string }
	b.post("/work/assign", `,"channel":"`+phone+`"`, &made)
	b.next("omniChannelWorkAssigned")
	b.post("/work/accept", `,"workId":"`+made.WorkID+`"`, nil)
	if e := b.next("omniChannelWorkloadChanged"); e.NewWorkload != 1 || e.ConfiguredCapacity != 5 {
		t.Errorf("the accepted work is told as %+v", e)
	}
	var works ToolkitAnswer
	if b.post("/toolkit/getAgentWorks", "", &works); !strings.Contains(works.Works, `"isEngaged":true`) {
		t.Errorf("the work is listed as %q", works.Works)
	}
	b.post("/work/close", `,"workId":"`+made.WorkID+`"`, nil)
	b.next("omniChannelWorkClosed")
	b.post("/choose", "", nil)
	if e := b.next("omniChannelLogout"); e.Reason != "" || r.s.Shows(user1) != "" {
		t.Errorf("the agent's log-out is told as %+v", e)
	}
	for path, want := range map[string]int{"/work/burn": http.StatusUnprocessableEntity, "/toolkit/fly": http.StatusUnprocessableEntity} {
		if status := b.post(path, "", nil); status != want {
			t.Errorf("%s is answered %d, want %d", path, status, want)
		}
	}
	b.id = "another"
	if status := b.post("/choose", "", nil); status != http.StatusConflict {
		t.Errorf("a tab that is not open is answered %d, want 409", status)
	}
}
