package connect

import (
	"tandem"
	"tandem/directory"
	"tandem/event"
)

func (s *Server) describePhoneNumber(call *Call, in *DescribePhoneNumberRequest) (*DescribePhoneNumberResponse, error) {
	_, n, err := s.claimed(call, in.PhoneNumberId)
	if err != nil {
		return nil, err
	}
	summary := s.numberSummary(n)
	return &DescribePhoneNumberResponse{ClaimedPhoneNumberSummary: &ClaimedPhoneNumberSummary{
		PhoneNumberId: summary.PhoneNumberId, PhoneNumberArn: summary.PhoneNumberArn, PhoneNumber: summary.PhoneNumber,
		PhoneNumberCountryCode: summary.PhoneNumberCountryCode, PhoneNumberType: summary.PhoneNumberType,
		PhoneNumberDescription: summary.PhoneNumberDescription, InstanceId: summary.InstanceId, TargetArn: summary.TargetArn,
		PhoneNumberStatus: &PhoneNumberStatus{Status: new(PhoneNumberWorkflowStatusClaimed)}, Tags: present(n.Tags),
	}}, nil
}

func (s *Server) numberSummary(n *event.NumberClaimed) ListPhoneNumbersSummary {
	return ListPhoneNumbersSummary{
		PhoneNumberId: new(n.NumberID.String()), PhoneNumberArn: new(s.arns.PhoneNumber(n.NumberID.String())), PhoneNumber: &n.Number,
		PhoneNumberCountryCode: new(PhoneNumberCountryCode(n.CountryCode)), PhoneNumberType: new(PhoneNumberType(n.Type)),
		PhoneNumberDescription: given(n.Description), InstanceId: new(n.InstanceID.String()), TargetArn: new(s.arns.Instance(n.InstanceID.String())),
	}
}

// claims lists the numbers claimed, in order of id.
func (s *Server) claims(call *Call) ([]*event.NumberClaimed, error) {
	var all []*event.NumberClaimed
	err := s.readDirectory(call, func(dir *directory.State) error {
		for _, id := range tandem.SortedIDs(dir.Numbers) {
			all = append(all, dir.Numbers[id])
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return all, nil
}

// listPhoneNumbersV2 lists the numbers of one instance, or of all that the
// caller may use.
func (s *Server) listPhoneNumbersV2(call *Call, in *ListPhoneNumbersV2Request) (*ListPhoneNumbersV2Response, error) {
	permitted := func(instance tandem.ID) bool {
		_, err := s.scopeOf(call, instance)
		return err == nil
	}
	if in.TargetArn != nil || in.InstanceId != nil {
		sc, err := s.targetScope(call, in.TargetArn, in.InstanceId)
		if err != nil {
			return nil, err
		}
		permitted = func(instance tandem.ID) bool { return instance == sc.id }
	}
	claims, err := s.claims(call)
	if err != nil {
		return nil, err
	}
	var all []ListPhoneNumbersSummary
	for _, n := range claims {
		if permitted(n.InstanceID) && ofKind(n, in.PhoneNumberCountryCodes, in.PhoneNumberTypes) && hasPrefix(n.Number, in.PhoneNumberPrefix) {
			all = append(all, s.numberSummary(n))
		}
	}
	part, next, err := page(call, all, func(n ListPhoneNumbersSummary) string { return *n.PhoneNumberId }, in.MaxResults, in.NextToken)
	if err != nil {
		return nil, err
	}
	return &ListPhoneNumbersV2Response{ListPhoneNumbersSummaryList: part, NextToken: next}, nil
}

func ofKind(n *event.NumberClaimed, countries []PhoneNumberCountryCode, types []PhoneNumberType) bool {
	return among(PhoneNumberCountryCode(n.CountryCode), countries) && among(PhoneNumberType(n.Type), types)
}

// listPhoneNumbers lists the numbers of an instance under their older ARNs.
func (s *Server) listPhoneNumbers(call *Call, in *ListPhoneNumbersRequest) (*ListPhoneNumbersResponse, error) {
	sc, err := s.scope(call, in.InstanceId)
	if err != nil {
		return nil, err
	}
	claims, err := s.claims(call)
	if err != nil {
		return nil, err
	}
	var all []PhoneNumberSummary
	for _, n := range claims {
		if n.InstanceID == sc.id && ofKind(n, in.PhoneNumberCountryCodes, in.PhoneNumberTypes) {
			all = append(all, PhoneNumberSummary{Id: new(n.NumberID.String()), Arn: sc.arn(ResourceLegacyNumber, n.NumberID), PhoneNumber: &n.Number,
				PhoneNumberCountryCode: new(PhoneNumberCountryCode(n.CountryCode)), PhoneNumberType: new(PhoneNumberType(n.Type))})
		}
	}
	part, next, err := page(call, all, func(n PhoneNumberSummary) string { return *n.Id }, in.MaxResults, in.NextToken)
	if err != nil {
		return nil, err
	}
	return &ListPhoneNumbersResponse{PhoneNumberSummaryList: part, NextToken: next}, nil
}
