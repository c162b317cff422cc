package connect

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strings"
	"testing"

	"tandem"
)

// sayFlow is a flow or module that says a text and hangs up.
func sayFlow(text string) string {
	return `{"Version":"2019-10-30","StartAction":"say","Actions":[
		{"Identifier":"say","Type":"MessageParticipant","Parameters":{"Text":"` + text + `"},"Transitions":{"NextAction":"bye","Errors":[{"NextAction":"bye","ErrorType":"NoMatchingError"}]}},
		{"Identifier":"bye","Type":"DisconnectParticipant","Parameters":{},"Transitions":{}}]}`
}

// createModule creates a module of the members and answers its id.
func (w *world) createModule(pairs ...string) string {
	w.Helper()
	members := map[string]any{}
	for i := 0; i < len(pairs); i += 2 {
		members[pairs[i]] = pairs[i+1]
	}
	var created CreateContactFlowModuleResponse
	w.call("CreateContactFlowModule", members, &created)
	return *created.Id
}

func digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

func TestModuleIsCreatedChangedAndDeleted(t *testing.T) {
	w := newWorld(t)
	id := w.createModule("Name", "Greeting", "Description", "Says hello", "Content", sayFlow("Hello."))
	arn := testARNs.Of(worldInstance.String(), ResourceFlowModule, id)
	w.call("UpdateContactFlowModuleContent", map[string]any{"ContactFlowModuleId": id + ":$SAVED", "Content": "not yet"}, nil)
	var published, saved DescribeContactFlowModuleResponse
	w.call("DescribeContactFlowModule", map[string]any{"ContactFlowModuleId": arn}, &published)
	w.call("DescribeContactFlowModule", map[string]any{"ContactFlowModuleId": id + ":$SAVED"}, &saved)
	if m := published.ContactFlowModule; *m.Content != sayFlow("Hello.") || *m.Status != ContactFlowModuleStatusPublished || *m.Arn != arn ||
		*m.FlowModuleContentSha256 != digest(sayFlow("Hello.")) || *m.Name != "Greeting" || *m.State != ContactFlowModuleStateActive || m.Settings != nil {
		t.Errorf("published: %+v", m)
	}
	if m := saved.ContactFlowModule; *m.Content != "not yet" || *m.Status != ContactFlowModuleStatusSaved {
		t.Errorf("saved: %+v", m)
	}
	w.call("UpdateContactFlowModuleContent", map[string]any{"ContactFlowModuleId": id, "Content": sayFlow("Good day.")}, nil)
	w.call("UpdateContactFlowModuleMetadata", map[string]any{"ContactFlowModuleId": id, "Name": "Salute", "State": "ARCHIVED"}, nil)
	w.call("DescribeContactFlowModule", map[string]any{"ContactFlowModuleId": id}, &published)
	if m := published.ContactFlowModule; *m.Content != sayFlow("Good day.") || *m.Name != "Salute" || *m.Description != "Says hello" || *m.State != ContactFlowModuleStateArchived {
		t.Errorf("changed: %+v", m)
	}
	w.call("TagResource", map[string]any{"resourceArn": arn, "tags": map[string]string{"team": "a"}}, nil)
	var tags ListTagsForResourceResponse
	if w.call("ListTagsForResource", map[string]any{"resourceArn": arn}, &tags); tags.Tags["team"] != "a" {
		t.Errorf("tags: %v", tags.Tags)
	}
	w.call("DeleteContactFlowModule", map[string]any{"ContactFlowModuleId": id}, nil)
	w.refused("DescribeContactFlowModule", "ResourceNotFoundException", map[string]any{"ContactFlowModuleId": id})
}

