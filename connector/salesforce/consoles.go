package salesforce

import (
	"encoding/json"
	"net/http"
	"strings"
	"sync"
	"time"

	"tandem"
)

// ConsolePath is where the component in the console finds Tandem, before the
// system's id and a slash.
const ConsolePath = "/consoles/salesforce/"

const (
	maxReportBytes = 64 << 10
	oldestReport   = 24 * time.Hour
)

// Consoles is the counterpart of the component in agents' consoles, for all
// connected orgs. It is an http.Handler for everything under [ConsolePath]:
//
//	GET  {system}/frame      the page that the component shows in a frame
//	GET  {system}/frame.js   its script, which speaks the rest of this
//	GET  {system}/sign-in    to Salesforce and back, in a window of its own
//	GET  {system}/signed-in  gives the page its token
//	POST {system}/wait       {"page":"..."}: held until there is a command
//	POST {system}/report     {"page":"...","seq":1,"kind":"event"|"result","ageMillis":0,...}
//
// A command is {"id":"...","verb":"setServicePresenceStatus","statusId":"0N5..."},
// with a verb of the console toolkit: setServicePresenceStatus, logout,
// getServicePresenceStatusId or getAgentWorkload. The page reports its result as
// {"kind":"result","command":id,"ok":true,"statusId":"0N5..."}, for the workload
// with "configuredCapacity" and "currentWorkload", and with "message" where it
// failed; and each event of the toolkit as {"kind":"event","event":{"name":
// "omniChannelStatusChanged","statusId":"0N5...","reason":"..."}}, one after the
// other in the order in which they came, and again until it is answered 204.
// ageMillis is how long ago it happened, at most a day: what a page could not
// tell earlier counts as of then.
//
// A page is known by a token that it got by signing in with the agent's own
// Salesforce session, so no agent can speak for another; the token is signed,
// and good for twelve hours and after restarts. The token stays in the frame,
// which no script of Salesforce can read, and only the org's own console may
// show the frame or talk with it. The zero value is ready for use.
type Consoles struct {
	mu      sync.Mutex
	running map[tandem.ID]*Salesforce
}

func (c *Consoles) add(s *Salesforce) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.running == nil {
		c.running = map[tandem.ID]*Salesforce{}
	}
	c.running[s.system.SystemID] = s
}

func (c *Consoles) remove(s *Salesforce) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.running[s.system.SystemID] == s {
		delete(c.running, s.system.SystemID)
	}
}

func (c *Consoles) find(id string) *Salesforce {
	system, err := tandem.ParseID(id)
	if err != nil {
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.running[system]
}

// ServeHTTP implements http.Handler.
func (c *Consoles) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	id, action, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, ConsolePath), "/")
	s := c.find(id)
	if s == nil {
		w.Header().Set("Retry-After", "5")
		http.Error(w, "this system is not connected at the moment", http.StatusServiceUnavailable)
		return
	}
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	switch r.Method + " " + action {
	case "GET frame":
		s.serveFrame(w)
	case "GET frame.js":
		serveFrameScript(w)
	case "GET sign-in":
		s.signIn(w, r)
	case "GET signed-in":
		s.signedIn(w, r)
	case "POST wait":
		s.admitted(w, r, s.serveWait)
	case "POST report":
		s.admitted(w, r, s.serveReport)
	default:
		http.NotFound(w, r)
	}
}

// admitted serves a page that has a valid pass.
func (s *Salesforce) admitted(w http.ResponseWriter, r *http.Request, serve func(http.ResponseWriter, *http.Request, string)) {
	pass, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	agent, err := s.passes.check(r.Context(), pass)
	switch {
	case err != nil:
		s.env.Log.Error("the sessions of consoles cannot be checked", "err", err)
		http.Error(w, "Tandem cannot check the session just now", http.StatusServiceUnavailable)
	case agent == "":
		http.Error(w, "sign in first", http.StatusUnauthorized)
	default:
		serve(w, r, agent)
	}
}

func readPage(w http.ResponseWriter, r *http.Request, into any) bool {
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxReportBytes)).Decode(into); err != nil {
		http.Error(w, "the body is not the JSON expected", http.StatusBadRequest)
		return false
	}
	return true
}

// command is an order as the page gets it.
type command struct {
	ID       string `json:"id"`
	Verb     string `json:"verb"`
	StatusID string `json:"statusId,omitempty"`
}

func (s *Salesforce) serveWait(w http.ResponseWriter, r *http.Request, agent string) {
	var in struct {
		Page string `json:"page"`
	}
	if !readPage(w, r, &in) {
		return
	}
	if in.Page == "" || len(in.Page) > 100 {
		http.Error(w, "page: 1 to 100 characters", http.StatusBadRequest)
		return
	}
	o, ok := s.hub.wait(r.Context(), agent, in.Page)
	if !ok {
		http.Error(w, "this system is not connected at the moment", http.StatusServiceUnavailable)
		return
	}
	var out struct {
		Command *command `json:"command"`
	}
	if o != nil {
		out.Command = &command{ID: o.id, Verb: o.verb, StatusID: o.status}
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(out) // a page that has gone asks no more
}

// report is a message of a page: the result of a command, or an event of the
// toolkit with the fields that its page lists.
type report struct {
	Page               string    `json:"page"`
	Seq                int64     `json:"seq"`
	Kind               string    `json:"kind"`
	AgeMillis          int64     `json:"ageMillis"`
	Command            string    `json:"command"`
	OK                 bool      `json:"ok"`
	StatusID           string    `json:"statusId"`
	ConfiguredCapacity int       `json:"configuredCapacity"`
	CurrentWorkload    int       `json:"currentWorkload"`
	Message            string    `json:"message"`
	Event              pageEvent `json:"event"`
}

// age is how long ago it happened.
func (r report) age() time.Duration {
	return min(max(0, time.Duration(min(r.AgeMillis, oldestReport.Milliseconds()))*time.Millisecond), oldestReport)
}

type pageEvent struct {
	Name               string `json:"name"`
	Reason             string `json:"reason"`
	StatusID           string `json:"statusId"`
	WorkID             string `json:"workId"`
	WorkItemID         string `json:"workItemId"`
	ConfiguredCapacity int    `json:"configuredCapacity"`
	PreviousWorkload   int    `json:"previousWorkload"`
	NewWorkload        int    `json:"newWorkload"`
}

// serveReport takes each report once.
func (s *Salesforce) serveReport(w http.ResponseWriter, r *http.Request, agent string) {
	var in report
	if !readPage(w, r, &in) {
		return
	}
	if s.hub.news(agent, in.Page, in.Seq) {
		if in.Kind == "result" {
			s.takeResult(r.Context(), agent, in)
		} else {
			s.takeEvent(r.Context(), agent, in)
		}
	}
	w.WriteHeader(http.StatusNoContent)
}
