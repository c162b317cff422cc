package connect

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"tandem"
	"tandem/center"
	"tandem/event"
	"tandem/instance"
	"tandem/view"
	"tandem/voice"
)

// media speaks for the media process of the first instance.
type media struct {
	*world
	reports uint64
	calls   int
}

// newMedia begins a life of the media process.
func newMedia(w *world) *media {
	m := &media{world: w}
	m.report(voice.Report{Kind: voice.MediaStarted})
	return m
}

func (m *media) report(r voice.Report) {
	m.Helper()
	m.reports++
	r.Incarnation, r.Number, r.At = tandem.NameID("test", "media"), m.reports, tandem.At(m.clock.now())
	m.do(worldInstance, center.TakeVoiceReport{Report: r})
}

// contactNow is a contact as the center has it.
func (w *world) contactNow(id tandem.ID) (c center.Contact) {
	w.Helper()
	err := w.engine.Read(w.Context(), worldInstance, func(in *instance.Instance) {
		if found := view.Center(in).Contacts[id]; found != nil {
			c = *found
		}
	})
	if err != nil || c.ContactID.IsZero() {
		w.Fatalf("contact %s: %v", id, err)
	}
	return c
}

// inbound lets a customer call and returns the contact.
func (m *media) inbound(to string) tandem.ID {
	m.Helper()
	m.calls++
	leg := tandem.NameID("test", fmt.Sprint("leg", m.calls))
	m.report(voice.Report{Kind: voice.CallArrived, Leg: leg, From: "+14155550123", To: to, Trunk: "west"})
	id := leg.Derive(1)
	m.report(voice.Report{Kind: voice.LegAnswered, Room: id, Leg: leg})
	return id
}

// lift lets the agent of an offered call lift the phone and hears out what is
// played to both before they talk.
func (m *media) lift(id tandem.ID) {
	m.Helper()
	c := m.contactNow(id)
	m.report(voice.Report{Kind: voice.LegAnswered, Room: c.CallID, Leg: c.OfferID})
	for range 20 {
		c = m.contactNow(id)
		play := c.AgentPlay
		if play == nil {
			play = c.Play
		}
		if c.Phase != center.Joining || play == nil {
			break
		}
		m.report(voice.Report{Kind: voice.PlayEnded, Room: c.CallID, Play: play.Started.PlayID, Outcome: voice.PlayDone})
	}
	if c.Phase != center.WithAgent {
		m.Fatalf("the call is in phase %d after the agent lifted the phone", c.Phase)
	}
}

// claimed claims a number and lets it start a flow.
func (w *world) claimed(number, flow string) string {
	w.Helper()
	id := w.create("ClaimPhoneNumber", "PhoneNumber", number)
	w.call("AssociatePhoneNumberContactFlow", map[string]any{"PhoneNumberId": id, "ContactFlowId": flow}, nil)
	return id
}

func (w *world) available(username string) string {
	w.Helper()
	user := w.createUser(username)
	w.call("PutUserStatus", map[string]any{"UserId": user, "AgentStatusId": w.defaults.AvailableID.String()}, nil)
	return user
}

func (w *world) described(id string) *Contact {
	w.Helper()
	var got DescribeContactResponse
	w.call("DescribeContact", map[string]any{"ContactId": id}, &got)
	return got.Contact
}

