package block

import (
	"slices"

	"tandem/flow"
)

// All lists every block, in the order of the designer's palette.
func All() []flow.Block {
	return []flow.Block{
		messageParticipant,
		getParticipantInput,
		messageParticipantIteratively,
		updatePreviousContactParticipantState,
		completeOutboundCall,
		createTask,
		wait,
		updateContactTargetQueue,
		updateContactRecordingBehavior,
		updateContactRecordingAndAnalyticsBehavior,
		updateContactAttributes,
		updateFlowAttributes,
		updateContactData,
		updateContactEventHooks,
		updateContactRoutingBehavior,
		updateContactCallbackNumber,
		updateContactTextToSpeechVoice,
		updateFlowLoggingBehavior,
		updateContactMediaStreamingBehavior,
		getMetricData,
		tagContact,
		untagContact,
		compare,
		checkHoursOfOperation,
		checkMetricData,
		distributeByPercentage,
		loop,
		disconnectParticipant,
		transferContactToQueue,
		createCallbackContact,
		dequeueContactAndTransferToQueue,
		transferContactToAgent,
		transferParticipantToThirdParty,
		transferToFlow,
		endFlowExecution,
	}
}

// Registry holds every block, ready for flow.Validate and flow.Compile.
func Registry() *flow.Registry { return flow.NewRegistry(All()...) }

// inboundTypes are the flows before a contact is queued.
var inboundTypes = []flow.Type{flow.TypeContactFlow, flow.TypeAgentTransfer, flow.TypeQueueTransfer}

// allTypesBut lists the types of flow without some of them.
func allTypesBut(excluded ...flow.Type) []flow.Type {
	var types []flow.Type
	for _, t := range flow.AllTypes() {
		if !slices.Contains(excluded, t) {
			types = append(types, t)
		}
	}
	return types
}
