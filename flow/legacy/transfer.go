package legacy

import "tandem/flow"

func disconnect(j *job) { j.add("DisconnectParticipant", map[string]any{}) }

func resume(j *job) { j.add("EndFlowExecution", map[string]any{}) }

func transferToAgent(j *job) { j.add("TransferContactToAgent", map[string]any{}) }

// transferToQueue makes an action of the queue, if the module names one, and one
// of the transfer. A module that goes on afterwards moves a contact that waits
// already.
func transferToQueue(j *job) {
	target := j.destination(map[string]any{})
	if j.to("Success") != "" {
		a := j.add("DequeueContactAndTransferToQueue", target)
		j.next(a, "Success")
		j.mustFail(a, flow.QueueAtCapacity, "AtCapacity", "Error")
		j.mustFail(a, flow.NoMatchingError, "Error", "AtCapacity")
		return
	}
	var chosen *action
	if len(target) > 0 {
		chosen = j.add("UpdateContactTargetQueue", target)
	}
	a := j.add("TransferContactToQueue", map[string]any{})
	if chosen != nil {
		chosen.Transitions.NextAction = a.Identifier
		j.mustFail(chosen, flow.NoMatchingError, "Error", "AtCapacity")
	}
	j.mustFail(a, flow.QueueAtCapacity, "AtCapacity", "Error")
	j.mustFail(a, flow.NoMatchingError, "Error", "AtCapacity")
	j.next(a, "Error", "AtCapacity")
}

func transferToNumber(j *job) {
	blind := j.yes("BlindTransfer")
	resumes := !blind && j.to("Success") != ""
	parameters := map[string]any{
		"ThirdPartyPhoneNumber": j.text("PhoneNumber"), "ThirdPartyConnectionTimeLimitSeconds": j.text("TimeLimit"),
		"ContinueFlowExecution": truthText(resumes), "ThirdPartyDTMFDigits": j.text("DTMFDigits"),
	}
	caller := map[string]any{}
	if number := j.text("CallerIdNumber", "CallerId"); number != "" {
		caller["Number"] = number
	}
	if name := j.text("CallerIdName"); name != "" {
		caller["Name"] = name
	}
	if len(caller) > 0 {
		parameters["CallerId"] = caller
	}
	a := j.add("TransferParticipantToThirdParty", parameters)
	if resumes {
		j.next(a, "Success")
		j.mayFail(a, flow.CallFailed, "CallFailure")
		j.mayFail(a, flow.ConnectionTimeLimitExceeded, "Timeout")
	} else {
		j.next(a, "Error")
	}
	j.mayFail(a, flow.NoMatchingError, "Error")
}

func transferToFlow(j *job) {
	a := j.add("TransferToFlow", map[string]any{"ContactFlowId": j.reference(flow.ResourceFlow, "ContactFlow", "ContactFlowId")})
	j.mayFail(a, flow.NoMatchingError, "Error")
	j.next(a, "Error")
}

func createCallback(j *job) {
	a := j.add("CreateCallbackContact", j.destination(map[string]any{
		"InitialCallDelaySeconds": j.text("InitialDelaySeconds"), "RetryDelaySeconds": j.text("RetryDelaySeconds"),
		"MaximumConnectionAttempts": j.text("MaxRetryAttempts"),
	}))
	j.next(a, "Success")
	j.mayFail(a, flow.NoMatchingError, "Error")
}

func invokeFunction(j *job) {
	parameters := map[string]any{"LambdaFunctionARN": j.text("FunctionArn"), "InvocationTimeLimitSeconds": j.text("TimeLimit")}
	if attributes := j.entries("Parameter"); len(attributes) > 0 {
		parameters["LambdaInvocationAttributes"] = attributes
	}
	a := j.add("InvokeLambdaFunction", parameters)
	j.next(a, "Success")
	j.mustFail(a, flow.NoMatchingError, "Error", "Success")
}
