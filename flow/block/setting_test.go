package block

import (
	"strings"
	"testing"

	"tandem/flow"
)

func TestCheckMetricDataComparesLiveNumbers(t *testing.T) {
	of := func(metric, more string) string { return `{"MetricType":"` + metric + `"` + more + `}` }
	measured := func(w *world) {
		w.target = "support"
		w.metrics = map[string]int64{"NumberOfAgentsAvailable:": 1, "NumberOfAgentsStaffed:support": 0,
			"OldestContactInQueueAgeSeconds:": 300_000, "NumberOfContactsInQueue:agent1": 4}
	}
	branches := []string{"next", ">0", "NoMatchingCondition", anError}
	long := []string{">299999", "=300000", "NoMatchingCondition", anError}
	runBranchCases(t, "CheckMetricData", []branchCase{
		{name: "an agent is free", parameters: of("NumberOfAgentsAvailable", ""), branches: branches, world: measured, want: ">0", outcome: "NumberGreaterThan 0"},
		{name: "nobody works", parameters: of("NumberOfAgentsStaffed", `,"QueueId":"support"`), branches: branches, world: measured,
			want: "NoMatchingCondition", outcome: "NoMatchingCondition"},
		{name: "age in milliseconds", parameters: of("OldestContactInQueueAgeSeconds", ""), branches: long, world: measured,
			want: ">299999", outcome: "NumberGreaterThan 299999"},
		{name: "an agent's own queue", parameters: of("NumberOfContactsInQueue", `,"AgentId":"agent1"`), branches: []string{"<3", "=4", anError},
			world: measured, want: "=4", outcome: "4"},
		{name: "nothing tells it", parameters: of("NumberOfAgentsOnline", ""), branches: branches, world: measured, want: anError, outcome: anError},
		{name: "no target queue", parameters: of("NumberOfAgentsAvailable", ""), branches: branches, want: anError, outcome: anError},
		{name: "no such metric", parameters: of("Mood", ""), branches: branches, world: measured, want: anError, outcome: anError},
	})
}

func TestGetMetricDataTakesQueueAndChannel(t *testing.T) {
	both := []string{"next", anError}
	runBranchCases(t, "GetMetricData", []branchCase{
		{name: "target queue", parameters: `{}`, branches: both, world: targeted, want: "next", outcome: "Success", wantActs: acts(flow.TakeMetrics{})},
		{name: "queue and channel", parameters: `{"QueueId":"support","QueueChannel":"Voice"}`, branches: both, want: "next", outcome: "Success",
			wantActs: acts(flow.TakeMetrics{QueueID: "support", Channel: flow.ChannelVoice})},
		{name: "agent and channel of the contact", parameters: `{"AgentId":"agent1","QueueChannel":"$.Channel"}`, branches: both, want: "next", outcome: "Success",
			world: func(w *world) { w.values["Channel"] = flow.ChannelTask }, wantActs: acts(flow.TakeMetrics{AgentID: "agent1", Channel: flow.ChannelTask})},
		{name: "no such channel", parameters: `{"QueueId":"support","QueueChannel":"$.Attributes.none"}`, branches: both, want: anError, outcome: anError},
		{name: "no such queue", parameters: `{"QueueId":"gone"}`, branches: both, want: anError, outcome: anError},
		{name: "no target queue", parameters: `{}`, branches: both, want: anError, outcome: anError},
	})
}

func TestDistributeByPercentageTakesSharesInTurn(t *testing.T) {
	// 3 and 6 percent, as designers store them.
	branches := []string{"<4", "<10", "NoMatchingCondition"}
	drawn := func(n int) func(*world) { return func(w *world) { w.percent = n } }
	runBranchCases(t, "DistributeByPercentage", []branchCase{
		{name: "first of the first", branches: branches, world: drawn(1), want: "<4", outcome: "NumberLessThan 4"},
		{name: "last of the first", branches: branches, world: drawn(3), want: "<4", outcome: "NumberLessThan 4"},
		{name: "first of the second", branches: branches, world: drawn(4), want: "<10", outcome: "NumberLessThan 10"},
		{name: "last of the second", branches: branches, world: drawn(9), want: "<10", outcome: "NumberLessThan 10"},
		{name: "the rest", branches: branches, world: drawn(10), want: "NoMatchingCondition", outcome: "NoMatchingCondition"},
	})
}

