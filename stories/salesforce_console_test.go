package stories

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"tandem/connector/salesforce"
	"tandem/internal/chromium"
	standsf "tandem/standin/salesforce"
)

// toldWithin is how long a change may take from the console to the center or back.
const toldWithin = 20 * time.Second

// lightning is an agent who works in a Salesforce console in a real browser,
// with the utility item as it is deployed, and a Tandem that is connected to
// the org. Console and Tandem are different sites, as they are in life.
type lightning struct {
	*desks
	org     *standsf.Server
	orgURL  string
	browser *chromium.Browser
}

func newLightning(t *testing.T) *lightning {
	t.Helper()
	address := fmt.Sprintf("127.0.0.1:%d", freePort(t))
	d := &desks{server: newServer(t, fmt.Sprintf("public_url = \"http://%s\"\n", address)), statuses: map[string]string{}, systems: map[string]string{}}
	d.http = address
	d.start()
	d.must(d.api("PUT", "/agent-status/"+d.born.InstanceID, map[string]any{"Name": "Full", "State": "ENABLED"}, nil))
	d.makeAgent()
	org, err := standsf.New(standsf.Config{
		ClientID: "tandem", ClientSecret: "a secret", Channels: []standsf.Channel{{ID: "0N9000000000001", DeveloperName: "Email"}},
		Statuses: []standsf.Status{
			{ID: salesforceReady, DeveloperName: "Available_Email", Label: "Available", ChannelIDs: []string{"0N9000000000001"}},
			{ID: salesforceLunch, DeveloperName: "Lunch", Label: "Lunch break"},
		},
		Users: []standsf.User{{ID: salesforceAgent, Name: "Agent One", Capacity: 1, StatusID: salesforceReady}},
	})
	d.must(err)
	t.Cleanup(org.Close)
	_, orgURL := open(t, org)
	orgURL = strings.Replace(orgURL, "127.0.0.1", "localhost", 1)
	d.connect(map[string]any{
		"kind": "salesforce", "name": "Sales", "url": orgURL, "client_id": "tandem", "client_secret": "a secret", "at_capacity_status": "Full",
	}, salesforceAgent+"AAC", "Available", "Lunch break")
	l := &lightning{desks: d, org: org, orgURL: orgURL, browser: chromium.Start(t)}
	org.SetConsoleAddress(d.ready.Endpoint + salesforce.ConsolePath + d.systems["salesforce"] + "/")
	return l
}

// console opens the agent's console.
func (l *lightning) console() *chromium.Page {
	l.t.Helper()
	page := l.browser.Open(l.orgURL + "/console/" + salesforceAgent)
	page.Await(`document.body.dataset.ready`)
	return page
}

// signedIn opens the agent's console and signs in to Tandem there.
func (l *lightning) signedIn() *chromium.Page {
	l.t.Helper()
	page := l.console()
	page.AwaitText("Sign in to Tandem")
	page.PressUntil("iframe", `document.body.innerText.includes("Connected.")`)
	return page
}

// centerShows waits until the center shows a status of the agent.
func (l *lightning) centerShows(status, when string) {
	l.t.Helper()
	eventually(l.t, toldWithin, "the center shows "+status+" "+when, func() error {
		return l.legShows(0, func(name, _ string) bool { return name == status })
	})
}

// legShows looks at what presence has observed: at the center, which is the
// first leg, or in Salesforce.
func (l *lightning) legShows(leg int, is func(name, reason string) bool) error {
	var out struct {
		Agents []struct {
			Legs []struct{ Observed struct{ Name, Reason string } }
		}
	}
	if err := l.admin("GET", "/presence?user_id="+l.agent, nil, &out); err != nil {
		return err
	}
	if o := out.Agents[0].Legs[leg].Observed; !is(o.Name, o.Reason) {
		return fmt.Errorf("it shows %+v", o)
	}
	return nil
}

// intent is how often what the agent wants has changed.
func (l *lightning) intent() int {
	l.t.Helper()
	var out struct {
		Agents []struct{ Intent struct{ Version int } }
	}
	l.must(l.admin("GET", "/presence?user_id="+l.agent, nil, &out))
	return out.Agents[0].Intent.Version
}

// salesforceShows waits until presence knows what Salesforce shows, and why.
func (l *lightning) salesforceShows(status, reason string) {
	l.t.Helper()
	eventually(l.t, toldWithin, "Salesforce is known to show "+status+" because of "+reason, func() error {
		return l.legShows(1, func(name, why string) bool { return name == status && why == reason })
	})
}

// writes is how often Tandem had the console set a status.
func (l *lightning) writes() int {
	return len(l.org.Requests("POST", "/toolkit/"+salesforceAgent+"/setServicePresenceStatus"))
}

func choose(page *chromium.Page, status string) {
	page.Click(fmt.Sprintf(`button[data-status=%q]`, status))
}

func awaitStatus(page *chromium.Page, status string) {
	page.Await(fmt.Sprintf(`document.getElementById("status").textContent === %q`, status))
}

