package connect

import (
	"cmp"
	"slices"
	"strings"

	"tandem"
	"tandem/center"
	"tandem/directory"
	"tandem/engine"
	"tandem/event"
)

// targetScope takes the instance that a number is for, in either of the two
// members that can name it.
func (s *Server) targetScope(call *Call, targetARN, instanceID *string) (*scope, error) {
	switch {
	case targetARN != nil && strings.HasPrefix(*targetARN, "arn:"):
		return s.scope(call, targetARN)
	case targetARN != nil:
		return nil, tandem.Errorf(tandem.Invalid, "TargetArn", "must be the ARN of an instance")
	case instanceID != nil:
		return s.scope(call, instanceID)
	}
	return nil, tandem.Errorf(tandem.Invalid, "TargetArn", "is required, or InstanceId")
}

// searchAvailablePhoneNumbers offers the numbers that trunks bring and that
// nobody has claimed.
func (s *Server) searchAvailablePhoneNumbers(call *Call, in *SearchAvailablePhoneNumbersRequest) (*SearchAvailablePhoneNumbersResponse, error) {
	if _, err := s.targetScope(call, in.TargetArn, in.InstanceId); err != nil {
		return nil, err
	}
	claimed := map[string]bool{}
	err := s.readDirectory(call, func(dir *directory.State) error {
		for _, n := range dir.Numbers {
			claimed[n.Number] = true
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	var all []AvailableNumberSummary
	for _, n := range s.trunkNumbers() {
		if !claimed[n.Number] && n.Country == string(*in.PhoneNumberCountryCode) && n.Type == string(*in.PhoneNumberType) && hasPrefix(n.Number, in.PhoneNumberPrefix) {
			all = append(all, AvailableNumberSummary{PhoneNumber: new(n.Number),
				PhoneNumberCountryCode: new(PhoneNumberCountryCode(n.Country)), PhoneNumberType: new(PhoneNumberType(n.Type))})
		}
	}
	part, next, err := page(call, all, func(n AvailableNumberSummary) string { return *n.PhoneNumber }, in.MaxResults, in.NextToken)
	if err != nil {
		return nil, err
	}
	return &SearchAvailablePhoneNumbersResponse{AvailableNumbersList: part, NextToken: next}, nil
}

// trunkNumbers lists what the trunks bring, each number once, in order.
func (s *Server) trunkNumbers() []TrunkNumber {
	all := slices.Clone(s.cfg.Backend.Trunks())
	slices.SortStableFunc(all, func(a, b TrunkNumber) int { return cmp.Compare(a.Number, b.Number) })
	return slices.CompactFunc(all, func(a, b TrunkNumber) bool { return a.Number == b.Number })
}

// hasPrefix compares with a prefix that may lack the plus sign.
func hasPrefix(number string, prefix *string) bool {
	return prefix == nil || strings.HasPrefix(number, "+"+strings.TrimPrefix(*prefix, "+"))
}

// claimPhoneNumber gives a number to an instance, which may show it to those
// it calls from then on. The id of a claim derives from the client's token, so
// that a claim that is repeated is recognised for as long as it lasts.
func (s *Server) claimPhoneNumber(call *Call, in *ClaimPhoneNumberRequest) (*ClaimPhoneNumberResponse, error) {
	sc, err := s.targetScope(call, in.TargetArn, in.InstanceId)
	if err != nil {
		return nil, err
	}
	numbers := s.trunkNumbers()
	i := slices.IndexFunc(numbers, func(n TrunkNumber) bool { return n.Number == *in.PhoneNumber })
	if i < 0 {
		return nil, tandem.Errorf(tandem.NotFound, "PhoneNumber", "no trunk brings this number; SearchAvailablePhoneNumbers lists those that can be claimed")
	}
	n := event.NumberClaimed{Number: numbers[i].Number, CountryCode: numbers[i].Country, Type: numbers[i].Type,
		InstanceID: sc.id, Description: text[string](in.PhoneNumberDescription), Tags: in.Tags}
	id, err := sc.claim(n, text[string](in.ClientToken))
	if err != nil {
		return nil, err
	}
	return &ClaimPhoneNumberResponse{PhoneNumberId: new(id.String()), PhoneNumberArn: new(s.arns.PhoneNumber(id.String()))}, nil
}

func (sc *scope) claim(n event.NumberClaimed, clientToken string) (tandem.ID, error) {
	unlock, err := sc.s.turns.lock(sc.call, sc.id)
	if err != nil {
		return tandem.ID{}, err
	}
	defer unlock()
	commandID := newID()
	if clientToken != "" {
		commandID = tandem.NameID("ClaimPhoneNumber", sc.id.String()+" "+clientToken)
	}
	before, err := sc.s.number(sc.call, commandID.Derive(1)) // the first id that the command makes
	if err == nil && before.Number != n.Number {
		return tandem.ID{}, &IdempotencyException{Message: new("The client token was used to claim another number; use a new one.")}
	}
	if err == nil {
		return before.NumberID, sc.keep(before.NumberID, before.Number)
	}
	answer, err := sc.s.do(sc.call, directory.Shard, engine.Request{ID: commandID, Body: directory.ClaimNumber{Number: n}})
	if err != nil {
		return tandem.ID{}, err
	}
	id := answer.(tandem.ID)
	return id, sc.keep(id, n.Number)
}

// keep makes a number known to the instance. One that is known keeps its flow:
// the claim may be a repeated one.
func (sc *scope) keep(id tandem.ID, number string) error {
	known := false
	err := sc.read(func(st *center.State) error {
		known = st.Numbers[id] != nil
		return nil
	})
	if err != nil || known {
		return err
	}
	_, err = sc.do(center.AssociateNumber{NumberID: id, Number: number})
	return err
}

// number finds a claimed number.
func (s *Server) number(call *Call, id tandem.ID) (*event.NumberClaimed, error) {
	var n *event.NumberClaimed
	err := s.readDirectory(call, func(dir *directory.State) error {
		if n = dir.Numbers[id]; n == nil {
			return noSuchNumber()
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return n, nil
}

func noSuchNumber() error {
	return tandem.Errorf(tandem.NotFound, "PhoneNumberId", "names no claimed number; check the id or ARN")
}

// numberRef reads the id or ARN of a number, which may not exist.
func (s *Server) numberRef(member string, idOrARN *string) (tandem.ID, error) {
	if idOrARN == nil {
		return tandem.ID{}, nil
	}
	text, _ := s.arns.ID("", ResourcePhoneNumber, *idOrARN)
	id, err := tandem.ParseID(text)
	if err != nil {
		return tandem.ID{}, tandem.Errorf(tandem.NotFound, member, "names no claimed number; check the id or ARN")
	}
	return id, nil
}

// claimed finds the number that a request names and its instance. To a caller
// who may not use the instance there is no such number.
func (s *Server) claimed(call *Call, idOrARN *string) (*scope, *event.NumberClaimed, error) {
	id, err := s.numberRef("PhoneNumberId", idOrARN)
	if err != nil {
		return nil, nil, err
	}
	n, err := s.number(call, id)
	if err != nil {
		return nil, nil, err
	}
	sc, err := s.scopeOf(call, n.InstanceID)
	if err != nil {
		return nil, nil, noSuchNumber()
	}
	return sc, n, nil
}
