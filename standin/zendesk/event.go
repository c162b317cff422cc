package zendesk

import (
	"encoding/json"
	"strconv"
	"time"
)

const eventVersion = "2022-11-06"

// envelope is the body of an event webhook ("Zendesk: Agent availability
// events"). Ids inside detail and event are strings, unlike in the REST API.
type envelope struct {
	AccountID    int64         `json:"account_id"`
	Detail       envelopeAgent `json:"detail"`
	Event        unifiedChange `json:"event"`
	ID           string        `json:"id"`
	Subject      string        `json:"subject"`
	Time         string        `json:"time"`
	Type         string        `json:"type"`
	EventVersion string        `json:"zendesk_event_version"`
}

type envelopeAgent struct {
	AccountID string `json:"account_id"`
	AgentID   string `json:"agent_id"`
	Version   string `json:"version"`
}

type unifiedChange struct {
	New       unifiedState `json:"new_unified_state"`
	Previous  unifiedState `json:"previous_unified_state"`
	UpdatedAt string       `json:"updated_at"`
}

type unifiedState struct {
	ID     string `json:"id"`
	Name   string `json:"name"`
	Reason string `json:"reason"`
}

func (h *hooks) envelope(c change, now time.Time) []byte {
	agentID, accountID := strconv.FormatInt(c.agentID, 10), h.config.AccountID
	body, err := json.Marshal(envelope{
		AccountID: accountID,
		Detail: envelopeAgent{
			AccountID: strconv.FormatInt(accountID, 10), AgentID: agentID, Version: strconv.FormatInt(c.status.Version, 10),
		},
		Event:   unifiedChange{New: stateOf(c.status), Previous: stateOf(c.previous), UpdatedAt: c.status.UpdatedAt.Format(stamp)},
		ID:      h.ids.next(now),
		Subject: "zen:agent:" + agentID,
		Time:    now.Format(stamp), Type: EventUnifiedStateChanged, EventVersion: eventVersion,
	})
	if err != nil {
		panic("zendesk stand-in: an envelope of strings does not encode: " + err.Error())
	}
	return body
}

func stateOf(s AgentStatus) unifiedState {
	return unifiedState{ID: strconv.FormatInt(s.ID, 10), Name: s.Name, Reason: s.Reason}
}
