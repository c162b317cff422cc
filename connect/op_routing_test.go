package connect

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"tandem"
)

func TestQueueIsCreatedChangedAndDeleted(t *testing.T) {
	w := newWorld(t)
	var created CreateQueueResponse
	w.call("CreateQueue", map[string]any{"Name": "Support", "HoursOfOperationId": w.defaults.HoursID.String(), "MaxContacts": 5, "Tags": map[string]string{"team": "a"}}, &created)
	id := *created.QueueId
	if want := testARNs.Of(worldInstance.String(), ResourceQueue, id); *created.QueueArn != want {
		t.Errorf("ARN %s, want %s", *created.QueueArn, want)
	}
	for operation, members := range map[string]map[string]any{
		"UpdateQueueName":                 {"Name": "Help", "Description": "For those who ask"},
		"UpdateQueueStatus":               {"Status": "DISABLED"},
		"UpdateQueueMaxContacts":          {},
		"UpdateQueueOutboundCallerConfig": {"OutboundCallerConfig": map[string]any{"OutboundCallerIdName": "Help desk"}},
		"UpdateQueueHoursOfOperation":     {"HoursOfOperationId": testARNs.Of(worldInstance.String(), ResourceHours, w.defaults.HoursID.String())},
	} {
		members["QueueId"] = *created.QueueArn
		w.call(operation, members, nil)
	}
	var got DescribeQueueResponse
	w.call("DescribeQueue", map[string]any{"QueueId": id}, &got)
	q := got.Queue
	if *q.Name != "Help" || *q.Description != "For those who ask" || *q.Status != QueueStatusDisabled || q.MaxContacts != nil ||
		*q.OutboundCallerConfig.OutboundCallerIdName != "Help desk" || q.Tags["team"] != "a" ||
		*q.HoursOfOperationId != w.defaults.HoursID.String() || *q.LastModifiedRegion != testARNs.Region || q.LastModifiedTime.IsZero() {
		t.Errorf("queue after the updates: %+v", q)
	}
	w.call("DeleteQueue", map[string]any{"QueueId": id}, nil)
	w.refused("DescribeQueue", "ResourceNotFoundException", map[string]any{"QueueId": id})
	w.refused("DeleteQueue", "ResourceInUseException", map[string]any{"QueueId": w.defaults.QueueID.String()})
}

func TestQueueRefusals(t *testing.T) {
	w := newWorld(t)
	hours := w.defaults.HoursID.String()
	for _, tt := range []struct {
		operation, code string
		members         map[string]any
	}{
		{"CreateQueue", "DuplicateResourceException", map[string]any{"Name": "BasicQueue", "HoursOfOperationId": hours}},
		{"CreateQueue", "ResourceNotFoundException", map[string]any{"Name": "x", "HoursOfOperationId": w.defaults.QueueID.String()}},
		{"CreateQueue", "ResourceNotFoundException", map[string]any{"Name": "x", "HoursOfOperationId": "nonsense"}},
		{"CreateQueue", "ResourceNotFoundException", map[string]any{"Name": "x", "HoursOfOperationId": hours, "QuickConnectIds": []string{w.defaults.QueueID.String()}}},
		{"CreateQueue", "InvalidParameterException", map[string]any{"Name": "x", "HoursOfOperationId": hours, "EmailAddressesConfig": []any{}, "OutboundEmailConfig": map[string]string{}}},
		{"DescribeQueue", "ResourceNotFoundException", map[string]any{"QueueId": testARNs.Of(otherInstance.String(), ResourceQueue, w.defaults.QueueID.String())}},
		{"DescribeQueue", "ResourceNotFoundException", map[string]any{"QueueId": testARNs.Of(worldInstance.String(), ResourceHours, w.defaults.QueueID.String())}},
		{"UpdateQueueName", "DuplicateResourceException", map[string]any{"QueueId": w.create("CreateQueue", "Name", "y", "HoursOfOperationId", hours), "Name": "BasicQueue"}},
	} {
		w.refused(tt.operation, tt.code, tt.members)
	}
}

