package block

import (
	"strings"
	"testing"

	"tandem/flow"
)

func answered(kind flow.InputKind, result string) *flow.Input {
	return &flow.Input{Kind: kind, Result: result}
}

func TestInvokeLambdaFunctionAsksAndKeepsTheAnswer(t *testing.T) {
	function := func(more string) string {
		return `{"LambdaFunctionARN":"arn:aws:lambda:eu:1:function:lookup","InvocationTimeLimitSeconds":"5"` + more + `}`
	}
	returned := func(result string) *flow.Input { return answered(flow.InputFunctionReturned, result) }
	external := func(result string) []flow.Act { return []flow.Act{flow.SetExternal{Result: result}} }
	anyJSON := function(`,"ResponseValidation":{"ResponseType":"JSON"}`)
	both, anError := []string{"next", "NoMatchingError"}, "NoMatchingError"
	asks := func(parameters string, async bool) []flow.Act {
		return []flow.Act{flow.Invoke{FunctionARN: "arn:aws:lambda:eu:1:function:lookup", TimeoutMillis: 5000, Async: async, Parameters: parameters}}
	}
	runBranchCases(t, "InvokeLambdaFunction", []branchCase{
		{name: "asks without parameters", parameters: function(""), branches: both, want: "wait", wantActs: asks("{}", false)},
		{name: "fills references in everywhere", branches: both, want: "wait",
			parameters: function(`,"LambdaInvocationAttributes":{"who":"$.Attributes.name","deep":{"list":["$.Attributes.amount",7,true,null]}}`),
			wantActs:   asks(`{"deep":{"list":["12.50",7,true,null]},"who":"Ann & Bo"}`, false)},
		{name: "does not wait for one that is asked on the side", parameters: function(`,"InvocationType":"ASYNCHRONOUS"`), branches: both,
			want: "next", outcome: "Success", wantActs: asks("{}", true)},
		{name: "of an attribute", parameters: `{"LambdaFunctionARN":"$.Attributes.function"}`, branches: both,
			world: func(w *world) { w.values["Attributes.function"] = "arn:x:lookup" }, want: "wait",
			wantActs: []flow.Act{flow.Invoke{FunctionARN: "arn:x:lookup", TimeoutMillis: 3000, Parameters: "{}"}}},
		{name: "of no attribute", parameters: `{"LambdaFunctionARN":"$.Attributes.function"}`, branches: both, want: anError, outcome: anError},
		{name: "unknown", parameters: `{"LambdaFunctionARN":"arn:x:gone"}`, branches: both, want: anError, outcome: anError},
		{name: "parameters too large", parameters: function(`,"LambdaInvocationAttributes":{"a":"$.Attributes.large"}`), branches: both,
			world: func(w *world) { w.values["Attributes.large"] = strings.Repeat("a", 128*1024+1) }, want: anError, outcome: anError},
		{name: "text, numbers and truth values are text", parameters: function(""), branches: both,
			resume: returned(`{"tier":"gold","balance":12.50,"vip":true,"owes":false,"note":null}`), want: "next", outcome: "Success",
			wantActs: external(`{"balance":"12.50","owes":"false","tier":"gold","vip":"true"}`)},
		{name: "an answer that is not flat", parameters: function(""), branches: both, resume: returned(`{"a":{"b":"c"}}`), want: anError, outcome: anError},
		{name: "any object where that is allowed", parameters: anyJSON, branches: both, resume: returned(`{"a":{"b":[1]}}`), want: "next",
			outcome: "Success", wantActs: external(`{"a":{"b":[1]}}`)},
		{name: "a list", parameters: anyJSON, branches: both, resume: returned(`[1]`), want: anError, outcome: anError},
		{name: "nothing", parameters: anyJSON, branches: both, resume: returned(`null`), want: anError, outcome: anError},
		{name: "two objects", parameters: anyJSON, branches: both, resume: returned(`{}{}`), want: anError, outcome: anError},
		{name: "no JSON", parameters: function(""), branches: both, resume: returned(`oops`), want: anError, outcome: anError},
		{name: "32 KB", parameters: anyJSON, branches: both, resume: returned(`{"a":"` + strings.Repeat("b", 32*1024-8) + `"}`), want: anError, outcome: anError},
		{name: "fails", parameters: function(""), branches: both, resume: input(flow.InputFunctionFailed), want: anError, outcome: anError},
		{name: "is late", parameters: function(""), branches: both, resume: input(flow.InputInterrupted), want: anError, outcome: anError},
		{name: "without function", parameters: `{}`, branches: both, want: anError, outcome: anError},
	})
}

