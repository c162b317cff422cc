package block

import (
	"strings"
	"testing"

	"tandem/flow"

	"github.com/google/go-cmp/cmp"
)

// botSays is an answer of a bot in which the dialogue goes on as action says.
func botSays(action, intent, state, messages string) *flow.Input {
	return answered(flow.InputBotAnswered, `{"messages":[`+messages+`],"sessionState":{"dialogAction":{"type":"`+action+`","slotToElicit":"city"},`+
		`"intent":{"name":"`+intent+`","state":"`+state+`"},"sessionAttributes":{"x-amz-lex:audio:max-length-ms:Book:city":"9000"}}}`)
}

const (
	concierge = `"LexV2Bot":{"AliasArn":"concierge"}`
	sentence  = `{"contentType":"PlainText","content":"Where to?"}`
)

// listening is how the block listens with the usual settings.
func listening() *flow.Collect {
	return &flow.Collect{MaxDigits: 255, FirstDigitTimeoutMillis: 3000, InterDigitTimeoutMillis: 5000, Terminator: "#", CancelKey: "*",
		Listen: &flow.Listen{Locale: "en_US", StartTimeoutMillis: 3000, EndTimeoutMillis: 600, MaxMillis: 12_000}}
}

func TestConnectParticipantWithLexBotBeginsASession(t *testing.T) {
	branches := []string{"next", "NoMatchingError", "NoMatchingCondition", "InputTimeLimitExceeded", "=Book"}
	anError := "NoMatchingError"
	begin := func(attributes string) flow.Act {
		return flow.SetBotSession{Session: `{"sessionState":{"sessionAttributes":` + attributes + `}}`}
	}
	tuned := listening()
	tuned.FirstDigitTimeoutMillis, tuned.Listen.StartTimeoutMillis, tuned.Terminator, tuned.Listen.Locale = 8000, 8000, "0", "de_DE"
	german := func(w *world) { w.values["LanguageCode"] = "de-DE" }
	runBranchCases(t, "ConnectParticipantWithLexBot", []branchCase{
		{name: "says something and listens", parameters: `{"Text":"Hi",` + concierge + `}`, branches: branches, want: "wait",
			wantActs: []flow.Act{begin("{}"), flow.Play{Items: []flow.Prompt{{Text: "Hi"}}, Collect: listening()}}},
		{name: "listens as attributes and language say", branches: branches, world: german, want: "wait",
			parameters: `{"Text":"Hi",` + concierge + `,"LexSessionAttributes":{"x-amz-lex:audio:start-timeout-ms:*:*":"8000","x-amz-lex:dtmf:end-character:*:*":"0","x-amz-lex:dtmf:max-length:*:*":"-1"}}`,
			wantActs: []flow.Act{begin(`{"x-amz-lex:audio:start-timeout-ms:*:*":"8000","x-amz-lex:dtmf:end-character:*:*":"0","x-amz-lex:dtmf:max-length:*:*":"-1"}`),
				flow.Play{Items: []flow.Prompt{{Text: "Hi"}}, Collect: tuned}}},
		{name: "keeps the attributes of the session before", parameters: `{"Text":"Hi",` + concierge + `,"LexSessionAttributes":{"who":"$.Attributes.name"}}`, branches: branches,
			world: func(w *world) { w.values["Lex.SessionAttributes"] = `{"who":"nobody","seat":"4"}` }, want: "wait",
			wantActs: []flow.Act{begin(`{"seat":"4","who":"Ann & Bo"}`), flow.Play{Items: []flow.Prompt{{Text: "Hi"}}, Collect: listening()}}},
		{name: "does not keep more than a session may have", parameters: `{"Text":"Hi",` + concierge + `,"LexSessionAttributes":{"who":"me"}}`, branches: branches, want: "wait",
			world:    func(w *world) { w.values["Lex.SessionAttributes"] = `{"a":"` + strings.Repeat("b", 64*1024) + `"}` },
			wantActs: []flow.Act{begin(`{"who":"me"}`), flow.Play{Items: []flow.Prompt{{Text: "Hi"}}, Collect: listening()}}},
		{name: "hands the bot the first message of a chat", parameters: `{"LexInitializationData":{"InitialMessage":"$.Media.InitialMessage"},` + concierge + `,"LexSessionAttributes":{"a":"b"}}`,
			branches: branches, world: func(w *world) { w.channel, w.values["Media.InitialMessage"] = flow.ChannelChat, "a room" }, want: "wait",
			wantActs: []flow.Act{begin(`{"a":"b"}`), flow.AskBot{Bot: "concierge", Text: "a room", Mode: "Text", Attributes: map[string]string{"a": "b"}, TimeoutMillis: 6000}}},
		{name: "lets the bot begin", parameters: `{"LexInitializationData":{"InitialMessage":"$.Media.InitialMessage"},` + concierge + `}`, branches: branches, want: "wait",
			wantActs: []flow.Act{begin("{}"), flow.AskBot{Bot: "concierge", Mode: "Text", Attributes: map[string]string{}, TimeoutMillis: 30_000}}},
		{name: "speaks where there is no first message", parameters: `{"Text":"Hi","LexInitializationData":{"InitialMessage":"$.Media.InitialMessage"},` + concierge + `}`,
			branches: branches, want: "wait", wantActs: []flow.Act{begin("{}"), flow.Play{Items: []flow.Prompt{{Text: "Hi"}}, Collect: listening()}}},
		{name: "a bot of Lex by name", parameters: `{"Text":"$.Attributes.none","LexBot":{"Name":"hotel","Region":"eu","Alias":"concierge"}}`, branches: branches, want: "wait",
			wantActs: []flow.Act{begin("{}"), flow.Play{Collect: listening()}}},
		{name: "an unknown bot", parameters: `{"Text":"Hi","LexV2Bot":{"AliasArn":"gone"}}`, branches: branches, want: anError, outcome: anError},
		{name: "a bot of no attribute", parameters: `{"Text":"Hi","LexV2Bot":{"AliasArn":"$.Attributes.none"}}`, branches: branches, want: anError, outcome: anError},
		{name: "a prompt without id", parameters: `{"PromptId":"$.Attributes.none",` + concierge + `}`, branches: branches, want: anError, outcome: anError},
		{name: "a task", parameters: `{"Text":"Hi",` + concierge + `}`, branches: branches, world: channel(flow.ChannelTask), want: anError, outcome: anError},
		{name: "no time limit in the attribute", parameters: `{"Text":"Hi",` + concierge + `,"LexTimeoutSeconds":{"Text":"$.Attributes.name"}}`, branches: branches, want: anError, outcome: anError},
		{name: "without bot", parameters: `{"Text":"Hi"}`, branches: branches, want: anError, outcome: anError},
	})
}

