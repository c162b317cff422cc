package connect

import (
	"tandem"
	"tandem/center"
	"tandem/directory"
	"tandem/engine"
)

func (s *Server) associatePhoneNumberContactFlow(call *Call, in *AssociatePhoneNumberContactFlowRequest) (*Empty, error) {
	sc, err := s.scope(call, in.InstanceId)
	if err != nil {
		return nil, err
	}
	flow, _, err := sc.flowRef(in.ContactFlowId)
	if err != nil {
		return nil, err
	}
	return &Empty{}, sc.associate(in.PhoneNumberId, flow)
}

func (s *Server) disassociatePhoneNumberContactFlow(call *Call, in *DisassociatePhoneNumberContactFlowRequest) (*Empty, error) {
	sc, err := s.scope(call, in.InstanceId)
	if err != nil {
		return nil, err
	}
	return &Empty{}, sc.associate(in.PhoneNumberId, tandem.ID{})
}

// associate lets a number of the instance start the flow, or none; it may be a
// caller id either way. It takes turns with the release of numbers, so that a
// number given back starts nothing.
func (sc *scope) associate(number *string, flow tandem.ID) error {
	unlock, err := sc.s.turns.lock(sc.call, sc.id)
	if err != nil {
		return err
	}
	defer unlock()
	owner, n, err := sc.s.claimed(sc.call, number)
	if err != nil {
		return err
	}
	if owner.id != sc.id {
		return noSuchNumber()
	}
	_, err = sc.do(center.AssociateNumber{NumberID: n.NumberID, Number: n.Number, FlowID: flow})
	return err
}

// releasePhoneNumber gives a number back. The instance goes first: it refuses
// while a queue shows the number to those it calls.
func (s *Server) releasePhoneNumber(call *Call, in *ReleasePhoneNumberRequest) (*Empty, error) {
	sc, n, err := s.claimed(call, in.PhoneNumberId)
	if err != nil {
		return nil, err
	}
	unlock, err := s.turns.lock(call, sc.id)
	if err != nil {
		return nil, err
	}
	defer unlock()
	if _, err := sc.do(center.AssociateNumber{NumberID: n.NumberID, Release: true}); err != nil {
		return nil, err
	}
	_, err = s.do(call, directory.Shard, engine.Request{Body: directory.ReleaseNumber{NumberID: n.NumberID}})
	return &Empty{}, err
}
