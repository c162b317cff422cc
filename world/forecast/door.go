package forecast

import (
	"encoding/json"
	"fmt"

	"tandem"
	"tandem/event"
	"tandem/flow"
)

// door is how arrivals come to a queue at once: a flow that does nothing else,
// and a number that starts it.
type door struct {
	flowID tandem.ID
	number string
}

// door is the way into a queue, which is made when it is first needed.
func (l *life) door(queueID tandem.ID) *door {
	d := l.doors[queueID]
	if d != nil {
		return d
	}
	d = &door{flowID: queueID.Derive(1), number: "queue " + queueID.String()}
	l.doors[queueID] = d
	whose := "QueueId"
	if l.plan.Config.queues[queueID] == nil {
		whose = "AgentId"
	}
	l.told(l.m, &event.FlowSaved{FlowID: d.flowID, InstanceID: l.plan.Config.instance.InstanceID, Name: "Simulated arrivals of " + d.number,
		Type: string(flow.TypeContactFlow), Published: true, Version: 1, Content: tandem.Blob(doorFlow(whose, queueID, l.numbers))})
	l.told(l.m, &event.NumberAssociated{NumberID: queueID.Derive(2), Number: d.number, FlowID: d.flowID})
	return d
}

// action is a block of a flow (Amazon Connect Flow language).
type action struct {
	Identifier  string
	Type        string
	Parameters  map[string]any
	Transitions transitions
}

type transitions struct {
	NextAction string           `json:",omitempty"`
	Errors     []map[string]any `json:",omitempty"`
}

// doorFlow is a flow that puts its contact in a queue. Where other flows exist
// it says that none of them runs there.
func doorFlow(whose string, queueID tandem.ID, flows bool) string {
	const end, enter, choose = "end", "enter", "choose"
	onErrors := func(next string, kinds ...string) []map[string]any {
		var all []map[string]any
		for _, kind := range kinds {
			all = append(all, map[string]any{"NextAction": next, "ErrorType": kind})
		}
		return all
	}
	actions := []action{
		{choose, "UpdateContactTargetQueue", map[string]any{whose: queueID}, transitions{enter, onErrors(end, flow.NoMatchingError)}},
		{enter, "TransferContactToQueue", map[string]any{}, transitions{"", onErrors(end, flow.QueueAtCapacity, flow.NoMatchingError)}},
		{end, "DisconnectParticipant", map[string]any{}, transitions{}},
	}
	start := choose
	if flows {
		for _, hook := range []string{"CustomerQueue", "AgentWhisper", "CustomerWhisper"} {
			silent := map[string]any{"EventHooksConfiguration": map[string]any{hook: map[string]any{"DisableExecution": "True"}}}
			actions = append(actions, action{hook, "UpdateContactEventHooks", silent, transitions{start, onErrors(start, flow.NoMatchingError)}})
			start = hook
		}
	}
	content, err := json.Marshal(map[string]any{"Version": "2019-10-30", "StartAction": start, "Metadata": map[string]any{}, "Actions": actions})
	if err != nil {
		panic(fmt.Sprintf("a flow into a queue cannot be written: %v", err)) // it holds nothing but text
	}
	return string(content)
}
