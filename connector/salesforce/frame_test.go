package salesforce

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"tandem"
	"tandem/connector"
	"tandem/event"
	"tandem/presence"
	standin "tandem/standin/salesforce"
)

// TestOnlyTheOrgsConsoleShowsTheFrame holds that the browser refuses the frame
// to any page but the org's own console ("My Domain URL Formats").
func TestOnlyTheOrgsConsoleShowsTheFrame(t *testing.T) {
	for org, console := range map[string]string{
		"https://acme.my.salesforce.com":                "https://acme.lightning.force.com",
		"https://acme--dev.sandbox.my.salesforce.com":   "https://acme--dev.sandbox.lightning.force.com",
		"https://acme-dev-ed.develop.my.salesforce.com": "https://acme-dev-ed.develop.lightning.force.com",
		"https://acme.my.salesforce.mil":                "https://acme.lightning.crmforce.mil",
		"http://localhost:8080":                         "http://localhost:8080",
		"https://my.salesforce.com.example.com":         "https://my.salesforce.com.example.com",
	} {
		base, err := parseBase(org)
		if err != nil {
			t.Fatal(err)
		}
		if got := (&Salesforce{client: &client{base: base}}).consoleOrigin(); got != console {
			t.Errorf("%s has its console at %s, want %s", org, got, console)
		}
	}
	w := newWorld(t, 1, nil)
	w.run()
	answer, err := http.Get(w.page + "frame")
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	page, _ := io.ReadAll(answer.Body)
	policy := answer.Header.Get("Content-Security-Policy")
	if !strings.HasSuffix(policy, "frame-ancestors "+w.org.url) || !strings.HasPrefix(policy, "default-src 'none'") {
		t.Errorf("the frame's policy is %q", policy)
	}
	if !strings.Contains(string(page), `data-console="`+w.org.url+`"`) {
		t.Errorf("the frame does not know its console:\n%s", page)
	}
}

// TestPassNamesItsAgentUntilItsEnd holds that a token is good for its agent, for
// a working day, after a restart, and with the key it was made with.
func TestPassNamesItsAgentUntilItsEnd(t *testing.T) {
	w := newWorld(t, 1, nil)
	a := w.org.agents[0]
	issue := func(p *passes) string {
		pass, err := p.issue(t.Context(), a)
		if err != nil {
			t.Fatal(err)
		}
		return pass
	}
	check := func(p *passes, pass string) string {
		agent, err := p.check(t.Context(), pass)
		if err != nil {
			t.Fatal(err)
		}
		return agent
	}
	pass := issue(w.s.passes)
	restarted := newPasses(w.s.env, systemID)
	if agent := check(restarted, pass); agent != a {
		t.Errorf("after a restart the pass is of %q", agent)
	}
	words, signature, _ := strings.Cut(pass, ".")
	other := passForm.EncodeToString([]byte("005AB0000000999 9999999999"))
	for name, forged := range map[string]string{
		"another agent": other + "." + signature, "no signature": words + ".", "words alone": words, "nothing": "", "a dot": ".",
		"cut": pass[:len(pass)-2], "no base64": "!." + signature, "long": words + strings.Repeat("A", maxPassBytes) + "." + signature,
		"another system": issue(newPasses(w.s.env, tandem.NameID("system", "other"))),
	} {
		if agent := check(w.s.passes, forged); agent != "" {
			t.Errorf("%s: the forged pass is of %q", name, agent)
		}
	}
	w.clock.Advance(passLife)
	if agent := check(w.s.passes, pass); agent != "" {
		t.Error("the pass is valid after its end")
	}
}

// failing is a vault that cannot be read.
type failing struct{ connector.Secrets }

func (failing) Secret(context.Context, string) ([]byte, error) {
	return nil, tandem.Errorf(tandem.Busy, "", "the vault is closed")
}

func TestPageIsNotSentToSignInWhileTheKeyCannotBeRead(t *testing.T) {
	w := newWorld(t, 1, nil)
	pass, err := w.s.passes.issue(t.Context(), w.org.agents[0])
	if err != nil {
		t.Fatal(err)
	}
	w.s.passes = newPasses(connector.Env{Clock: w.clock, Secrets: failing{}}, systemID)
	w.run()
	if status := w.post(t, "wait", pass, `{"page":"p"}`); status != http.StatusServiceUnavailable {
		t.Errorf("the page is answered %d, want 503", status)
	}
}

func (w *world) post(t *testing.T, action, pass, body string) int {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, w.page+action, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+pass)
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	return answer.StatusCode
}

// TestSignInEndsInTheBrowserThatBeganIt holds that nobody gets an agent's pass by
// a link that the agent follows (RFC 6749 section 10.12).
func TestSignInEndsInTheBrowserThatBeganIt(t *testing.T) {
	w := newWorld(t, 1, nil)
	w.run()
	jar := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	begun, err := jar.Get(w.page + "sign-in?login_hint=" + w.org.agents[0])
	if err != nil {
		t.Fatal(err)
	}
	begun.Body.Close()
	agreed, err := jar.Get(begun.Header.Get("Location"))
	if err != nil {
		t.Fatal(err)
	}
	agreed.Body.Close()
	back := agreed.Header.Get("Location")
	if _, err := url.Parse(back); err != nil || begun.Cookies() == nil {
		t.Fatalf("back to %q with %v", back, begun.Cookies())
	}
	stranger, err := jar.Get(back) // another browser, without the cookie
	if err != nil {
		t.Fatal(err)
	}
	stranger.Body.Close()
	if stranger.StatusCode != http.StatusBadRequest {
		t.Errorf("another browser ends the sign-in with %d, want 400", stranger.StatusCode)
	}
	c := w.console(w.org.agents[0]) // the whole way, with the cookie
	defer c.Close()
}

