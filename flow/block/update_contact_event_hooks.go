package block

import "tandem/flow"

// hook is a moment of a contact at which a flow runs.
type hook struct {
	name      string
	flowType  flow.Type
	voiceOnly bool
}

var eventHooks = []hook{
	{name: "AgentHold", flowType: flow.TypeAgentHold, voiceOnly: true},
	{name: "AgentWhisper", flowType: flow.TypeAgentWhisper},
	{name: "CustomerHold", flowType: flow.TypeCustomerHold, voiceOnly: true},
	{name: "CustomerQueue", flowType: flow.TypeCustomerQueue},
	{name: "CustomerRemaining", flowType: flow.TypeContactFlow},
	{name: "CustomerWhisper", flowType: flow.TypeCustomerWhisper},
	{name: "DefaultAgentUI", flowType: flow.TypeContactFlow},
	{name: "DisconnectAgentUI", flowType: flow.TypeContactFlow},
	{name: "PauseContact", flowType: flow.TypeContactFlow},
	{name: "ResumeContact", flowType: flow.TypeContactFlow},
}

// updateContactEventHooks says which flow runs at one moment of the contact: while
// it waits, is held, is about to be connected, or when only the customer remains.
// A flow from an attribute without a value is the default one.
// EventHooksConfiguration can say that none runs at all. The flow must be
// published and of the type that the moment needs. Holds need a voice: other
// channels take the error branch. The moments of agent screens and of pausing are
// kept with the contact.
//
//	{
//	  "Identifier": "hook",
//	  "Type": "UpdateContactEventHooks",
//	  "Parameters": {"EventHooks": {"CustomerQueue": "waiting"}},
//	  "Transitions": {
//	    "NextAction": "next",
//	    "Errors": [{"NextAction": "next", "ErrorType": "NoMatchingError"}]
//	  }
//	}
//
// Amazon Connect Flow language: UpdateContactEventHooks.
var updateContactEventHooks = flow.Block{
	Type:      "UpdateContactEventHooks",
	Title:     "Set hold, whisper, customer queue or disconnect flow",
	LogName:   "SetContactFlow",
	Aliases:   []string{"SetContactFlow", "SetEventHook", "SetHoldFlow", "SetWhisperFlow", "SetCustomerQueueFlow", "SetDisconnectFlow"},
	Group:     flow.GroupSet,
	FlowTypes: flow.AllTypes(),
	Rules:     flow.Rules{RequiredErrors: []string{flow.NoMatchingError}},
	Log:       logHook,
	Compile: func(p *flow.Params) flow.Runner {
		hooks, _ := p.Object("EventHooks")
		settings, _ := p.Object("EventHooksConfiguration")
		name, ok := hookName(hooks, settings)
		if !ok {
			p.Fail("EventHooks", "There must be exactly one event hook")
			return wrong{}
		}
		r := setHook{}
		if r.hook, ok = findHook(name); !ok {
			p.Fail("EventHooks."+name, "There is no such event hook")
			return wrong{}
		}
		if hooks != nil && hooks.Has(name) {
			r.flow, _ = hooks.FlowReference(name, r.hook.flowType)
		}
		if settings != nil && settings.Has(name) {
			r.disabled = readDisabled(settings, name)
		}
		return orWrong(p, r)
	},
}

// hookName finds the one hook that the parameters are about.
func hookName(objects ...*flow.Params) (name string, ok bool) {
	for _, object := range objects {
		if object == nil {
			continue
		}
		names := object.Names()
		object.Accept(names...)
		for _, n := range names {
			if name != "" && n != name {
				return "", false
			}
			name = n
		}
	}
	return name, name != ""
}

func findHook(name string) (hook, bool) {
	for _, h := range eventHooks {
		if h.name == name {
			return h, true
		}
	}
	return hook{}, false
}

func readDisabled(settings *flow.Params, name string) bool {
	setting, ok := settings.Object(name)
	if !ok {
		return false
	}
	setting.Require("DisableExecution")
	disabled, _ := setting.Bool("DisableExecution")
	return disabled
}

type setHook struct {
	hook     hook
	flow     flow.Reference
	disabled bool
}

// Enter sets the flow of the moment.
func (r setHook) Enter(env flow.Env) flow.Move {
	id := r.flow.ID(env)
	switch {
	case r.hook.voiceOnly && !isVoice(env):
		return flow.Raise(flow.NoMatchingError)
	case r.disabled:
		return flow.Succeed(flow.SetHook{Hook: r.hook.name, Disabled: true})
	case id != "" && !env.FlowKnown(id, r.hook.flowType):
		return flow.Raise(flow.NoMatchingError)
	}
	return flow.Succeed(flow.SetHook{Hook: r.hook.name, FlowID: id})
}
