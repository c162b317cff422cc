package connect

import (
	"slices"

	"tandem"
	"tandem/center"
)

// flowAssociations lists which phone number starts which flow, by the number's
// ARN.
func (sc *scope) flowAssociations(resource *ListFlowAssociationResourceType) ([]FlowAssociationSummary, error) {
	kind := ListFlowAssociationResourceTypeVoicePhoneNumber
	if resource != nil && *resource != kind {
		return nil, nil // nothing else starts flows here
	}
	var all []FlowAssociationSummary
	err := sc.read(func(st *center.State) error {
		for _, id := range tandem.SortedIDs(st.Numbers) {
			if n := st.Numbers[id]; !n.FlowID.IsZero() {
				all = append(all, FlowAssociationSummary{ResourceId: new(sc.s.arns.PhoneNumber(id.String())), FlowId: sc.arn(ResourceFlow, n.FlowID), ResourceType: &kind})
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return all, nil
}

func (s *Server) listFlowAssociations(call *Call, in *ListFlowAssociationsRequest) (*ListFlowAssociationsResponse, error) {
	sc, err := s.scope(call, in.InstanceId)
	if err != nil {
		return nil, err
	}
	all, err := sc.flowAssociations(in.ResourceType)
	if err != nil {
		return nil, err
	}
	part, next, err := page(call, all, func(a FlowAssociationSummary) string { return *a.ResourceId }, in.MaxResults, in.NextToken)
	if err != nil {
		return nil, err
	}
	return &ListFlowAssociationsResponse{FlowAssociationSummaryList: part, NextToken: next}, nil
}

// batchGetFlowAssociation answers for those of the numbers that start a flow.
func (s *Server) batchGetFlowAssociation(call *Call, in *BatchGetFlowAssociationRequest) (*BatchGetFlowAssociationResponse, error) {
	sc, err := s.scope(call, in.InstanceId)
	if err != nil {
		return nil, err
	}
	all, err := sc.flowAssociations(in.ResourceType)
	if err != nil {
		return nil, err
	}
	all = slices.DeleteFunc(all, func(a FlowAssociationSummary) bool { return !slices.Contains(in.ResourceIds, *a.ResourceId) })
	return &BatchGetFlowAssociationResponse{FlowAssociationSummaryList: all}, nil
}