func TestLoopTakesABranchForEachCount(t *testing.T) {
	branches := []string{"next", "=ContinueLooping", "=DoneLooping", anError}
	runBranchCases(t, "Loop", []branchCase{
		{name: "goes round", parameters: `{"LoopCount":"2"}`, branches: branches, want: "=ContinueLooping", outcome: "ContinueLooping"},
		{name: "never", parameters: `{"LoopCount":0}`, branches: branches, want: "=DoneLooping", outcome: "DoneLooping"},
		{name: "as an attribute says", parameters: `{"LoopCount":"$.Attributes.times"}`, branches: branches, want: "=ContinueLooping", outcome: "ContinueLooping",
			world: func(w *world) { w.values["Attributes.times"] = "1" }},
		{name: "as no number", parameters: `{"LoopCount":"$.Attributes.name"}`, branches: branches, want: anError, outcome: anError},
		{name: "as no number, no branch", parameters: `{"LoopCount":"$.Attributes.name"}`, branches: []string{"next"}, want: "next", outcome: anError},
		{name: "how often", parameters: `{}`, branches: branches, want: anError, outcome: anError},
	})
}

func TestWaitPausesChatsAndTasks(t *testing.T) {
	branches := []string{"next", "=WaitCompleted", "=CustomerReturned", flow.ParticipantNotFound, anError}
	limit := `{"TimeLimitSeconds":"900"}`
	runBranchCases(t, "Wait", []branchCase{
		{name: "begins", parameters: limit, branches: branches, world: task, want: "wait"},
		{name: "ends", parameters: limit, branches: branches, world: task, resume: input(flow.InputInterrupted), want: "=WaitCompleted", outcome: "WaitCompleted"},
		{name: "documented name", parameters: `{"TimeoutSeconds":60,"Events":["CustomerReturned"]}`, branches: branches, world: chat, want: "wait"},
		{name: "voice", parameters: limit, branches: branches, want: anError, outcome: anError},
		{name: "for a bot", parameters: `{"TimeLimitSeconds":"9","Events":["BotParticipantDisconnected"]}`, branches: branches, world: chat,
			want: flow.ParticipantNotFound, outcome: flow.ParticipantNotFound},
		{name: "no time", parameters: `{"TimeLimitSeconds":"$.Attributes.name"}`, branches: branches, world: chat, want: anError, outcome: anError},
		{name: "no parameters", branches: branches, world: chat, want: anError, outcome: anError},
	})
}

func TestWaitTakesItsTimeFromAnAttribute(t *testing.T) {
	w := newWorld()
	w.channel, w.values["Attributes.seconds"] = flow.ChannelTask, "604800"
	program := flowOf(t, "Wait", `{"TimeLimitSeconds":"$.Attributes.seconds"}`, "=WaitCompleted")
	r := program.Step(program.Start(), flow.Input{Kind: flow.InputStart}, w)
	if r.Wait == nil || r.Wait.DeadlineMillis != 604_800_000 {
		t.Errorf("wait %+v, want seven days", r.Wait)
	}
}

func TestUpdateContactTextToSpeechVoiceSetsTheVoice(t *testing.T) {
	both := []string{"next", anError}
	runBranchCases(t, "UpdateContactTextToSpeechVoice", []branchCase{
		{name: "voice", parameters: `{"TextToSpeechVoice":"Joanna"}`, branches: both, want: "next", outcome: "Success", wantActs: acts(flow.SetVoice{Voice: "Joanna"})},
		{name: "engine and style", parameters: `{"TextToSpeechVoice":"Vicki","TextToSpeechEngine":"Neural","TextToSpeechStyle":"Newscaster"}`, branches: both,
			want: "next", outcome: "Success", wantActs: acts(flow.SetVoice{Voice: "Vicki", Engine: "neural", Style: "Newscaster"})},
		{name: "no style", parameters: `{"TextToSpeechVoice":"Vicki","TextToSpeechStyle":"None"}`, branches: both, want: "next", outcome: "Success",
			wantActs: acts(flow.SetVoice{Voice: "Vicki"})},
		{name: "no such engine", parameters: `{"TextToSpeechVoice":"Vicki","TextToSpeechEngine":"$.Attributes.name"}`, branches: both, want: anError, outcome: anError},
		{name: "no such style", parameters: `{"TextToSpeechVoice":"Vicki","TextToSpeechStyle":"$.Attributes.name"}`, branches: []string{"next"}, want: "next", outcome: anError},
		{name: "attribute without value", parameters: `{"TextToSpeechVoice":"$.Attributes.none"}`, branches: both, want: anError, outcome: anError},
		{name: "chat", parameters: `{"TextToSpeechVoice":"Joanna"}`, branches: both, world: chat, want: "next", outcome: "Success"},
		{name: "which", parameters: `{}`, branches: both, want: anError, outcome: anError},
	})
}

