package connect

import (
	"fmt"
	"slices"
	"testing"

	"tandem"
)

// defaultFlow is the instance's first flow of a type.
func (w *world) defaultFlow(kind string) string {
	w.Helper()
	var list ListContactFlowsResponse
	w.call("ListContactFlows", map[string]any{"ContactFlowTypes": kind}, &list)
	return *list.ContactFlowSummaryList[0].Id
}

func toPhone(number string) map[string]any {
	return map[string]any{"QuickConnectType": "PHONE_NUMBER", "PhoneConfig": map[string]string{"PhoneNumber": number}}
}

func toQueue(queue, flow string) map[string]any {
	return map[string]any{"QuickConnectType": "QUEUE", "QueueConfig": map[string]string{"QueueId": queue, "ContactFlowId": flow}}
}

func toUser(user, flow string) map[string]any {
	return map[string]any{"QuickConnectType": "USER", "UserConfig": map[string]string{"UserId": user, "ContactFlowId": flow}}
}

func (w *world) createPhoneConnect(name, number string) string {
	w.Helper()
	return w.createdID("CreateQuickConnect", map[string]any{"Name": name, "QuickConnectConfig": toPhone(number)})
}

func TestQuickConnectsOfEveryTypeAreCreatedChangedAndDeleted(t *testing.T) {
	w := newWorld(t)
	queue, user := w.defaults.QueueID.String(), w.createUser("agent1")
	toQueueFlow, toUserFlow := w.defaultFlow("QUEUE_TRANSFER"), w.defaultFlow("AGENT_TRANSFER")
	id := w.createdID("CreateQuickConnect", map[string]any{"Name": "Support", "Description": "d", "Tags": map[string]string{"a": "b"}, "QuickConnectConfig": toPhone("+14155550177")})
	arn := testARNs.Of(worldInstance.String(), ResourceQuickConnect, id)
	describe := func() *QuickConnect {
		t.Helper()
		var got DescribeQuickConnectResponse
		w.call("DescribeQuickConnect", map[string]any{"QuickConnectId": arn}, &got)
		return got.QuickConnect
	}
	q := describe()
	if *q.QuickConnectId != id || *q.QuickConnectARN != arn || *q.Name != "Support" || *q.Description != "d" || q.Tags["a"] != "b" ||
		*q.QuickConnectConfig.PhoneConfig.PhoneNumber != "+14155550177" || q.LastModifiedTime.IsZero() {
		t.Errorf("quick connect: %+v", q)
	}
	w.call("UpdateQuickConnectConfig", map[string]any{"QuickConnectId": id, "QuickConnectConfig": toQueue(testARNs.Of(worldInstance.String(), ResourceQueue, queue), toQueueFlow)}, nil)
	if c := describe().QuickConnectConfig; *c.QuickConnectType != QuickConnectTypeQueue || *c.QueueConfig.QueueId != queue || *c.QueueConfig.ContactFlowId != toQueueFlow || c.PhoneConfig != nil {
		t.Errorf("of a queue: %+v", c)
	}
	w.call("UpdateQuickConnectConfig", map[string]any{"QuickConnectId": id, "QuickConnectConfig": toUser(user, toUserFlow)}, nil)
	w.call("UpdateQuickConnectName", map[string]any{"QuickConnectId": id, "Name": "Renamed", "Description": ""}, nil)
	q = describe()
	if c := q.QuickConnectConfig; *q.Name != "Renamed" || q.Description != nil || *c.QuickConnectType != QuickConnectTypeUser || *c.UserConfig.UserId != user || c.QueueConfig != nil {
		t.Errorf("of a user: %+v %+v", q, c)
	}
	w.refused("DeleteUser", "InvalidRequestException", map[string]any{"UserId": user})
	w.call("DeleteQuickConnect", map[string]any{"QuickConnectId": id}, nil)
	w.refused("DescribeQuickConnect", "ResourceNotFoundException", map[string]any{"QuickConnectId": id})
}