func TestCustomerIsCalledOnceAndComesToTheQueue(t *testing.T) {
	w := newWorld(t)
	m := newMedia(w)
	flow := w.taskFlow()
	w.create("ClaimPhoneNumber", "PhoneNumber", "+14155550100") // it starts no flow, and is shown all the same
	start := func(more map[string]any) map[string]any {
		members := map[string]any{"DestinationPhoneNumber": "+4930555099", "ContactFlowId": flow, "SourcePhoneNumber": "+14155550100"}
		for name, value := range more {
			members[name] = value
		}
		return members
	}
	once := start(map[string]any{"ClientToken": "once", "Attributes": map[string]string{"case": "7"}, "RingTimeoutInSeconds": 20, "TrafficType": "GENERAL"})
	id := w.createdID("StartOutboundVoiceContact", once)
	if again := w.createdID("StartOutboundVoiceContact", once); again != id {
		t.Errorf("the same token gave %s and %s", id, again)
	}
	c := w.described(id)
	if *c.Channel != ChannelVoice || *c.InitiationMethod != ContactInitiationMethodApi || *c.CustomerEndpoint.Address != "+4930555099" ||
		*c.SystemEndpoint.Address != "+14155550100" || c.Attributes["case"] != "7" || c.ConnectedToSystemTimestamp != nil {
		t.Errorf("while it rings: %+v", c)
	}
	now := w.contactNow(mustID(id))
	m.report(voice.Report{Kind: voice.LegAnswered, Room: now.ContactID, Leg: now.Legs[0].ID})
	w.call("UpdateContactRoutingData", map[string]any{"ContactId": id, "QueuePriority": 2, "QueueTimeAdjustmentSeconds": 100}, nil)
	c = w.described(id)
	if *c.QueueInfo.Id != w.defaults.QueueID.String() || *c.QueuePriority != 2 || *c.QueueTimeAdjustmentSeconds != 100 || c.ConnectedToSystemTimestamp == nil {
		t.Errorf("in the queue: %+v", c)
	}
	w.call("StopContact", map[string]any{"ContactId": id}, nil)
	w.refused("UpdateContactRoutingData", "ResourceConflictException", map[string]any{"ContactId": id, "QueuePriority": 2})

	unknown := tandem.ID{1}.String()
	for code, refused := range map[string][]map[string]any{
		"InvalidParameterException": {
			start(map[string]any{"SourcePhoneNumber": "+14155550101"}), // not of this instance
			{"DestinationPhoneNumber": "+4930555099", "ContactFlowId": flow},
			start(map[string]any{"DestinationPhoneNumber": "030"}),
			start(map[string]any{"RingTimeoutInSeconds": 61}),
			start(map[string]any{"TrafficType": "CAMPAIGN"}),
			start(map[string]any{"CampaignId": "c"}),
			start(map[string]any{"AnswerMachineDetectionConfig": map[string]bool{"EnableAnswerMachineDetection": true}}),
			start(map[string]any{"ContactFlowId": w.defaultFlow("QUEUE_TRANSFER")}),
		},
		"ResourceNotFoundException": {
			start(map[string]any{"ContactFlowId": unknown}), start(map[string]any{"QueueId": unknown}),
		},
		"InvalidRequestException": {{"ContactFlowId": flow}},
	} {
		for _, members := range refused {
			w.refused("StartOutboundVoiceContact", code, members)
		}
	}
	for code, members := range map[string]map[string]any{
		"InvalidParameterException": {"ContactId": id},
		"ResourceNotFoundException": {"ContactId": unknown, "QueuePriority": 1},
	} {
		w.refused("UpdateContactRoutingData", code, members)
	}
	w.refused("UpdateContactRoutingData", "InvalidParameterException", map[string]any{"ContactId": id, "QueuePriority": 0})
	w.refused("UpdateContactRoutingData", "InvalidParameterException", map[string]any{"ContactId": id, "RoutingCriteria": map[string]any{"Steps": []any{}}})
}

