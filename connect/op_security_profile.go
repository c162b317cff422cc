package connect

import (
	"tandem"
	"tandem/center"
	"tandem/event"
)

func (s *Server) listSecurityProfiles(call *Call, in *ListSecurityProfilesRequest) (*ListSecurityProfilesResponse, error) {
	sc, err := s.scope(call, in.InstanceId)
	if err != nil {
		return nil, err
	}
	things := func(st *center.State) map[tandem.ID]*event.SecurityProfileSaved { return st.SecurityProfiles }
	part, next, err := list(sc, things, func(id tandem.ID, p *event.SecurityProfileSaved) (SecurityProfileSummary, bool) {
		return SecurityProfileSummary{Id: new(id.String()), Arn: sc.arn(ResourceSecurityProfile, id), Name: &p.Name,
			LastModifiedTime: moment(p.ModifiedAt), LastModifiedRegion: sc.region()}, true
	}, in.MaxResults, in.NextToken)
	if err != nil {
		return nil, err
	}
	return &ListSecurityProfilesResponse{SecurityProfileSummaryList: part, NextToken: next}, nil
}

func (s *Server) describeSecurityProfile(call *Call, in *DescribeSecurityProfileRequest) (*DescribeSecurityProfileResponse, error) {
	sc, err := s.scope(call, in.InstanceId)
	if err != nil {
		return nil, err
	}
	var p *event.SecurityProfileSaved
	err = sc.read(func(st *center.State) (err error) {
		p, err = find(sc, st.SecurityProfiles, ResourceSecurityProfile, "SecurityProfileId", in.SecurityProfileId)
		return err
	})
	if err != nil {
		return nil, err
	}
	return &DescribeSecurityProfileResponse{SecurityProfile: &SecurityProfile{
		Id: new(p.ProfileID.String()), Arn: sc.arn(ResourceSecurityProfile, p.ProfileID), OrganizationResourceId: new(sc.id.String()),
		SecurityProfileName: &p.Name, Description: given(p.Description), Tags: present(p.Tags),
		LastModifiedTime: moment(p.ModifiedAt), LastModifiedRegion: sc.region(),
	}}, nil
}
