package connect

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"
	"time"

	"tandem"
	"tandem/center"
	"tandem/flow"
	"tandem/view/record"
)

// queueFlow is a flow that puts a contact in a queue; next is where the first
// block leads.
func queueFlow(queue, next string) string {
	return fmt.Sprintf(`{"Version":"2019-10-30","StartAction":"choose","Actions":[
		{"Identifier":"choose","Type":"UpdateContactTargetQueue","Parameters":{"QueueId":%q},
		 "Transitions":{"NextAction":%q,"Errors":[{"NextAction":"end","ErrorType":"NoMatchingError"}]}},
		{"Identifier":"queue","Type":"TransferContactToQueue","Parameters":{},
		 "Transitions":{"NextAction":"end","Errors":[{"NextAction":"end","ErrorType":"QueueAtCapacity"},{"NextAction":"end","ErrorType":"NoMatchingError"}]}},
		{"Identifier":"end","Type":"DisconnectParticipant","Parameters":{},"Transitions":{}}]}`, queue, next)
}

func (w *world) taskFlow() string {
	w.Helper()
	return w.create("CreateContactFlow", "Name", "Task flow", "Type", "CONTACT_FLOW", "Content", queueFlow(w.defaults.QueueID.String(), "queue"))
}

func TestPublishingAFlowWithADanglingTransitionNamesItsPath(t *testing.T) {
	w := newWorld(t)
	flow := w.taskFlow()
	bad := queueFlow(w.defaults.QueueID.String(), "nowhere")
	for operation, members := range map[string]map[string]any{
		"CreateContactFlow":        {"Name": "Bad", "Type": "CONTACT_FLOW", "Content": bad},
		"UpdateContactFlowContent": {"ContactFlowId": flow, "Content": bad},
	} {
		got := w.refused(operation, "InvalidContactFlowException", members)
		if !strings.Contains(got.body, `"problems":[{"message":`) || !strings.Contains(got.body, "Path: Actions[0].Transitions.NextAction") {
			t.Errorf("%s: %s, want the path of the dangling transition", operation, got.body)
		}
	}
	w.call("UpdateContactFlowContent", map[string]any{"ContactFlowId": flow + ":$SAVED", "Content": bad}, nil)
	var saved, published DescribeContactFlowResponse
	w.call("DescribeContactFlow", map[string]any{"ContactFlowId": flow + ":$SAVED"}, &saved)
	w.call("DescribeContactFlow", map[string]any{"ContactFlowId": testARNs.Of(worldInstance.String(), ResourceFlow, flow)}, &published)
	if *saved.ContactFlow.Content != bad || *saved.ContactFlow.Status != ContactFlowStatusSaved {
		t.Errorf("saved: %+v", saved.ContactFlow)
	}
	sum := sha256.Sum256([]byte(*published.ContactFlow.Content))
	if *published.ContactFlow.Content == bad || *published.ContactFlow.Status != ContactFlowStatusPublished || *published.ContactFlow.FlowContentSha256 != hex.EncodeToString(sum[:]) {
		t.Errorf("published: %+v", published.ContactFlow)
	}
}

func TestFlowThatIsOnlySavedIsNotPublished(t *testing.T) {
	w := newWorld(t)
	id := w.create("CreateContactFlow", "Name", "Draft", "Type", "CONTACT_FLOW", "Status", "SAVED", "Content", "{}")
	w.refused("DescribeContactFlow", "ContactFlowNotPublishedException", map[string]any{"ContactFlowId": id})
	w.refused("DescribeContactFlow", "ResourceNotFoundException", map[string]any{"ContactFlowId": id + ":7"})
	w.refused("StartTaskContact", "ResourceNotFoundException", map[string]any{"ContactFlowId": id, "Name": "task"})
	w.refused("CreateContactFlow", "DuplicateResourceException", map[string]any{"Name": "Draft", "Type": "CONTACT_FLOW", "Status": "SAVED", "Content": "{}"})

	w.call("UpdateContactFlowName", map[string]any{"ContactFlowId": id, "Name": "Better draft"}, nil)
	w.call("UpdateContactFlowMetadata", map[string]any{"ContactFlowId": id, "Description": "d", "ContactFlowState": "ARCHIVED"}, nil)
	var list ListContactFlowsResponse
	w.call("ListContactFlows", map[string]any{"ContactFlowTypes": "CONTACT_FLOW"}, &list)
	found, first := false, 0
	for _, s := range flow.Samples() {
		if s.Type == flow.TypeContactFlow {
			first++
		}
	}
	for _, f := range list.ContactFlowSummaryList {
		if *f.Id == id {
			found = *f.Name == "Better draft" && *f.ContactFlowStatus == ContactFlowStatusSaved && *f.ContactFlowState == ContactFlowStateArchived
		}
	}
	if !found || len(list.ContactFlowSummaryList) != first+1 {
		t.Errorf("flows listed: %+v", list.ContactFlowSummaryList)
	}
	w.call("DeleteContactFlow", map[string]any{"ContactFlowId": id}, nil)
	w.refused("DescribeContactFlow", "ResourceNotFoundException", map[string]any{"ContactFlowId": id + ":$SAVED"})
}

