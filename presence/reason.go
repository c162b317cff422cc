package presence

import "tandem/event"

// kind is what kind of act led to what a system shows.
type kind uint8

const (
	byPerson     kind = iota + 1
	byProgram         // through the system's API: our own write, or another program's
	bySelf            // surely our own write
	unattributed      // the system does not tell
	bySystem          // idle time-out, a deleted status
	byReconnect       // the session is back
	byDisconnect      // the session is lost: maybe a reload, maybe for good
	byLogout
	bySession // the session was replaced or is under maintenance: no wish of anybody
)

// The reasons for connectors whose system has no words of its own but tells
// who made a change.
const (
	ReasonSelf       = "self"       // a user or key that nobody but we write with: never a wish
	ReasonProgram    = "program"    // a program that is not ours
	ReasonPerson     = "person"     // the agent, a supervisor, a log-in
	ReasonSystem     = "system"     // the system itself, such as for work that was offered and not taken
	ReasonDisconnect = "disconnect" // the session is lost; it may come back
	ReasonReconnect  = "reconnect"  // the session is back
	ReasonLogout     = "logout"     // the agent has logged out
	ReasonSession    = "session"    // the session was replaced, has expired or is under maintenance: no wish of anybody
)

// reasons are the systems' words: Zendesk API, Agent Availability, agent status
// reason; Salesforce Omni-Channel toolkit, the reasons of a changed status and
// of a log-out. A word not listed is taken as a person's act.
var reasons = map[string]kind{
	"":                            unattributed,
	ReasonSelf:                    bySelf,
	ReasonProgram:                 byProgram,
	ReasonPerson:                  byPerson,
	ReasonSystem:                  bySystem,
	ReasonDisconnect:              byDisconnect,
	ReasonReconnect:               byReconnect,
	ReasonLogout:                  byLogout,
	ReasonSession:                 bySession,
	"OmniToolkitStatusChange":     byProgram,
	"OmniManualStatusChange":      byPerson,
	"OmniSupervisorStatusChange":  byPerson,
	"OmniLoginStatusChange":       byPerson,
	"OmniPushTimeout":             bySystem,
	"OmniDeclineWork":             bySystem,
	"OmniSupervisorLogout":        byLogout,
	"DuplicateLogin":              bySession,
	"DuplicateLoginInSameBrowser": bySession,
	"MaintenanceLogout":           bySession,
	"PUBLIC_API":                  byProgram,
	"WFM_STATUS_UPDATE":           byProgram,
	"AGENT_IDLE_TIMEOUT":          bySystem,
	"AGENT_STATUS_DELETED":        bySystem,
	"OMNICHANNEL_ROUTING_ENABLED": bySystem,
	"SWITCHER_AUTO_RECONNECT":     byReconnect,
	"AGENT_DISCONNECTED":          byDisconnect,
	"AGENT_LOGOUT":                byLogout,
}

func kindOf(reason string) kind {
	if k, ok := reasons[reason]; ok {
		return k
	}
	return byPerson
}

// machine reports whether no person and no program chose the status.
func (k kind) machine() bool { return k >= bySystem }

// ours reports whether our own write may be behind it.
func (k kind) ours(reason string) bool {
	return k == unattributed || k == bySelf || reason == "PUBLIC_API" || reason == "OmniToolkitStatusChange"
}

func (k kind) cause() event.IntentCause {
	switch k {
	case byPerson, unattributed:
		return event.CausePerson
	case byProgram, bySelf:
		return event.CauseProgram
	case byDisconnect, byLogout:
		return event.CauseSessionEnd
	}
	return event.CauseSystem
}

// gone reports whether the agent's session in the leg's system is over. Such
// a leg is left alone until something else is seen there.
func (l *Leg) gone() bool {
	k := kindOf(l.Observed.Reason)
	return k == byDisconnect || k == byLogout || k == bySession
}
