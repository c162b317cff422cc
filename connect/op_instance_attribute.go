package connect

import (
	"strconv"

	"tandem"
	"tandem/center"
)

// fixedAttributes are the attributes of every instance that are as they are;
// those that are not listed are false. CONTACTFLOW_LOGS is a setting.
var fixedAttributes = map[InstanceAttributeType]bool{
	InstanceAttributeTypeInboundCalls:         true,
	InstanceAttributeTypeOutboundCalls:        true,
	InstanceAttributeTypeMultiPartyConference: true,
}

// attribute is an attribute as the instance has it.
func attribute(st *center.State, kind InstanceAttributeType) Attribute {
	value := fixedAttributes[kind]
	if kind == InstanceAttributeTypeContactflowLogs {
		value = st.Settings.FlowLogs
	}
	return Attribute{AttributeType: &kind, Value: new(strconv.FormatBool(value))}
}

func (s *Server) describeInstanceAttribute(call *Call, in *DescribeInstanceAttributeRequest) (*DescribeInstanceAttributeResponse, error) {
	sc, err := s.scope(call, in.InstanceId)
	if err != nil {
		return nil, err
	}
	var a Attribute
	err = sc.read(func(st *center.State) error {
		a = attribute(st, *in.AttributeType)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return &DescribeInstanceAttributeResponse{Attribute: &a}, nil
}

func (s *Server) listInstanceAttributes(call *Call, in *ListInstanceAttributesRequest) (*ListInstanceAttributesResponse, error) {
	sc, err := s.scope(call, in.InstanceId)
	if err != nil {
		return nil, err
	}
	byName := map[string]bool{}
	for _, name := range InstanceAttributeType("").Values() {
		byName[name] = true
	}
	var all []Attribute
	err = sc.read(func(st *center.State) error {
		for _, name := range tandem.SortedKeys(byName) {
			all = append(all, attribute(st, InstanceAttributeType(name)))
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	part, next, err := page(call, all, func(a Attribute) string { return string(*a.AttributeType) }, in.MaxResults, in.NextToken)
	if err != nil {
		return nil, err
	}
	return &ListInstanceAttributesResponse{Attributes: part, NextToken: next}, nil
}

// updateInstanceAttribute turns the flow log on and off. Of the other attributes
// only the value that they have can be given.
func (s *Server) updateInstanceAttribute(call *Call, in *UpdateInstanceAttributeRequest) (*Empty, error) {
	sc, err := s.scope(call, in.InstanceId)
	if err != nil {
		return nil, err
	}
	value, err := strconv.ParseBool(*in.Value)
	if err != nil {
		return nil, tandem.Errorf(tandem.Invalid, "Value", "must be true or false")
	}
	if *in.AttributeType != InstanceAttributeTypeContactflowLogs {
		if value != fixedAttributes[*in.AttributeType] {
			return nil, tandem.Errorf(tandem.Invalid, "AttributeType", "%s cannot be changed", *in.AttributeType)
		}
		return &Empty{}, nil
	}
	return &Empty{}, sc.change(func(st *center.State) (any, error) {
		settings := st.Settings
		settings.FlowLogs = value
		return center.SaveSettings{Settings: settings}, nil
	})
}
