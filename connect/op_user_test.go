package connect

import (
	"fmt"
	"slices"
	"testing"

	"tandem"
)

// create calls a Create operation with pairs of name and value and returns the
// id of what was made.
func (w *world) create(operation string, pairs ...string) string {
	w.Helper()
	members := map[string]any{}
	for i := 0; i < len(pairs); i += 2 {
		members[pairs[i]] = pairs[i+1]
	}
	return w.createdID(operation, members)
}

func (w *world) createdID(operation string, members map[string]any) string {
	w.Helper()
	var created struct {
		QueueId, UserId, AgentStatusId, ContactFlowId, PhoneNumberId, ContactId, QuickConnectId, HierarchyGroupId, RoutingProfileId string
	}
	w.call(operation, members, &created)
	return created.QueueId + created.UserId + created.AgentStatusId + created.ContactFlowId + created.PhoneNumberId + created.ContactId +
		created.QuickConnectId + created.HierarchyGroupId + created.RoutingProfileId
}

func (w *world) createUser(username string) string {
	w.Helper()
	return w.createdID("CreateUser", map[string]any{
		"Username": username, "Password": "Secret-Word-1",
		"RoutingProfileId": w.defaults.RoutingProfileID.String(), "SecurityProfileIds": []string{w.defaults.AgentID.String()},
		"IdentityInfo": map[string]string{"FirstName": "First", "LastName": "Last", "Email": "agent@example.com"},
		"PhoneConfig":  map[string]any{"PhoneType": "DESK_PHONE", "DeskPhoneNumber": "+14155550199", "AutoAccept": false, "AfterContactWorkTimeLimit": 30},
		"Tags":         map[string]string{"name": username},
	})
}

func TestUserIsCreatedChangedAndDeleted(t *testing.T) {
	w := newWorld(t)
	id := w.createUser("agent1")
	if w.passwords[mustID(id)] != "Secret-Word-1" {
		t.Error("the password was not kept")
	}
	profile := testARNs.Of(worldInstance.String(), ResourceSecurityProfile, w.defaults.AdminID.String())
	w.call("UpdateUserSecurityProfiles", map[string]any{"UserId": id, "SecurityProfileIds": []string{profile}}, nil)
	w.call("UpdateUserIdentityInfo", map[string]any{"UserId": id, "IdentityInfo": map[string]string{"FirstName": "Other"}}, nil)
	w.call("UpdateUserRoutingProfile", map[string]any{"UserId": id, "RoutingProfileId": w.defaults.RoutingProfileID.String()}, nil)

	var got DescribeUserResponse
	w.call("DescribeUser", map[string]any{"UserId": testARNs.Of(worldInstance.String(), ResourceUser, id)}, &got)
	u := got.User
	if *u.Username != "agent1" || *u.IdentityInfo.FirstName != "Other" || *u.IdentityInfo.LastName != "Last" || *u.IdentityInfo.Email != "agent@example.com" ||
		*u.PhoneConfig.PhoneType != PhoneTypeDeskPhone || *u.PhoneConfig.DeskPhoneNumber != "+14155550199" || *u.PhoneConfig.AfterContactWorkTimeLimit != 30 ||
		*u.PhoneConfig.AutoAccept || !slices.Equal(u.SecurityProfileIds, []string{w.defaults.AdminID.String()}) || u.Tags["name"] != "agent1" || u.LastModifiedTime.IsZero() {
		t.Errorf("user: %+v", u)
	}

	w.call("UpdateUserPhoneConfig", map[string]any{"UserId": id, "PhoneConfig": map[string]any{"PhoneType": "SOFT_PHONE", "AutoAccept": true}}, nil)
	w.call("DescribeUser", map[string]any{"UserId": id}, &got)
	if p := got.User.PhoneConfig; *p.PhoneType != PhoneTypeSoftPhone || !*p.AutoAccept || *p.AfterContactWorkTimeLimit != 0 {
		t.Errorf("phone after the update: %+v", p)
	}

	w.refused("UpdateUserPhoneConfig", "InvalidParameterException", map[string]any{"UserId": id, "PhoneConfig": map[string]any{"PhoneType": "DESK_PHONE"}})
	w.refused("CreateUser", "DuplicateResourceException", map[string]any{"Username": "agent1", "RoutingProfileId": w.defaults.RoutingProfileID.String(), "SecurityProfileIds": []string{w.defaults.AgentID.String()}})
	w.refused("CreateUser", "ResourceNotFoundException", map[string]any{"Username": "agent2", "RoutingProfileId": tandem.ID{1}.String(), "SecurityProfileIds": []string{w.defaults.AgentID.String()}})
	w.refused("UpdateUserIdentityInfo", "InvalidParameterException", map[string]any{"UserId": id, "IdentityInfo": map[string]string{"Mobile": "+14155550100"}})

	w.call("DeleteUser", map[string]any{"UserId": id}, nil)
	w.refused("DescribeUser", "ResourceNotFoundException", map[string]any{"UserId": id})
}

func TestPasswordIsRefusedWhereNoneIsKept(t *testing.T) {
	w := newWorld(t)
	w.server.cfg.Backend.Passwords = nil
	w.refused("CreateUser", "InvalidParameterException", map[string]any{"Username": "agent1", "Password": "Secret-Word-1",
		"RoutingProfileId": w.defaults.RoutingProfileID.String(), "SecurityProfileIds": []string{w.defaults.AgentID.String()}})
}

