package connect

import (
	"fmt"
	"testing"

	"tandem"
)

func TestHierarchyGroupsStandBelowEachOther(t *testing.T) {
	w := newWorld(t)
	groups := []string{w.create("CreateUserHierarchyGroup", "Name", "Germany")}
	for _, name := range []string{"Berlin", "Support", "Early", "Team 5"} {
		groups = append(groups, w.create("CreateUserHierarchyGroup", "Name", name, "ParentGroupId", groups[len(groups)-1]))
	}
	var got DescribeUserHierarchyGroupResponse
	w.call("DescribeUserHierarchyGroup", map[string]any{"HierarchyGroupId": testARNs.Of(worldInstance.String(), ResourceHierarchyGroup, groups[2])}, &got)
	g := got.HierarchyGroup
	if p := g.HierarchyPath; *g.Name != "Support" || *g.LevelId != "3" || *p.LevelOne.Name != "Germany" || *p.LevelTwo.Id != groups[1] || *p.LevelThree.Arn != *g.Arn || p.LevelFour != nil {
		t.Errorf("group: %+v, path %+v", g, p)
	}
	w.call("UpdateUserHierarchyGroupName", map[string]any{"HierarchyGroupId": groups[2], "Name": "Help"}, nil)
	var list ListUserHierarchyGroupsResponse
	w.call("ListUserHierarchyGroups", map[string]any{"MaxResults": "4"}, &list)
	if len(list.UserHierarchyGroupSummaryList) != 4 || list.NextToken == nil {
		t.Errorf("a page of 4: %+v", list)
	}

	unknown := tandem.ID{1}.String()
	for _, tt := range []struct {
		operation, code string
		members         map[string]any
	}{
		{"CreateUserHierarchyGroup", "LimitExceededException", map[string]any{"Name": "Too deep", "ParentGroupId": groups[4]}},
		{"CreateUserHierarchyGroup", "DuplicateResourceException", map[string]any{"Name": "Berlin", "ParentGroupId": groups[0]}},
		{"CreateUserHierarchyGroup", "ResourceNotFoundException", map[string]any{"Name": "x", "ParentGroupId": unknown}},
		{"CreateUserHierarchyGroup", "InvalidRequestException", map[string]any{}},
		{"DescribeUserHierarchyGroup", "ResourceNotFoundException", map[string]any{"HierarchyGroupId": unknown}},
		{"UpdateUserHierarchyGroupName", "ResourceNotFoundException", map[string]any{"HierarchyGroupId": unknown, "Name": "x"}},
		{"UpdateUserHierarchyGroupName", "InvalidParameterException", map[string]any{"HierarchyGroupId": groups[0], "Name": ""}},
		{"DeleteUserHierarchyGroup", "ResourceInUseException", map[string]any{"HierarchyGroupId": groups[3]}},
		{"DeleteUserHierarchyGroup", "ResourceNotFoundException", map[string]any{"HierarchyGroupId": unknown}},
		{"UpdateUserHierarchy", "ResourceNotFoundException", map[string]any{"UserId": w.createUser("agent1"), "HierarchyGroupId": unknown}},
		{"UpdateUserHierarchy", "ResourceNotFoundException", map[string]any{"UserId": unknown, "HierarchyGroupId": groups[0]}},
	} {
		w.refused(tt.operation, tt.code, tt.members)
	}
	w.call("DeleteUserHierarchyGroup", map[string]any{"HierarchyGroupId": groups[4]}, nil)
	w.call("CreateUserHierarchyGroup", map[string]any{"Name": "Berlin"}, nil) // a name is free below another group
}

func TestHierarchyStructureHasFiveLevels(t *testing.T) {
	w := newWorld(t)
	var got DescribeUserHierarchyStructureResponse
	w.call("DescribeUserHierarchyStructure", nil, &got)
	s := got.HierarchyStructure
	for i, level := range []*HierarchyLevel{s.LevelOne, s.LevelTwo, s.LevelThree, s.LevelFour, s.LevelFive} {
		id := fmt.Sprint(i + 1)
		if *level.Id != id || *level.Name != "Level "+id || *level.Arn != testARNs.Instance(worldInstance.String())+"/agent-group-level/"+id {
			t.Errorf("level %s: %+v", id, level)
		}
	}
}

func TestUsersOfAGroupAreFoundByIt(t *testing.T) {
	w := newWorld(t)
	above := w.create("CreateUserHierarchyGroup", "Name", "Germany")
	below := w.create("CreateUserHierarchyGroup", "Name", "Berlin", "ParentGroupId", above)
	user := w.createUser("agent1")
	w.createUser("agent2")
	w.call("UpdateUserHierarchy", map[string]any{"UserId": user, "HierarchyGroupId": testARNs.Of(worldInstance.String(), ResourceHierarchyGroup, below)}, nil)
	w.refused("DeleteUserHierarchyGroup", "ResourceInUseException", map[string]any{"HierarchyGroupId": below})
	var described DescribeUserResponse
	w.call("DescribeUser", map[string]any{"UserId": user}, &described)
	if *described.User.HierarchyGroupId != below {
		t.Errorf("user: %+v", described.User)
	}
	for _, tt := range []struct {
		group, match string
		want         int
	}{{below, "EXACT", 1}, {above, "EXACT", 0}, {above, "WITH_CHILD_GROUPS", 1}} {
		var found SearchUsersResponse
		w.call("SearchUsers", map[string]any{"SearchCriteria": map[string]any{"HierarchyGroupCondition": map[string]string{"Value": tt.group, "HierarchyGroupMatchType": tt.match}}}, &found)
		if len(found.Users) != tt.want || tt.want == 1 && *found.Users[0].Id != user {
			t.Errorf("users %s: %+v", tt.match, found.Users)
		}
	}

	w.call("PutUserStatus", map[string]any{"UserId": user, "AgentStatusId": w.defaults.AvailableID.String()}, nil)
	list := w.userData(map[string]any{"UserHierarchyGroups": []string{above}}).UserDataList
	if len(list) != 1 || *list[0].HierarchyPath.LevelOne.Id != above || *list[0].HierarchyPath.LevelTwo.Id != below || list[0].HierarchyPath.LevelThree != nil {
		t.Errorf("user data by group: %+v", list)
	}
	w.call("UpdateUserHierarchy", map[string]any{"UserId": user}, nil)
	if list := w.userData(map[string]any{"UserHierarchyGroups": []string{above}}).UserDataList; len(list) != 0 {
		t.Errorf("after the user left the group: %+v", list)
	}
	w.call("DeleteUserHierarchyGroup", map[string]any{"HierarchyGroupId": below}, nil)
}
