package block

import (
	"slices"

	"tandem/flow"
)

// All lists every block, in the order of the designer's palette.
func All() []flow.Block {
	blocks := ownBlocks()
	for _, s := range serviceBlocks {
		blocks = append(blocks, s.block())
	}
	return blocks
}

// ownBlocks are those that are carried out here.
func ownBlocks() []flow.Block {
	return []flow.Block{
		messageParticipant,
		getParticipantInput,
		connectParticipantWithLexBot,
		messageParticipantIteratively,
		updatePreviousContactParticipantState,
		completeOutboundCall,
		createTask,
		showView,
		invokeLambdaFunction,
		invokeFlowModule,
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
		untagContactAsDocumented(),
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
		endFlowModuleExecution,
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