func TestModulesAndFlowsAreKeptApart(t *testing.T) {
	w := newWorld(t)
	module := w.createModule("Name", "Greeting", "Content", sayFlow("Hello."))
	flow := w.defaults.InboundFlowID.String()
	for operation, members := range map[string]map[string]any{
		"DescribeContactFlow":          {"ContactFlowId": module},
		"UpdateContactFlowContent":     {"ContactFlowId": module, "Content": sayFlow("x")},
		"UpdateContactFlowName":        {"ContactFlowId": module, "Name": "x"},
		"DeleteContactFlow":            {"ContactFlowId": module},
		"CreateContactFlowVersion":     {"ContactFlowId": module},
		"ListContactFlowVersions":      {"ContactFlowId": module},
		"DescribeContactFlowModule":    {"ContactFlowModuleId": flow},
		"DeleteContactFlowModule":      {"ContactFlowModuleId": flow},
		"CreateContactFlowModuleAlias": {"ContactFlowModuleId": flow, "AliasName": "live", "ContactFlowModuleVersion": 1},
	} {
		w.refused(operation, "ResourceNotFoundException", members)
	}
	var flows ListContactFlowsResponse
	var modules ListContactFlowModulesResponse
	w.call("ListContactFlows", nil, &flows)
	w.call("ListContactFlowModules", map[string]any{"ContactFlowModuleState": "ACTIVE"}, &modules)
	for _, f := range flows.ContactFlowSummaryList {
		if *f.Id == module {
			t.Error("the module is listed among the flows")
		}
	}
	if list := modules.ContactFlowModulesSummaryList; len(list) != 1 || *list[0].Id != module {
		t.Errorf("modules: %+v", list)
	}
	if w.call("ListContactFlowModules", map[string]any{"ContactFlowModuleState": "ARCHIVED"}, &modules); len(modules.ContactFlowModulesSummaryList) != 0 {
		t.Errorf("archived modules: %+v", modules.ContactFlowModulesSummaryList)
	}
}

func TestModuleThatCannotBePublishedNamesEveryProblem(t *testing.T) {
	w := newWorld(t)
	bad := `{"Version":"2019-10-30","StartAction":"a","Actions":[{"Identifier":"a","Type":"Recite"},{"Identifier":"b","Type":"Compare","Transitions":{"NextAction":"nowhere"}}]}`
	id := w.createModule("Name", "Greeting", "Content", sayFlow("Hello."))
	for operation, members := range map[string]map[string]any{
		"CreateContactFlowModule":        {"Name": "Bad", "Content": bad},
		"UpdateContactFlowModuleContent": {"ContactFlowModuleId": id, "Content": bad},
	} {
		got := w.refused(operation, "InvalidContactFlowModuleException", members)
		var body struct{ Problems []struct{ Message string } }
		if err := json.Unmarshal([]byte(got.body), &body); err != nil || len(body.Problems) < 3 || !strings.HasPrefix(body.Problems[0].Message, "Invalid Action type") {
			t.Errorf("%s: %s", operation, got.body)
		}
	}
	w.refused("UpdateContactFlowModuleContent", "InvalidContactFlowModuleException", map[string]any{"ContactFlowModuleId": id, "Content": "[]", "Settings": "{}"})
	w.refused("UpdateContactFlowModuleContent", "InvalidRequestException", map[string]any{"ContactFlowModuleId": id})
	w.refused("CreateContactFlowModule", "DuplicateResourceException", map[string]any{"Name": "Greeting", "Content": sayFlow("x")})
	w.refused("CreateContactFlowModule", "InvalidParameterException", map[string]any{"Name": "x", "Content": sayFlow("x"), "Settings": "{"})
	w.refused("CreateContactFlowModule", "InvalidParameterException", map[string]any{"Name": "x", "Content": sayFlow("x"), "ExternalInvocationConfiguration": map[string]bool{"Enabled": true}})
}

func TestSettingsOfAModuleAreAMemberOfItsContent(t *testing.T) {
	w := newWorld(t)
	id := w.createModule("Name", "Greeting", "Content", sayFlow("<Hello>"), "Settings", `{"Transitions":[]}`)
	var got DescribeContactFlowModuleResponse
	w.call("DescribeContactFlowModule", map[string]any{"ContactFlowModuleId": id}, &got)
	if m := got.ContactFlowModule; *m.Settings != `{"Transitions":[]}` || !strings.HasSuffix(*m.Content, `,"Settings":{"Transitions":[]}}`) || !strings.Contains(*m.Content, "<Hello>") {
		t.Errorf("module: %s, settings %s", *m.Content, *m.Settings)
	}
	w.call("UpdateContactFlowModuleContent", map[string]any{"ContactFlowModuleId": id, "Settings": `{"Transitions":[{"DisplayName":"Known","ReferenceName":"known","Description":"d"}]}`}, nil)
	w.call("DescribeContactFlowModule", map[string]any{"ContactFlowModuleId": id}, &got)
	if m := got.ContactFlowModule; !strings.Contains(*m.Settings, `"known"`) || strings.Count(*m.Content, "Settings") != 1 {
		t.Errorf("module: %s", *m.Content)
	}
}

