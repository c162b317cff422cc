package connect

import (
	"tandem"
	"tandem/center"
	"tandem/directory"
)

// listInstances lists the instances that the caller may list.
func (s *Server) listInstances(call *Call, in *ListInstancesRequest) (*ListInstancesResponse, error) {
	var all []InstanceSummary
	err := s.readDirectory(call, func(dir *directory.State) error {
		for _, id := range tandem.SortedIDs(dir.Instances) {
			all = append(all, s.instanceSummary(id, dir.Instances[id].Alias, dir.Instances[id].CreatedAt))
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	var permitted []InstanceSummary
	for _, summary := range all {
		if _, err := s.scope(call, summary.Id); err == nil {
			permitted = append(permitted, summary)
		}
	}
	part, next, err := page(call, permitted, func(i InstanceSummary) string { return *i.Id }, in.MaxResults, in.NextToken)
	if err != nil {
		return nil, err
	}
	return &ListInstancesResponse{InstanceSummaryList: part, NextToken: next}, nil
}

func (s *Server) instanceSummary(id tandem.ID, alias string, createdAt tandem.Time) InstanceSummary {
	return InstanceSummary{
		Id: new(id.String()), Arn: new(s.arns.Instance(id.String())),
		InstanceAlias: given(alias), InstanceStatus: new(InstanceStatusActive),
		IdentityManagementType: new(DirectoryTypeConnectManaged),
		InboundCallsEnabled:    new(true), OutboundCallsEnabled: new(true),
		CreatedTime: moment(createdAt),
	}
}

func (s *Server) describeInstance(call *Call, in *DescribeInstanceRequest) (*DescribeInstanceResponse, error) {
	sc, err := s.scope(call, in.InstanceId)
	if err != nil {
		return nil, err
	}
	var i InstanceSummary
	err = sc.read(func(st *center.State) error {
		i = s.instanceSummary(st.Instance.InstanceID, st.Instance.Alias, st.Instance.CreatedAt)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return &DescribeInstanceResponse{Instance: &Instance{
		Id: i.Id, Arn: i.Arn, InstanceAlias: i.InstanceAlias, InstanceStatus: i.InstanceStatus,
		IdentityManagementType: i.IdentityManagementType,
		InboundCallsEnabled:    i.InboundCallsEnabled, OutboundCallsEnabled: i.OutboundCallsEnabled,
		CreatedTime: i.CreatedTime, Tags: present(map[string]string(nil)),
	}}, nil
}
