package awsconnect

import (
	"github.com/aws/aws-sdk-go-v2/service/connect/types"
)

// The system statuses that an agent with contacts shows (Amazon Connect
// Streams documentation: agent states).
const (
	statePending     = "Pending"         // a queued callback is offered
	statePendingBusy = "PendingBusy"     // a call rings
	stateCalling     = "CallingCustomer" // the agent's call rings elsewhere
	stateBusy        = "Busy"            // talking, or on hold
	stateWrapUp      = "AfterCallWork"
	stateMissed      = "MissedCallAgent"
	stateError       = "Error"
)

// rank orders system statuses: with several contacts the highest is shown.
var rank = map[string]int{
	stateBusy: 7, stateCalling: 6, statePendingBusy: 5, statePending: 4, stateWrapUp: 3, stateMissed: 2, stateError: 1,
}

// slot is one contact at an agent.
type slot struct{ state, channel, method string }

// workOf is what an agent does who has contacts, from ringing until each is
// cleared.
func workOf(slots []slot) work {
	w := work{onContact: len(slots) > 0}
	for _, s := range slots {
		if state := s.shown(); rank[state] > rank[w.state] {
			w.state = state
		}
	}
	return w
}

// shown is the system status for a contact (Amazon Connect Administrator
// Guide: contact states in the agent event stream). A chat or task that rings
// leaves the agent in the chosen status.
func (s slot) shown() string {
	switch types.ContactState(s.state) {
	case types.ContactStateConnecting:
		switch {
		case s.channel != string(types.ChannelVoice):
			return ""
		case s.outbound():
			return stateCalling
		}
		return statePendingBusy
	case types.ContactStateIncoming, types.ContactStatePending:
		return statePending
	case types.ContactStateEnded:
		return stateWrapUp
	case types.ContactStateMissed, types.ContactStateRejected:
		return stateMissed
	case types.ContactStateError:
		return stateError
	}
	return stateBusy // CONNECTED, CONNECTED_ONHOLD, and PAUSED in the stream
}

func (s slot) outbound() bool {
	switch types.ContactInitiationMethod(s.method) {
	case types.ContactInitiationMethodOutbound, types.ContactInitiationMethodCallback, types.ContactInitiationMethodExternalOutbound:
		return true
	}
	return false
}

func slotsOf(d *types.UserData) []slot {
	var slots []slot
	for _, c := range d.Contacts {
		slots = append(slots, slot{state: string(c.AgentContactState), channel: string(c.Channel), method: string(c.InitiationMethod)})
	}
	return slots
}