func TestVersionsAndAliasesOfAModule(t *testing.T) {
	w := newWorld(t)
	id := w.createModule("Name", "Greeting", "Content", sayFlow("one"))
	var first, second CreateContactFlowModuleVersionResponse
	w.call("CreateContactFlowModuleVersion", map[string]any{"ContactFlowModuleId": id, "Description": "first", "FlowModuleContentSha256": digest(sayFlow("one"))}, &first)
	w.refused("CreateContactFlowModuleVersion", "InvalidParameterException", map[string]any{"ContactFlowModuleId": id, "FlowModuleContentSha256": digest("other")})
	w.call("UpdateContactFlowModuleContent", map[string]any{"ContactFlowModuleId": id, "Content": sayFlow("two")}, nil)
	w.call("CreateContactFlowModuleVersion", map[string]any{"ContactFlowModuleId": id}, &second)
	if *first.Version != 1 || *second.Version != 2 || *first.ContactFlowModuleArn != testARNs.Of(worldInstance.String(), ResourceFlowModule, id)+":1" {
		t.Fatalf("versions %+v and %+v", first, second)
	}
	var alias CreateContactFlowModuleAliasResponse
	w.call("CreateContactFlowModuleAlias", map[string]any{"ContactFlowModuleId": id, "AliasName": "live", "ContactFlowModuleVersion": 1}, &alias)
	shows := func(qualifier, content string, version int64) {
		t.Helper()
		var got DescribeContactFlowModuleResponse
		w.call("DescribeContactFlowModule", map[string]any{"ContactFlowModuleId": id + qualifier}, &got)
		m := got.ContactFlowModule
		if *m.Content != content || version == 0 != (m.Version == nil) || version != 0 && *m.Version != version {
			t.Errorf("%s shows %+v", qualifier, m)
		}
	}
	shows("", sayFlow("two"), 0)
	shows(":1", sayFlow("one"), 1)
	shows(":live", sayFlow("one"), 1)
	w.call("UpdateContactFlowModuleAlias", map[string]any{"ContactFlowModuleId": id, "AliasId": *alias.Id, "ContactFlowModuleVersion": 2, "Description": "d"}, nil)
	shows(":live", sayFlow("two"), 2)
	var described DescribeContactFlowModuleAliasResponse
	w.call("DescribeContactFlowModuleAlias", map[string]any{"ContactFlowModuleId": id, "AliasId": "live"}, &described)
	if a := described.ContactFlowModuleAlias; *a.AliasId != *alias.Id || *a.Name != "live" || *a.Version != 2 || *a.Description != "d" || a.LastModifiedTime == nil {
		t.Errorf("alias: %+v", a)
	}
	var versions ListContactFlowModuleVersionsResponse
	w.call("ListContactFlowModuleVersions", map[string]any{"ContactFlowModuleId": id, "MaxResults": "1"}, &versions)
	if l := versions.ContactFlowModuleVersionSummaryList; len(l) != 1 || *l[0].Version != 1 || *l[0].VersionDescription != "first" || versions.NextToken == nil {
		t.Errorf("versions: %+v", l)
	}
	var aliases ListContactFlowModuleAliasesResponse
	w.call("ListContactFlowModuleAliases", map[string]any{"ContactFlowModuleId": id}, &aliases)
	if l := aliases.ContactFlowModuleAliasSummaryList; len(l) != 1 || *l[0].AliasName != "live" || *l[0].Version != 2 {
		t.Errorf("aliases: %+v", l)
	}
	w.refused("DeleteContactFlowModuleVersion", "InvalidRequestException", map[string]any{"ContactFlowModuleId": id, "ContactFlowModuleVersion": "2"})
	w.refused("CreateContactFlowModuleAlias", "DuplicateResourceException", map[string]any{"ContactFlowModuleId": id, "AliasName": "live", "ContactFlowModuleVersion": 1})
	w.refused("CreateContactFlowModuleAlias", "ResourceNotFoundException", map[string]any{"ContactFlowModuleId": id, "AliasName": "next", "ContactFlowModuleVersion": 9})
	w.refused("UpdateContactFlowModuleContent", "ResourceNotFoundException", map[string]any{"ContactFlowModuleId": id + ":1", "Content": sayFlow("three")})
	w.call("DeleteContactFlowModuleAlias", map[string]any{"ContactFlowModuleId": id, "AliasId": *alias.Id}, nil)
	w.refused("DescribeContactFlowModuleAlias", "ResourceNotFoundException", map[string]any{"ContactFlowModuleId": id, "AliasId": "live"})
	w.call("DeleteContactFlowModuleVersion", map[string]any{"ContactFlowModuleId": id, "ContactFlowModuleVersion": "2"}, nil)
	w.refused("DescribeContactFlowModule", "ResourceNotFoundException", map[string]any{"ContactFlowModuleId": id + ":2"})
}

