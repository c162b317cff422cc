package awsconnect

import (
	"encoding/json"
	"fmt"
	"time"

	"tandem"
	"tandem/presence"
)

// typeLogout is the one type of agent event that tells more than its snapshot
// (Amazon Connect Administrator Guide: agent event streams data model).
const typeLogout = "LOGOUT"

// agentEvent is one record of the stream.
type agentEvent struct {
	AgentARN             string
	InstanceARN          string
	EventType            string
	EventTimestamp       string
	CurrentAgentSnapshot *struct {
		AgentStatus struct {
			ARN            string
			Name           string
			StartTimestamp string
		}
		NextAgentStatus *struct {
			ARN               string
			Name              string
			EnqueuedTimestamp string
		}
		Contacts []struct {
			Channel          string
			InitiationMethod string
			State            string
		}
	}
}

// agentSighting is an agent event, read.
type agentSighting struct {
	instance, agent string
	at              tandem.Time
	logout          bool
	sighting
	statusName, nextName string // where there is no id
}

// readEvent reads a record. ok is false for records of other kinds, such as
// contact records in the same stream; an error is a record that claims to be an
// agent event and is none.
func readEvent(record []byte) (s agentSighting, ok bool, err error) {
	var e agentEvent
	if err := json.Unmarshal(record, &e); err != nil {
		return s, false, fmt.Errorf("it is not the JSON of an agent event: %w", err)
	}
	if e.AgentARN == "" || e.EventType == "" || e.CurrentAgentSnapshot == nil {
		return s, false, nil
	}
	now := e.CurrentAgentSnapshot
	s = agentSighting{instance: lastPart(e.InstanceARN), agent: lastPart(e.AgentARN), logout: e.EventType == typeLogout}
	s.status, s.statusName = lastPart(now.AgentStatus.ARN), now.AgentStatus.Name
	if s.at, err = readTime(e.EventTimestamp); err != nil || s.at == 0 {
		return s, false, fmt.Errorf("its EventTimestamp %q is not a time", e.EventTimestamp)
	}
	if s.since, err = readTime(now.AgentStatus.StartTimestamp); err != nil {
		return s, false, fmt.Errorf("its StartTimestamp is not a time: %w", err)
	}
	if next := now.NextAgentStatus; next != nil {
		s.next, s.nextName = lastPart(next.ARN), next.Name
		if s.nextAt, err = readTime(next.EnqueuedTimestamp); err != nil {
			return s, false, fmt.Errorf("its EnqueuedTimestamp is not a time: %w", err)
		}
	}
	var slots []slot
	for _, c := range now.Contacts {
		slots = append(slots, slot{state: c.State, channel: c.Channel, method: c.InitiationMethod})
	}
	s.work = workOf(slots)
	return s, true, nil
}

func readTime(text string) (tandem.Time, error) {
	if text == "" {
		return 0, nil
	}
	at, err := time.Parse(time.RFC3339, text)
	return tandem.At(at), err
}

// reason is the event's reason in presence's words.
func (s *agentSighting) reason() string {
	if s.logout {
		return presence.ReasonLogout
	}
	return ""
}
