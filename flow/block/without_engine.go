package block

import (
	"strings"

	"tandem/flow"
)

// This file holds the blocks of the flow language that ask services which are no
// part of a contact center by itself: customer profiles, cases, voice biometrics,
// recommendations, data tables, outbound campaigns. Flows of real instances have them,
// so they can be saved, published as far as their parameters are documented, shown
// and exported; when they run, nobody answers, and they take their error branch, or go
// on where they have none. They stand in one table because they differ in nothing else.

// serviceBlock is one of them.
type serviceBlock struct {
	actionType, title string
	aliases           []string
	group             flow.Group
	required          []string            // parameters that must be there
	optional          []string            // parameters that may be there
	members           map[string][]string // what an object among them must have
	errors            []string            // besides NoMatchingError
	results           []string            // what its conditions may be equal to
	undocumented      bool                // parameters, errors and conditions may be any
	read              func(p *flow.Params)
}

// The errors that these blocks raise in Amazon Connect.
const (
	contactNotLinked   = "ContactNotLinked"
	multipleFound      = "MultipleFound"
	noneFound          = "NoneFound"
	multipleFoundError = "MultipleFoundError"
	noneFoundError     = "NoneFoundError"
)

var profileParameters = []string{"ProfileResponseData"}

// serviceBlocks lists them (Amazon Connect Flow language: Contact actions, Flow
// control actions, Interactions, Participant actions).
var serviceBlocks = []serviceBlock{
	{actionType: "GetCustomerProfile", title: "Customer profiles: get", group: flow.GroupInteract, required: []string{"ProfileRequestData"},
		optional: profileParameters, errors: []string{multipleFoundError, noneFoundError}, read: checkProfileSearch},
	{actionType: "CreateCustomerProfile", title: "Customer profiles: create", group: flow.GroupInteract, required: []string{"ProfileRequestData"}, optional: profileParameters},
	{actionType: "UpdateCustomerProfile", title: "Customer profiles: update", group: flow.GroupInteract, required: []string{"ProfileRequestData"}, optional: profileParameters},
	{actionType: "AssociateContactToCustomerProfile", title: "Customer profiles: associate contact", group: flow.GroupInteract,
		required: []string{"ProfileRequestData"}, optional: profileParameters, members: map[string][]string{"ProfileRequestData": {"ProfileId", "ContactId"}}},
	{actionType: "GetCustomerProfileObject", title: "Customer profiles: get object", group: flow.GroupInteract, required: []string{"ProfileRequestData"},
		optional: profileParameters, members: map[string][]string{"ProfileRequestData": {"ProfileId", "ObjectType"}}, errors: []string{noneFoundError}},
	{actionType: "GetCalculatedAttributesForCustomerProfile", title: "Customer profiles: get calculated attributes", group: flow.GroupInteract,
		required: []string{"ProfileRequestData"}, optional: profileParameters, members: map[string][]string{"ProfileRequestData": {"ProfileId"}}, errors: []string{noneFoundError}},
	{actionType: "CreateCase", title: "Cases: create", group: flow.GroupInteract, required: []string{"LinkContactToCase", "CaseTemplateId"},
		optional: []string{"CaseRequestFields"}, errors: []string{contactNotLinked}},
	{actionType: "GetCase", title: "Cases: get", group: flow.GroupInteract, required: []string{"LinkContactToCase", "GetLastUpdatedCase", "CustomerId"},
		optional: []string{"CaseRequestFields", "CaseResponseFields"}, errors: []string{contactNotLinked, multipleFound, noneFound}},
	{actionType: "UpdateCase", title: "Cases: update", group: flow.GroupInteract, required: []string{"LinkContactToCase", "CaseId"},
		optional: []string{"CaseRequestFields"}, errors: []string{contactNotLinked}},
	{actionType: "CreateWisdomSession", title: "Connect assistant", aliases: []string{"SetWisdomAssistant", "CreateQSession"}, group: flow.GroupInteract,
		required: []string{"WisdomAssistantArn"}},
	{actionType: "StartVoiceIdStream", title: "Set Voice ID", aliases: []string{"SetVoiceId"}, group: flow.GroupSet},
	{actionType: "CheckVoiceId", title: "Check Voice ID", group: flow.GroupBranch, required: []string{"CheckVoiceIdOption"}, read: checkVoiceIDOption},
	{actionType: "CheckOutboundCallStatus", title: "Check call progress", aliases: []string{"CheckCallProgress"}, group: flow.GroupBranch,
		results: []string{"CallAnswered", "VoicemailBeep", "VoicemailNoBeep", "NotDetected"}},
	{actionType: "UpdateRoutingCriteria", title: "Set routing criteria", aliases: []string{"SetRoutingCriteria"}, group: flow.GroupSet,
		required: []string{"RoutingCriteria"}},
	{actionType: "UpdateContactRoutingCriteria", title: "Set routing criteria", group: flow.GroupSet, undocumented: true},
	{actionType: "UpdateContactMediaProcessing", title: "Set recording, analytics and processing behavior", group: flow.GroupSet,
		required: []string{"ChatProcessor"}, members: map[string][]string{"ChatProcessor": {"ProcessingEnabled"}}, errors: []string{flow.ChannelMismatch}},
	{actionType: "ResumeContact", title: "Resume contact", group: flow.GroupInteract},
	{actionType: "StartOutboundChatContact", title: "Send message", aliases: []string{"SendMessage"}, group: flow.GroupInteract,
		required: []string{"SourceEndpoint", "DestinationEndpoint", "ContactFlowArn", "ContactSubtype"}, optional: []string{"InitialSystemMessage", "RelatedContact"},
		members: map[string][]string{"SourceEndpoint": {"Address", "Type"}, "DestinationEndpoint": {"Address", "Type"}}},
	{actionType: "CreatePersistentContactAssociation", title: "Create persistent contact association", group: flow.GroupInteract,
		required: []string{"RehydrationType", "SourceContactId"}},
	{actionType: "AuthenticateParticipant", title: "Authenticate customer", aliases: []string{"AuthenticateCustomer"}, group: flow.GroupInteract,
		required: []string{"CognitoConfiguration", "CustomerProfilesConfiguration", "TimeLimitMinutes"}, undocumented: true},
	{actionType: "LoadContactContent", title: "Get stored content", group: flow.GroupInteract, required: []string{"ContentType"}, undocumented: true},
	{actionType: "EvaluateDataTableValues", title: "Data table: evaluate", group: flow.GroupInteract, required: []string{"DataTableId", "Queries"}, undocumented: true},
	{actionType: "ListDataTableValues", title: "Data table: list", group: flow.GroupInteract, required: []string{"DataTableId", "PrimaryKeyGroups"}, undocumented: true},
	{actionType: "UpsertDataTableValues", title: "Data table: write", group: flow.GroupInteract,
		required: []string{"LockVersion", "DataTableId", "DataTableUpsertAttributes"}, undocumented: true},
	{actionType: "StartOutboundEmailContact", title: "Send email", group: flow.GroupInteract, undocumented: true},
	{actionType: "RouteContactToAgent", title: "Route contact to agent", group: flow.GroupInteract, undocumented: true},
	{actionType: "CheckSegmentMembership", title: "Check segment membership", group: flow.GroupBranch, undocumented: true},
	{actionType: "ConnectParticipantWithAgenticCX", title: "Connect with an AI agent", group: flow.GroupInteract, undocumented: true},
	{actionType: "CreateContact", title: "Create contact", group: flow.GroupInteract, undocumented: true},
}