func TestNumberedVersionOfAFlowKeepsItsContent(t *testing.T) {
	w := newWorld(t)
	id := w.create("CreateContactFlow", "Name", "Bye", "Type", "CONTACT_FLOW", "Content", sayFlow("one"))
	w.call("CreateContactFlowVersion", map[string]any{"ContactFlowId": id, "Description": "first", "FlowContentSha256": digest(sayFlow("one"))}, nil)
	w.call("UpdateContactFlowContent", map[string]any{"ContactFlowId": id, "Content": sayFlow("two")}, nil)
	var got DescribeContactFlowResponse
	w.call("DescribeContactFlow", map[string]any{"ContactFlowId": testARNs.Of(worldInstance.String(), ResourceFlow, id) + ":1"}, &got)
	if f := got.ContactFlow; *f.Content != sayFlow("one") || *f.FlowContentSha256 != digest(sayFlow("one")) || *f.Version != 1 || *f.VersionDescription != "first" {
		t.Errorf("version 1: %+v", f)
	}
	var list ListContactFlowVersionsResponse
	w.call("ListContactFlowVersions", map[string]any{"ContactFlowId": id}, &list)
	if l := list.ContactFlowVersionSummaryList; len(l) != 1 || *l[0].Version != 1 || !strings.HasSuffix(*l[0].Arn, id+":1") {
		t.Errorf("versions: %+v", l)
	}
	w.refused("DescribeContactFlow", "ResourceNotFoundException", map[string]any{"ContactFlowId": id + ":live"})
	w.refused("CreateContactFlowVersion", "InvalidParameterException", map[string]any{"ContactFlowId": id, "ContactFlowVersion": 7})
	draft := w.create("CreateContactFlow", "Name", "Draft", "Type", "CONTACT_FLOW", "Status", "SAVED", "Content", "{}")
	w.refused("CreateContactFlowVersion", "InvalidParameterException", map[string]any{"ContactFlowId": draft})
	w.call("DeleteContactFlowVersion", map[string]any{"ContactFlowId": id, "ContactFlowVersion": "1"}, nil)
	w.refused("DescribeContactFlow", "ResourceNotFoundException", map[string]any{"ContactFlowId": id + ":1"})
	w.refused("DeleteContactFlowVersion", "ResourceNotFoundException", map[string]any{"ContactFlowId": id, "ContactFlowVersion": "1"})
}