func TestRenamingAPublishedFlowLeavesItPublished(t *testing.T) {
	w := newWorld(t)
	id := w.taskFlow()
	w.call("UpdateContactFlowName", map[string]any{"ContactFlowId": id, "Name": "Renamed"}, nil)
	var got DescribeContactFlowResponse
	w.call("DescribeContactFlow", map[string]any{"ContactFlowId": id}, &got)
	if *got.ContactFlow.Name != "Renamed" || *got.ContactFlow.Status != ContactFlowStatusPublished {
		t.Errorf("flow: %+v", got.ContactFlow)
	}
	w.create("StartTaskContact", "ContactFlowId", id, "Name", "task")
}

func TestNumbersAreOfferedClaimedAssociatedAndReleased(t *testing.T) {
	w := newWorld(t)
	search := func(members map[string]any) string {
		var found SearchAvailablePhoneNumbersResponse
		w.call("SearchAvailablePhoneNumbers", members, &found)
		var numbers []string
		for _, n := range found.AvailableNumbersList {
			numbers = append(numbers, *n.PhoneNumber)
		}
		return strings.Join(numbers, " ")
	}
	american := map[string]any{"PhoneNumberCountryCode": "US", "PhoneNumberType": "DID", "TargetArn": testARNs.Instance(worldInstance.String())}
	if got := search(american); got != "+14155550100 +14155550101" {
		t.Errorf("offered: %s", got)
	}
	claim := map[string]any{"PhoneNumber": "+14155550100", "PhoneNumberDescription": "main", "ClientToken": "token", "Tags": map[string]string{"a": "b"}}
	id := w.createdID("ClaimPhoneNumber", claim)
	if again := w.createdID("ClaimPhoneNumber", claim); again != id {
		t.Errorf("the same claim again gave %s, not %s", again, id)
	}
	if got := search(american); got != "+14155550101" {
		t.Errorf("offered after the claim: %s", got)
	}
	w.refused("ClaimPhoneNumber", "IdempotencyException", map[string]any{"PhoneNumber": "+14155550101", "ClientToken": "token"})
	w.refused("ClaimPhoneNumber", "InvalidParameterException", map[string]any{"PhoneNumber": "+14155550100"})
	w.refused("ClaimPhoneNumber", "ResourceNotFoundException", map[string]any{"PhoneNumber": "+14155559999"})

	arn := testARNs.PhoneNumber(id)
	var got DescribePhoneNumberResponse
	w.call("DescribePhoneNumber", map[string]any{"PhoneNumberId": arn}, &got)
	n := got.ClaimedPhoneNumberSummary
	if *n.PhoneNumber != "+14155550100" || *n.PhoneNumberStatus.Status != PhoneNumberWorkflowStatusClaimed || *n.PhoneNumberDescription != "main" ||
		*n.PhoneNumberArn != arn || *n.TargetArn != testARNs.Instance(worldInstance.String()) || n.Tags["a"] != "b" {
		t.Errorf("number: %+v", n)
	}
	var v1 ListPhoneNumbersResponse
	w.call("ListPhoneNumbers", map[string]any{"PhoneNumberTypes": "DID"}, &v1)
	var v2 ListPhoneNumbersV2Response
	w.call("ListPhoneNumbersV2", map[string]any{"PhoneNumberPrefix": "+1415", "PhoneNumberCountryCodes": []string{"US"}}, &v2)
	if len(v1.PhoneNumberSummaryList) != 1 || !strings.Contains(*v1.PhoneNumberSummaryList[0].Arn, "/instance/") && !strings.Contains(*v1.PhoneNumberSummaryList[0].Arn, ":instance/") ||
		len(v2.ListPhoneNumbersSummaryList) != 1 || *v2.ListPhoneNumbersSummaryList[0].PhoneNumberArn != arn {
		t.Errorf("listed: %+v and %+v", v1, v2)
	}

	queue := w.defaults.QueueID.String()
	show := func(caller map[string]string) {
		w.call("UpdateQueueOutboundCallerConfig", map[string]any{"QueueId": queue, "OutboundCallerConfig": caller}, nil)
	}
	show(map[string]string{"OutboundCallerIdNumberId": arn}) // it starts no flow yet
	flow := w.taskFlow()
	w.call("AssociatePhoneNumberContactFlow", map[string]any{"PhoneNumberId": arn, "ContactFlowId": flow}, nil)
	if again := w.createdID("ClaimPhoneNumber", claim); again != id {
		t.Errorf("the same claim again gave %s, not %s", again, id)
	}
	w.refused("DeleteContactFlow", "InvalidRequestException", map[string]any{"ContactFlowId": flow})
	w.call("DisassociatePhoneNumberContactFlow", map[string]any{"PhoneNumberId": id}, nil)
	if refused := w.refused("ReleasePhoneNumber", "ResourceInUseException", map[string]any{"PhoneNumberId": id}); !strings.Contains(refused.body, "BasicQueue") {
		t.Errorf("the refusal does not name the queue: %s", refused.body)
	}
	w.call("DescribePhoneNumber", map[string]any{"PhoneNumberId": id}, nil) // refused, it is still claimed
	show(map[string]string{})
	w.call("AssociatePhoneNumberContactFlow", map[string]any{"PhoneNumberId": id, "ContactFlowId": flow}, nil)
	w.call("ReleasePhoneNumber", map[string]any{"PhoneNumberId": id}, nil)
	w.refused("DescribePhoneNumber", "ResourceNotFoundException", map[string]any{"PhoneNumberId": id})
	w.refused("UpdateQueueOutboundCallerConfig", "ResourceNotFoundException",
		map[string]any{"QueueId": queue, "OutboundCallerConfig": map[string]string{"OutboundCallerIdNumberId": arn}})
	w.call("DeleteContactFlow", map[string]any{"ContactFlowId": flow}, nil)
	w.create("ClaimPhoneNumber", "PhoneNumber", "+14155550100")
}