func TestConnectParticipantWithLexBotHandsOnWhatTheCustomerSays(t *testing.T) {
	parameters := `{"Text":"Hi",` + concierge + `,"LexSessionAttributes":{"a":"b","gone":"c"}}`
	session := func(w *world) { w.values["Lex.SessionAttributes.a"] = "changed by the bot" }
	asks := func(text, mode string, millis int) []flow.Act {
		return []flow.Act{flow.AskBot{Bot: "concierge", Text: text, Mode: mode, Attributes: map[string]string{"a": "changed by the bot"}, TimeoutMillis: millis}}
	}
	branches, late := []string{"next", "NoMatchingError", "InputTimeLimitExceeded"}, "InputTimeLimitExceeded"
	inChat := func(w *world) { session(w); w.channel = flow.ChannelChat }
	runBranchCases(t, "ConnectParticipantWithLexBot", []branchCase{
		{name: "keys", parameters: parameters, branches: branches, world: session, resume: digits("12"), want: "wait", wantActs: asks("12", "DTMF", 30_000)},
		{name: "speech", parameters: parameters, branches: branches, world: session, resume: &flow.Input{Kind: flow.InputUtterance, Text: "a room", Speech: true},
			want: "wait", wantActs: asks("a room", "Speech", 30_000)},
		{name: "text of a chat", parameters: parameters, branches: branches, world: inChat, resume: &flow.Input{Kind: flow.InputUtterance, Text: "a room"},
			want: "wait", wantActs: asks("a room", "Text", 6000)},
		{name: "nothing in a call", parameters: parameters, branches: branches, world: session, resume: input(flow.InputTimeout), want: late, outcome: "Timeout"},
		{name: "nothing in a chat", parameters: parameters, branches: branches, world: inChat, resume: input(flow.InputInterrupted), want: late, outcome: "Timeout"},
		{name: "a message cannot be played", parameters: parameters, branches: branches, world: session, resume: input(flow.InputPlayFailed),
			want: "NoMatchingError", outcome: "NoMatchingError"},
		{name: "the bot fails", parameters: parameters, branches: branches, world: session, resume: input(flow.InputBotFailed),
			want: "NoMatchingError", outcome: "NoMatchingError"},
		{name: "keys mean nothing in a chat", parameters: parameters, branches: branches, world: inChat, resume: digits("1"), want: "wait"},
	})
}