func TestFlowsAndModulesAreSearched(t *testing.T) {
	w := newWorld(t)
	draft := w.createdID("CreateContactFlow", map[string]any{"Name": "Winter draft", "Type": "CUSTOMER_QUEUE", "Status": "SAVED", "Content": "{}",
		"Tags": map[string]string{"season": "winter"}})
	sale := w.create("CreateContactFlow", "Name", "Winter sale", "Type", "CONTACT_FLOW", "Content", sayFlow("one"))
	module := w.createModule("Name", "Winter greeting", "Content", sayFlow("Hello."))
	name := func(text string) map[string]any {
		return map[string]any{"StringCondition": map[string]any{"FieldName": "name", "Value": text, "ComparisonType": "CONTAINS"}}
	}
	with := func(m map[string]any, key string, value any) map[string]any {
		m[key] = value
		return m
	}
	for _, tt := range []struct {
		criteria, filter map[string]any
		want             []string
	}{
		{name("winter"), nil, []string{draft, sale}},
		{with(name("winter"), "StatusCondition", "SAVED"), nil, []string{draft}},
		{with(name("winter"), "TypeCondition", "CONTACT_FLOW"), nil, []string{sale}},
		{with(name("winter"), "StateCondition", "ARCHIVED"), nil, nil},
		{map[string]any{"OrConditions": []any{name("draft"), name("sale")}}, nil, []string{draft, sale}},
		{map[string]any{"AndConditions": []any{name("winter"), name("sale")}}, nil, []string{sale}},
		{name("winter"), map[string]any{"TagFilter": map[string]any{"TagCondition": map[string]any{"TagKey": "season", "TagValue": "winter"}}}, []string{draft}},
		{name("winter"), map[string]any{"FlowAttributeFilter": map[string]any{"ContactFlowTypeCondition": map[string]any{"ContactFlowType": "CUSTOMER_QUEUE"}}}, []string{draft}},
		{name("winter"), map[string]any{"FlowAttributeFilter": map[string]any{"OrConditions": []any{map[string]any{"TagConditions": []any{map[string]any{"TagKey": "season"}}}}}}, []string{draft}},
	} {
		var got SearchContactFlowsResponse
		w.call("SearchContactFlows", map[string]any{"SearchCriteria": tt.criteria, "SearchFilter": tt.filter}, &got)
		found := map[string]bool{}
		for _, f := range got.ContactFlows {
			found[*f.Id] = true
		}
		same := len(found) == len(tt.want) && *got.ApproximateTotalCount == int64(len(tt.want))
		for _, id := range tt.want {
			same = same && found[id]
		}
		if !same {
			t.Errorf("criteria %v and filter %v found %v, want %v", tt.criteria, tt.filter, found, tt.want)
		}
	}
	var modules SearchContactFlowModulesResponse
	w.call("SearchContactFlowModules", map[string]any{"SearchCriteria": with(name("winter"), "StatusCondition", "PUBLISHED")}, &modules)
	if l := modules.ContactFlowModules; len(l) != 1 || *l[0].Id != module || *modules.ApproximateTotalCount != 1 {
		t.Errorf("modules found: %+v", l)
	}
	w.refused("SearchContactFlows", "InvalidParameterException", map[string]any{"SearchCriteria": map[string]any{"StringCondition": map[string]any{"FieldName": "colour", "Value": "x", "ComparisonType": "EXACT"}}})
}

func TestNumbersThatStartFlowsAreAssociations(t *testing.T) {
	w := newWorld(t)
	var claimed ClaimPhoneNumberResponse
	w.call("ClaimPhoneNumber", map[string]any{"TargetArn": testARNs.Instance(worldInstance.String()), "PhoneNumber": "+14155550100"}, &claimed)
	w.call("AssociatePhoneNumberContactFlow", map[string]any{"PhoneNumberId": *claimed.PhoneNumberId, "ContactFlowId": w.defaults.InboundFlowID.String()}, nil)
	var list ListFlowAssociationsResponse
	w.call("ListFlowAssociations", nil, &list)
	want := testARNs.Of(worldInstance.String(), ResourceFlow, w.defaults.InboundFlowID.String())
	if l := list.FlowAssociationSummaryList; len(l) != 1 || *l[0].FlowId != want || *l[0].ResourceId != *claimed.PhoneNumberArn {
		t.Errorf("associations: %+v", l)
	}
	var batch BatchGetFlowAssociationResponse
	w.call("BatchGetFlowAssociation", map[string]any{"ResourceIds": []string{*claimed.PhoneNumberArn, testARNs.PhoneNumber(tandem.ID{1}.String())}}, &batch)
	if len(batch.FlowAssociationSummaryList) != 1 {
		t.Errorf("associations: %+v", batch.FlowAssociationSummaryList)
	}
	if w.call("ListFlowAssociations", map[string]any{"ResourceType": "INBOUND_EMAIL"}, &list); len(list.FlowAssociationSummaryList) != 0 {
		t.Errorf("associations of e-mail: %+v", list.FlowAssociationSummaryList)
	}
}