func TestTaskIsStartedOnceShownAndStopped(t *testing.T) {
	w := newWorld(t)
	start := map[string]any{
		"ContactFlowId": w.taskFlow(), "Name": "Call back", "Description": "soon", "ClientToken": "once",
		"Attributes": map[string]string{"case": "7"}, "References": map[string]any{"page": map[string]string{"Type": "URL", "Value": "https://example.com"}},
	}
	id := w.createdID("StartTaskContact", start)
	if again := w.createdID("StartTaskContact", start); again != id {
		t.Errorf("the same token gave %s and %s", id, again)
	}
	w.call("UpdateContactAttributes", map[string]any{"InitialContactId": id, "Attributes": map[string]string{"color": "red"}}, nil)
	var attributes GetContactAttributesResponse
	w.call("GetContactAttributes", map[string]any{"InitialContactId": id}, &attributes)
	if len(attributes.Attributes) != 2 || attributes.Attributes["case"] != "7" || attributes.Attributes["color"] != "red" {
		t.Errorf("attributes: %v", attributes.Attributes)
	}
	var got DescribeContactResponse
	w.call("DescribeContact", map[string]any{"ContactId": id}, &got)
	c := got.Contact
	if *c.Id != id || *c.Name != "Call back" || *c.Description != "soon" || *c.Channel != ChannelTask || *c.InitiationMethod != ContactInitiationMethodApi ||
		*c.QueueInfo.Id != w.defaults.QueueID.String() || c.QueueInfo.EnqueueTimestamp == nil || c.DisconnectTimestamp != nil || c.InitialContactId != nil || c.AgentInfo != nil {
		t.Errorf("contact: %+v", c)
	}
	w.call("StopContact", map[string]any{"ContactId": id}, nil)
	w.refused("StopContact", "ContactNotFoundException", map[string]any{"ContactId": id})
	w.refused("StopContact", "ContactNotFoundException", map[string]any{"ContactId": tandem.ID{1}.String()})
	w.call("DescribeContact", map[string]any{"ContactId": id}, &got)
	if got.Contact.DisconnectTimestamp == nil || *got.Contact.DisconnectReason != "API" {
		t.Errorf("after the end: %+v", got.Contact)
	}
	for member, value := range map[string]any{"QuickConnectId": "q", "TaskTemplateId": "t", "Attachments": []any{map[string]string{"FileName": "a", "S3Url": "https://example.com"}},
		"ScheduledTime": 1} {
		w.refused("StartTaskContact", "InvalidParameterException", map[string]any{"ContactFlowId": start["ContactFlowId"], "Name": "n", member: value})
	}
	w.refused("StartTaskContact", "InvalidParameterException", map[string]any{"Name": "n"})
}