func TestInvokeLambdaFunctionWaitsNoLongerThanItsLimit(t *testing.T) {
	program := flowOf(t, "InvokeLambdaFunction", `{"LambdaFunctionARN":"arn:x:lookup","InvocationTimeLimitSeconds":8}`, "next")
	r := program.Step(program.Start(), flow.Input{Kind: flow.InputStart}, newWorld())
	if r.Wait == nil || r.Wait.DeadlineMillis != 8000 {
		t.Errorf("waits %+v, want a deadline of 8000 ms", r.Wait)
	}
}

func TestInvokeFlowModuleTakesTheBranchTheModuleReturnsWith(t *testing.T) {
	module := `{"FlowModuleId":"arn:aws:connect:eu:1:instance/i/flow-module/identify:$LATEST","Input":{"number":"$.CustomerEndpoint.Address","tries":3}}`
	branches := []string{"next", "NoMatchingError", "NoMatchingCondition", "=known", "=stranger"}
	returned := func(outcome string) *flow.Input { return &flow.Input{Kind: flow.InputModuleReturned, Text: outcome} }
	runBranchCases(t, "InvokeFlowModule", []branchCase{
		{name: "enters with its input", parameters: module, branches: branches, want: "wait",
			wantActs: []flow.Act{flow.EnterModule{ModuleID: "identify:$LATEST", Input: `{"number":"+15550100","tries":3}`}}},
		{name: "enters without input", parameters: `{"FlowModuleId":"identify"}`, branches: branches, want: "wait",
			wantActs: []flow.Act{flow.EnterModule{ModuleID: "identify"}}},
		{name: "succeeds", parameters: module, branches: branches, resume: returned("Success"), want: "next", outcome: "Success"},
		{name: "succeeds without a name", parameters: module, branches: branches, resume: returned(""), want: "next", outcome: "Success"},
		{name: "a branch of the module", parameters: module, branches: branches, resume: returned("stranger"), want: "=stranger", outcome: "stranger"},
		{name: "a branch that the flow does not have", parameters: module, branches: branches, resume: returned("other"),
			want: "NoMatchingCondition", outcome: "NoMatchingCondition"},
		{name: "a branch of which the flow knows nothing", parameters: module, branches: []string{"next"}, resume: returned("other"),
			want: "next", outcome: "NoMatchingCondition"},
		{name: "faults", parameters: module, branches: branches, resume: input(flow.InputModuleFailed), want: "NoMatchingError", outcome: "NoMatchingError"},
		{name: "unknown", parameters: `{"FlowModuleId":"gone"}`, branches: branches, want: "NoMatchingError", outcome: "NoMatchingError"},
		{name: "without module", parameters: `{}`, branches: branches, want: "NoMatchingError", outcome: "NoMatchingError"},
	})
}

func TestEndFlowModuleExecutionReturnsBranchAndData(t *testing.T) {
	runBranchCases(t, "EndFlowModuleExecution", []branchCase{
		{name: "as it is", parameters: `{}`, want: "Return", outcome: "Success", wantActs: []flow.Act{flow.ReturnModule{}}},
		{name: "with a branch and data", parameters: `{"Result":"known","ResultData":{"name":"$.Attributes.name"}}`, want: "Return", outcome: "Success",
			wantActs: []flow.Act{flow.ReturnModule{Outcome: "known", Result: `{"name":"Ann & Bo"}`}}},
		{name: "without data that is too large", parameters: `{"ResultData":{"name":"$.Attributes.large"}}`, want: "Return", outcome: "Success",
			world:    func(w *world) { w.values["Attributes.large"] = strings.Repeat("a", 128*1024+1) },
			wantActs: []flow.Act{flow.ReturnModule{}}},
	})
}