// TestStatusGoesBothWaysThroughTheConsole: what an agent chooses in the console
// arrives in the center, what they choose in the center arrives in the console
// in one write, and what Tandem itself set there does not come back as the
// agent's act; work that is accepted fills the agent, also in the center
// (SF-12, SF-30).
func TestStatusGoesBothWaysThroughTheConsole(t *testing.T) {
	l := newLightning(t)
	page := l.signedIn()
	choose(page, salesforceLunch)
	l.centerShows("Break", "after it was chosen in the console")
	l.salesforceShows("Lunch break", standsf.ReasonManual)
	before := l.writes()

	l.put("Available")
	awaitStatus(page, "Available")
	page.AwaitText("omniChannelStatusChanged, Available, " + standsf.ReasonToolkit)
	page.Click(`button[data-act="assign"]`)
	page.Click(`button[data-act="accept"]`)
	l.centerShows("Full", "after work was accepted") // the console's reports arrive in order, so the echo was taken
	if now := l.writes() - before; now != 1 {
		t.Errorf("one change in the center led to %d writes, want 1", now)
	}
	page.Click(`button[data-act="close"]`)
	l.centerShows("Available", "after the work was closed")
}

// TestLogoutInTheConsoleIsOffline: the agent's log-out is known as such, and a
// status chosen afterwards logs in again.
func TestLogoutInTheConsoleIsOffline(t *testing.T) {
	l := newLightning(t)
	page := l.signedIn()
	choose(page, "")
	l.salesforceShows("Offline", "logout")
	choose(page, salesforceLunch)
	l.centerShows("Break", "after the agent is back")
}

// TestSecondTabTakesOverWithoutALogout: a second tab that takes the
// Omni-Channel session over needs no sign-in of its own and gets Tandem's
// commands; the first says so, and nobody counts as logged out.
func TestSecondTabTakesOverWithoutALogout(t *testing.T) {
	l := newLightning(t)
	first := l.signedIn()
	second := l.console()
	first.AwaitText("Omni-Channel is open in another tab")
	second.AwaitText("Connected.")
	l.put("Break")
	awaitStatus(second, "Lunch break")
	second.AwaitText("omniChannelStatusChanged, Lunch break, " + standsf.ReasonToolkit)
	if strings.Contains(second.Text(), "omniChannelLogout") {
		t.Error("Tandem's command went to the first tab, which took the session back")
	}
	choose(second, salesforceReady)
	l.centerShows("Available", "after it was chosen in the second tab")
	first.AwaitText("omniChannelLogout, " + standsf.LogoutSameBrowser)

	second.Close() // the agent goes back to the first
	first.AwaitText("Connected.")
	l.put("Break")
	awaitStatus(first, "Lunch break")
}

// TestConsoleComesBackAfterARestart: the component finds a core that was killed
// again without a new sign-in, and what the agent did meanwhile is told: of
// several acts the last.
func TestConsoleComesBackAfterARestart(t *testing.T) {
	l := newLightning(t)
	page := l.signedIn()
	before := l.intent()
	l.killAll()
	page.AwaitText("Tandem does not answer.")
	choose(page, salesforceLunch)
	awaitStatus(page, "Lunch break")
	choose(page, salesforceReady)
	awaitStatus(page, "Available")
	choose(page, salesforceLunch)
	awaitStatus(page, "Lunch break")
	l.start()
	page.AwaitText("Connected.")
	l.centerShows("Break", "after the console is back")
	choose(page, salesforceReady)
	l.centerShows("Available", "after the next choice") // the console's reports arrive in order, so all of them were taken
	if now := l.intent() - before; now != 2 {
		t.Errorf("the agent's wish changed %d times, want 2: the last act while the server was down, and the next", now)
	}
}

// TestForeignPagesCannotSpeakThroughTheConsole: the frame is shown in the org's
// console alone, and neither frame nor component takes messages of others.
func TestForeignPagesCannotSpeakThroughTheConsole(t *testing.T) {
	l := newLightning(t)
	page := l.signedIn()
	page.Eval(`postMessage({ tandem: "frame", type: "command", command: { id: "1", verb: "logout" } }, "*")`, nil)

	// The same console at another address of this machine is another origin.
	foreign := l.browser.Open(strings.Replace(l.orgURL, "localhost", "127.0.0.1", 1) + "/console/" + salesforceAgent)
	foreign.AwaitProblem("frame-ancestors")
	foreign.Close()
	page.AwaitText("Connected.")

	before := l.intent()
	page.Eval(fmt.Sprintf(`(() => {
		const stranger = document.createElement("iframe");
		document.body.append(stranger);
		const event = { name: "omniChannelStatusChanged", statusId: %q, reason: "OmniManualStatusChange" };
		window.stranger = { event };
		stranger.contentWindow.setTimeout("parent.frames[0].postMessage({ tandem: 'console', type: 'event', event: parent.stranger.event }, '*'); parent.stranger.done = true");
	})()`, salesforceLunch), nil)
	page.Await("stranger.done")
	page.Click(`button[data-act="assign"]`)
	page.Click(`button[data-act="accept"]`)
	l.centerShows("Full", "after work was accepted") // messages arrive in order, so the stranger's was looked at
	if now := l.intent(); now != before {
		t.Errorf("a message of another window changed the agent's wish %d times", now-before)
	}
	if len(l.org.Requests("POST", "/toolkit/"+salesforceAgent+"/logout")) > 0 {
		t.Error("a message of another origin logged the agent out")
	}
}