func TestListQueuesHasStandardAndAgentQueuesInPages(t *testing.T) {
	w := newWorld(t)
	want := []string{w.defaults.QueueID.String()}
	for i := range 4 {
		want = append(want, w.create("CreateQueue", "Name", fmt.Sprint("q", i), "HoursOfOperationId", w.defaults.HoursID.String()))
	}
	user := w.createUser("agent1")
	var got []string
	token := ""
	for {
		var page ListQueuesResponse
		w.call("ListQueues", map[string]any{"MaxResults": "2", "NextToken": token}, &page)
		for _, q := range page.QueueSummaryList {
			got = append(got, *q.Id)
			if isUser := *q.Id == user; isUser != (*q.QueueType == QueueTypeAgent) || isUser != strings.Contains(*q.Arn, "queue/agent/") || isUser != (q.Name == nil) {
				t.Errorf("queue %+v", q)
			}
		}
		if page.NextToken == nil {
			break
		}
		token = *page.NextToken
	}
	want = append(want, user)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("queues %v, want %v", got, want)
	}
	var agents ListQueuesResponse
	w.call("ListQueues", map[string]any{"QueueTypes": "AGENT"}, &agents)
	if len(agents.QueueSummaryList) != 1 || *agents.QueueSummaryList[0].Id != user {
		t.Errorf("agent queues: %+v", agents.QueueSummaryList)
	}
}

// TestUpdatesOfOneThingAtOnceLoseNothing holds that of many updates that each
// change another member none undoes another.
func TestUpdatesOfOneThingAtOnceLoseNothing(t *testing.T) {
	w := newWorld(t)
	arn := testARNs.Of(worldInstance.String(), ResourceQueue, w.defaults.QueueID.String())
	const n = 20
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() {
			got := w.try("TagResource", map[string]any{"resourceArn": arn, "tags": map[string]string{fmt.Sprint("k", i): "v"}})
			if got.status != 200 {
				t.Errorf("TagResource: %+v", got)
			}
		})
	}
	all.Wait()
	var tags ListTagsForResourceResponse
	w.call("ListTagsForResource", map[string]any{"resourceArn": arn}, &tags)
	if len(tags.Tags) != n {
		t.Errorf("%d tags are left of %d", len(tags.Tags), n)
	}
}

func TestHoursOfOperationKeepTheirOpenings(t *testing.T) {
	w := newWorld(t)
	config := []map[string]any{
		{"Day": "MONDAY", "StartTime": map[string]int{"Hours": 8, "Minutes": 30}, "EndTime": map[string]int{"Hours": 17, "Minutes": 0}},
		{"Day": "SUNDAY", "StartTime": map[string]int{"Hours": 0, "Minutes": 0}, "EndTime": map[string]int{"Hours": 0, "Minutes": 0}},
	}
	var created CreateHoursOfOperationResponse
	w.call("CreateHoursOfOperation", map[string]any{"Name": "Office", "TimeZone": "Europe/Berlin", "Config": config}, &created)
	w.call("UpdateHoursOfOperation", map[string]any{"HoursOfOperationId": *created.HoursOfOperationId, "Description": "by day"}, nil)
	var got DescribeHoursOfOperationResponse
	w.call("DescribeHoursOfOperation", map[string]any{"HoursOfOperationId": *created.HoursOfOperationArn}, &got)
	h := got.HoursOfOperation
	if *h.Name != "Office" || *h.Description != "by day" || *h.TimeZone != "Europe/Berlin" || len(h.Config) != 2 ||
		*h.Config[0].Day != HoursOfOperationDaysMonday || *h.Config[0].StartTime.Hours != 8 || *h.Config[0].StartTime.Minutes != 30 ||
		*h.Config[1].Day != HoursOfOperationDaysSunday || *h.Config[1].EndTime.Hours != 0 {
		t.Errorf("hours: %+v", h)
	}
	w.refused("UpdateHoursOfOperation", "InvalidParameterException", map[string]any{"HoursOfOperationId": *h.HoursOfOperationId, "TimeZone": "Mars/Crater"})
	w.refused("DeleteHoursOfOperation", "InvalidRequestException", map[string]any{"HoursOfOperationId": w.defaults.HoursID.String()})
	w.call("DeleteHoursOfOperation", map[string]any{"HoursOfOperationId": *h.HoursOfOperationId}, nil)
	var list ListHoursOfOperationsResponse
	w.call("ListHoursOfOperations", nil, &list)
	if len(list.HoursOfOperationSummaryList) != 1 || *list.HoursOfOperationSummaryList[0].Name != "Basic Hours" {
		t.Errorf("hours listed: %+v", list.HoursOfOperationSummaryList)
	}
}

