package connect

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"tandem"
	"tandem/center"
	"tandem/event"
	"tandem/flow"
)

// memberSettings is the member of a module's content with its inputs, outputs
// and transitions, which the API also takes and shows by itself.
const memberSettings = "Settings"

// moduleProblems turns the problems of a flow into those of a module.
func moduleProblems(err error) error {
	if e, ok := errors.AsType[*InvalidContactFlowException](err); ok {
		return &InvalidContactFlowModuleException{Problems: e.Problems}
	}
	return err
}

// createContactFlowModule publishes the module.
func (s *Server) createContactFlowModule(call *Call, in *CreateContactFlowModuleRequest) (*CreateContactFlowModuleResponse, error) {
	if err := refuseExternal(in.ExternalInvocationConfiguration); err != nil {
		return nil, err
	}
	sc, err := s.scope(call, in.InstanceId)
	if err != nil {
		return nil, err
	}
	content, err := withSettings(*in.Content, in.Settings)
	if err != nil {
		return nil, err
	}
	f := event.FlowSaved{
		FlowID: newID(), Name: *in.Name, Description: text[string](in.Description), Type: string(flow.TypeModule),
		Published: true, Content: content, Tags: in.Tags,
	}
	if _, err := sc.do(center.SaveFlow{Flow: f, New: true}); err != nil {
		return nil, moduleProblems(err)
	}
	return &CreateContactFlowModuleResponse{Id: new(f.FlowID.String()), Arn: sc.arn(ResourceFlowModule, f.FlowID)}, nil
}

// refuseExternal refuses that others than flows invoke a module.
func refuseExternal(c *ExternalInvocationConfiguration) error {
	if c != nil && c.Enabled != nil && *c.Enabled {
		return tandem.Errorf(tandem.Invalid, "ExternalInvocationConfiguration", "modules are invoked by flows only; leave it out")
	}
	return nil
}

// describeContactFlowModule shows the published content, or the one that the
// qualifier behind the id names.
func (s *Server) describeContactFlowModule(call *Call, in *DescribeContactFlowModuleRequest) (*DescribeContactFlowModuleResponse, error) {
	sc, err := s.scope(call, in.InstanceId)
	if err != nil {
		return nil, err
	}
	r, err := sc.reference(moduleKind, in.ContactFlowModuleId)
	if err != nil {
		return nil, err
	}
	var shown shownFlow
	err = sc.read(func(st *center.State) (err error) {
		shown, err = r.look(st)
		return err
	})
	if err != nil {
		return nil, err
	}
	if shown.content == nil {
		return nil, tandem.Errorf(tandem.NotFound, "ContactFlowModuleId", "the module is not published; use its id with :%s to see what is saved", aliasSaved)
	}
	out := sc.module(shown.saved, ContactFlowModuleStatus(shown.status))
	out.Content, out.FlowModuleContentSha256 = new(string(shown.content.Content)), contentDigest(shown.content.Content)
	out.Settings = settingsOf(shown.content.Content)
	if p := shown.pointer; p != nil {
		out.Version, out.VersionDescription = new(int64(p.Version)), given(p.Description)
	}
	return &DescribeContactFlowModuleResponse{ContactFlowModule: out}, nil
}

// module describes a module without its content.
func (sc *scope) module(f *event.FlowSaved, status ContactFlowModuleStatus) *ContactFlowModule {
	return &ContactFlowModule{
		Id: new(f.FlowID.String()), Arn: sc.arn(ResourceFlowModule, f.FlowID), Name: &f.Name, Description: given(f.Description),
		State: new(ContactFlowModuleState(*flowState(f))), Status: &status, Tags: present(f.Tags),
	}
}

func (s *Server) listContactFlowModules(call *Call, in *ListContactFlowModulesRequest) (*ListContactFlowModulesResponse, error) {
	sc, err := s.scope(call, in.InstanceId)
	if err != nil {
		return nil, err
	}
	things := func(st *center.State) map[tandem.ID]*center.Flow { return st.Flows }
	part, next, err := list(sc, things, func(id tandem.ID, f *center.Flow) (ContactFlowModuleSummary, bool) {
		state := ContactFlowModuleState(*flowState(&f.Saved))
		wanted := moduleKind.has(f) && (in.ContactFlowModuleState == nil || *in.ContactFlowModuleState == state)
		return ContactFlowModuleSummary{Id: new(id.String()), Arn: sc.arn(ResourceFlowModule, id), Name: new(f.Saved.Name), State: &state}, wanted
	}, in.MaxResults, in.NextToken)
	if err != nil {
		return nil, err
	}
	return &ListContactFlowModulesResponse{ContactFlowModulesSummaryList: part, NextToken: next}, nil
}