func TestShowViewTakesTheBranchOfWhatWasChosen(t *testing.T) {
	view := `{"ViewResource":{"Id":"form","Version":"$LATEST"},"InvocationTimeLimitSeconds":"60","ViewData":{"Heading":"Hi $.Attributes.name","Rows":[{"a":1}]}}`
	branches := []string{"next", "NoMatchingError", "NoMatchingCondition", "TimeLimitExceeded", "=Submit"}
	inChat, anError := channel(flow.ChannelChat), "NoMatchingError"
	chosen := func(action string) *flow.Input {
		return &flow.Input{Kind: flow.InputViewAnswered, Text: action, Result: "{}"}
	}
	runBranchCases(t, "ShowView", []branchCase{
		{name: "shows", parameters: view, branches: branches, world: inChat, want: "wait",
			wantActs: []flow.Act{flow.ShowView{View: "form:$LATEST", Data: `{"Heading":"Hi Ann & Bo","Rows":[{"a":1}]}`}}},
		{name: "shows without data", parameters: `{"ViewResource":{"Id":"$.Attributes.name"}}`, branches: branches, world: inChat, want: "wait",
			wantActs: []flow.Act{flow.ShowView{View: "Ann & Bo", Data: `{}`}}},
		{name: "a choice", parameters: view, branches: branches, world: inChat, resume: chosen("Submit"), want: "=Submit", outcome: "Submit"},
		{name: "another choice", parameters: view, branches: branches, world: inChat, resume: chosen("Back"), want: "NoMatchingCondition", outcome: "NoMatchingCondition"},
		{name: "no choice in time", parameters: view, branches: branches, world: inChat, resume: input(flow.InputInterrupted), want: "TimeLimitExceeded", outcome: "TimeLimitExceeded"},
		{name: "in a call", parameters: view, branches: branches, want: anError, outcome: anError},
		{name: "no view", parameters: `{"ViewResource":{"Id":"$.Attributes.none"}}`, branches: branches, world: inChat, want: anError, outcome: anError},
		{name: "data too large", parameters: `{"ViewResource":{"Id":"form"},"ViewData":{"$.Attributes.large":""}}`, branches: branches, want: anError, outcome: anError,
			world: func(w *world) {
				w.channel, w.values["Attributes.large"] = flow.ChannelChat, strings.Repeat("a", 128*1024+1)
			}},
	})
}

func TestWaitEndsAtItsEvents(t *testing.T) {
	both := `{"TimeLimitSeconds":"60","Events":["CustomerReturned","BotParticipantDisconnected"]}`
	branches := []string{"next", "NoMatchingError", "ParticipantNotFound", "=WaitCompleted", "=CustomerReturned", "=BotParticipantDisconnected"}
	withBot := func(w *world) { w.channel, w.bot = flow.ChannelChat, true }
	runBranchCases(t, "Wait", []branchCase{
		{name: "the customer comes back", parameters: both, branches: branches, world: withBot, resume: input(flow.InputCustomerReturned),
			want: "=CustomerReturned", outcome: "CustomerReturned"},
		{name: "the bot leaves", parameters: both, branches: branches, world: withBot, resume: input(flow.InputBotLeft),
			want: "=BotParticipantDisconnected", outcome: "BotParticipantDisconnected"},
		{name: "time passes first", parameters: both, branches: branches, world: withBot, resume: input(flow.InputInterrupted),
			want: "=WaitCompleted", outcome: "WaitCompleted"},
		{name: "there is no bot", parameters: both, branches: branches, world: channel(flow.ChannelChat), want: "ParticipantNotFound", outcome: "ParticipantNotFound"},
		{name: "nothing but what is waited for", parameters: `{"TimeLimitSeconds":"60"}`, branches: branches, world: withBot,
			resume: input(flow.InputCustomerReturned), want: "wait"},
	})
}