func entry(queue, channel string, priority, delay int) map[string]any {
	return map[string]any{"QueueReference": map[string]string{"QueueId": queue, "Channel": channel}, "Priority": priority, "Delay": delay}
}

func TestRoutingProfileQueuesAreAddedChangedAndRemoved(t *testing.T) {
	w := newWorld(t)
	basic := w.defaults.QueueID.String()
	other := w.create("CreateQueue", "Name", "other", "HoursOfOperationId", w.defaults.HoursID.String())
	var created CreateRoutingProfileResponse
	w.call("CreateRoutingProfile", map[string]any{
		"Name": "Profile", "Description": "d", "DefaultOutboundQueueId": basic,
		"MediaConcurrencies": []map[string]any{{"Channel": "VOICE", "Concurrency": 1}, {"Channel": "TASK", "Concurrency": 4}},
		"QueueConfigs":       []any{entry(basic, "VOICE", 1, 0)},
	}, &created)
	profile := map[string]any{"RoutingProfileId": *created.RoutingProfileId}
	with := func(name string, value any) map[string]any {
		return map[string]any{"RoutingProfileId": *created.RoutingProfileArn, name: value}
	}
	w.call("AssociateRoutingProfileQueues", with("QueueConfigs", []any{entry(other, "TASK", 2, 30), entry(basic, "TASK", 9, 0)}), nil)
	w.call("UpdateRoutingProfileQueues", with("QueueConfigs", []any{entry(other, "TASK", 3, 60)}), nil)
	w.call("DisassociateRoutingProfileQueues", with("QueueReferences", []any{map[string]string{"QueueId": basic, "Channel": "TASK"}}), nil)
	w.call("UpdateRoutingProfileName", with("Name", "Renamed"), nil)
	w.call("UpdateRoutingProfileAgentAvailabilityTimer", with("AgentAvailabilityTimer", "TIME_SINCE_LAST_INBOUND"), nil)
	w.call("UpdateRoutingProfileDefaultOutboundQueue", with("DefaultOutboundQueueId", other), nil)
	w.call("UpdateRoutingProfileConcurrency", with("MediaConcurrencies", []any{
		map[string]any{"Channel": "TASK", "Concurrency": 2, "CrossChannelBehavior": map[string]string{"BehaviorType": "ROUTE_ANY_CHANNEL"}},
		map[string]any{"Channel": "VOICE", "Concurrency": 1}}), nil)

	var queues ListRoutingProfileQueuesResponse
	w.call("ListRoutingProfileQueues", profile, &queues)
	var got []string
	for _, q := range queues.RoutingProfileQueueConfigSummaryList {
		got = append(got, fmt.Sprint(*q.QueueName, " ", *q.Channel, " ", *q.Priority, " ", *q.Delay))
	}
	slices.Sort(got)
	if want := []string{"BasicQueue VOICE 1 0", "other TASK 3 60"}; !slices.Equal(got, want) {
		t.Errorf("queues %v, want %v", got, want)
	}
	var described DescribeRoutingProfileResponse
	w.call("DescribeRoutingProfile", profile, &described)
	p := described.RoutingProfile
	if *p.Name != "Renamed" || *p.AgentAvailabilityTimer != AgentAvailabilityTimerTimeSinceLastInbound || *p.DefaultOutboundQueueId != other ||
		*p.NumberOfAssociatedQueues != 2 || *p.NumberOfAssociatedUsers != 0 || len(p.MediaConcurrencies) != 2 || *p.MediaConcurrencies[0].Concurrency != 2 ||
		*p.MediaConcurrencies[0].CrossChannelBehavior.BehaviorType != BehaviorTypeRouteAnyChannel ||
		*p.MediaConcurrencies[1].CrossChannelBehavior.BehaviorType != BehaviorTypeRouteCurrentChannelOnly {
		t.Errorf("routing profile: %+v", p)
	}

	w.refused("DisassociateRoutingProfileQueues", "ResourceNotFoundException", with("QueueReferences", []any{map[string]string{"QueueId": basic, "Channel": "TASK"}}))
	w.refused("AssociateRoutingProfileQueues", "InvalidParameterException", with("QueueConfigs", []any{entry(basic, "EMAIL", 1, 0)}))
	w.refused("UpdateRoutingProfileConcurrency", "InvalidParameterException", with("MediaConcurrencies",
		[]any{map[string]any{"Channel": "TASK", "Concurrency": 2, "CrossChannelBehavior": map[string]string{"BehaviorType": "ROUTE_NO_CHANNEL"}}}))
	var list ListRoutingProfilesResponse
	w.call("ListRoutingProfiles", nil, &list)
	if len(list.RoutingProfileSummaryList) != 2 {
		t.Errorf("routing profiles: %+v", list.RoutingProfileSummaryList)
	}
	w.call("DeleteRoutingProfile", profile, nil)
	w.createUser("agent1")
	w.refused("DeleteRoutingProfile", "ResourceInUseException", map[string]any{"RoutingProfileId": w.defaults.RoutingProfileID.String()})
}

