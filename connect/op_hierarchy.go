package connect

import (
	"slices"
	"strconv"

	"tandem"
	"tandem/center"
	"tandem/event"
)

// hierarchyLevels is how deep the agent hierarchy is (Amazon Connect API:
// HierarchyStructure).
const hierarchyLevels = 5

func (s *Server) createUserHierarchyGroup(call *Call, in *CreateUserHierarchyGroupRequest) (*CreateUserHierarchyGroupResponse, error) {
	sc, err := s.scope(call, in.InstanceId)
	if err != nil {
		return nil, err
	}
	g := event.HierarchyGroupSaved{GroupID: newID(), Name: *in.Name, Tags: in.Tags}
	if g.ParentID, err = sc.ref(ResourceHierarchyGroup, "ParentGroupId", in.ParentGroupId); err != nil {
		return nil, err
	}
	if _, err := sc.do(center.SaveHierarchyGroup{Group: g, New: true}); err != nil {
		return nil, err
	}
	return &CreateUserHierarchyGroupResponse{HierarchyGroupId: new(g.GroupID.String()), HierarchyGroupArn: sc.arn(ResourceHierarchyGroup, g.GroupID)}, nil
}

func (s *Server) describeUserHierarchyGroup(call *Call, in *DescribeUserHierarchyGroupRequest) (*DescribeUserHierarchyGroupResponse, error) {
	sc, err := s.scope(call, in.InstanceId)
	if err != nil {
		return nil, err
	}
	var path []*event.HierarchyGroupSaved
	err = sc.read(func(st *center.State) error {
		g, err := find(sc, st.HierarchyGroups, ResourceHierarchyGroup, "HierarchyGroupId", in.HierarchyGroupId)
		if err == nil {
			path = groupPath(st, g.GroupID)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	g := path[len(path)-1]
	return &DescribeUserHierarchyGroupResponse{HierarchyGroup: &HierarchyGroup{
		Id: new(g.GroupID.String()), Arn: sc.arn(ResourceHierarchyGroup, g.GroupID), Name: &g.Name, Tags: present(g.Tags),
		LevelId: new(strconv.Itoa(len(path))), HierarchyPath: sc.hierarchyPath(path),
		LastModifiedTime: moment(g.ModifiedAt), LastModifiedRegion: sc.region(),
	}}, nil
}

// groupPath is a group and those above it, the highest first; none for the
// zero id.
func groupPath(st *center.State, id tandem.ID) (path []*event.HierarchyGroupSaved) {
	for g := st.HierarchyGroups[id]; g != nil && len(path) < hierarchyLevels; g = st.HierarchyGroups[g.ParentID] {
		path = append(path, g)
	}
	slices.Reverse(path)
	return path
}

// standsIn reports whether a group is another one, or stands below it.
func standsIn(st *center.State, id, above tandem.ID) bool {
	return slices.ContainsFunc(groupPath(st, id), func(g *event.HierarchyGroupSaved) bool { return g.GroupID == above })
}

func (sc *scope) hierarchyPath(path []*event.HierarchyGroupSaved) *HierarchyPath {
	out := &HierarchyPath{}
	levels := []**HierarchyGroupSummary{&out.LevelOne, &out.LevelTwo, &out.LevelThree, &out.LevelFour, &out.LevelFive}
	for i, g := range path {
		*levels[i] = new(sc.groupSummary(g))
	}
	return out
}

func (sc *scope) groupSummary(g *event.HierarchyGroupSaved) HierarchyGroupSummary {
	return HierarchyGroupSummary{Id: new(g.GroupID.String()), Arn: sc.arn(ResourceHierarchyGroup, g.GroupID), Name: &g.Name,
		LastModifiedTime: moment(g.ModifiedAt), LastModifiedRegion: sc.region()}
}

func (s *Server) listUserHierarchyGroups(call *Call, in *ListUserHierarchyGroupsRequest) (*ListUserHierarchyGroupsResponse, error) {
	sc, err := s.scope(call, in.InstanceId)
	if err != nil {
		return nil, err
	}
	things := func(st *center.State) map[tandem.ID]*event.HierarchyGroupSaved { return st.HierarchyGroups }
	part, next, err := list(sc, things, func(_ tandem.ID, g *event.HierarchyGroupSaved) (HierarchyGroupSummary, bool) {
		return sc.groupSummary(g), true
	}, in.MaxResults, in.NextToken)
	if err != nil {
		return nil, err
	}
	return &ListUserHierarchyGroupsResponse{UserHierarchyGroupSummaryList: part, NextToken: next}, nil
}

func (s *Server) updateUserHierarchyGroupName(call *Call, in *UpdateUserHierarchyGroupNameRequest) (*Empty, error) {
	sc, err := s.scope(call, in.InstanceId)
	if err != nil {
		return nil, err
	}
	return &Empty{}, sc.change(func(st *center.State) (any, error) {
		old, err := find(sc, st.HierarchyGroups, ResourceHierarchyGroup, "HierarchyGroupId", in.HierarchyGroupId)
		if err != nil {
			return nil, err
		}
		g := *old
		set(&g.Name, in.Name)
		return center.SaveHierarchyGroup{Group: g}, nil
	})
}

func (s *Server) deleteUserHierarchyGroup(call *Call, in *DeleteUserHierarchyGroupRequest) (*Empty, error) {
	sc, err := s.scope(call, in.InstanceId)
	if err != nil {
		return nil, err
	}
	id, err := sc.ref(ResourceHierarchyGroup, "HierarchyGroupId", in.HierarchyGroupId)
	if err != nil {
		return nil, err
	}
	_, err = sc.do(center.DeleteHierarchyGroup{GroupID: id})
	return &Empty{}, err
}

// updateUserHierarchy without HierarchyGroupId takes the user out of the
// hierarchy.
func (s *Server) updateUserHierarchy(call *Call, in *UpdateUserHierarchyRequest) (*Empty, error) {
	return s.changeUser(call, in.InstanceId, in.UserId, func(sc *scope, u *event.UserSaved) (err error) {
		u.HierarchyGroupID, err = sc.ref(ResourceHierarchyGroup, "HierarchyGroupId", in.HierarchyGroupId)
		return err
	})
}

// describeUserHierarchyStructure answers the five levels, which are there from
// the instance's beginning and have fixed names.
func (s *Server) describeUserHierarchyStructure(call *Call, in *DescribeUserHierarchyStructureRequest) (*DescribeUserHierarchyStructureResponse, error) {
	sc, err := s.scope(call, in.InstanceId)
	if err != nil {
		return nil, err
	}
	var since tandem.Time
	err = sc.read(func(st *center.State) error {
		since = st.Instance.CreatedAt
		return nil
	})
	if err != nil {
		return nil, err
	}
	out := &HierarchyStructure{}
	for i, level := range []**HierarchyLevel{&out.LevelOne, &out.LevelTwo, &out.LevelThree, &out.LevelFour, &out.LevelFive} {
		id := strconv.Itoa(i + 1)
		*level = &HierarchyLevel{Id: &id, Arn: new(s.arns.Of(sc.id.String(), ResourceHierarchyLevel, id)), Name: new("Level " + id),
			LastModifiedTime: moment(since), LastModifiedRegion: sc.region()}
	}
	return &DescribeUserHierarchyStructureResponse{HierarchyStructure: out}, nil
}