func TestConnectParticipantWithLexBotFollowsTheBot(t *testing.T) {
	parameters := `{"Text":"Hi",` + concierge + `}`
	branches, anError := []string{"next", "NoMatchingError", "NoMatchingCondition", "=Book"}, "NoMatchingError"
	says := func(in *flow.Input, more ...flow.Act) []flow.Act {
		return append([]flow.Act{flow.SetBotSession{Session: in.Result}}, more...)
	}
	tuned := listening()
	tuned.Listen.MaxMillis = 9000
	asks, silent := botSays("ElicitSlot", "Book", "InProgress", sentence), botSays("ElicitIntent", "Book", "Fulfilled", "")
	closed, farewell := botSays("Close", "Book", "Failed", ""), botSays("Close", "Book", "Fulfilled", sentence)
	handed, other := botSays("Delegate", "Book", "ReadyForFulfillment", ""), botSays("Close", "Fly", "Fulfilled", "")
	rich := botSays("ElicitIntent", "", "", `{"contentType":"SSML","content":"<speak>a</speak>"},{"contentType":"CustomPayload","content":"{}"},`+
		`{"contentType":"ImageResponseCard","imageResponseCard":{"title":"Which?","subtitle":"Pick one","buttons":[{"text":"Sea"},{"text":"City"}]}}`)
	usual := listening()
	inChat := channel(flow.ChannelChat)
	runBranchCases(t, "ConnectParticipantWithLexBot", []branchCase{
		{name: "asks on", parameters: parameters, branches: branches, resume: asks, want: "wait",
			wantActs: says(asks, flow.Play{Items: []flow.Prompt{{Text: "Where to?"}}, Collect: tuned})},
		{name: "goes on after an intent", parameters: parameters, branches: branches, resume: silent, want: "wait", wantActs: says(silent, flow.Play{Collect: tuned})},
		{name: "is done", parameters: parameters, branches: branches, resume: closed, want: "=Book", outcome: "Book", wantActs: says(closed)},
		{name: "leaves the rest to the flow", parameters: parameters, branches: branches, resume: handed, want: "=Book", outcome: "Book", wantActs: says(handed)},
		{name: "has an intent that the flow does not know", parameters: parameters, branches: branches, resume: other,
			want: "NoMatchingCondition", outcome: "NoMatchingCondition", wantActs: says(other)},
		{name: "is heard out", parameters: parameters, branches: branches, resume: farewell, want: "wait",
			wantActs: says(farewell, flow.Play{Items: []flow.Prompt{{Text: "Where to?"}}})},
		{name: "was heard out", parameters: parameters, branches: branches, world: func(w *world) { w.values["Lex.IntentName"] = "Book" },
			resume: input(flow.InputPlayDone), want: "=Book", outcome: "Book"},
		{name: "writes its last word in a chat", parameters: parameters, branches: branches, world: inChat, resume: farewell, want: "=Book", outcome: "Book",
			wantActs: says(farewell, flow.Play{Items: []flow.Prompt{{Text: "Where to?"}}}, flow.StopPlay{})},
		{name: "says what can be heard", parameters: parameters, branches: branches, resume: rich, want: "wait",
			wantActs: says(rich, flow.Play{Items: []flow.Prompt{{SSML: "<speak>a</speak>"}, {Text: "Which?\nPick one\nSea\nCity"}}, Collect: usual})},
		{name: "answers no JSON", parameters: parameters, branches: branches, resume: answered(flow.InputBotAnswered, "oops"), want: anError, outcome: anError},
		{name: "answers without a session", parameters: parameters, branches: branches, resume: answered(flow.InputBotAnswered, "{}"), want: anError, outcome: anError},
		{name: "answers too much", parameters: parameters, branches: branches, want: anError, outcome: anError,
			resume: botSays("Close", "Book", "Fulfilled", `{"content":"`+strings.Repeat("a", 64*1024)+`"}`)},
		{name: "says too much", parameters: parameters, branches: branches, want: anError, outcome: anError,
			resume: botSays("Close", "Book", "Fulfilled", `{"content":"`+strings.Repeat("a", 6001)+`"}`)},
	})
}