func TestGetParticipantInputChecksPhoneNumbers(t *testing.T) {
	ask := func(validation string) string {
		return `{"Text":"Your number?","StoreInput":"True","InputTimeLimitSeconds":"7","InputValidation":{"PhoneNumberValidation":` + validation + `}}`
	}
	local, international := ask(`{"NumberFormat":"Local","CountryCode":"de"}`), ask(`{"NumberFormat":"E164"}`)
	branches := []string{"next", "NoMatchingError", "InvalidPhoneNumber"}
	stored := func(value string) []flow.Act { return []flow.Act{flow.SetStoredInput{Value: value}} }
	runBranchCases(t, "GetParticipantInput", []branchCase{
		{name: "collects as many keys as a number may have", parameters: local, branches: branches, want: "wait",
			wantActs: []flow.Act{flow.Play{Items: []flow.Prompt{{Text: "Your number?"}}, Collect: &flow.Collect{MaxDigits: 20, FirstDigitTimeoutMillis: 7000,
				InterDigitTimeoutMillis: 5000, Terminator: "#", CancelKey: "*"}}}},
		{name: "a local number gets its country", parameters: local, branches: branches, resume: digits("030123456"), want: "next", outcome: "Success", wantActs: stored("+4930123456")},
		{name: "no local number", parameters: local, branches: branches, resume: digits("12"), want: "InvalidPhoneNumber", outcome: "InvalidPhoneNumber"},
		{name: "an international number gets its plus", parameters: international, branches: branches, resume: digits("15550100"), want: "next",
			outcome: "Success", wantActs: stored("+15550100")},
		{name: "no international number", parameters: international, branches: branches, resume: digits("0"), want: "InvalidPhoneNumber", outcome: "InvalidPhoneNumber"},
		{name: "no number at all is Timeout", parameters: local, branches: branches, resume: input(flow.InputTimeout), want: "next", outcome: "Timeout", wantActs: stored("Timeout")},
		{name: "without a branch for it", parameters: local, branches: []string{"next", "NoMatchingError"}, resume: digits("12"), want: "NoMatchingError", outcome: "InvalidPhoneNumber"},
	})
}

func TestGetParticipantInputEncrypts(t *testing.T) {
	ask := func(key string) string {
		return `{"StoreInput":"True","InputTimeLimitSeconds":"7","InputEncryption":{"EncryptionKeyId":"k1","Key":` + key + `},
			"InputValidation":{"CustomValidation":{"MaximumLength":"$.Attributes.length"}},"DTMFConfiguration":{"InterdigitTimeLimitSeconds":"$.Attributes.pause"}}`
	}
	branches, anError := []string{"next", "NoMatchingError"}, "NoMatchingError"
	certificate := strings.ReplaceAll(strings.Trim(aCertificate, `"`), `\n`, "\n")
	set := func(w *world) {
		w.values["Attributes.length"], w.values["Attributes.pause"], w.values["Attributes.key"] = "16", "4", certificate
	}
	collects := []flow.Act{flow.Play{Collect: &flow.Collect{MaxDigits: 16, FirstDigitTimeoutMillis: 7000, InterDigitTimeoutMillis: 4000, Terminator: "#", CancelKey: "*",
		Encrypt: &flow.Encrypt{KeyID: "k1", Certificate: certificate}}}}
	runBranchCases(t, "GetParticipantInput", []branchCase{
		{name: "with a certificate of the flow", parameters: ask(aCertificate), branches: branches, world: set, want: "wait", wantActs: collects},
		{name: "with a certificate of an attribute", parameters: ask(`"$.Attributes.key"`), branches: branches, world: set, want: "wait", wantActs: collects},
		{name: "stores what comes encrypted", parameters: ask(aCertificate), branches: branches, world: set, resume: digits("QUJD"), want: "next",
			outcome: "Success", wantActs: []flow.Act{flow.SetStoredInput{Value: "QUJD"}}},
		{name: "collects nothing without a certificate", parameters: ask(`"$.Attributes.none"`), branches: branches, world: set, want: anError, outcome: anError},
		{name: "collects nothing with a certificate that is none", parameters: ask(`"$.Attributes.name"`), branches: branches, world: set, want: anError, outcome: anError},
		{name: "collects nothing of a length unknown", parameters: ask(aCertificate), branches: branches, want: anError, outcome: anError},
	})
}