func TestUpdateContactDataSetsAllOrNone(t *testing.T) {
	both := []string{"next", anError}
	long := func(w *world) { w.values["Attributes.long"] = strings.Repeat("é", maxNameChars+1) }
	runBranchCases(t, "UpdateContactData", []branchCase{
		{name: "all", branches: both, want: "next", outcome: "Success",
			parameters: `{"Name":"For $.Attributes.name","Description":"d","CustomerId":"7","LanguageCode":"de-DE","TargetContact":"Current","WisdomSessionArn":"$.Wisdom.SessionArn",
				"References":{"order":{"Type":"NUMBER","Value":"$.Attributes.amount"},"page":"https://example.com/1","note":"n"}}`,
			wantActs: acts(flow.SetData{Name: "For Ann & Bo", Description: "d", CustomerID: "7", LanguageCode: "de-DE",
				References: map[string]string{"order": "NUMBER 12.50", "page": "URL https://example.com/1", "note": "STRING n"}})},
		{name: "language alone", parameters: `{"LanguageCode":"en-US"}`, branches: both, want: "next", outcome: "Success", wantActs: acts(flow.SetData{LanguageCode: "en-US"})},
		{name: "too long", parameters: `{"Name":"$.Attributes.long"}`, branches: both, world: long, want: anError, outcome: anError},
		{name: "another contact", parameters: `{"Name":"x","TargetContact":"Related"}`, branches: both, want: anError, outcome: anError},
		{name: "reference without value", parameters: `{"References":{"a":{"Type":"URL"}}}`, branches: both, want: anError, outcome: anError},
	})
}

func TestUpdateFlowAttributesSetsAllOrNone(t *testing.T) {
	both := []string{"next", anError}
	runBranchCases(t, "UpdateFlowAttributes", []branchCase{
		{name: "sets", parameters: `{"FlowAttributes":{"who":{"Value":"$.Attributes.name"},"n":{"Value":1}}}`, branches: both, want: "next", outcome: "Success",
			wantActs: acts(flow.SetFlowAttributes{Attributes: map[string]string{"who": "Ann & Bo", "n": "1"}})},
		{name: "too large", parameters: `{"FlowAttributes":{"a":{"Value":"$.Attributes.big"}}}`, branches: both, want: anError, outcome: anError,
			world: func(w *world) { w.values["Attributes.big"] = string(make([]byte, maxAttributeBytes)) }},
		{name: "a bad name", parameters: `{"FlowAttributes":{"a.b":{"Value":"x"}}}`, branches: both, want: anError, outcome: anError},
		{name: "plain values", parameters: `{"FlowAttributes":{"a":"x"}}`, branches: both, want: anError, outcome: anError},
		{name: "none given", parameters: `{}`, branches: both, want: anError, outcome: anError},
	})
}

func TestUpdateFlowLoggingBehaviorNeverFails(t *testing.T) {
	next := []string{"next"}
	runBranchCases(t, "UpdateFlowLoggingBehavior", []branchCase{
		{name: "on", parameters: `{"FlowLoggingBehavior":"Enabled"}`, branches: next, want: "next", outcome: "Success", wantActs: acts(flow.SetLogging{Enabled: true})},
		{name: "off", parameters: `{"FlowLoggingBehavior":"Disabled"}`, branches: next, world: chat, want: "next", outcome: "Success", wantActs: acts(flow.SetLogging{})},
		{name: "says nothing", parameters: `{}`, branches: next, want: "next", outcome: "Success"},
	})
}

func TestTagContactAddsAllOrNone(t *testing.T) {
	both := []string{"next", anError}
	tags := func(tags string) string { return `{"Tags":{` + tags + `}}` }
	runBranchCases(t, "TagContact", []branchCase{
		{name: "adds", parameters: tags(`"a":"1","$.Attributes.amount":"$.Attributes.name"`), branches: both, want: "next", outcome: "Success",
			wantActs: acts(flow.SetTags{Add: map[string]string{"a": "1", "12.50": "Ann & Bo"}})},
		{name: "name without value", parameters: tags(`"a":"1","$.Attributes.none":"x"`), branches: both, want: anError, outcome: anError},
		{name: "name of the system", parameters: tags(`"$.Attributes.system":"x"`), branches: both, want: anError, outcome: anError,
			world: func(w *world) { w.values["Attributes.system"] = "aws:x" }},
		{name: "seven", parameters: tags(`"a":"1","b":"1","c":"1","d":"1","e":"1","f":"1","g":"1"`), branches: both, want: anError, outcome: anError},
		{name: "none", parameters: `{}`, branches: both, want: anError, outcome: anError},
	})
}

