package salesforce

import (
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"time"
)

// eventQueue bounds the events that wait for a console.
const eventQueue = 1000

// ConsoleEvent is an event of the toolkit, with the fields that its page
// lists; the others are empty.
type ConsoleEvent struct {
	Name               string `json:"name"`
	Reason             string `json:"reason,omitempty"`
	StatusID           string `json:"statusId,omitempty"`
	StatusName         string `json:"statusName,omitempty"`
	StatusAPIName      string `json:"statusApiName,omitempty"`
	Channels           string `json:"channels,omitempty"` // JSON in a string, as the toolkit has it
	WorkID             string `json:"workId,omitempty"`
	WorkItemID         string `json:"workItemId,omitempty"`
	ConfiguredCapacity int    `json:"configuredCapacity,omitempty"`
	PreviousWorkload   int    `json:"previousWorkload,omitempty"`
	NewWorkload        int    `json:"newWorkload,omitempty"`
}

// session is one open console of a user.
type session struct {
	user     string
	browser  string      // which browser it is in; "" for a browser of its own
	tab      string      // by which its page is known; "" for a Console
	messages chan object // events and results, in the order in which they came
}

// ToolkitCall is what a verb of the toolkit takes.
type ToolkitCall struct {
	StatusID string `json:"statusId,omitempty"`
	WorkID   string `json:"workId,omitempty"`
}

// ToolkitAnswer is what a verb of the toolkit gives.
type ToolkitAnswer struct {
	StatusID           string `json:"statusId,omitempty"`
	StatusName         string `json:"statusName,omitempty"`
	StatusAPIName      string `json:"statusApiName,omitempty"`
	Channels           string `json:"channels,omitempty"`
	ConfiguredCapacity int    `json:"configuredCapacity,omitempty"`
	CurrentWorkload    int    `json:"currentWorkload,omitempty"`
	Works              string `json:"works,omitempty"`
}

// errLost is a call that was done, and whose answer never came.
var errLost = errors.New("the answer was lost")

// openSession opens a console. When nobody else holds the user's session it
// takes it over, as a page does that is loaded again.
func (o *org) openSession(user string) (*session, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.user(user) == nil {
		return nil, ErrUnknownUser
	}
	s := &session{user: short(user), messages: make(chan object, eventQueue)}
	o.consoles = append(o.consoles, s)
	if o.sessions[s.user] == nil {
		o.sessions[s.user] = s
	}
	return s, nil
}

// closeSession closes a console. If it was logged in, the agent goes back to
// one that they had opened before, and logs in again there.
func (o *org) closeSession(s *session) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.consoles = slices.DeleteFunc(o.consoles, func(c *session) bool { return c == s })
	if o.sessions[s.user] != s {
		return
	}
	delete(o.sessions, s.user)
	for _, c := range slices.Backward(o.consoles) {
		if c.user == s.user {
			o.sessions[s.user] = c
			o.greet(c)
			return
		}
	}
}

// greet tells a console that its agent has logged in, if they are in a status;
// it wants mu held.
func (o *org) greet(s *session) {
	if p := o.current(s.user); p != nil {
		s.put(eventMessage(ConsoleEvent{Name: "omniChannelLoginSuccess", StatusID: long(p.status)}))
	}
}

// claim makes a session the one that is logged in: there is one for each user.
func (o *org) claim(s *session) {
	o.mu.Lock()
	defer o.mu.Unlock()
	before := o.sessions[s.user]
	if before == s {
		return
	}
	o.sessions[s.user] = s
	if before == nil {
		return
	}
	reason := LogoutDuplicate
	if s.browser != "" && s.browser == before.browser {
		reason = LogoutSameBrowser
	}
	before.put(eventMessage(ConsoleEvent{Name: "omniChannelLogout", Reason: reason}))
}

// holds reports whether a session is the one that is logged in.
func (o *org) holds(s *session) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.sessions[s.user] == s
}

