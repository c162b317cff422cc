package connect

import (
	"tandem"
	"tandem/center"
	"tandem/event"
)

// searchQuickConnects answers the quick connects that meet criteria and filter.
func (s *Server) searchQuickConnects(call *Call, in *SearchQuickConnectsRequest) (*SearchQuickConnectsResponse, error) {
	sc, err := s.scope(call, in.InstanceId)
	if err != nil {
		return nil, err
	}
	criteria, err := quickConnectCriteria(in.SearchCriteria, 1)
	if err != nil {
		return nil, err
	}
	var tags *ControlPlaneTagFilter
	if in.SearchFilter != nil {
		tags = in.SearchFilter.TagFilter
	}
	var all []QuickConnect
	err = sc.read(func(st *center.State) error {
		for _, id := range tandem.SortedIDs(st.QuickConnects) {
			if q := st.QuickConnects[id]; criteria.meets(q) && passesTags(q.Tags, tags) {
				all = append(all, sc.quickConnect(q))
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	part, next, err := page(call, all, func(q QuickConnect) string { return *q.QuickConnectId }, in.MaxResults, in.NextToken)
	if err != nil {
		return nil, err
	}
	return &SearchQuickConnectsResponse{QuickConnects: part, NextToken: next, ApproximateTotalCount: new(int64(len(all)))}, nil
}

// quickConnectFields are the fields that a StringCondition can name.
var quickConnectFields = fields[*event.QuickConnectSaved]{
	"name":        func(q *event.QuickConnectSaved) []string { return []string{q.Name} },
	"description": func(q *event.QuickConnectSaved) []string { return []string{q.Description} },
	"resourceID":  func(q *event.QuickConnectSaved) []string { return []string{q.QuickConnectID.String()} },
}

func quickConnectCriteria(in *QuickConnectSearchCriteria, depth int) (c criteria[*event.QuickConnectSaved], err error) {
	if in == nil {
		return c, nil
	}
	if err := checkBreadth(depth, len(in.AndConditions)+len(in.OrConditions)); err != nil {
		return c, err
	}
	if c.own, err = quickConnectFields.conditions(in.StringCondition); err != nil {
		return c, err
	}
	if c.and, err = innerCriteria(in.AndConditions, depth, quickConnectCriteria); err != nil {
		return c, err
	}
	c.or, err = innerCriteria(in.OrConditions, depth, quickConnectCriteria)
	return c, err
}
