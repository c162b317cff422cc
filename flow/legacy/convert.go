package legacy

import (
	"encoding/json"
	"fmt"
	"strings"

	"tandem/flow"
)

// A Block says what became of one module of the older form.
type Block struct {
	ID      string
	Module  string   // such as "GetUserInput[Digits]"
	Actions []string // the action types it was made, the first of which has the module's id
	Known   bool     // false: the module is not known; it is kept whole in an action that publishing refuses
	Notes   []string // what is not quite the same, for a person
}

// converters hold one function for each module, by its name with target; a
// module without a target of its own stands without.
var converters = map[string]func(*job){
	"PlayPrompt": playPrompt, "PlayAudio": playPrompt,
	"GetUserInput[Digits]": getDigits, "GetUserInput": getDigits, "GetUserInput[Lex]": askBot,
	"StoreUserInput": storeInput, "StoreCustomerInput": storeInput,
	"LoopPrompts": loopPrompts,

	"SetQueue": setQueue, "SetRecordingBehavior": setRecording, "SetLoggingBehavior": setLogging,
	"SetAttributes": setAttributes, "SetScreenPop": setScreenPop, "SetContactData": setContactData,
	"GetMetricData": getMetrics, "UpdateRoutingPriority": setRouting,
	"SetContactFlow": setHook, "SetEventHook": setHook, "SetCallBackNumber": setCallbackNumber, "SetVoice": setVoice,
	"StartMediaStreaming": startStreaming, "StopMediaStreaming": stopStreaming,

	"CheckQueueStatus": checkQueue, "CheckStaffing": checkStaffing, "CheckHoursOfOperation": checkHours,
	"CheckAttribute": checkAttribute, "PercentileBranching": distribute, "Loop": loop, "Wait": wait,

	"InvokeExternalResource[Lambda]": invokeFunction, "InvokeExternalResource": invokeFunction,
	"Disconnect": disconnect, "Resume": resume, "CreateCallback": createCallback,
	"Transfer[Queue]": transferToQueue, "CustomerInQueue": transferToQueue, "Transfer[PhoneNumber]": transferToNumber,
	"Transfer[Agent]": transferToAgent, "Transfer[Flow]": transferToFlow, "TransferToFlow": transferToFlow,
}

// converterOf finds the function for a module. A target that a module may have
// but that changes nothing, such as SetEventHook's, is passed over.
func converterOf(m module) func(*job) {
	if convert := converters[m.name()]; convert != nil {
		return convert
	}
	switch m.kind {
	case "Transfer", "InvokeExternalResource", "GetUserInput":
		if m.target != "" {
			return nil
		}
	}
	return converters[m.kind]
}

// conversion is one flow on its way to the language.
type conversion struct {
	resolver
	ids      map[string]bool // in use, or to be used
	actions  []flow.Action
	metadata map[string]json.RawMessage // ActionMetadata
	blocks   []Block
}

func newConversion(modules []module, instance Resolver) *conversion {
	c := &conversion{resolver: resolver{instance: instance}, ids: map[string]bool{}, metadata: map[string]json.RawMessage{}}
	for i := range modules {
		if modules[i].id == "" {
			modules[i].id = fmt.Sprintf("block-%d", i+1)
		}
		c.ids[modules[i].id] = true
	}
	return c
}

// convert adds one module.
func (c *conversion) convert(m module) {
	j := &job{conversion: c, module: m, taken: map[string]bool{}, used: map[string]bool{}}
	if convert := converterOf(m); convert != nil {
		j.known = true
		convert(j)
		j.noteRest()
	} else {
		keepUnknown(j)
	}
	report := Block{ID: m.id, Module: m.name(), Known: j.known, Notes: j.notes}
	for _, a := range j.made {
		report.Actions = append(report.Actions, a.Type)
	}
	c.blocks = append(c.blocks, report)
	c.place(j)
	for _, a := range j.made {
		c.actions = append(c.actions, a.Action)
	}
}

// place keeps what the designer knew of a module: its place, and how its fields
// were filled in. The parts of a module that became several actions stand at one
// place.
func (c *conversion) place(j *job) {
	metadata := map[string]json.RawMessage{}
	for name, value := range j.module.metadata { // any order: copied to a map
		metadata[name] = value
	}
	if len(j.made) > 1 {
		var children []string
		for _, a := range j.made[1:] {
			children = append(children, a.Identifier)
			if position := metadata["position"]; position != nil {
				c.metadata[a.Identifier] = encode(map[string]any{"position": position, "isSplitModule": true})
			}
		}
		metadata["children"], metadata["isSplitModule"] = encode(children), encode(true)
	}
	if len(metadata) > 0 {
		c.metadata[j.module.id] = encode(metadata)
	}
}

// freeID makes an identifier for a further action of a module.
func (c *conversion) freeID(moduleID string) string {
	for n := 2; ; n++ {
		id := fmt.Sprintf("%s-%d", moduleID, n)
		if !c.ids[id] {
			c.ids[id] = true
			return id
		}
	}
}

// keepUnknown keeps a module that nothing is known of, so that nothing of it is
// lost and the blocks around it stay connected.
func keepUnknown(j *job) {
	j.note("the module is not known: it is kept whole, and has to be replaced before the flow can be published")
	a := j.add(j.module.kind, map[string]any{"Module": j.module.raw})
	for _, way := range j.module.branches {
		switch {
		case way.transition == "":
		case way.condition == "Success":
			a.Transitions.NextAction = way.transition
		case way.condition == "Evaluate":
			a.condition(languageOperator(way.operator), way.value, way.transition)
		default:
			a.fail(errorOf(way.condition), way.transition)
		}
	}
}

// errorOf is the error type that stands for a branch of the older form.
func errorOf(condition string) string {
	switch condition {
	case "Error":
		return flow.NoMatchingError
	case "NoMatch":
		return flow.NoMatchingCondition
	case "Timeout":
		return flow.InputTimeLimitExceeded
	case "AtCapacity":
		return flow.QueueAtCapacity
	}
	return condition
}

// languageOperator is what the language calls a comparison.
func languageOperator(operator string) string {
	switch operator {
	case "GreaterThan", "LessThan":
		return "Number" + operator
	case "GreaterThanOrEqualTo":
		return flow.NumberGreaterOrEqualTo
	case "LessThanOrEqualTo":
		return flow.NumberLessOrEqualTo
	case "Contains", "StartsWith", "EndsWith":
		return "Text" + operator
	}
	return operator
}

// encode writes JSON as flows are written: markup is not escaped. What is given
// here can always be written.
func encode(value any) json.RawMessage {
	var out strings.Builder
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		return json.RawMessage("null")
	}
	return json.RawMessage(strings.TrimRight(out.String(), "\n"))
}
