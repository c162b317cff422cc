package connect

import "tandem/center"

func (s *Server) getContactAttributes(call *Call, in *GetContactAttributesRequest) (*GetContactAttributesResponse, error) {
	sc, err := s.scope(call, in.InstanceId)
	if err != nil {
		return nil, err
	}
	c, err := sc.findContact("InitialContactId", in.InitialContactId)
	if err != nil {
		return nil, err
	}
	return &GetContactAttributesResponse{Attributes: c.Attributes}, nil
}

func (s *Server) updateContactAttributes(call *Call, in *UpdateContactAttributesRequest) (*UpdateContactAttributesResponse, error) {
	sc, err := s.scope(call, in.InstanceId)
	if err != nil {
		return nil, err
	}
	id, err := sc.ref(ResourceContact, "InitialContactId", in.InitialContactId)
	if err != nil {
		return nil, err
	}
	_, err = sc.do(center.UpdateContactAttributes{ContactID: id, Attributes: in.Attributes})
	return &UpdateContactAttributesResponse{}, err
}