func TestConnectParticipantWithLexBotWaitsInAChatAsLongAsTheFlowSays(t *testing.T) {
	waits := func(world *world, parameters string) int {
		program := flowOf(t, "ConnectParticipantWithLexBot", parameters, "next")
		r := program.Step(program.Start(), flow.Input{Kind: flow.InputStart}, world)
		if r.Wait == nil {
			t.Fatalf("entered %+v, want a wait", r)
		}
		return r.Wait.DeadlineMillis
	}
	chat := newWorld()
	chat.channel = flow.ChannelChat
	got := []int{waits(chat, `{"Text":"Hi",`+concierge+`,"LexTimeoutSeconds":{"Text":"90"}}`), waits(chat, `{"Text":"Hi",`+concierge+`}`), waits(newWorld(), `{"Text":"Hi",`+concierge+`}`)}
	if diff := cmp.Diff([]int{90_000, 300_000, 0}, got); diff != "" {
		t.Errorf("milliseconds in a chat with a limit, without, and in a call (-want +got):\n%s", diff)
	}
}

// FuzzAnswers gives blocks anything as the answer of a function or a bot: what they
// keep of it is a JSON object.
func FuzzAnswers(f *testing.F) {
	f.Add(`{"a":1.50,"b":null}`)
	f.Add(botSays("Close", "Book", "Fulfilled", sentence).Result)
	f.Add(`{"sessionState":{"dialogAction":{"type":"ElicitSlot"}},"messages":[{"contentType":"ImageResponseCard","imageResponseCard":{"buttons":[{}]}}]}`)
	f.Fuzz(func(t *testing.T, result string) {
		for actionType, kind := range map[string]flow.InputKind{"InvokeLambdaFunction": flow.InputFunctionReturned, "ConnectParticipantWithLexBot": flow.InputBotAnswered} {
			parameters := map[string]string{"InvokeLambdaFunction": `{"LambdaFunctionARN":"arn:x:lookup"}`, "ConnectParticipantWithLexBot": `{"Text":"Hi",` + concierge + `}`}
			program := flowOf(t, actionType, parameters[actionType], "next", "NoMatchingError")
			r := program.Step(program.Start(), flow.Input{Kind: kind, Result: result}, newWorld())
			for _, act := range r.Acts {
				kept := "{}"
				switch act := act.(type) {
				case flow.SetExternal:
					kept = act.Result
				case flow.SetBotSession:
					kept = act.Session
				}
				if _, ok := readObject(kept); !ok {
					t.Fatalf("%s keeps %q of %q", actionType, kept, result)
				}
			}
		}
	})
}
