package connect

import (
	"tandem/center"
	"tandem/event"
)

func (s *Server) createContactFlowModuleAlias(call *Call, in *CreateContactFlowModuleAliasRequest) (*CreateContactFlowModuleAliasResponse, error) {
	sc, err := s.scope(call, in.InstanceId)
	if err != nil {
		return nil, err
	}
	r, err := sc.reference(moduleKind, in.ContactFlowModuleId)
	if err == nil {
		err = r.unnumbered()
	}
	if err != nil {
		return nil, err
	}
	p := event.ModulePointerSaved{ModuleID: r.id, PointerID: newID(), Name: *in.AliasName,
		Description: text[string](in.Description), Version: uint64(*in.ContactFlowModuleVersion)}
	err = sc.change(func(st *center.State) (any, error) {
		_, err := r.find(st)
		return center.SaveModulePointer{Pointer: p}, err
	})
	if err != nil {
		return nil, err
	}
	return &CreateContactFlowModuleAliasResponse{ContactFlowModuleArn: sc.arn(ResourceFlowModule, r.id), Id: new(p.PointerID.String())}, nil
}

// aliasOf finds an alias by its id, or by its name.
func (r flowReference) aliasOf(st *center.State, idOrName string) (event.ModulePointerSaved, error) {
	if _, err := r.find(st); err != nil {
		return event.ModulePointerSaved{}, err
	}
	for _, p := range r.pointers(st, true) {
		if p.PointerID.String() == idOrName || p.Name == idOrName {
			return p, nil
		}
	}
	return event.ModulePointerSaved{}, namesNothing("AliasId")
}

func (s *Server) describeContactFlowModuleAlias(call *Call, in *DescribeContactFlowModuleAliasRequest) (*DescribeContactFlowModuleAliasResponse, error) {
	sc, err := s.scope(call, in.InstanceId)
	if err != nil {
		return nil, err
	}
	r, err := sc.reference(moduleKind, in.ContactFlowModuleId)
	if err != nil {
		return nil, err
	}
	var p event.ModulePointerSaved
	err = sc.read(func(st *center.State) (err error) {
		p, err = r.aliasOf(st, *in.AliasId)
		return err
	})
	if err != nil {
		return nil, err
	}
	return &DescribeContactFlowModuleAliasResponse{ContactFlowModuleAlias: &ContactFlowModuleAliasInfo{
		AliasId: new(p.PointerID.String()), Name: &p.Name, Description: given(p.Description), Version: new(int64(p.Version)),
		ContactFlowModuleId: new(r.id.String()), ContactFlowModuleArn: sc.arn(ResourceFlowModule, r.id),
		LastModifiedTime: moment(p.ModifiedAt), LastModifiedRegion: sc.region(),
	}}, nil
}

func (s *Server) listContactFlowModuleAliases(call *Call, in *ListContactFlowModuleAliasesRequest) (*ListContactFlowModuleAliasesResponse, error) {
	sc, part, next, err := s.listPointers(call, in.InstanceId, moduleKind, in.ContactFlowModuleId, true, in.MaxResults, in.NextToken)
	if err != nil {
		return nil, err
	}
	out := &ListContactFlowModuleAliasesResponse{NextToken: next, ContactFlowModuleAliasSummaryList: []ContactFlowModuleAliasSummary{}}
	for _, p := range part {
		out.ContactFlowModuleAliasSummaryList = append(out.ContactFlowModuleAliasSummaryList, ContactFlowModuleAliasSummary{
			AliasId: new(p.PointerID.String()), AliasName: &p.Name, AliasDescription: given(p.Description), Version: new(int64(p.Version)),
			Arn: new(*sc.arn(ResourceFlowModule, p.ModuleID) + ":" + p.Name), LastModifiedTime: moment(p.ModifiedAt)})
	}
	return out, nil
}

// updateContactFlowModuleAlias changes what the request has of name, description
// and version.
func (s *Server) updateContactFlowModuleAlias(call *Call, in *UpdateContactFlowModuleAliasRequest) (*UpdateContactFlowModuleAliasResponse, error) {
	return &UpdateContactFlowModuleAliasResponse{}, s.changeAlias(call, in.InstanceId, in.ContactFlowModuleId, *in.AliasId, func(p *event.ModulePointerSaved) {
		set(&p.Name, in.Name)
		set(&p.Description, in.Description)
		if in.ContactFlowModuleVersion != nil {
			p.Version = uint64(*in.ContactFlowModuleVersion)
		}
	})
}

func (s *Server) deleteContactFlowModuleAlias(call *Call, in *DeleteContactFlowModuleAliasRequest) (*DeleteContactFlowModuleAliasResponse, error) {
	return &DeleteContactFlowModuleAliasResponse{}, s.changeAlias(call, in.InstanceId, in.ContactFlowModuleId, *in.AliasId,
		func(p *event.ModulePointerSaved) { p.Gone = true })
}

func (s *Server) changeAlias(call *Call, instance, module *string, alias string, edit func(p *event.ModulePointerSaved)) error {
	sc, err := s.scope(call, instance)
	if err != nil {
		return err
	}
	r, err := sc.reference(moduleKind, module)
	if err != nil {
		return err
	}
	return sc.change(func(st *center.State) (any, error) {
		p, err := r.aliasOf(st, alias)
		edit(&p)
		return center.SaveModulePointer{Pointer: p}, err
	})
}