// TestTabWithoutTheSessionGetsNoCommands holds that a tab whose Omni-Channel
// session was taken over elsewhere is not written through, that the write says
// why it waits, and that the tab leads again once it tells of a status.
func TestTabWithoutTheSessionGetsNoCommands(t *testing.T) {
	w := newWorld(t, 1, nil)
	w.run()
	a := w.org.agents[0]
	w.console(a)
	w.s.hub.mu.Lock()
	id := w.s.hub.desks[a].pages[0].id
	w.s.hub.settled = time.Time{}
	w.s.hub.mu.Unlock()
	tell := func(name, reason, status string) {
		w.s.takeEvent(t.Context(), a, report{Page: id, Event: pageEvent{Name: name, Reason: reason, StatusID: status}})
	}
	tell("omniChannelLogout", "DuplicateLoginInSameBrowser", "")
	w.s.Write(writeTo(a, email))
	if e := w.outcome(); e.Outcome != event.WriteRetry || !strings.Contains(e.Detail, "another tab or browser") {
		t.Errorf("the write ends as %+v, want retry, saying why", e)
	}
	if w.s.hub.has(a) || len(w.saw(a, Offline)) > 0 {
		t.Error("the tab counts as one to write through, or the agent as logged out")
	}
	tell("omniChannelLoginSuccess", "", available)
	w.s.Write(writeTo(a, email))
	if e := w.outcome(); e.Outcome != event.WriteDone {
		t.Errorf("the write ends as %+v, want done", e)
	}
}

// TestLateReportCountsAsOfWhenItHappened holds that what a console could not
// tell earlier does not undo what is known to be newer.
func TestLateReportCountsAsOfWhenItHappened(t *testing.T) {
	w := newWorld(t, 1, nil)
	w.run()
	a := w.org.agents[0]
	w.clock.Advance(time.Hour)
	tell := func(status string, age time.Duration) {
		w.s.takeEvent(t.Context(), a, report{Page: "p", AgeMillis: age.Milliseconds(), Event: pageEvent{
			Name: "omniChannelStatusChanged", Reason: standin.ReasonManual, StatusID: status}})
	}
	tell(email, 2*time.Minute)
	seen := w.saw(a, email)
	if len(seen) == 0 {
		t.Fatal("the late report is not observed")
	}
	if age := w.clock.Now().Sub(seen[0].At.Std()); age < 110*time.Second || age > 130*time.Second {
		t.Errorf("it is observed as %s old, want 2 minutes", age)
	}
	tell(lunch, 10*time.Minute)
	if newest := w.newest(); newest.Remote != email || newest.Version != seen[0].Version {
		t.Errorf("an older report led to %+v", newest)
	}
	for _, age := range []int64{-1, 1 << 62} {
		if got := (report{AgeMillis: age}).age(); got < 0 || got > oldestReport {
			t.Errorf("an age of %d ms counts as %s", age, got)
		}
	}
}

func (w *world) newest() presence.Observe {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.observed[len(w.observed)-1]
}

// TestToolkitWithoutAStatusIsNoLogout holds that a console that does not know
// the agent's status yet logs nobody out: the org is asked.
func TestToolkitWithoutAStatusIsNoLogout(t *testing.T) {
	w := newWorld(t, 1, nil)
	w.run()
	a := w.org.agents[0]
	w.eventually("the start's look is done", func() bool { return len(w.saw(a, available)) > 0 })
	before := len(w.saw(a, available))
	w.s.takeResult(t.Context(), a, report{Page: "p", Kind: "result", Command: askStatus, OK: true})
	w.eventually("the org was asked", func() bool { return len(w.saw(a, available)) > before })
	if len(w.saw(a, Offline)) > 0 {
		t.Error("the agent counts as logged out")
	}
	w.s.takeResult(t.Context(), a, report{Page: "p", Kind: "result", Command: askStatus, Message: "no toolkit here"})
	if !w.log.has("no toolkit here") {
		t.Error("nobody is told that the console does not answer")
	}
}

// TestWorkloadIsKnownFromTheFirstPage holds that how much an agent has to do is
// read when their console opens, not only when it changes.
func TestWorkloadIsKnownFromTheFirstPage(t *testing.T) {
	w := newWorld(t, 1, nil)
	a := w.org.agents[0]
	id, err := w.org.Assign(a, "0N9000000000002", "", 3)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.org.Accept(a, id); err != nil {
		t.Fatal(err)
	}
	w.run()
	w.console(a)
	w.eventually("the workload is told", func() bool {
		w.mu.Lock()
		defer w.mu.Unlock()
		return slices.ContainsFunc(w.works, func(c any) bool {
			o, ok := c.(presence.ObserveCapacity)
			return ok && o.RemoteID == a && o.Used == 3 && o.Max == 5 && !o.TellsPrevious
		})
	})
}

// FuzzPass holds that no text is a pass of anybody but whom one was issued to.
func FuzzPass(f *testing.F) {
	p := newPasses(connector.Env{Clock: connector.SystemClock{}, Secrets: newVault(connector.SecretName(systemID, connector.ConsoleKey), "key")}, systemID)
	const owner = "005AB0000000001"
	issued, err := p.issue(f.Context(), owner)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(issued)
	f.Add("MDA1QUIwMDAwMDAwMDAxIDk5OTk5OTk5OTk.AAAA")
	f.Add(".")
	f.Fuzz(func(t *testing.T, pass string) {
		agent, err := p.check(t.Context(), pass)
		if err != nil || agent != "" && agent != owner {
			t.Errorf("%q is a pass of %q (%v)", pass, agent, err)
		}
	})
}