func TestCallIsRecordedHeldListenedToAndShown(t *testing.T) {
	w := newWorld(t)
	m := newMedia(w)
	w.claimed("+14155550100", w.taskFlow())
	agent, supervisor := w.available("agent1"), w.createUser("supervisor1")
	group := w.create("CreateUserHierarchyGroup", "Name", "Berlin")
	w.call("UpdateUserHierarchy", map[string]any{"UserId": agent, "HierarchyGroupId": group}, nil)
	id := m.inbound("+14155550100")
	m.lift(id)

	recording := func(operation, want string, more map[string]any) {
		t.Helper()
		members := map[string]any{"ContactId": id.String(), "InitialContactId": id.String()}
		for name, value := range more {
			members[name] = value
		}
		if got := w.try(operation, members); got.errorType != want {
			t.Errorf("%s %v: %+v, want %q", operation, more, got, want)
		}
	}
	both := map[string]any{"VoiceRecordingConfiguration": map[string]string{"VoiceRecordingTrack": "ALL"}}
	listen := map[string]any{"ContactId": id.String(), "UserId": supervisor, "AllowedMonitorCapabilities": []string{"SILENT_MONITOR", "BARGE"}}
	w.refused("MonitorContact", "InvalidRequestException", listen) // not recorded
	recording("SuspendContactRecording", "InvalidRequestException", nil)
	recording("StartContactRecording", "InvalidRequestException", nil)
	recording("StartContactRecording", "InvalidParameterException", map[string]any{"VoiceRecordingConfiguration": map[string]string{"VoiceRecordingTrack": "TO_AGENT"}})
	recording("StartContactRecording", "ResourceNotFoundException", map[string]any{"VoiceRecordingConfiguration": map[string]string{}, "InitialContactId": tandem.ID{1}.String()})
	recording("StartContactRecording", "ResourceNotFoundException", map[string]any{"VoiceRecordingConfiguration": map[string]string{}, "ContactId": tandem.ID{1}.String()})
	recording("StartContactRecording", "", both)
	recording("StartContactRecording", "InvalidRequestException", both)
	recording("SuspendContactRecording", "", nil)
	recording("ResumeContactRecording", "", map[string]any{"ContactRecordingType": "AGENT"})
	recording("ResumeContactRecording", "InvalidRequestException", map[string]any{"ContactRecordingType": "SCREEN"})

	w.refused("MonitorContact", "InvalidRequestException", map[string]any{"ContactId": id.String(), "UserId": agent})
	w.refused("MonitorContact", "ResourceNotFoundException", map[string]any{"ContactId": id.String(), "UserId": tandem.ID{1}.String()})
	var monitor MonitorContactResponse
	w.call("MonitorContact", listen, &monitor)
	c := w.described(*monitor.ContactId)
	if *c.InitiationMethod != ContactInitiationMethodMonitor || *c.RelatedContactId != id.String() || c.SystemEndpoint != nil || *c.Arn != *monitor.ContactArn {
		t.Errorf("the contact that listens: %+v", c)
	}
	w.refused("StopContact", "InvalidRequestException", map[string]any{"ContactId": *monitor.ContactId})
	recording("StopContactRecording", "", nil)

	customer := w.contactNow(id).Legs[0].ID
	w.do(worldInstance, center.HoldLeg{UserID: mustID(agent), ContactID: id, LegID: customer, Held: true})
	onHold := map[string]any{"ContactFilter": map[string]any{"ContactStates": []string{"CONNECTED_ONHOLD"}}}
	if list := w.userData(onHold).UserDataList; len(list) != 1 || *list[0].Contacts[0].AgentContactState != ContactStateConnectedOnhold {
		t.Errorf("on hold: %+v", list)
	}
	w.clock.forward(5 * time.Second)
	w.do(worldInstance, center.HoldLeg{UserID: mustID(agent), ContactID: id, LegID: customer})
	m.report(voice.Report{Kind: voice.LegEnded, Room: id, Leg: customer, Cause: voice.CauseRemote})
	w.call("DismissUserContact", map[string]any{"UserId": agent, "ContactId": id.String()}, nil)
	c = w.described(id.String())
	if a := c.AgentInfo; *c.DisconnectReason != "CUSTOMER_DISCONNECT" || *a.Id != agent || *a.AgentInitiatedHoldDuration < 5 || a.AcceptedByAgentTimestamp == nil ||
		!strings.HasSuffix(*a.HierarchyGroups.Level1.Arn, group) || a.AfterContactWorkDuration == nil || *c.SystemEndpoint.Address != "+14155550100" {
		t.Errorf("the call afterwards: %+v, agent %+v", c, a)
	}
}

func TestAgentWhoRefusesACallIsShownSo(t *testing.T) {
	w := newWorld(t)
	m := newMedia(w)
	w.claimed("+14155550100", w.taskFlow())
	agent := w.available("agent1")
	for _, tt := range []struct {
		cause voice.Cause
		state ContactState
	}{{voice.CauseBusy, ContactStateRejected}, {voice.CauseUnreachable, ContactStateError}, {voice.CauseNoAnswer, ContactStateMissed}} {
		id := m.inbound("+14155550100")
		offered := w.contactNow(id)
		if got := *w.userData(map[string]any{"Agents": []string{agent}}).UserDataList[0].Contacts[0].AgentContactState; got != ContactStateConnecting {
			t.Errorf("offered: %s", got)
		}
		m.report(voice.Report{Kind: voice.LegEnded, Room: id, Leg: offered.OfferID, Cause: tt.cause})
		d := w.userData(map[string]any{"ContactFilter": map[string]any{"ContactStates": []ContactState{tt.state}}}).UserDataList
		if len(d) != 1 || *d[0].Contacts[0].ContactId != id.String() || d[0].AvailableSlotsByChannel["TASK"] != 0 || d[0].ActiveSlotsByChannel["VOICE"] != 1 {
			t.Errorf("%s: %+v", tt.state, d)
		}
		w.call("StopContact", map[string]any{"ContactId": id.String()}, nil)
		w.call("DismissUserContact", map[string]any{"UserId": agent, "ContactId": id.String()}, nil)
	}
}

