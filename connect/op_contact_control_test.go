package connect

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"tandem"
	"tandem/center"
)

func TestTaskIsTransferredToAQueueOnce(t *testing.T) {
	w := newWorld(t)
	agent, queue, flow := w.available("agent1"), w.defaults.QueueID.String(), w.defaultFlow("QUEUE_TRANSFER")
	task := w.create("StartTaskContact", "ContactFlowId", w.taskFlow(), "Name", "task")
	to := func(more map[string]any) map[string]any {
		members := map[string]any{"ContactId": task, "ContactFlowId": flow, "QueueId": queue, "ClientToken": "once"}
		for name, value := range more {
			members[name] = value
		}
		return members
	}
	w.refused("TransferContact", "InvalidRequestException", to(nil)) // no agent has it
	w.do(worldInstance, center.AcceptContact{UserID: mustID(agent), ContactID: mustID(task)})
	unknown := tandem.ID{1}.String()
	for code, refused := range map[string][]map[string]any{
		"InvalidRequestException":   {to(map[string]any{"UserId": agent}), {"ContactId": task, "ContactFlowId": flow}, {"ContactId": task, "QueueId": queue}},
		"ResourceNotFoundException": {to(map[string]any{"ContactId": unknown}), to(map[string]any{"QueueId": unknown}), to(map[string]any{"ContactFlowId": unknown}), {"ContactId": task, "ContactFlowId": flow, "UserId": unknown}},
	} {
		for _, members := range refused {
			w.refused("TransferContact", code, members)
		}
	}
	var first, again TransferContactResponse
	w.call("TransferContact", to(nil), &first)
	w.call("TransferContact", to(nil), &again)
	if *again.ContactId != *first.ContactId || *first.ContactArn != testARNs.Of(worldInstance.String(), ResourceContact, *first.ContactId) {
		t.Errorf("the same token gave %+v and %+v", first, again)
	}
	next, before := w.described(*first.ContactId), w.described(task)
	if *next.InitiationMethod != ContactInitiationMethodTransfer || *next.PreviousContactId != task || *next.InitialContactId != task || *next.Name != "task" {
		t.Errorf("the contact after the transfer: %+v", next)
	}
	data := before.NextContacts[0].NextContactMetadata.QuickConnectContactData
	if *data.ContactId != *first.ContactId || *data.QuickConnectType != QuickConnectTypeQueue || before.DisconnectTimestamp == nil {
		t.Errorf("the contact before the transfer: %+v, next %+v", before, data)
	}
	w.call("StopContact", map[string]any{"ContactId": *first.ContactId}, nil) // a task ends however it began
}

func TestTaskIsPutAsideAndTakenUpAgain(t *testing.T) {
	w := newWorld(t)
	agent := w.available("agent1")
	task := w.create("StartTaskContact", "ContactFlowId", w.taskFlow(), "Name", "task")
	it := map[string]any{"ContactId": task}
	w.do(worldInstance, center.AcceptContact{UserID: mustID(agent), ContactID: mustID(task)})
	slots := func() string {
		t.Helper()
		d := w.userData(map[string]any{"Agents": []string{agent}}).UserDataList[0]
		return fmt.Sprint(*d.Contacts[0].AgentContactState, " ", d.ActiveSlotsByChannel["TASK"], " ", d.AvailableSlotsByChannel["TASK"], " ", d.AvailableSlotsByChannel["VOICE"])
	}
	if got := slots(); got != "CONNECTED 1 0 0" {
		t.Errorf("with the task: %s", got)
	}
	slotMetrics := map[string]any{"Filters": map[string]any{"Queues": []string{w.defaults.QueueID.String()}, "Channels": []string{"TASK"}}, "CurrentMetrics": metrics("SLOTS_ACTIVE", "SLOTS_AVAILABLE")}
	if got := w.metricsOf(slotMetrics); got != "1 0" {
		t.Errorf("slots with the task: %s", got)
	}
	w.call("PauseContact", it, nil)
	w.call("PauseContact", it, nil)
	if got := slots(); got != "CONNECTED 0 1 1" || w.described(task).LastPausedTimestamp == nil {
		t.Errorf("with the task put aside: %s", got)
	}
	if got := w.metricsOf(slotMetrics); got != "0 1" {
		t.Errorf("slots with the task put aside: %s", got)
	}
	w.call("ResumeContact", it, nil)
	if got := slots(); got != "CONNECTED 1 0 0" {
		t.Errorf("with the task taken up again: %s", got)
	}
	waiting := w.create("StartTaskContact", "ContactFlowId", w.taskFlowNamed("Other flow"), "Name", "other")
	for _, operation := range []string{"PauseContact", "ResumeContact"} {
		w.refused(operation, "ConflictException", map[string]any{"ContactId": waiting})
		w.refused(operation, "ResourceNotFoundException", map[string]any{"ContactId": tandem.ID{1}.String()})
		w.refused(operation, "InvalidParameterException", map[string]any{"ContactId": task, "ContactFlowId": w.defaults.InboundFlowID.String()})
	}
}