func TestQuickConnectRefusals(t *testing.T) {
	w := newWorld(t)
	queue, queueFlow := w.defaults.QueueID.String(), w.defaultFlow("QUEUE_TRANSFER")
	unknown := tandem.ID{1}.String()
	taken, other := w.createPhoneConnect("Taken", "+14155550177"), w.createPhoneConnect("Other", "+14155550178")
	both := toQueue(queue, queueFlow)
	both["PhoneConfig"] = map[string]string{"PhoneNumber": "+14155550177"}
	create := func(name string, config map[string]any) map[string]any {
		return map[string]any{"Name": name, "QuickConnectConfig": config}
	}
	for _, tt := range []struct {
		operation, code string
		members         map[string]any
	}{
		{"CreateQuickConnect", "DuplicateResourceException", create("Taken", toPhone("+14155550179"))},
		{"CreateQuickConnect", "InvalidRequestException", create("x", map[string]any{})},
		{"CreateQuickConnect", "InvalidParameterException", create("x", map[string]any{"QuickConnectType": "PHONE_NUMBER"})},
		{"CreateQuickConnect", "InvalidParameterException", create("x", map[string]any{"QuickConnectType": "FLOW"})},
		{"CreateQuickConnect", "InvalidParameterException", create("x", both)},
		{"CreateQuickConnect", "InvalidParameterException", create("x", toPhone("123"))},
		{"CreateQuickConnect", "ResourceNotFoundException", create("x", toQueue(unknown, queueFlow))},
		{"CreateQuickConnect", "ResourceNotFoundException", create("x", toQueue(queue, unknown))},
		{"CreateQuickConnect", "ResourceNotFoundException", create("x", toUser(unknown, w.defaultFlow("AGENT_TRANSFER")))},
		{"CreateQuickConnect", "InvalidParameterException", create("x", toQueue(queue, w.defaultFlow("AGENT_TRANSFER")))},
		{"UpdateQuickConnectName", "InvalidParameterException", map[string]any{"QuickConnectId": other, "Name": "Taken"}},
		{"UpdateQuickConnectName", "ResourceNotFoundException", map[string]any{"QuickConnectId": unknown, "Name": "x"}},
		{"UpdateQuickConnectConfig", "ResourceNotFoundException", map[string]any{"QuickConnectId": unknown, "QuickConnectConfig": toPhone("+14155550177")}},
		{"DeleteQuickConnect", "ResourceNotFoundException", map[string]any{"QuickConnectId": unknown}},
		{"DescribeQuickConnect", "ResourceNotFoundException", map[string]any{"QuickConnectId": testARNs.Of(worldInstance.String(), ResourceQueue, taken)}},
		{"AssociateQueueQuickConnects", "ResourceNotFoundException", map[string]any{"QueueId": queue, "QuickConnectIds": []string{unknown}}},
		{"AssociateQueueQuickConnects", "InvalidParameterException", map[string]any{"QueueId": queue, "QuickConnectIds": []string{}}},
		{"DisassociateQueueQuickConnects", "ResourceNotFoundException", map[string]any{"QueueId": queue, "QuickConnectIds": []string{taken}}},
		{"ListQueueQuickConnects", "ResourceNotFoundException", map[string]any{"QueueId": unknown}},
		{"SearchQuickConnects", "InvalidParameterException", map[string]any{"SearchCriteria": map[string]any{"StringCondition": map[string]string{"FieldName": "size"}}}},
	} {
		w.refused(tt.operation, tt.code, tt.members)
	}
}

