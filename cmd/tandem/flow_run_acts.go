package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"tandem/flow"
)

// tellActs says for a person what a block has others do; what is heard is told
// apart.
func tellActs(acts []flow.Act) []string {
	var lines []string
	for _, act := range acts {
		if line := tellAct(act); line != "" {
			lines = append(lines, line)
		}
	}
	return lines
}

func tellAct(act flow.Act) string {
	switch act := act.(type) {
	case flow.SetAttributes:
		return "sets " + pairs(act.Attributes)
	case flow.SetFlowAttributes:
		return "sets for this flow " + pairs(act.Attributes)
	case flow.SetStoredInput:
		return fmt.Sprintf("stores the input %q", act.Value)
	case flow.SetTargetQueue:
		return "the queue is " + act.QueueID
	case flow.SetTargetAgent:
		return "the queue is that of the agent " + act.UserID
	case flow.SetHook:
		return tellHook(act)
	case flow.SetRouting:
		if act.Adjusts {
			return fmt.Sprintf("counts as %d s longer in the queue", act.AdjustmentSeconds)
		}
		return fmt.Sprintf("priority %d", act.Priority)
	case flow.SetCallbackNumber:
		return "the number to call back is " + act.Number
	case flow.CreateCallback:
		return fmt.Sprintf("calls back in %d s at the earliest", act.InitialDelaySeconds)
	case flow.SetVoice:
		return strings.TrimSpace("speaks as " + act.Voice + " " + act.Engine + " " + act.Style)
	case flow.SetLogging:
		return "flow log: " + onOff(act.Enabled)
	case flow.SetRecording:
		return "records: agent " + onOff(act.Agent) + ", customer " + onOff(act.Customer)
	case flow.SetTags:
		return "tags " + pairs(act.Add) + strings.Join(act.Remove, " ")
	case flow.SetData:
		return "contact data: " + pairs(map[string]string{"name": act.Name, "description": act.Description, "customer": act.CustomerID, "language": act.LanguageCode})
	case flow.Invoke:
		return "invokes " + act.FunctionARN
	case flow.SetExternal:
		return "the function's answer is " + act.Result
	case flow.AskBot:
		return "asks the bot " + act.Bot
	case flow.EnterModule:
		return "enters the module " + act.ModuleID
	case flow.ReturnModule:
		return "returns " + act.Outcome + " " + act.Result
	case flow.StartTask:
		return fmt.Sprintf("begins the task %q", act.Name)
	case flow.HoldPrevious:
		return "the call before: " + act.State
	}
	return ""
}

func tellHook(act flow.SetHook) string {
	switch {
	case act.Disabled:
		return "no flow at " + act.Hook
	case act.FlowID == "":
		return "the default flow at " + act.Hook
	}
	return "at " + act.Hook + ": " + act.FlowID
}

func onOff(on bool) string {
	if on {
		return "on"
	}
	return "off"
}

// pairs writes what has a value, sorted.
func pairs(values map[string]string) string {
	var words []string
	for _, name := range slices.Sorted(maps.Keys(values)) {
		if values[name] != "" {
			words = append(words, fmt.Sprintf("%s=%q", name, values[name]))
		}
	}
	return strings.Join(words, " ")
}