func (w *world) taskFlowNamed(name string) string {
	w.Helper()
	return w.create("CreateContactFlow", "Name", name, "Type", "CONTACT_FLOW", "Content", queueFlow(w.defaults.QueueID.String(), "queue"))
}

func TestTaskBeginsAtItsTime(t *testing.T) {
	w := newWorld(t)
	flow := w.taskFlow()
	at := func(ahead time.Duration) map[string]any {
		return map[string]any{"ContactFlowId": flow, "Name": "task", "ScheduledTime": time.Now().Add(ahead).Unix()}
	}
	related := w.create("StartTaskContact", "ContactFlowId", flow, "Name", "task")
	later := at(time.Hour)
	later["RelatedContactId"] = related
	id := w.createdID("StartTaskContact", later)
	if c := w.described(id); c.ScheduledTimestamp.Unix() != later["ScheduledTime"] || c.QueueInfo != nil || *c.RelatedContactId != related {
		t.Errorf("scheduled: %+v", c)
	}
	w.clock.forward(time.Hour + time.Second)
	w.do(worldInstance, tandem.Tick{})
	if c := w.described(id); c.QueueInfo == nil {
		t.Errorf("at its time: %+v", c)
	}
	w.clock.forward(-time.Hour - time.Second)
	w.refused("StartTaskContact", "InvalidParameterException", at(-time.Hour))
	w.refused("StartTaskContact", "InvalidParameterException", at(7*24*time.Hour))
}

func TestTaskBeginsAtAQuickConnect(t *testing.T) {
	w := newWorld(t)
	agent := w.available("agent1")
	connect := func(name string, config map[string]any) string {
		return w.createdID("CreateQuickConnect", map[string]any{"Name": name, "QuickConnectConfig": config})
	}
	flow := w.create("CreateContactFlow", "Name", "To the agent's queue", "Type", "AGENT_TRANSFER", "Content", `{"Version":"2019-10-30","StartAction":"queue","Actions":[
		{"Identifier":"queue","Type":"TransferContactToQueue","Parameters":{},
		 "Transitions":{"NextAction":"end","Errors":[{"NextAction":"end","ErrorType":"QueueAtCapacity"},{"NextAction":"end","ErrorType":"NoMatchingError"}]}},
		{"Identifier":"end","Type":"DisconnectParticipant","Parameters":{},"Transitions":{}}]}`)
	user := connect("agent", toUser(agent, flow))
	id := w.create("StartTaskContact", "QuickConnectId", user, "Name", "for you")
	c := w.userData(map[string]any{"Agents": []string{agent}}).UserDataList[0].Contacts
	if len(c) != 1 || *c[0].ContactId != id || *c[0].Queue.Id != agent || !strings.Contains(*c[0].Queue.Arn, "/queue/agent/") {
		t.Errorf("contacts of the agent: %+v", c)
	}
	queue := connect("queue", toQueue(w.defaults.QueueID.String(), w.defaultFlow("QUEUE_TRANSFER")))
	id = w.create("StartTaskContact", "QuickConnectId", testARNs.Of(worldInstance.String(), ResourceQuickConnect, queue), "Name", "for the team")
	if c := w.described(id); *c.QueueInfo.Id != w.defaults.QueueID.String() {
		t.Errorf("contact: %+v", c)
	}
	w.refused("StartTaskContact", "InvalidParameterException", map[string]any{"Name": "n", "QuickConnectId": queue, "ContactFlowId": w.taskFlow()})
	w.refused("StartTaskContact", "InvalidParameterException", map[string]any{"Name": "n", "QuickConnectId": w.createPhoneConnect("Taxi", "+14155550177")})
	w.refused("StartTaskContact", "ResourceNotFoundException", map[string]any{"Name": "n", "QuickConnectId": tandem.ID{1}.String()})
}

func TestChatIsStartedOnce(t *testing.T) {
	w := newWorld(t)
	start := map[string]any{"ContactFlowId": w.taskFlow(), "ParticipantDetails": map[string]string{"DisplayName": "Customer"}, "ClientToken": "once"}
	id := w.createdID("StartChatContact", start)
	if again := w.createdID("StartChatContact", start); again != id {
		t.Errorf("the same token gave %s and %s", id, again)
	}
	if c := w.described(id); *c.Channel != ChannelChat || *c.QueueInfo.Id != w.defaults.QueueID.String() {
		t.Errorf("chat: %+v", c)
	}
	w.refused("StartChatContact", "InvalidRequestException", map[string]any{"ContactFlowId": start["ContactFlowId"]})
	w.refused("StartChatContact", "ResourceNotFoundException", map[string]any{"ContactFlowId": tandem.ID{1}.String(), "ParticipantDetails": start["ParticipantDetails"]})
	w.refused("StartChatContact", "InvalidParameterException", map[string]any{"ContactFlowId": start["ContactFlowId"], "ParticipantDetails": start["ParticipantDetails"],
		"PersistentChat": map[string]string{"RehydrationType": "ENTIRE_PAST_SESSION"}})
}
