package stories

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

const ordersBot = `
default_locale = "en_US"
greeting = { en_US = "Press 1 for your order." }
retry = { en_US = "Once more, please." }
[[intent]]
name = "OrderStatus"
phrases = { en_US = ["order"] }
digits = "1"
closing = { en_US = "One moment." }
`

// TestFlowAsksAFunctionAndABotOnACall: a caller's flow asks a function behind a
// URL, keeps its answer, lets a bot ask the caller, who presses a key, and goes
// where the bot's intent leads. The flow log tells of both.
func TestFlowAsksAFunctionAndABotOnACall(t *testing.T) {
	asked := make(chan string, 1)
	orders := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var event struct {
			Details struct {
				ContactData struct{ ContactID string }
				Parameters  map[string]string
			}
		}
		if err := json.NewDecoder(r.Body).Decode(&event); err != nil || event.Details.Parameters["kind"] != "parcel" {
			http.Error(w, "unexpected", http.StatusBadRequest)
			return
		}
		asked <- event.Details.ContactData.ContactID
		fmt.Fprint(w, `{"state": "on its way", "left": 2}`)
	}))
	t.Cleanup(orders.Close)
	bot := filepath.Join(t.TempDir(), "orders.toml")
	if err := os.WriteFile(bot, []byte(ordersBot), 0o600); err != nil {
		t.Fatal(err)
	}
	settings := fmt.Sprintf("rtp_ports = \"21000-22999\"\n[[function]]\narn = \"orders\"\nurl = %q\nloopback = true\n[[bot]]\nname = \"orders\"\nfile = %q\n", orders.URL, bot)
	s := newServer(t, settings, trunk{name: "pstn", numbers: []string{centerNumber}})
	s.start()
	s.boto(fmt.Sprintf(functionStory, s.born.InstanceARN, centerNumber))
	customer := newPhone(t, "customer", 1000, false)
	customer.order("dial", fmt.Sprintf("sip:%s@%s", centerNumber, s.ready.SIP))
	customer.await("Call established", 1)
	contact := <-asked
	var got string
	eventually(t, 40*time.Second, "the flow goes where the caller's intent leads", func() error {
		for _, key := range []string{"1", "#"} {
			customer.order("sndcode", key)
			time.Sleep(500 * time.Millisecond) // a person does not press faster
		}
		got = strings.TrimSpace(s.boto(fmt.Sprintf("print(json.dumps(c.get_contact_attributes(InstanceId=i, InitialContactId=%q)['Attributes'], sort_keys=True))", contact)))
		if !strings.Contains(got, "intent") {
			return fmt.Errorf("the attributes are %s", got)
		}
		return nil
	})
	if want := `{"intent": "OrderStatus", "left": "2", "state": "on its way"}`; got != want {
		t.Errorf("the attributes are %s, want %s", got, want)
	}
	log := string(s.run("flow", "logs", "--data", s.data(), "--contact", contact))
	for _, text := range []string{`"ContactFlowModuleType":"InvokeExternalResource"`, `"state":"on its way"`, `"ContactFlowModuleType":"GetUserInput"`, "OrderStatus"} {
		if !strings.Contains(log, text) {
			t.Errorf("the flow log does not tell %s:\n%s", text, log)
		}
	}
}

const functionStory = `
def to(action, **errors): return {'NextAction': action, 'Errors': [{'NextAction': a, 'ErrorType': e} for e, a in errors.items()]}
set_state = to('bot', NoMatchingError='bye')
bot = to('bye', NoMatchingError='bye', NoMatchingCondition='bye', InputTimeLimitExceeded='bye')
bot['Conditions'] = [{'NextAction': 'intent', 'Condition': {'Operator': 'Equals', 'Operands': ['OrderStatus']}}]
flow = json.dumps({'Version': '2019-10-30', 'StartAction': 'log', 'Actions': [
    {'Identifier': 'log', 'Type': 'UpdateFlowLoggingBehavior', 'Parameters': {'FlowLoggingBehavior': 'Enabled'}, 'Transitions': {'NextAction': 'ask'}},
    {'Identifier': 'ask', 'Type': 'InvokeLambdaFunction', 'Parameters': {'LambdaFunctionARN': 'orders', 'InvocationTimeLimitSeconds': '8', 'LambdaInvocationAttributes': {'kind': 'parcel'}}, 'Transitions': to('keep', NoMatchingError='bye')},
    {'Identifier': 'keep', 'Type': 'UpdateContactAttributes', 'Parameters': {'Attributes': {'state': '$.External.state', 'left': '$.External.left'}}, 'Transitions': set_state},
    {'Identifier': 'bot', 'Type': 'ConnectParticipantWithLexBot', 'Parameters': {'Text': 'What can we do for you?', 'LexBot': {'Name': 'orders', 'Region': 'us-east-1', 'Alias': 'live'}}, 'Transitions': bot},
    {'Identifier': 'intent', 'Type': 'UpdateContactAttributes', 'Parameters': {'Attributes': {'intent': '$.Lex.IntentName'}}, 'Transitions': to('bye', NoMatchingError='bye')},
    {'Identifier': 'bye', 'Type': 'DisconnectParticipant', 'Parameters': {}, 'Transitions': {}}]})
c.update_instance_attribute(InstanceId=i, AttributeType='CONTACTFLOW_LOGS', Value='true')
c.associate_lambda_function(InstanceId=i, FunctionArn='orders')
c.associate_lex_bot(InstanceId=i, LexBot={'Name': 'orders', 'LexRegion': 'us-east-1'})
f = c.create_contact_flow(InstanceId=i, Name='Asks', Type='CONTACT_FLOW', Content=flow)['ContactFlowId']
n = c.claim_phone_number(TargetArn='%s', PhoneNumber='%s')['PhoneNumberId']
c.associate_phone_number_contact_flow(PhoneNumberId=n, InstanceId=i, ContactFlowId=f)
`
