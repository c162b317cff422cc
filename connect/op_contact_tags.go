package connect

import "tandem/center"

func (s *Server) tagContact(call *Call, in *TagContactRequest) (*TagContactResponse, error) {
	return &TagContactResponse{}, s.retagContact(call, in.InstanceId, in.ContactId, center.TagContact{Add: in.Tags})
}

func (s *Server) untagContact(call *Call, in *UntagContactRequest) (*UntagContactResponse, error) {
	return &UntagContactResponse{}, s.retagContact(call, in.InstanceId, in.ContactId, center.TagContact{Remove: in.TagKeys})
}

func (s *Server) retagContact(call *Call, instance, contact *string, change center.TagContact) error {
	sc, err := s.scope(call, instance)
	if err != nil {
		return err
	}
	if change.ContactID, err = sc.ref(ResourceContact, "ContactId", contact); err != nil {
		return err
	}
	_, err = sc.do(change)
	return err
}
