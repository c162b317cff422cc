package explain

import (
	"fmt"

	"tandem"
	"tandem/event"
	"tandem/presence"
)

// presenceWords tells how the agent's status is kept in step with other systems.
func (s *agentStory) presenceWords(ev tandem.Event) string {
	if what := s.link(ev); what != "" {
		return what
	}
	for _, line := range presence.Explain(&tandem.Record{Events: []tandem.Event{ev}}, s.id, s.presence.Name) {
		return line // of one event there is one at most
	}
	return ""
}

// link tells who the agent is in a system.
func (s *agentStory) link(ev tandem.Event) string {
	switch ev := ev.(type) {
	case *event.AgentLinked:
		if ev.UserID == s.id {
			return fmt.Sprintf("is agent %s in %s", ev.RemoteID, s.presence.Name(ev.SystemID, ""))
		}
	case *event.AgentUnlinked:
		if ev.UserID == s.id {
			return "is no longer linked to " + s.presence.Name(ev.SystemID, "")
		}
	}
	return ""
}
