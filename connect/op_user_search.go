package connect

import (
	"slices"
	"strings"

	"tandem"
	"tandem/center"
	"tandem/event"
)

// Depth and breadth of search criteria.
const (
	maxCriteriaDepth = 5
	maxConditions    = 50
)

const millisPerSecond = 1000

// searchUsers answers the users that meet criteria and filter.
func (s *Server) searchUsers(call *Call, in *SearchUsersRequest) (*SearchUsersResponse, error) {
	sc, err := s.scope(call, in.InstanceId)
	if err != nil {
		return nil, err
	}
	if err := checkUserCriteria(in.SearchCriteria, 1); err != nil {
		return nil, err
	}
	if in.SearchFilter != nil {
		if err := refuse(in.SearchFilter, "UserAttributeFilter"); err != nil {
			return nil, err
		}
	}
	var all []UserSearchSummary
	err = sc.read(func(st *center.State) error {
		for _, id := range tandem.SortedIDs(st.Agents) {
			if u := &st.Agents[id].User; meets(u, in.SearchCriteria) && passes(u, in.SearchFilter) {
				all = append(all, sc.userSearchSummary(u))
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

// searchable are the fields of a user that a StringCondition can name.
var searchable = map[string]func(u *event.UserSaved) []string{
	"Username":         func(u *event.UserSaved) []string { return []string{string(u.Username)} },
	"FirstName":        func(u *event.UserSaved) []string { return []string{string(u.FirstName)} },
	"LastName":         func(u *event.UserSaved) []string { return []string{string(u.LastName)} },
	"ResourceId":       func(u *event.UserSaved) []string { return []string{u.UserID.String()} },
	"RoutingProfileId": func(u *event.UserSaved) []string { return []string{u.RoutingProfileID.String()} },
	"SecurityProfileId": func(u *event.UserSaved) (ids []string) {
		for _, id := range u.SecurityProfileIDs {
			ids = append(ids, id.String())
		}
		return ids
	},
}

func checkUserCriteria(c *UserSearchCriteria, depth int) error {
	if c == nil {
		return nil
	}
	if depth > maxCriteriaDepth || len(c.AndConditions)+len(c.OrConditions) > maxConditions {
		return tandem.Errorf(tandem.Invalid, "SearchCriteria", "may be %d deep, with %d conditions at each place", maxCriteriaDepth, maxConditions)
	}
	if err := refuse(c, "HierarchyGroupCondition", "ListCondition"); err != nil {
		return err
	}
	if s := c.StringCondition; s != nil {
		if searchable[text[string](s.FieldName)] == nil {
			return tandem.Errorf(tandem.Invalid, "SearchCriteria.StringCondition.FieldName",
				"must be one of %s", strings.Join(tandem.SortedKeys(searchable), ", "))
		}
	}
	for _, inner := range slices.Concat(c.AndConditions, c.OrConditions) {
		if err := checkUserCriteria(&inner, depth+1); err != nil {
			return err
		}
	}
	return nil
}

// meets reports whether the user meets all that the criteria have.
func meets(u *event.UserSaved, c *UserSearchCriteria) bool {
	if c == nil {
		return true
	}
	inner := func(c UserSearchCriteria) bool { return meets(u, &c) }
	fails := func(c UserSearchCriteria) bool { return !meets(u, &c) }
	return (c.StringCondition == nil || matches(u, c.StringCondition)) &&
		!slices.ContainsFunc(c.AndConditions, fails) &&
		(len(c.OrConditions) == 0 || slices.ContainsFunc(c.OrConditions, inner))
}

// matches compares without regard to case, as a search box does.
func matches(u *event.UserSaved, c *StringCondition) bool {
	want := strings.ToLower(text[string](c.Value))
	return slices.ContainsFunc(searchable[*c.FieldName](u), func(got string) bool {
		got = strings.ToLower(got)
		switch text[StringComparisonType]((*string)(c.ComparisonType)) {
		case StringComparisonTypeStartsWith:
			return strings.HasPrefix(got, want)
		case StringComparisonTypeContains:
			return strings.Contains(got, want)
		}
		return got == want
	})
}

// passes reports whether the user's tags pass the filter.
func passes(u *event.UserSaved, f *UserSearchFilter) bool {
	if f == nil || f.TagFilter == nil {
		return true
	}
	lacks := func(c TagCondition) bool { return !hasTag(u.Tags, &c) }
	all := func(and []TagCondition) bool { return !slices.ContainsFunc(and, lacks) }
	t := f.TagFilter
	return (t.TagCondition == nil || hasTag(u.Tags, t.TagCondition)) && all(t.AndConditions) &&
		(len(t.OrConditions) == 0 || slices.ContainsFunc(t.OrConditions, all))
}

// hasTag looks for a tag; a condition without a value is met by any.
func hasTag(tags map[string]string, c *TagCondition) bool {
	value, there := tags[text[string](c.TagKey)]
	return there && (c.TagValue == nil || value == *c.TagValue)
}