// TestContactThatIsForgottenIsShownFromItsRecord uses a record as package
// record has it.
func TestContactThatIsForgottenIsShownFromItsRecord(t *testing.T) {
	w := newWorld(t)
	id, user := tandem.NameID("test", "contact"), tandem.NameID("test", "user")
	of := func(kind Resource, id tandem.ID) string {
		return testARNs.Of(worldInstance.String(), kind, id.String())
	}
	w.records[id] = record.Row{
		ContactID: id,
		Times:     record.Times{Initiated: 1000, Enqueued: 2000, ConnectedToAgent: 3000, Disconnected: 4000, AfterWorkStarted: 4000, AfterWorkEnded: 9000, RecordLastModified: 9000},
		Record: record.Record{
			ContactID: id.String(), Channel: "VOICE", InitiationMethod: "INBOUND", Attributes: map[string]string{"case": "7"}, DisconnectReason: new("CUSTOMER_DISCONNECT"),
			CustomerEndpoint: &record.Endpoint{Address: "+14155550123"}, SystemEndpoint: &record.Endpoint{Address: "+14155550100"},
			Queue: &record.Queue{ARN: of(ResourceQueue, w.defaults.QueueID)}, Agent: &record.Agent{ARN: of(ResourceUser, user), CustomerHoldDuration: 7,
				HierarchyGroups: &record.HierarchyGroups{Level1: &record.HierarchyGroup{ARN: of(ResourceHierarchyGroup, user)}}},
			NextContactID: new("next"),
			Recording:     &record.Recording{Location: "recordings/1.wav"}, ContactDetails: &record.ContactDetails{Name: "n"},
		},
	}
	var got DescribeContactResponse
	w.call("DescribeContact", map[string]any{"ContactId": id.String()}, &got)
	c := got.Contact
	if *c.Channel != ChannelVoice || *c.QueueInfo.Id != w.defaults.QueueID.String() || *c.AgentInfo.Id != user.String() || *c.AgentInfo.AfterContactWorkDuration != 5 ||
		*c.CustomerEndpoint.Address != "+14155550123" || *c.SystemEndpoint.Address != "+14155550100" || *c.DisconnectReason != "CUSTOMER_DISCONNECT" ||
		*c.Recordings[0].Location != "recordings/1.wav" || *c.AgentInfo.AgentInitiatedHoldDuration != 7 ||
		*c.AgentInfo.HierarchyGroups.Level1.Arn != of(ResourceHierarchyGroup, user) || c.AgentInfo.HierarchyGroups.Level2 != nil ||
		*c.NextContacts[0].NextContactMetadata.QuickConnectContactData.ContactId != "next" || *c.Name != "n" || c.InitiationTimestamp.Unix() != 1 {
		t.Errorf("contact: %+v", c)
	}
	var attributes GetContactAttributesResponse
	w.call("GetContactAttributes", map[string]any{"InitialContactId": id.String()}, &attributes)
	if attributes.Attributes["case"] != "7" {
		t.Errorf("attributes: %v", attributes.Attributes)
	}
	w.refused("DescribeContact", "ResourceNotFoundException", map[string]any{"ContactId": tandem.NameID("test", "never").String()})
}

func (w *world) userData(filters map[string]any) GetCurrentUserDataResponse {
	w.Helper()
	var got GetCurrentUserDataResponse
	w.call("GetCurrentUserData", map[string]any{"Filters": filters}, &got)
	return got
}

