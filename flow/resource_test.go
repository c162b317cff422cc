package flow_test

import (
	"fmt"
	"strings"
	"testing"

	"tandem/flow"
	"tandem/flow/block"
)

// details is an instance "i" with everything in it; its flows are of the type that
// their id says.
type details struct{ modules }

func (details) Known(flow.ResourceKind, string) bool { return true }
func (details) FlowType(id string) (flow.Type, bool) {
	return flow.Type(id), strings.HasSuffix(id, "FLOW") || strings.HasSuffix(id, "HOLD")
}

func TestPublishingChecksFlowsAndInstancesThatAreReferredTo(t *testing.T) {
	const anError = `"Errors":[{"ErrorType":"NoMatchingError","NextAction":"a"}]`
	for _, c := range []struct{ name, actionType, parameters, want string }{
		{"a hook of the type it needs", "UpdateContactEventHooks", `{"EventHooks":{"CustomerHold":"CUSTOMER_HOLD"}}`, ""},
		{"a hook of another type", "UpdateContactEventHooks", `{"EventHooks":{"CustomerHold":"CONTACT_FLOW"}}`,
			"Actions[0].Parameters.EventHooks.CustomerHold. The flow is of type CONTACT_FLOW; it must be of type CUSTOMER_HOLD"},
		{"a hook from an attribute", "UpdateContactEventHooks", `{"EventHooks":{"CustomerHold":"$.Attributes.flow"}}`, ""},
		{"a flow to go to of another type", "TransferToFlow", `{"ContactFlowId":"arn:aws:connect:eu:1:instance/i/contact-flow/AGENT_HOLD"}`,
			"Actions[0].Parameters.ContactFlowId. The flow is of type AGENT_HOLD; it must be of type CONTACT_FLOW or AGENT_TRANSFER or QUEUE_TRANSFER"},
		{"a queue of this instance", "UpdateContactTargetQueue", `{"QueueId":"arn:aws:connect:eu:1:instance/i/queue/q"}`, ""},
		{"a queue of another instance", "UpdateContactTargetQueue", `{"QueueId":"arn:aws:connect:eu:1:instance/other/queue/q"}`,
			"Actions[0].Parameters.QueueId. The ARN is of another instance"},
		{"a function, which is of no instance", "InvokeLambdaFunction", `{"LambdaFunctionARN":"arn:aws:lambda:eu:1:function:f"}`, ""},
	} {
		doc, err := flow.Parse([]byte(fmt.Sprintf(`{"Version":"2019-10-30","StartAction":"a","Actions":[{"Identifier":"a","Type":%q,"Parameters":%s,
			"Transitions":{"NextAction":"a",%s}}]}`, c.actionType, c.parameters, anError)))
		if err != nil {
			t.Fatal(err)
		}
		got := flow.Validate(doc, flow.TypeContactFlow, block.Registry(), details{}).Error()
		if c.want == "" && got != "" || !strings.Contains(got, c.want) {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}
