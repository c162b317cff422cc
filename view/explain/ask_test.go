package explain_test

import (
	"strings"
	"testing"

	"tandem/center"
	"tandem/event"
	"tandem/view/explain"
	"tandem/view/viewtest"
)

func TestStoryOfFunctionsBotsModulesAndViews(t *testing.T) {
	c := beginCalls(t, "agent1")
	chat, flowID := c.name(named("chat"), "CHAT"), viewtest.FlowID
	at := viewtest.Start
	function := event.FunctionInvoked{ContactID: chat, InitialContactID: chat, InvocationID: named("i"), FunctionARN: "arn:aws:lambda:eu-central-1:012345678901:function:f",
		Request: "SECRET", TimeoutMillis: 3000, Deadline: at.Add(3000)}
	later := function
	later.Async, later.Side = true, event.AgentSide
	c.Tell(at, &event.ContactInitiated{ContactID: chat, InitialContactID: chat, Channel: event.Chat, Method: event.API, At: at},
		&event.FlowEntered{ContactID: chat, FlowID: flowID, Version: 1, Type: "CONTACT_FLOW"},
		&function,
		&event.FunctionReturned{ContactID: chat, InitialContactID: chat, InvocationID: named("i")},
		&event.ExternalSet{ContactID: chat, InitialContactID: chat, Result: `{"a":"SECRET"}`},
		&later,
		&event.FunctionReturned{ContactID: chat, InitialContactID: chat, InvocationID: named("i"), Failure: "TimedOut"},
		&event.BotAsked{ContactID: chat, InitialContactID: chat, TurnID: named("t"), Bot: "alias", Locale: "en_US", Mode: event.BotText, Input: "SECRET", Deadline: at.Add(6000)},
		&event.BotAnswered{ContactID: chat, InitialContactID: chat, TurnID: named("t")},
		&event.BotSessionSet{ContactID: chat, InitialContactID: chat, Session: `{"a":"SECRET"}`},
		&event.BotSessionSet{ContactID: chat, InitialContactID: chat},
		&event.ModuleEntered{ContactID: chat, InitialContactID: chat, ModuleID: flowID, Version: 1},
		&event.ModuleLeft{ContactID: chat, InitialContactID: chat, Outcome: "Success"},
		&event.ViewShown{ContactID: chat, InitialContactID: chat, ShownID: named("v"), View: "form:1", Data: `{"a":"SECRET"}`, Deadline: at.Add(60_000)},
		&event.ViewAnswered{ContactID: chat, InitialContactID: chat, ShownID: named("v"), Action: "Submit", Result: `{"a":"SECRET"}`},
		&event.ViewAnswered{ContactID: chat, InitialContactID: chat, ShownID: named("v")},
		&event.FlowBlockLogged{ContactID: chat, InitialContactID: chat, FlowID: flowID, Identifier: "ask", ModuleType: "InvokeExternalResource", Parameters: `{"a":"SECRET"}`})
	for role := event.MessageFromCustomer; role <= event.MessageFromBot; role++ {
		m := &event.MessageSent{ContactID: chat, InitialContactID: chat, MessageID: named("m"), Role: role, Content: "SECRET", At: at}
		if role == event.MessageFromAgent {
			m.UserID = viewtest.UserID("agent1")
		}
		c.Tell(at, m)
	}
	c.at(1000).Must(center.SaveSettings{Settings: event.SettingsSaved{FlowLogs: true}})
	c.at(2000).Must(center.SaveSettings{})
	lines, err := explain.Contact(viewtest.Center(), c.Records, chat)
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range lines {
		if strings.Contains(l.What, "SECRET") {
			t.Errorf("the story tells %q", l.What)
		}
	}
	c.contact(chat, "asked")
}
