package connect

import (
	"strconv"

	"tandem"
	"tandem/center"
	"tandem/event"
)

// createContactFlowVersion numbers what is published, of flows of any type.
func (s *Server) createContactFlowVersion(call *Call, in *CreateContactFlowVersionRequest) (*CreateContactFlowVersionResponse, error) {
	if err := refuse(in, "ContactFlowVersion"); err != nil {
		return nil, err
	}
	arn, version, err := s.createVersion(call, in.InstanceId, flowKind, in.ContactFlowId, in.FlowContentSha256, in.Description)
	if err != nil {
		return nil, err
	}
	return &CreateContactFlowVersionResponse{ContactFlowArn: arn, Version: version}, nil
}

func (s *Server) createContactFlowModuleVersion(call *Call, in *CreateContactFlowModuleVersionRequest) (*CreateContactFlowModuleVersionResponse, error) {
	arn, version, err := s.createVersion(call, in.InstanceId, moduleKind, in.ContactFlowModuleId, in.FlowModuleContentSha256, in.Description)
	if err != nil {
		return nil, err
	}
	return &CreateContactFlowModuleVersionResponse{ContactFlowModuleArn: arn, Version: version}, nil
}

// createVersion gives a number to what is published. With a digest it must be
// that of the published content, so that nothing newer is numbered unseen.
func (s *Server) createVersion(call *Call, instance *string, kind kindOfFlow, idOrARN, digest, description *string) (arn *string, version *int64, err error) {
	sc, err := s.scope(call, instance)
	if err != nil {
		return nil, nil, err
	}
	r, err := sc.reference(kind, idOrARN)
	if err == nil {
		err = r.unnumbered()
	}
	if err != nil {
		return nil, nil, err
	}
	answer, err := sc.changed(func(st *center.State) (any, error) {
		f, err := r.find(st)
		if err != nil {
			return nil, err
		}
		if digest != nil && (f.Published == nil || *contentDigest(f.Published.Content) != *digest) {
			return nil, tandem.Errorf(tandem.Invalid, "FlowContentSha256", "is not of the published content; describe it with :%s to see that", aliasLatest)
		}
		return center.SaveModulePointer{Pointer: event.ModulePointerSaved{ModuleID: r.id, Description: text[string](description)}}, nil
	})
	if err != nil {
		return nil, nil, err
	}
	number, _ := answer.(uint64)
	return sc.versionARN(kind, r.id, number), new(int64(number)), nil
}

// versionARN is the ARN of a numbered version.
func (sc *scope) versionARN(kind kindOfFlow, id tandem.ID, version uint64) *string {
	return new(*sc.arn(kind.resource, id) + ":" + strconv.FormatUint(version, 10))
}

func (s *Server) listContactFlowVersions(call *Call, in *ListContactFlowVersionsRequest) (*ListContactFlowVersionsResponse, error) {
	sc, part, next, err := s.listPointers(call, in.InstanceId, flowKind, in.ContactFlowId, false, in.MaxResults, in.NextToken)
	if err != nil {
		return nil, err
	}
	out := &ListContactFlowVersionsResponse{NextToken: next, ContactFlowVersionSummaryList: []ContactFlowVersionSummary{}}
	for _, p := range part {
		out.ContactFlowVersionSummaryList = append(out.ContactFlowVersionSummaryList, ContactFlowVersionSummary{
			Arn: sc.versionARN(flowKind, p.ModuleID, p.Version), Version: new(int64(p.Version)), VersionDescription: given(p.Description)})
	}
	return out, nil
}

func (s *Server) listContactFlowModuleVersions(call *Call, in *ListContactFlowModuleVersionsRequest) (*ListContactFlowModuleVersionsResponse, error) {
	sc, part, next, err := s.listPointers(call, in.InstanceId, moduleKind, in.ContactFlowModuleId, false, in.MaxResults, in.NextToken)
	if err != nil {
		return nil, err
	}
	out := &ListContactFlowModuleVersionsResponse{NextToken: next, ContactFlowModuleVersionSummaryList: []ContactFlowModuleVersionSummary{}}
	for _, p := range part {
		out.ContactFlowModuleVersionSummaryList = append(out.ContactFlowModuleVersionSummaryList, ContactFlowModuleVersionSummary{
			Arn: sc.versionARN(moduleKind, p.ModuleID, p.Version), Version: new(int64(p.Version)), VersionDescription: given(p.Description)})
	}
	return out, nil
}

// listPointers makes one page of versions or aliases.
func (s *Server) listPointers(call *Call, instance *string, kind kindOfFlow, idOrARN *string, aliases bool, maxResults *int32, token *string) (
	sc *scope, part []event.ModulePointerSaved, next *string, err error) {
	if sc, err = s.scope(call, instance); err != nil {
		return nil, nil, nil, err
	}
	r, err := sc.reference(kind, idOrARN)
	if err == nil {
		err = r.unnumbered()
	}
	if err != nil {
		return nil, nil, nil, err
	}
	var all []event.ModulePointerSaved
	err = sc.read(func(st *center.State) error {
		_, err := r.find(st)
		all = r.pointers(st, aliases)
		return err
	})
	if err != nil {
		return nil, nil, nil, err
	}
	part, next, err = page(call, all, pointerKey, maxResults, token)
	return sc, part, next, err
}

func (s *Server) deleteContactFlowVersion(call *Call, in *DeleteContactFlowVersionRequest) (*DeleteContactFlowVersionResponse, error) {
	return &DeleteContactFlowVersionResponse{}, s.deletePointer(call, in.InstanceId, flowKind, in.ContactFlowId,
		event.ModulePointerSaved{Version: uint64(*in.ContactFlowVersion)})
}

func (s *Server) deleteContactFlowModuleVersion(call *Call, in *DeleteContactFlowModuleVersionRequest) (*DeleteContactFlowModuleVersionResponse, error) {
	return &DeleteContactFlowModuleVersionResponse{}, s.deletePointer(call, in.InstanceId, moduleKind, in.ContactFlowModuleId,
		event.ModulePointerSaved{Version: uint64(*in.ContactFlowModuleVersion)})
}

// deletePointer deletes a version or an alias.
func (s *Server) deletePointer(call *Call, instance *string, kind kindOfFlow, idOrARN *string, p event.ModulePointerSaved) error {
	sc, err := s.scope(call, instance)
	if err != nil {
		return err
	}
	r, err := sc.reference(kind, idOrARN)
	if err == nil {
		err = r.unnumbered()
	}
	if err != nil {
		return err
	}
	return sc.change(func(st *center.State) (any, error) {
		_, err := r.find(st)
		p.ModuleID, p.Gone = r.id, true
		return center.SaveModulePointer{Pointer: p}, err
	})
}
