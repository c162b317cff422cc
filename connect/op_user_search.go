package connect

import (
	"tandem"
	"tandem/center"
	"tandem/event"
)

const millisPerSecond = 1000

// searchUsers answers the users that meet criteria and filter.
func (s *Server) searchUsers(call *Call, in *SearchUsersRequest) (*SearchUsersResponse, error) {
	sc, err := s.scope(call, in.InstanceId)
	if err != nil {
		return nil, err
	}
	criteria, err := sc.userCriteria(in.SearchCriteria, 1)
	if err != nil {
		return nil, err
	}
	var tags *ControlPlaneTagFilter
	if in.SearchFilter != nil {
		if err := refuse(in.SearchFilter, "UserAttributeFilter"); err != nil {
			return nil, err
		}
		tags = in.SearchFilter.TagFilter
	}
	var all []UserSearchSummary
	err = sc.read(func(st *center.State) error {
		for _, id := range tandem.SortedIDs(st.Agents) {
			if u := (searchedUser{&st.Agents[id].User, st}); criteria.meets(u) && passesTags(u.Tags, tags) {
				all = append(all, sc.userSearchSummary(u.UserSaved))
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	part, next, err := page(call, all, func(u UserSearchSummary) string { return *u.Id }, in.MaxResults, in.NextToken)
	if err != nil {
		return nil, err
	}
	return &SearchUsersResponse{Users: part, NextToken: next, ApproximateTotalCount: new(int64(len(all)))}, nil
}

func (sc *scope) userSearchSummary(u *event.UserSaved) UserSearchSummary {
	whole := sc.user(u)
	return UserSearchSummary{
		Id: whole.Id, Arn: whole.Arn, Username: whole.Username,
		IdentityInfo:     &UserIdentityInfoLite{FirstName: whole.IdentityInfo.FirstName, LastName: whole.IdentityInfo.LastName},
		PhoneConfig:      phoneConfig(u, int32(u.AfterContactWorkSeconds*millisPerSecond)),
		RoutingProfileId: whole.RoutingProfileId, SecurityProfileIds: whole.SecurityProfileIds,
		HierarchyGroupId: whole.HierarchyGroupId, Tags: whole.Tags,
	}
}

// searchedUser is a user, and the state around.
type searchedUser struct {
	*event.UserSaved
	st *center.State
}

// userFields are the fields that a StringCondition can name.
var userFields = fields[searchedUser]{
	"Username":         func(u searchedUser) []string { return []string{string(u.Username)} },
	"FirstName":        func(u searchedUser) []string { return []string{string(u.FirstName)} },
	"LastName":         func(u searchedUser) []string { return []string{string(u.LastName)} },
	"ResourceId":       func(u searchedUser) []string { return []string{u.UserID.String()} },
	"RoutingProfileId": func(u searchedUser) []string { return []string{u.RoutingProfileID.String()} },
	"SecurityProfileId": func(u searchedUser) (ids []string) {
		for _, id := range u.SecurityProfileIDs {
			ids = append(ids, id.String())
		}
		return ids
	},
}

func (sc *scope) userCriteria(in *UserSearchCriteria, depth int) (c criteria[searchedUser], err error) {
	if in == nil {
		return c, nil
	}
	if err := checkBreadth(depth, len(in.AndConditions)+len(in.OrConditions)); err != nil {
		return c, err
	}
	if err := refuse(in, "ListCondition"); err != nil {
		return c, err
	}
	if c.own, err = userFields.conditions(in.StringCondition); err != nil {
		return c, err
	}
	if in.HierarchyGroupCondition != nil {
		inGroup, err := sc.inGroup(in.HierarchyGroupCondition)
		if err != nil {
			return c, err
		}
		c.own = append(c.own, inGroup)
	}
	if c.and, err = innerCriteria(in.AndConditions, depth, sc.userCriteria); err != nil {
		return c, err
	}
	c.or, err = innerCriteria(in.OrConditions, depth, sc.userCriteria)
	return c, err
}

// inGroup is met by users of a hierarchy group, or of one below it where the
// condition says so.
func (sc *scope) inGroup(in *HierarchyGroupCondition) (func(u searchedUser) bool, error) {
	id, err := sc.ref(ResourceHierarchyGroup, "SearchCriteria.HierarchyGroupCondition.Value", in.Value)
	if err != nil {
		return nil, err
	}
	below := in.HierarchyGroupMatchType != nil && *in.HierarchyGroupMatchType == HierarchyGroupMatchTypeWithChildGroups
	return func(u searchedUser) bool {
		if below {
			return standsIn(u.st, u.HierarchyGroupID, id)
		}
		return u.HierarchyGroupID == id
	}, nil
}
