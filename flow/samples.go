package flow

import (
	"embed"
	"encoding/json"
	"fmt"
	"strings"
)

// The names of the sample flows. The default flows run where nothing else is
// said: a hook that no block has set is the default flow of its moment.
const (
	SampleInbound         = "Sample inbound flow"
	SampleCustomerQueue   = "Default customer queue"
	SampleAgentHold       = "Default agent hold"
	SampleAgentTransfer   = "Default agent transfer"
	SampleAgentWhisper    = "Default agent whisper"
	SampleCustomerHold    = "Default customer hold"
	SampleCustomerWhisper = "Default customer whisper"
	SampleOutbound        = "Default outbound"
	SampleQueueTransfer   = "Default queue transfer"

	SampleABTest              = "Sample AB test"
	SampleDisconnect          = "Sample disconnect flow"
	SampleScreenpopNote       = "Sample note for screenpop"
	SampleQueueConfigurations = "Sample queue configurations flow"
	SampleRecordingBehavior   = "Sample recording behavior"
	SampleQueueCustomer       = "Sample queue customer"
	SampleInterruptibleQueue  = "Sample interruptible queue flow with callback"
	SampleQueuePriority       = "Sample customer queue priority"
	SampleQueuedCallback      = "Sample queued callback"
	SampleLambdaIntegration   = "Sample Lambda integration"
	SampleSecureInputNoAgent  = "Sample secure input with no agent"
	SampleSecureInputAgent    = "Sample secure input with agent"
)

// The placeholders of the sample flows.
const (
	PlaceholderQueue = "BasicQueue"  // id or ARN of a queue
	PlaceholderMusic = "MusicPrompt" // id or ARN of a prompt
)

//go:embed samples/*.json
var sampleFiles embed.FS

// A Sample is a flow that a new instance starts with. Its content names resources
// by placeholders such as ${BasicQueue}.
type Sample struct {
	Name         string
	Description  string
	Type         Type
	Content      string
	Placeholders []string // each must be given to Fill
}

// Samples lists the sample flows. They name the sounds that every instance has by
// their files; other resources are placeholders.
func Samples() []Sample {
	return []Sample{
		newSample(SampleInbound, TypeContactFlow, "inbound", PlaceholderQueue).
			saying("Greets the caller, offers a choice, and in opening hours puts the call in a queue, recorded."),
		newSample(SampleCustomerQueue, TypeCustomerQueue, "customer_queue", PlaceholderMusic).
			saying("Thanks the waiting customer and plays music, over and over."),
		newSample(SampleAgentHold, TypeAgentHold, "agent_hold").
			saying("Reminds the agent now and then that they are on hold."),
		newSample(SampleAgentTransfer, TypeAgentTransfer, "agent_transfer").
			saying("Gives a call to the agent that it is transferred to."),
		newSample(SampleAgentWhisper, TypeAgentWhisper, "agent_whisper").
			saying("Tells the agent the name of the queue before the customer is connected."),
		newSample(SampleCustomerHold, TypeCustomerHold, "customer_hold").
			saying("Plays music to a customer on hold."),
		newSample(SampleCustomerWhisper, TypeCustomerWhisper, "customer_whisper").
			saying("Plays a short tone to the customer before the agent is connected."),
		newSample(SampleOutbound, TypeOutboundWhisper, "outbound").
			saying("Calls the customer of an outgoing contact, without a recording."),
		newSample(SampleQueueTransfer, TypeQueueTransfer, "queue_transfer").
			saying("Puts a transferred call in its queue if that is open and staffed, else says why not."),
		newSample(SampleABTest, TypeContactFlow, "ab_test").
			saying("Sends callers one of two ways by chance."),
		newSample(SampleDisconnect, TypeContactFlow, "disconnect", PlaceholderQueue).
			saying("After the agent has left: waits in a chat for the customer to come back, and says goodbye to a caller."),
		newSample(SampleScreenpopNote, TypeContactFlow, "screenpop_note", PlaceholderQueue).
			saying("Attaches a note to the call, which the agent sees."),
		newSample(SampleQueueConfigurations, TypeContactFlow, "queue_configurations", PlaceholderQueue).
			saying("Lets the caller go first or last, looks at how long the queue waits, and offers to call back."),
		newSample(SampleRecordingBehavior, TypeContactFlow, "recording_behavior", PlaceholderQueue).
			saying("Lets the caller choose whose voice is recorded."),
		newSample(SampleQueueCustomer, TypeQueueTransfer, "queue_customer", PlaceholderQueue).
			saying("Puts a transferred call in a queue in opening hours."),
		newSample(SampleInterruptibleQueue, TypeCustomerQueue, "interruptible_queue").
			saying("Interrupts the music now and then to offer the waiting customer to be called back."),
		newSample(SampleQueuePriority, TypeContactFlow, "queue_priority", PlaceholderQueue).
			saying("Puts those who have called before among the first in the queue."),
		newSample(SampleQueuedCallback, TypeContactFlow, "queued_callback", PlaceholderQueue).
			saying("Asks for a number and calls back when it is the caller's turn."),
		newSample(SampleLambdaIntegration, TypeContactFlow, "lambda_integration").
			saying("Asks a function what to say to the caller, and says it."),
		newSample(SampleSecureInputNoAgent, TypeContactFlow, "secure_input_no_agent").
			saying("Takes a number from the caller that only the holder of a key can read."),
		newSample(SampleSecureInputAgent, TypeQueueTransfer, "secure_input_with_agent").
			saying("Lets the caller of an agent type a number in, while the agent is on hold and hears nothing of it."),
	}
}

func newSample(name string, flowType Type, file string, placeholders ...string) Sample {
	content, err := sampleFiles.ReadFile("samples/" + file + ".json")
	if err != nil {
		panic(fmt.Sprintf("the sample flow %s is not built in: %v", name, err)) // the file's name is a constant
	}
	return Sample{Name: name, Type: flowType, Content: string(content), Placeholders: placeholders}
}

func (s Sample) saying(description string) Sample {
	s.Description = description
	return s
}

// Fill puts ids or ARNs in place of the placeholders. It fails if one is not given.
func (s Sample) Fill(values map[string]string) (string, error) {
	content := s.Content
	for _, name := range s.Placeholders {
		if values[name] == "" {
			return "", fmt.Errorf("fill flow %q: no value for the placeholder %s", s.Name, name)
		}
		quoted, err := json.Marshal(values[name])
		if err != nil {
			return "", fmt.Errorf("fill flow %q: placeholder %s: %w", s.Name, name, err)
		}
		content = strings.ReplaceAll(content, `"${`+name+`}"`, string(quoted))
	}
	return content, nil
}