// tell hands an event to the user's console that is logged in; it wants mu
// held.
func (o *org) tell(user string, e ConsoleEvent) {
	if s := o.sessions[short(user)]; s != nil {
		s.put(eventMessage(e))
	}
}

func eventMessage(e ConsoleEvent) object { return object{"kind": "event", "event": e} }

func (s *session) put(message object) {
	select {
	case s.messages <- message:
	default: // a console that does not look loses messages
	}
}

// channelsOf wants mu held.
func (o *org) channelsOf(st *Status) string {
	type channel struct {
		ChannelID     string `json:"channelId"`
		DeveloperName string `json:"developerName"`
	}
	all := []channel{}
	for _, c := range o.channels {
		for _, id := range st.ChannelIDs {
			if short(id) == short(c.ID) {
				all = append(all, channel{ChannelID: long(c.ID), DeveloperName: c.DeveloperName})
			}
		}
	}
	text, _ := json.Marshal(all) // strings always encode
	return string(text)
}

// call does a verb for a console, unless a fault breaks it.
func (s *Server) call(se *session, verb string, in ToolkitCall) (ToolkitAnswer, error) {
	path := "/toolkit/" + se.user + "/" + verb
	fault := s.faults.take(http.MethodPost, path)
	body, _ := json.Marshal(in) // strings always encode
	s.log.add(Entry{Time: s.Now(), Method: http.MethodPost, Path: path, Status: max(fault.Status, http.StatusOK), Body: string(body)})
	if fault.DelayMillis > 0 {
		select {
		case <-time.After(time.Duration(fault.DelayMillis) * time.Millisecond):
		case <-s.closing:
		}
	}
	if fault.Status != 0 {
		return ToolkitAnswer{}, errors.New(fault.Body)
	}
	answer, err := s.do(se, verb, in)
	if fault.Lose {
		return ToolkitAnswer{}, errLost
	}
	return answer, err
}

// do carries out the verbs of the console toolkit.
func (s *Server) do(se *session, verb string, in ToolkitCall) (ToolkitAnswer, error) {
	o := s.org
	switch verb {
	case "login", "setServicePresenceStatus":
		reason := ReasonToolkit
		if verb == "login" {
			reason = ReasonLogin
		}
		o.claim(se)
		if err := o.change(se.user, in.StatusID, reason, false); err != nil {
			return ToolkitAnswer{}, err
		}
		return o.answer(se.user), nil
	case "logout":
		return ToolkitAnswer{}, o.logout(se.user, "", false)
	case "getServicePresenceStatusId", "getServicePresenceStatusChannels", "getAgentWorkload", "getAgentWorks":
		if !o.holds(se) {
			return ToolkitAnswer{}, nil // the public pages do not say what a tab that was logged out answers
		}
		return o.answer(se.user), nil
	case "acceptAgentWork":
		return ToolkitAnswer{}, o.move(se.user, in.WorkID, "Opened", "omniChannelWorkAccepted")
	case "declineAgentWork":
		return ToolkitAnswer{}, o.move(se.user, in.WorkID, "Declined", "omniChannelWorkDeclined")
	case "closeAgentWork":
		return ToolkitAnswer{}, o.move(se.user, in.WorkID, "Closed", "omniChannelWorkClosed")
	}
	return ToolkitAnswer{}, errors.New("the toolkit has no verb " + verb)
}

func (o *org) answer(user string) ToolkitAnswer {
	o.mu.Lock()
	defer o.mu.Unlock()
	works, _ := json.Marshal(o.unfinished(user)) // strings always encode
	a := ToolkitAnswer{ConfiguredCapacity: o.user(user).Capacity, CurrentWorkload: o.load(user), Works: string(works)}
	if p := o.current(user); p != nil {
		st := o.status(p.status)
		a.StatusID, a.StatusName, a.StatusAPIName, a.Channels = long(st.ID), st.Label, st.DeveloperName, o.channelsOf(st)
	}
	return a
}
