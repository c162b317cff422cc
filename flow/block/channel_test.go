package block

import (
	"testing"

	"tandem/flow"
)

// Amazon Connect Administrator Guide: Channels supported by flow blocks. What is not
// listed there as an error works on every channel.
func TestBlocksTakeTheirErrorBranchOnChannelsTheyDoNotSupport(t *testing.T) {
	const voice, chat, task = flow.ChannelVoice, flow.ChannelChat, flow.ChannelTask
	hold := func(w *world) { w.values["PreviousContactId"] = "c1" }
	for _, c := range []struct {
		actionType, parameters string
		world                  func(*world)
		errs                   []string // the channels on which it errs
	}{
		{"MessageParticipant", `{"Text":"a"}`, nil, nil},
		{"GetParticipantInput", `{"Text":"a","InputTimeLimitSeconds":"5"}`, nil, []string{chat, task}},
		{"ConnectParticipantWithLexBot", `{"Text":"a","LexV2Bot":{"AliasArn":"concierge"}}`, nil, []string{task}},
		{"MessageParticipantIteratively", `{"Messages":[{"Text":"a"}]}`, nil, []string{chat, task}},
		{"UpdatePreviousContactParticipantState", `{"PreviousContactParticipantState":"OffHold"}`, hold, []string{chat, task}},
		{"UpdateContactCallbackNumber", `{"CallbackNumber":"$.CustomerEndpoint.Address"}`, nil, []string{chat, task}},
		{"UpdateContactEventHooks", `{"EventHooks":{"CustomerHold":"hold"}}`, nil, []string{chat, task}},
		{"UpdateContactEventHooks", `{"EventHooks":{"CustomerQueue":"waiting"}}`, nil, nil},
		{"TransferContactToAgent", `{}`, nil, []string{chat, task}},
		{"TransferParticipantToThirdParty", `{"ThirdPartyPhoneNumber":"+4930123456"}`, nil, []string{chat, task}},
		{"UpdateContactMediaStreamingBehavior", `{"MediaStreamingState":"Enabled"}`, nil, []string{voice, chat, task}},
		{"StartVoiceIdStream", `{}`, nil, []string{voice, chat, task}},
		{"UpdateContactTextToSpeechVoice", `{"TextToSpeechVoice":"Joanna"}`, nil, nil},
		{"Wait", `{"TimeLimitSeconds":"60"}`, nil, []string{voice}},
		{"ShowView", `{"ViewResource":{"Id":"form"}}`, nil, []string{voice, task}},
		{"InvokeLambdaFunction", `{"LambdaFunctionARN":"arn:x:lookup"}`, nil, nil},
		{"InvokeFlowModule", `{"FlowModuleId":"identify"}`, nil, nil},
		{"Compare", `{"ComparisonValue":"$.Channel"}`, nil, nil},
		{"UpdateContactAttributes", `{"Attributes":{"a":"b"}}`, nil, nil},
	} {
		for _, on := range []string{voice, chat, task} {
			w := newWorld()
			w.channel = on
			if c.world != nil {
				c.world(w)
			}
			program := flowOf(t, c.actionType, c.parameters, "next", flow.NoMatchingError, flow.InvalidCallbackNumber)
			r := program.Step(program.Start(), flow.Input{Kind: flow.InputStart}, w)
			erred := r.Outcome == flow.NoMatchingError || r.Outcome == flow.InvalidCallbackNumber
			want := false
			for _, channel := range c.errs {
				want = want || channel == on
			}
			if erred != want {
				t.Errorf("%s %s on %s: outcome %q, want an error: %v", c.actionType, c.parameters, on, r.Outcome, want)
			}
		}
	}
}