func TestUsersAreListedAndSearched(t *testing.T) {
	w := newWorld(t)
	ids := map[string]string{}
	for i := range 5 {
		name := fmt.Sprintf("Agent%d", i)
		ids[name] = w.createUser(name)
	}
	var list ListUsersResponse
	w.call("ListUsers", map[string]any{"MaxResults": "4"}, &list)
	if len(list.UserSummaryList) != 4 || list.NextToken == nil {
		t.Errorf("a page of 4: %d users, token %v", len(list.UserSummaryList), list.NextToken)
	}
	is := func(field, how, value string) map[string]any {
		return map[string]any{"StringCondition": map[string]string{"FieldName": field, "ComparisonType": how, "Value": value}}
	}
	tag := func(value string) map[string]any {
		return map[string]any{"TagFilter": map[string]any{"TagCondition": map[string]string{"TagKey": "name", "TagValue": value}}}
	}
	for name, tt := range map[string]struct {
		criteria, filter map[string]any
		want             []string
	}{
		"all":       {nil, nil, []string{"Agent0", "Agent1", "Agent2", "Agent3", "Agent4"}},
		"exact":     {is("Username", "EXACT", "agent3"), nil, []string{"Agent3"}},
		"prefix":    {is("Username", "STARTS_WITH", "gent"), nil, nil},
		"contains":  {is("Username", "CONTAINS", "GENT1"), nil, []string{"Agent1"}},
		"by id":     {is("ResourceId", "EXACT", ids["Agent2"]), nil, []string{"Agent2"}},
		"either":    {map[string]any{"OrConditions": []any{is("Username", "EXACT", "agent1"), is("Username", "EXACT", "agent2")}}, nil, []string{"Agent1", "Agent2"}},
		"both":      {map[string]any{"AndConditions": []any{is("LastName", "EXACT", "last"), is("Username", "EXACT", "agent2")}}, nil, []string{"Agent2"}},
		"neither":   {map[string]any{"AndConditions": []any{is("Username", "EXACT", "agent1"), is("Username", "EXACT", "agent2")}}, nil, nil},
		"by tag":    {nil, tag("Agent4"), []string{"Agent4"}},
		"wrong tag": {is("Username", "EXACT", "agent3"), tag("Agent4"), nil},
	} {
		members := map[string]any{}
		if tt.criteria != nil {
			members["SearchCriteria"] = tt.criteria
		}
		if tt.filter != nil {
			members["SearchFilter"] = tt.filter
		}
		var found SearchUsersResponse
		w.call("SearchUsers", members, &found)
		var got []string
		for _, u := range found.Users {
			got = append(got, *u.Username)
			if *u.PhoneConfig.AfterContactWorkTimeLimit != 30_000 {
				t.Errorf("%s: the time limit is %d, want milliseconds", name, *u.PhoneConfig.AfterContactWorkTimeLimit)
			}
		}
		slices.Sort(got)
		if !slices.Equal(got, tt.want) || *found.ApproximateTotalCount != int64(len(tt.want)) {
			t.Errorf("%s: found %v of %d, want %v", name, got, *found.ApproximateTotalCount, tt.want)
		}
	}
	w.refused("SearchUsers", "InvalidParameterException", map[string]any{"SearchCriteria": is("ShoeSize", "EXACT", "43")})
	w.refused("SearchUsers", "InvalidParameterException", map[string]any{"SearchCriteria": map[string]any{"ListCondition": map[string]string{"TargetListType": "PROFICIENCIES"}}})
}

func TestStatusesAreCreatedChangedAndListed(t *testing.T) {
	w := newWorld(t)
	id := w.createdID("CreateAgentStatus", map[string]any{"Name": "Lunch", "State": "ENABLED", "DisplayOrder": 3})
	w.call("UpdateAgentStatus", map[string]any{"AgentStatusId": id, "Description": "Eating", "State": "DISABLED", "ResetOrderNumber": true}, nil)
	var got DescribeAgentStatusResponse
	w.call("DescribeAgentStatus", map[string]any{"AgentStatusId": id}, &got)
	st := got.AgentStatus
	if *st.Name != "Lunch" || *st.Description != "Eating" || *st.State != AgentStatusStateDisabled || *st.Type != AgentStatusTypeCustom || st.DisplayOrder != nil {
		t.Errorf("status: %+v", st)
	}
	var list ListAgentStatusResponse
	w.call("ListAgentStatuses", map[string]any{"AgentStatusTypes": "ROUTABLE"}, &list)
	if len(list.AgentStatusSummaryList) != 1 || *list.AgentStatusSummaryList[0].Name != "Available" {
		t.Errorf("routable statuses: %+v", list.AgentStatusSummaryList)
	}
	w.refused("PutUserStatus", "InvalidParameterException", map[string]any{"UserId": w.createUser("agent1"), "AgentStatusId": id})
	w.refused("UpdateAgentStatus", "InvalidParameterException", map[string]any{"AgentStatusId": w.defaults.AvailableID.String(), "Name": "Free"})
}

func TestSecurityProfilesAreListedAndDescribed(t *testing.T) {
	w := newWorld(t)
	var list ListSecurityProfilesResponse
	w.call("ListSecurityProfiles", nil, &list)
	var names []string
	for _, p := range list.SecurityProfileSummaryList {
		var got DescribeSecurityProfileResponse
		w.call("DescribeSecurityProfile", map[string]any{"SecurityProfileId": *p.Arn}, &got)
		names = append(names, *got.SecurityProfile.SecurityProfileName)
	}
	slices.Sort(names)
	if want := []string{"Admin", "Agent", "CallCenterManager", "QualityAnalyst"}; !slices.Equal(names, want) {
		t.Errorf("security profiles %v, want %v", names, want)
	}
}
