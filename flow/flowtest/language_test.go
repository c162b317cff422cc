package flowtest

import (
	"encoding/json"
	"strings"
	"testing"

	"tandem/flow"
)

func rawAnswers(name, answer string) map[string]json.RawMessage {
	return map[string]json.RawMessage{name: json.RawMessage(answer)}
}

// TestTestIsReadAloneOrAsACase holds that the content can stand alone, or in a
// case, as text or as an object.
func TestTestIsReadAloneOrAsACase(t *testing.T) {
	content := `{"Version":"2019-10-30","Metadata":{},"Observations":[{"Identifier":"a","Event":{"Identifier":"e","Type":"TestInitiated","Actor":"System","Properties":{}},"Usage":{"Type":"Exactly","Times":1}}]}`
	quoted, err := json.Marshal(content)
	if err != nil {
		t.Fatal(err)
	}
	whole := `{"Name":"Opening","Description":"d","Content":CONTENT,"InitializationData":"{\"language\":\"de\"}","Status":"PUBLISHED",
		"EntryPoint":{"Type":"VOICE_CALL","VoiceCallEntryPointParameters":{"SourcePhoneNumber":"+4930123456","DestinationPhoneNumber":"+4930654321","FlowId":"main"}}}`
	for _, written := range []string{content, strings.Replace(whole, "CONTENT", content, 1), strings.Replace(whole, "CONTENT", string(quoted), 1)} {
		c, err := Parse([]byte(written))
		if err != nil {
			t.Fatal(err)
		}
		if problems := c.Test.Check(); len(problems) > 0 || len(c.Test.Observations) != 1 {
			t.Errorf("%s: %v", written, problems)
		}
		if written != content && (c.Name != "Opening" || c.FlowID != "main" || c.Channel != flow.ChannelVoice || c.CustomerNumber != "+4930123456" ||
			c.DialedNumber != "+4930654321" || c.Attributes["language"] != "de") {
			t.Errorf("the case is %+v", c)
		}
	}
	for _, wrong := range []string{"", "[]", `{"Content":"x"}`, `{"InitializationData":"[1]"}`, `{"Observations":{}}`} {
		if _, err := Parse([]byte(wrong)); err == nil {
			t.Errorf("%q is taken", wrong)
		}
	}
}

// TestCheckTellsEverythingThatIsWrong holds that each rule is told with its place.
func TestCheckTellsEverythingThatIsWrong(t *testing.T) {
	c, err := Parse([]byte(`{"Version":"1","Observations":[
		{"Identifier":"a","Event":{"Type":"PhoneRang","Actor":"Agent"},"Usage":{"Type":"Often"},"Transitions":{"NextObservations":["c"]}},
		{"Identifier":"a","Event":{"Type":"FlowActionStarted"},"Usage":{"Type":"Exactly","Times":0},"Actions":[
			{"Identifier":"1","Type":"SendInstruction","Parameters":{"Instruction":{"Type":"DtmfInput","Properties":{"Value":"1a"}}},"Transitions":{"NextAction":"9"}},
			{"Identifier":"1","Type":"SendInstruction","Parameters":{"Instruction":{"Type":"Sing"}}},
			{"Identifier":"3","Type":"SendInstruction","Parameters":{"Instruction":{"Type":"TextUtterance"}}},
			{"Identifier":"4","Type":"Assert","Parameters":{"Namespace":"Queue","Operator":"Is"}},
			{"Identifier":"5","Type":"TestControl","Parameters":{"Command":{"Type":"Pause"}}},
			{"Identifier":"6","Type":"Wait"},
			{"Identifier":"7","Type":"OverrideSystemBehavior","Parameters":{"Behavior":{"Properties":{"ActionType":"Loop"}}}},
			{"Identifier":"8","Type":"OverrideSystemBehavior","Parameters":{"Behavior":{"Properties":{"ActionType":"CheckHoursOfOperation","Strategy":{"Type":"Guess"}}}}},
			{"Identifier":"a","Type":"OverrideSystemBehavior","Parameters":{"Behavior":{"Properties":{"ActionType":"CheckHoursOfOperation","Strategy":{"Type":"SubstituteResource"}}}}},
			{"Identifier":"b","Type":"OverrideSystemBehavior","Parameters":{"Behavior":{"Properties":{"ActionType":"CheckHoursOfOperation","Strategy":{"Type":"MockResponse","Response":{"Type":"Maybe"}}}}}},
			{"Identifier":"c","Type":"OverrideSystemBehavior","Parameters":{"Behavior":{"Properties":{"ActionType":"DequeueAndTransferToQueue","Strategy":{"Type":"MockResponse","Response":{"Type":"Error","Error":{"Value":"Rain"}}}}}}}]},
		{"Identifier":"","Event":{"Type":"MessageReceived","Properties":{"MatchingCriteria":"Contains"}}}]}`))
	if err != nil {
		t.Fatal(err)
	}
	told := c.Test.Check().Error()
	for _, path := range []string{"Version", "Observations[0].Event.Type", "Observations[0].Event.Actor", "Observations[0].Usage", "Observations[0].Transitions.NextObservations[0]",
		"Observations[1].Identifier", "Observations[1].Event.Properties.ActionType", "Observations[1].Usage", "Actions[0].Parameters.Instruction.Properties.Value",
		"Actions[0].Transitions.NextAction", "Actions[1].Identifier", "Actions[1].Parameters.Instruction.Type", "Actions[2].Parameters.Instruction.Properties.Text",
		"Actions[3].Parameters.Namespace", "Actions[3].Parameters.Operator", "Actions[4].Parameters.Command.Type", "Actions[5].Type",
		"Actions[6].Parameters.Behavior.Properties.ActionType", "Actions[7].Parameters.Behavior.Properties.Strategy.Type", "Actions[8].Parameters.Behavior.Properties.Strategy.SubstituteArn",
		"Actions[9].Parameters.Behavior.Properties.Strategy.Response.Type", "Actions[10].Parameters.Behavior.Properties.Strategy.Response.Error.Value",
		"Observations[2].Identifier", "Observations[2].Event.Properties.MatchingCriteria"} {
		if !strings.Contains(told, path+". ") {
			t.Errorf("%s is not told:\n%s", path, told)
		}
	}
	if lines := strings.Count(told, "\n") + 1; lines != 24 {
		t.Errorf("%d problems are told:\n%s", lines, told)
	}
	if problems := (&Test{Version: "2025-06-21"}).Check(); len(problems) != 1 {
		t.Errorf("of an empty test: %v", problems)
	}
}

