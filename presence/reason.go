package presence

import "tandem/event"

// kind is what kind of act led to what a system shows.
type kind uint8

const (
	byPerson     kind = iota + 1
	byProgram         // through the system's API: our own write, or another program's
	unattributed      // the system does not tell
	bySystem          // idle time-out, a deleted status
	byReconnect       // the session is back
	byDisconnect      // the session is lost: maybe a reload, maybe for good
	byLogout
)

// reasons are Zendesk's words (Zendesk API: Agent Availability, agent status
// reason). A word not listed is taken as a person's act.
var reasons = map[string]kind{
	"":                            unattributed,
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
	return k == unattributed || reason == "PUBLIC_API"
}

func (k kind) cause() event.IntentCause {
	switch k {
	case byPerson, unattributed:
		return event.CausePerson
	case byProgram:
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
	return k == byDisconnect || k == byLogout
}