// block makes a block of the entry.
func (s serviceBlock) block() flow.Block {
	b := flow.Block{Type: s.actionType, Title: s.title, LogName: s.actionType, Aliases: s.aliases, Group: s.group, FlowTypes: flow.AllTypes(),
		Rules: flow.Rules{
			Next:           flow.NextOptional,
			RequiredErrors: []string{flow.NoMatchingError},
			OptionalErrors: append([]string{flow.NoMatchingCondition}, s.errors...),
		},
		Compile: func(p *flow.Params) flow.Runner {
			s.check(p)
			return unanswered{}
		},
	}
	if len(s.results) > 0 || s.read != nil || s.undocumented {
		b.Rules.Conditions = flow.ConditionRules{Operators: []string{flow.Equals}, Operands: s.results}
	}
	if s.undocumented {
		b.Rules = flow.Rules{Next: flow.NextOptional, AnyError: true, Conditions: flow.ConditionRules{Operators: flow.Operators()}}
	}
	return b
}

// check reports what is wrong with the parameters, as far as it is known.
func (s serviceBlock) check(p *flow.Params) {
	p.Require(s.required...)
	names := append(append([]string{}, s.required...), s.optional...)
	if s.undocumented {
		names = p.Names()
	}
	for _, name := range names {
		p.Any(name)
		s.checkMembers(p, name)
	}
	if s.read != nil {
		s.read(p)
	}
}

func (s serviceBlock) checkMembers(p *flow.Params, name string) {
	required := s.members[name]
	if len(required) == 0 {
		return
	}
	if object, ok := p.Object(name); ok {
		object.Require(required...)
		object.Accept(object.Names()...)
	}
}

// checkProfileSearch reports a search that looks for nothing.
func checkProfileSearch(p *flow.Params) {
	object, ok := p.Object("ProfileRequestData")
	if !ok {
		return
	}
	object.OneOf("IdentifierName", "SearchCriteria")
	if object.Has("IdentifierName") {
		object.Require("IdentifierValue")
	}
	object.Accept(object.Names()...)
}

// voiceIDResults are what each check of a voice may find. Exports write them without
// the spaces that the documentation has.
var voiceIDResults = map[string][]string{
	"enrollmentStatus":    {"Enrolled", "Not enrolled", "Opted out"},
	"voiceAuthentication": {"Authenticated", "Not authenticated", "Inconclusive", "Not enrolled", "Opted out"},
	"fraudDetection":      {"High risk", "Low risk", "Inconclusive"},
}

func checkVoiceIDOption(p *flow.Params) {
	option, ok := readChoice(p, "CheckVoiceIdOption", "enrollmentStatus", "voiceAuthentication", "fraudDetection")
	if !ok {
		return
	}
	for _, result := range voiceIDResults[option] {
		first, second, both := strings.Cut(result, " ")
		p.Rules.Conditions.Operands = append(p.Rules.Conditions.Operands, result)
		if both {
			p.Rules.Conditions.Operands = append(p.Rules.Conditions.Operands, first+strings.ToUpper(second[:1])+second[1:])
		}
	}
}

// unanswered is what a block does that nobody answers.
type unanswered struct{}

// Enter takes the error branch, or goes on without one.
func (unanswered) Enter(flow.Env) flow.Move { return flow.Raise(flow.NoMatchingError).OrNext() }