func TestTagsOfEveryKindOfThing(t *testing.T) {
	w := newWorld(t)
	user := w.createUser("agent1")
	for kind, id := range map[Resource]string{
		ResourceUser: user, ResourceQueue: w.defaults.QueueID.String(), ResourceHours: w.defaults.HoursID.String(),
		ResourceRoutingProfile: w.defaults.RoutingProfileID.String(), ResourceAgentStatus: w.defaults.AvailableID.String(),
		ResourceFlow: w.defaults.InboundFlowID.String(), ResourceHierarchyGroup: w.create("CreateUserHierarchyGroup", "Name", "Berlin"),
		ResourceQuickConnect: w.createPhoneConnect("Taxi", "+14155550177"),
	} {
		arn := testARNs.Of(worldInstance.String(), kind, id)
		w.call("TagResource", map[string]any{"resourceArn": arn, "tags": map[string]string{"a": "1", "b": "2"}}, nil)
		w.call("UntagResource", map[string]any{"resourceArn": arn, "tagKeys": "b"}, nil)
		var got ListTagsForResourceResponse
		w.call("ListTagsForResource", map[string]any{"resourceArn": arn}, &got)
		if _, left := got.Tags["b"]; left || got.Tags["a"] != "1" {
			t.Errorf("%s: tags %v", kind, got.Tags)
		}
	}
	w.call("ListTagsForResource", map[string]any{"resourceArn": testARNs.Instance(worldInstance.String())}, nil)
	w.call("ListTagsForResource", map[string]any{"resourceArn": testARNs.Of(worldInstance.String(), ResourceSecurityProfile, w.defaults.AdminID.String())}, nil)
	w.refused("ListTagsForResource", "ResourceNotFoundException", map[string]any{"resourceArn": testARNs.Of(worldInstance.String(), ResourceQueue, tandem.ID{1}.String())})
	w.refused("ListTagsForResource", "InvalidParameterException", map[string]any{"resourceArn": "arn:aws:s3:::bucket"})
	w.refused("TagResource", "InvalidParameterException", map[string]any{"resourceArn": testARNs.Instance(worldInstance.String()), "tags": map[string]string{"a": "1"}})
	w.refused("TagResource", "AccessDeniedException", map[string]any{"resourceArn": testARNs.Of(otherInstance.String(), ResourceQueue, w.defaults.QueueID.String()), "tags": map[string]string{"a": "1"}})
}