func TestCurrentUserDataFollowsAnAgentThroughATask(t *testing.T) {
	w := newWorld(t)
	user := w.createUser("agent1")
	w.createUser("agent2") // stays logged out
	all := map[string]any{"RoutingProfiles": []string{testARNs.Of(worldInstance.String(), ResourceRoutingProfile, w.defaults.RoutingProfileID.String())}}
	if got := w.userData(all); len(got.UserDataList) != 0 || *got.ApproximateTotalCount != 0 {
		t.Errorf("with everyone logged out: %+v", got)
	}
	w.call("PutUserStatus", map[string]any{"UserId": user, "AgentStatusId": w.defaults.AvailableID.String()}, nil)
	got := w.userData(map[string]any{"Agents": []string{user}})
	if len(got.UserDataList) != 1 {
		t.Fatalf("after logging in: %+v", got)
	}
	d := got.UserDataList[0]
	if *d.User.Id != user || *d.Status.StatusName != "Available" || len(d.Contacts) != 0 || d.NextStatus != nil ||
		d.MaxSlotsByChannel["TASK"] != 1 || d.AvailableSlotsByChannel["TASK"] != 1 || d.AvailableSlotsByChannel["VOICE"] != 1 || d.ActiveSlotsByChannel["TASK"] != 0 {
		t.Errorf("available: %+v", d)
	}

	contact := w.create("StartTaskContact", "ContactFlowId", w.taskFlow(), "Name", "task")
	state := func(filters map[string]any) string {
		t.Helper()
		list := w.userData(filters).UserDataList
		if len(list) != 1 || len(list[0].Contacts) != 1 || *list[0].Contacts[0].ContactId != contact || *list[0].Contacts[0].Queue.Id != w.defaults.QueueID.String() {
			t.Fatalf("user data: %+v", list)
		}
		return string(*list[0].Contacts[0].AgentContactState)
	}
	queues := map[string]any{"Queues": []string{w.defaults.QueueID.String()}}
	if got := state(queues); got != "CONNECTING" {
		t.Errorf("offered: %s", got)
	}
	w.do(worldInstance, center.AcceptContact{UserID: mustID(user), ContactID: mustID(contact)})
	if got := state(map[string]any{"ContactFilter": map[string]any{"ContactStates": []string{"CONNECTED"}}}); got != "CONNECTED" {
		t.Errorf("accepted: %s", got)
	}
	if got := w.userData(map[string]any{"ContactFilter": map[string]any{"ContactStates": []string{"MISSED"}}}); len(got.UserDataList) != 0 {
		t.Errorf("nobody missed a contact: %+v", got)
	}
	var described DescribeContactResponse
	w.call("DescribeContact", map[string]any{"ContactId": contact}, &described)
	if info := described.Contact.AgentInfo; info == nil || *info.Id != user || info.ConnectedToAgentTimestamp == nil || info.AfterContactWorkStartTimestamp != nil {
		t.Errorf("agent of the contact: %+v", info)
	}
	w.call("PutUserStatus", map[string]any{"UserId": user, "AgentStatusId": w.defaults.OfflineID.String()}, nil)
	d = w.userData(all).UserDataList[0]
	if d.NextStatus == nil || *d.NextStatus != "Offline" || d.ActiveSlotsByChannel["TASK"] != 1 || d.AvailableSlotsByChannel["VOICE"] != 0 {
		t.Errorf("with a next status: %+v", d)
	}
	w.refused("DismissUserContact", "InvalidRequestException", map[string]any{"UserId": user, "ContactId": contact})
	w.call("StopContact", map[string]any{"ContactId": contact}, nil)
	if got := state(all); got != "ENDED" {
		t.Errorf("in after contact work: %s", got)
	}
	w.call("DismissUserContact", map[string]any{"UserId": user, "ContactId": contact}, nil)
	if got := w.userData(all); len(got.UserDataList) != 0 {
		t.Errorf("after the next status was taken: %+v", got)
	}
	w.refused("GetCurrentUserData", "InvalidParameterException", map[string]any{"Filters": map[string]any{"Agents": []string{user}, "Queues": []string{user}}})
}

func TestForgottenContactIsNotFoundWithoutARecord(t *testing.T) {
	w := newWorld(t)
	id := w.create("StartTaskContact", "ContactFlowId", w.taskFlow(), "Name", "task")
	w.call("StopContact", map[string]any{"ContactId": id}, nil)
	w.clock.forward(time.Duration(tandem.TombstoneMillis+1) * time.Millisecond)
	w.do(worldInstance, tandem.Tick{})
	w.refused("DescribeContact", "ResourceNotFoundException", map[string]any{"ContactId": id})
}