func TestQuickConnectsAreListedAndSearched(t *testing.T) {
	w := newWorld(t)
	taxi := w.createPhoneConnect("Taxi", "+14155550177")
	w.createPhoneConnect("Pizza", "+14155550178")
	w.createdID("CreateQuickConnect", map[string]any{"Name": "Tax office", "Description": "pay", "Tags": map[string]string{"kind": "state"},
		"QuickConnectConfig": toQueue(w.defaults.QueueID.String(), w.defaultFlow("QUEUE_TRANSFER"))})
	var phones, page ListQuickConnectsResponse
	w.call("ListQuickConnects", map[string]any{"QuickConnectTypes": "PHONE_NUMBER"}, &phones)
	w.call("ListQuickConnects", map[string]any{"MaxResults": "2"}, &page)
	if len(phones.QuickConnectSummaryList) != 2 || *phones.QuickConnectSummaryList[0].QuickConnectType != QuickConnectTypePhoneNumber ||
		len(page.QuickConnectSummaryList) != 2 || page.NextToken == nil {
		t.Errorf("listed: %+v and %+v", phones, page)
	}
	is := func(field, how, value string) map[string]any {
		return map[string]any{"StringCondition": map[string]string{"FieldName": field, "ComparisonType": how, "Value": value}}
	}
	for _, tt := range []struct {
		members map[string]any
		want    string
	}{
		{nil, "[Pizza Tax office Taxi]"},
		{map[string]any{"SearchCriteria": is("name", "STARTS_WITH", "tax")}, "[Tax office Taxi]"},
		{map[string]any{"SearchCriteria": is("description", "EXACT", "PAY")}, "[Tax office]"},
		{map[string]any{"SearchCriteria": is("resourceID", "EXACT", taxi)}, "[Taxi]"},
		{map[string]any{"SearchCriteria": map[string]any{"OrConditions": []any{is("name", "EXACT", "pizza"), is("name", "CONTAINS", "xi")}}}, "[Pizza Taxi]"},
		{map[string]any{"SearchCriteria": map[string]any{"AndConditions": []any{is("name", "EXACT", "pizza"), is("name", "CONTAINS", "xi")}}}, "[]"},
		{map[string]any{"SearchFilter": map[string]any{"TagFilter": map[string]any{"TagCondition": map[string]string{"TagKey": "kind"}}}}, "[Tax office]"},
	} {
		var found SearchQuickConnectsResponse
		w.call("SearchQuickConnects", tt.members, &found)
		names := []string{}
		for _, q := range found.QuickConnects {
			names = append(names, *q.Name)
		}
		slices.Sort(names)
		if got := fmt.Sprint(names); got != tt.want || *found.ApproximateTotalCount != int64(len(names)) {
			t.Errorf("%v: found %s of %d, want %s", tt.members, got, *found.ApproximateTotalCount, tt.want)
		}
	}
}

func TestQueueGainsAndLosesQuickConnects(t *testing.T) {
	w := newWorld(t)
	queue := w.defaults.QueueID.String()
	taxi, pizza := w.createPhoneConnect("Taxi", "+14155550177"), w.createPhoneConnect("Pizza", "+14155550178")
	names := func(members map[string]any) string {
		t.Helper()
		var list ListQueueQuickConnectsResponse
		w.call("ListQueueQuickConnects", members, &list)
		var names []string
		for _, q := range list.QuickConnectSummaryList {
			names = append(names, *q.Name)
		}
		slices.Sort(names)
		return fmt.Sprint(names)
	}
	with := func(ids ...string) map[string]any { return map[string]any{"QueueId": queue, "QuickConnectIds": ids} }
	w.call("AssociateQueueQuickConnects", with(taxi), nil)
	w.call("AssociateQueueQuickConnects", with(testARNs.Of(worldInstance.String(), ResourceQuickConnect, pizza), taxi), nil)
	if got := names(map[string]any{"QueueId": queue}); got != "[Pizza Taxi]" {
		t.Errorf("after both were associated: %s", got)
	}
	w.call("UpdateQueueName", map[string]any{"QueueId": queue, "Name": "Renamed"}, nil)
	w.call("DisassociateQueueQuickConnects", with(taxi), nil)
	if got := names(map[string]any{"QueueId": queue}); got != "[Pizza]" {
		t.Errorf("after one was taken away: %s", got)
	}
	born := w.createdID("CreateQueue", map[string]any{"Name": "other", "HoursOfOperationId": w.defaults.HoursID.String(), "QuickConnectIds": []string{taxi, pizza}})
	if got := names(map[string]any{"QueueId": born}); got != "[Pizza Taxi]" {
		t.Errorf("of a queue created with both: %s", got)
	}
	w.call("DeleteQuickConnect", map[string]any{"QuickConnectId": pizza}, nil)
	if got := names(map[string]any{"QueueId": queue}); got != "[]" {
		t.Errorf("after the quick connect was deleted: %s", got)
	}
}