// TestMessagesAreComparedByTheirWords holds both criteria.
func TestMessagesAreComparedByTheirWords(t *testing.T) {
	for _, c := range []struct {
		want, said      string
		included, alike bool
	}{
		{"Welcome to the harbour", "Hello! Welcome to the Harbour, friend.", true, true},
		{"Welcome to the harbour", "Welcome at the harbour", false, true},
		{"Welcome to the harbour", "We are closed today", false, false},
		{"come", "Welcome", false, false},
		{"one two three four", "one two", false, false},
	} {
		if got := similar(c.want, c.said, criterionInclusion); got != c.included {
			t.Errorf("%q in %q: %t", c.want, c.said, got)
		}
		if got := similar(c.want, c.said, criterionSimilarity); got != c.alike {
			t.Errorf("%q like %q: %t", c.want, c.said, got)
		}
	}
}

// TestMessageOfAnyKindIsRecognised holds text, markup and recordings.
func TestMessageOfAnyKindIsRecognised(t *testing.T) {
	ssml, text, recording := flow.Prompt{SSML: "<speak>Good <b>day</b> &amp; night</speak>"}, flow.Prompt{Text: "Good day & night"}, flow.Prompt{PromptID: "arn:x/prompt/beep.wav"}
	for _, c := range []struct {
		event string
		with  []flow.Prompt
		not   []flow.Prompt
	}{
		{`{"Properties":{"Text":"good day night"}}`, []flow.Prompt{ssml, text}, []flow.Prompt{recording}},
		{`{"Properties":{"SSML":"<speak>good day &amp; night</speak>"}}`, []flow.Prompt{ssml, text}, []flow.Prompt{recording}},
		{`{"Properties":{"PromptId":"beep.wav"}}`, []flow.Prompt{recording}, []flow.Prompt{ssml, text}},
		{`{"Properties":{}}`, []flow.Prompt{ssml, text, recording}, nil},
		{`{"Properties":{"Text":"good evening and night"},"MatchingCriteria":"Inclusion"}`, nil, []flow.Prompt{text}},
	} {
		var e Event
		if err := json.Unmarshal([]byte(c.event), &e); err != nil {
			t.Fatal(err)
		}
		for _, p := range c.with {
			if !matchesMessage(e, p) {
				t.Errorf("%s does not match %+v", c.event, p)
			}
		}
		for _, p := range c.not {
			if matchesMessage(e, p) {
				t.Errorf("%s matches %+v", c.event, p)
			}
		}
	}
}