func TestUntagContactRemovesByName(t *testing.T) {
	both := []string{"next", anError}
	runBranchCases(t, "UntagContact", []branchCase{
		{name: "removes", parameters: `{"TagKeys":["a","b"]}`, branches: both, want: "next", outcome: "Success", wantActs: acts(flow.SetTags{Remove: []string{"a", "b"}})},
		{name: "name of the system", parameters: `{"TagKeys":["aws:x"]}`, branches: both, want: anError, outcome: anError},
		{name: "empty", parameters: `{"TagKeys":[]}`, branches: both, want: anError, outcome: anError},
		{name: "none", parameters: `{}`, branches: both, want: anError, outcome: anError},
	})
}

func TestCreateTaskBeginsATask(t *testing.T) {
	both := []string{"next", anError}
	with := func(more string) string {
		return `{"ContactFlowId":"inbound","Name":"Call $.Attributes.name"` + more + `}`
	}
	runBranchCases(t, "CreateTask", []branchCase{
		{name: "at once", parameters: with(""), branches: both, want: "next", outcome: "Success",
			wantActs: acts(flow.StartTask{FlowID: "inbound", Name: "Call Ann & Bo"})},
		{name: "with everything", branches: both, world: chat, want: "next", outcome: "Success",
			parameters: with(`,"Description":"d","Attributes":{"n":"$.CustomerEndpoint.Address"},"References":{"page":{"Type":"URL","Value":"https://example.com"}},"DelaySeconds":"600"`),
			wantActs: acts(flow.StartTask{FlowID: "inbound", Name: "Call Ann & Bo", Description: "d", DelaySeconds: 600,
				Attributes: map[string]string{"n": "+15550100"}, References: map[string]string{"page": "URL https://example.com"}})},
		{name: "no such flow", parameters: `{"ContactFlowId":"gone","Name":"x"}`, branches: both, want: anError, outcome: anError},
		{name: "no name is left", parameters: `{"ContactFlowId":"inbound","Name":"$.Attributes.none"}`, branches: both, want: anError, outcome: anError},
		{name: "delay that is none", parameters: with(`,"DelaySeconds":"$.Attributes.name"`), branches: both, want: anError, outcome: anError},
		{name: "attributes too large", parameters: with(`,"Attributes":{"a":"$.Attributes.big"}`), branches: both, want: anError, outcome: anError,
			world: func(w *world) { w.values["Attributes.big"] = string(make([]byte, maxAttributeBytes)) }},
		{name: "a date", parameters: with(`,"ScheduledTime":"2030-01-01T00:00:00Z"`), branches: both, want: anError, outcome: anError},
	})
}

func TestUpdateContactRecordingAndAnalyticsBehaviorKnowsItsChannel(t *testing.T) {
	voice := func(list string) string {
		return `{"VoiceBehavior":{"VoiceRecordingBehavior":{"RecordedParticipants":` + list + `,"IVRRecordingBehavior":"Disabled"}}}`
	}
	branches := []string{"next", anError, mismatch}
	runBranchCases(t, "UpdateContactRecordingAndAnalyticsBehavior", []branchCase{
		{name: "both", parameters: voice(`["Agent","Customer"]`), branches: branches, want: "next", outcome: "Success",
			wantActs: acts(flow.SetRecording{Agent: true, Customer: true})},
		{name: "off", parameters: voice(`[]`), branches: branches, want: "next", outcome: "Success", wantActs: acts(flow.SetRecording{})},
		{name: "analysis alone", parameters: `{"VoiceBehavior":{"VoiceAnalyticsBehavior":{"Enabled":"True"}}}`, branches: branches, want: "next", outcome: "Success"},
		{name: "voice on a task", parameters: voice(`["Agent"]`), branches: branches, world: task, want: mismatch, outcome: mismatch},
		{name: "chat on a chat", parameters: `{"ChatBehavior":{}}`, branches: branches, world: chat, want: "next", outcome: "Success"},
		{name: "chat on a call", parameters: `{"ChatBehavior":{}}`, branches: branches, want: mismatch, outcome: mismatch},
		{name: "screen", parameters: `{"ScreenRecordingBehavior":{"ScreenRecordedParticipants":["Agent"]}}`, branches: branches, want: "next", outcome: "Success"},
		{name: "nobody known", parameters: voice(`["Supervisor"]`), branches: branches, want: anError, outcome: anError},
		{name: "nothing", parameters: `{}`, branches: branches, want: anError, outcome: anError},
	})
}

func TestUpdateContactMediaStreamingBehaviorHasNoListener(t *testing.T) {
	stream := `{"MediaStreamingState":"Enabled","MediaStreamType":"Audio","Participants":[]}`
	runBranchCases(t, "UpdateContactMediaStreamingBehavior", []branchCase{
		{name: "branch", parameters: stream, branches: []string{"next", anError}, want: anError, outcome: anError},
		{name: "no branch", parameters: stream, branches: []string{"next"}, want: "next", outcome: anError},
	})
}
