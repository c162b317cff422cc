package connect

import (
	"tandem"
	"tandem/center"
)

// flowFields are the fields that a StringCondition can name.
var flowFields = fields[*center.Flow]{
	"name":        func(f *center.Flow) []string { return []string{f.Saved.Name} },
	"description": func(f *center.Flow) []string { return []string{f.Saved.Description} },
	"resourceID":  func(f *center.Flow) []string { return []string{f.Saved.FlowID.String()} },
}

// searchContactFlows answers the flows that meet criteria and filter, without
// their content.
func (s *Server) searchContactFlows(call *Call, in *SearchContactFlowsRequest) (*SearchContactFlowsResponse, error) {
	sc, err := s.scope(call, in.InstanceId)
	if err != nil {
		return nil, err
	}
	criteria, err := flowCriteria(in.SearchCriteria, 1)
	if err != nil {
		return nil, err
	}
	var filter ContactFlowSearchFilter
	if in.SearchFilter != nil {
		filter = *in.SearchFilter
	}
	var all []ContactFlow
	err = sc.read(func(st *center.State) error {
		for _, id := range tandem.SortedIDs(st.Flows) {
			f := st.Flows[id]
			if flowKind.has(f) && criteria.meets(f) && passesTags(f.Saved.Tags, filter.TagFilter) && passesFlowAttributes(f, filter.FlowAttributeFilter) {
				all = append(all, *sc.flow(new(f.Saved), flowStatus(f)))
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	part, next, err := page(call, all, func(f ContactFlow) string { return *f.Id }, in.MaxResults, in.NextToken)
	if err != nil {
		return nil, err
	}
	return &SearchContactFlowsResponse{ContactFlows: part, NextToken: next, ApproximateTotalCount: new(int64(len(all)))}, nil
}

func flowCriteria(in *ContactFlowSearchCriteria, depth int) (c criteria[*center.Flow], err error) {
	if in == nil {
		return c, nil
	}
	if err := checkBreadth(depth, len(in.AndConditions)+len(in.OrConditions)); err != nil {
		return c, err
	}
	if c.own, err = flowFields.conditions(in.StringCondition); err != nil {
		return c, err
	}
	if in.TypeCondition != nil {
		c.own = append(c.own, func(f *center.Flow) bool { return f.Saved.Type == string(*in.TypeCondition) })
	}
	c.own = append(c.own, stateConditions((*string)(in.StateCondition), (*string)(in.StatusCondition))...)
	if c.and, err = innerCriteria(in.AndConditions, depth, flowCriteria); err != nil {
		return c, err
	}
	c.or, err = innerCriteria(in.OrConditions, depth, flowCriteria)
	return c, err
}

// stateConditions are the conditions on ACTIVE or ARCHIVED, and on PUBLISHED or
// SAVED; nil asks nothing.
func stateConditions(state, status *string) (own []func(*center.Flow) bool) {
	if state != nil {
		own = append(own, func(f *center.Flow) bool { return string(*flowState(&f.Saved)) == *state })
	}
	if status != nil {
		own = append(own, func(f *center.Flow) bool { return string(flowStatus(f)) == *status })
	}
	return own
}

// passesFlowAttributes reports whether a flow passes a filter, which may be nil.
func passesFlowAttributes(f *center.Flow, filter *ContactFlowAttributeFilter) bool {
	if filter == nil {
		return true
	}
	ofType := func(c *ContactFlowTypeCondition) bool {
		return c == nil || c.ContactFlowType == nil || string(*c.ContactFlowType) == f.Saved.Type
	}
	all := func(c *ContactFlowAttributeAndCondition) bool {
		if c == nil {
			return true
		}
		for i := range c.TagConditions {
			if !hasTag(f.Saved.Tags, &c.TagConditions[i]) {
				return false
			}
		}
		return ofType(c.ContactFlowTypeCondition)
	}
	any := len(filter.OrConditions) == 0
	for i := range filter.OrConditions {
		any = any || all(&filter.OrConditions[i])
	}
	return any && all(filter.AndCondition) && ofType(filter.ContactFlowTypeCondition) &&
		(filter.TagCondition == nil || hasTag(f.Saved.Tags, filter.TagCondition))
}

// searchContactFlowModules answers the modules that meet criteria and filter,
// without their content.
func (s *Server) searchContactFlowModules(call *Call, in *SearchContactFlowModulesRequest) (*SearchContactFlowModulesResponse, error) {
	sc, err := s.scope(call, in.InstanceId)
	if err != nil {
		return nil, err
	}
	criteria, err := moduleCriteria(in.SearchCriteria, 1)
	if err != nil {
		return nil, err
	}
	var tags *ControlPlaneTagFilter
	if in.SearchFilter != nil {
		tags = in.SearchFilter.TagFilter
	}
	var all []ContactFlowModule
	err = sc.read(func(st *center.State) error {
		for _, id := range tandem.SortedIDs(st.Flows) {
			if f := st.Flows[id]; moduleKind.has(f) && criteria.meets(f) && passesTags(f.Saved.Tags, tags) {
				all = append(all, *sc.module(new(f.Saved), ContactFlowModuleStatus(flowStatus(f))))
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	part, next, err := page(call, all, func(m ContactFlowModule) string { return *m.Id }, in.MaxResults, in.NextToken)
	if err != nil {
		return nil, err
	}
	return &SearchContactFlowModulesResponse{ContactFlowModules: part, NextToken: next, ApproximateTotalCount: new(int64(len(all)))}, nil
}

func moduleCriteria(in *ContactFlowModuleSearchCriteria, depth int) (c criteria[*center.Flow], err error) {
	if in == nil {
		return c, nil
	}
	if err := checkBreadth(depth, len(in.AndConditions)+len(in.OrConditions)); err != nil {
		return c, err
	}
	if c.own, err = flowFields.conditions(in.StringCondition); err != nil {
		return c, err
	}
	c.own = append(c.own, stateConditions((*string)(in.StateCondition), (*string)(in.StatusCondition))...)
	if c.and, err = innerCriteria(in.AndConditions, depth, moduleCriteria); err != nil {
		return c, err
	}
	c.or, err = innerCriteria(in.OrConditions, depth, moduleCriteria)
	return c, err
}