// updateContactFlowModuleContent publishes the content, or with the alias $SAVED
// only saves it. Settings alone change those of the content.
func (s *Server) updateContactFlowModuleContent(call *Call, in *UpdateContactFlowModuleContentRequest) (*UpdateContactFlowModuleContentResponse, error) {
	err := s.changeFlow(call, in.InstanceId, moduleKind, in.ContactFlowModuleId, func(f *event.FlowSaved, saved bool) (err error) {
		if in.Content == nil && in.Settings == nil {
			return &InvalidRequestException{Message: new("Give Content, Settings or both.")}
		}
		content := string(f.Content)
		set(&content, in.Content)
		f.Published = !saved
		f.Content, err = withSettings(content, in.Settings)
		return err
	})
	return &UpdateContactFlowModuleContentResponse{}, moduleProblems(err)
}

func (s *Server) updateContactFlowModuleMetadata(call *Call, in *UpdateContactFlowModuleMetadataRequest) (*UpdateContactFlowModuleMetadataResponse, error) {
	return &UpdateContactFlowModuleMetadataResponse{}, s.changeFlow(call, in.InstanceId, moduleKind, in.ContactFlowModuleId, func(f *event.FlowSaved, _ bool) error {
		set(&f.Name, in.Name)
		set(&f.Description, in.Description)
		if in.State != nil {
			f.Archived = *in.State == ContactFlowModuleStateArchived
		}
		return nil
	})
}

func (s *Server) deleteContactFlowModule(call *Call, in *DeleteContactFlowModuleRequest) (*DeleteContactFlowModuleResponse, error) {
	return &DeleteContactFlowModuleResponse{}, s.deleteFlow(call, in.InstanceId, moduleKind, in.ContactFlowModuleId)
}

// settingsOf is the Settings member of a content, or nil.
func settingsOf(content tandem.Blob) *string {
	var c struct{ Settings json.RawMessage }
	if json.Unmarshal([]byte(content), &c) != nil || len(c.Settings) == 0 {
		return nil
	}
	return new(string(c.Settings))
}

// withSettings puts settings into a content, in place of those it has; the other
// members stay as they are written. Nil settings leave it as it is.
func withSettings(content string, settings *string) (tandem.Blob, error) {
	if settings == nil {
		return tandem.Blob(content), nil
	}
	if !json.Valid([]byte(*settings)) {
		return "", tandem.Errorf(tandem.Invalid, memberSettings, "is not JSON")
	}
	members, err := membersOf(content)
	if err != nil {
		return "", &InvalidContactFlowModuleException{Problems: []ProblemDetail{{Message: new("Invalid flow content. It is not a JSON object: " + err.Error())}}}
	}
	members = slices.DeleteFunc(members, func(m member) bool { return m.name == memberSettings })
	members = append(members, member{memberSettings, json.RawMessage(*settings)})
	var out bytes.Buffer
	for i, m := range members {
		out.WriteByte("{,"[min(i, 1)])
		fmt.Fprintf(&out, "%s:%s", quoted(m.name), m.value)
	}
	out.WriteByte('}')
	return tandem.Blob(out.String()), nil
}

// member is one member of a JSON object.
type member struct {
	name  string
	value json.RawMessage
}

// membersOf lists the members of a JSON object as they are written.
func membersOf(object string) (all []member, err error) {
	d := json.NewDecoder(strings.NewReader(object))
	if start, err := d.Token(); err != nil || start != json.Delim('{') {
		return nil, errors.Join(err, errors.New("want {"))
	}
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return nil, err
		}
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			return nil, err
		}
		text, _ := name.(string) // the names of members are text
		all = append(all, member{text, value})
	}
	_, err = d.Token()
	return all, err
}

// quoted is text in JSON.
func quoted(s string) []byte {
	b, err := json.Marshal(s)
	if err != nil {
		panic(err) // text can always be written
	}
	return b
}
