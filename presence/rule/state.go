package rule

import (
	"slices"
	"strings"
)

// systemStates are the states that Amazon Connect sets by itself (Amazon Connect
// Streams, agent states and error types). A rule may ask for them and never set
// them.
var systemStates = []string{"Busy", "Pending", "PendingBusy", "PendingAvailable", "CallingCustomer", "AfterCallWork", "Init", "Dialing", "Joining",
	"MissedCallAgent", "FailedConnectAgent", "FailedConnectCustomer", "AgentHungUp", "RealtimeCommunicationError", "InvalidLocale", "Default", "Error"}

// SystemState reports whether a state of Connect can be asked for but not set.
func SystemState(name string) bool {
	return slices.Contains(systemStates, name) || strings.HasPrefix(name, "BadAddress") || strings.HasPrefix(name, "LineEngaged")
}