func TestContactStatesHaveTheWordsOfTheAPI(t *testing.T) {
	inbound, held, callback := tandem.ID{1}, tandem.ID{2}, tandem.ID{3}
	st := &center.State{Contacts: map[tandem.ID]*center.Contact{
		inbound: {Method: event.Inbound}, held: {Holds: center.Holds{Since: 1}}, callback: {Method: event.Callback},
	}}
	for _, tt := range []struct {
		contact tandem.ID
		state   center.AgentContactState
		want    ContactState
	}{
		{inbound, center.Connecting, ContactStateConnecting},
		{inbound, center.Connected, ContactStateConnected},
		{held, center.Connected, ContactStateConnectedOnhold},
		{held, center.AfterContactWork, ContactStateEnded},
		{callback, center.Connecting, ContactStateIncoming},
		{callback, center.Dialing, ContactStateConnecting},
		{callback, center.Rejected, ContactStateRejected},
		{inbound, center.Failed, ContactStateError},
		{inbound, center.Paused, ContactStateConnected},
		{tandem.ID{4}, center.Missed, ContactStateMissed}, // forgotten, and not cleared
	} {
		got := contactState(st, &center.AgentContact{ContactID: tt.contact, State: tt.state})
		if got != tt.want || !got.Valid() {
			t.Errorf("state %d: %s, want %s", tt.state, got, tt.want)
		}
	}
}

func TestUserWithAContactIsDeletedOnceItIsCleared(t *testing.T) {
	w := newWorld(t)
	agent := w.available("agent1")
	task := w.create("StartTaskContact", "ContactFlowId", w.taskFlow(), "Name", "task")
	w.do(worldInstance, center.AcceptContact{UserID: mustID(agent), ContactID: mustID(task)})
	w.call("DeleteUser", map[string]any{"UserId": agent}, nil)
	w.call("DeleteUser", map[string]any{"UserId": agent}, nil)
	w.call("DescribeUser", map[string]any{"UserId": agent}, nil)
	w.call("PauseContact", map[string]any{"ContactId": task}, nil) // it holds no slot, and yet nothing more comes
	d := w.userData(map[string]any{"Agents": []string{agent}}).UserDataList
	if len(d) != 1 || d[0].AvailableSlotsByChannel["TASK"] != 0 || len(d[0].Contacts) != 1 {
		t.Errorf("while the contact goes on: %+v", d)
	}
	queues := map[string]any{"Queues": []string{w.defaults.QueueID.String()}}
	if got := w.metricsOf(map[string]any{"Filters": queues, "CurrentMetrics": metrics("AGENTS_ONLINE", "AGENTS_AVAILABLE")}); got != "1 0" {
		t.Errorf("agents online and available: %s", got)
	}
	w.call("StopContact", map[string]any{"ContactId": task}, nil)
	w.call("DismissUserContact", map[string]any{"UserId": agent, "ContactId": task}, nil)
	w.refused("DescribeUser", "ResourceNotFoundException", map[string]any{"UserId": agent})
	w.refused("DeleteUser", "ResourceNotFoundException", map[string]any{"UserId": agent})
	if a := w.described(task).AgentInfo; *a.Id != agent {
		t.Errorf("agent of the contact: %+v", a)
	}
}

func TestSystemEndpointIsLeftOutOfContactsThatBeganInTheCenter(t *testing.T) {
	for method := event.Inbound; method <= event.ExternalOutbound; method++ {
		inside := method == event.Monitor || method == event.QueueTransfer || method == event.Callback
		if got := systemEndpoint(&center.Contact{Method: method, SystemAddress: "+14155550100"}); (got == nil) != inside {
			t.Errorf("%s: %+v", method, got)
		}
	}
}

func TestTransferTypesHaveTheWordsOfTheAPI(t *testing.T) {
	for to := event.TransferToAgent; to <= event.TransferOutside; to++ {
		entry := nextContact(&QuickConnectContactData{}, to)[0]
		if kind := entry.NextContactMetadata.QuickConnectContactData.QuickConnectType; *entry.Type != NextContactTypeQuickConnect || !kind.Valid() {
			t.Errorf("transfer of kind %d: %+v", to, entry)
		}
	}
}
