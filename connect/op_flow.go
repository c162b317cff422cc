package connect

import (
	"crypto/sha256"
	"encoding/hex"
	"tandem"
	"tandem/center"
	"tandem/event"
	"tandem/flow"
)

// invalidFlow tells the API caller every problem of a flow.
func invalidFlow(problems flow.Problems) apiError {
	e := &InvalidContactFlowException{Problems: []ProblemDetail{}}
	for _, p := range problems {
		e.Problems = append(e.Problems, ProblemDetail{Message: new(p.String())})
	}
	return e
}

// createContactFlow publishes the flow unless its status says otherwise.
func (s *Server) createContactFlow(call *Call, in *CreateContactFlowRequest) (*CreateContactFlowResponse, error) {
	sc, err := s.scope(call, in.InstanceId)
	if err != nil {
		return nil, err
	}
	f := event.FlowSaved{
		FlowID: newID(), Name: *in.Name, Description: text[string](in.Description), Type: string(*in.Type),
		Published: in.Status == nil || *in.Status == ContactFlowStatusPublished, Content: tandem.Blob(*in.Content), Tags: in.Tags,
	}
	if _, err := sc.do(center.SaveFlow{Flow: f, New: true}); err != nil {
		return nil, err
	}
	return &CreateContactFlowResponse{ContactFlowId: new(f.FlowID.String()), ContactFlowArn: sc.arn(ResourceFlow, f.FlowID),
		FlowContentSha256: contentDigest(f.Content)}, nil
}

func contentDigest(content tandem.Blob) *string {
	sum := sha256.Sum256([]byte(content))
	return new(hex.EncodeToString(sum[:]))
}

// flowRef takes a flow's id or ARN and the alias behind it, if there is one, for
// an operation that takes no numbered versions.
func (sc *scope) flowRef(idOrARN *string) (id tandem.ID, saved bool, err error) {
	r, err := sc.reference(flowKind, idOrARN)
	if err == nil {
		err = r.unnumbered()
	}
	return r.id, r.saved, err
}

// describeContactFlow shows the published content, with the alias $SAVED what
// was saved last, or with a number that version.
func (s *Server) describeContactFlow(call *Call, in *DescribeContactFlowRequest) (*DescribeContactFlowResponse, error) {
	sc, err := s.scope(call, in.InstanceId)
	if err != nil {
		return nil, err
	}
	r, err := sc.reference(flowKind, in.ContactFlowId)
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
		return nil, &ContactFlowNotPublishedException{Message: new("The flow is not published; use its id with :" + aliasSaved + " to see what is saved.")}
	}
	out := sc.flow(shown.saved, shown.status)
	out.Content, out.FlowContentSha256 = new(string(shown.content.Content)), contentDigest(shown.content.Content)
	if p := shown.pointer; p != nil {
		out.Version, out.VersionDescription = new(int64(p.Version)), given(p.Description)
	}
	return &DescribeContactFlowResponse{ContactFlow: out}, nil
}

// flow describes a flow without its content.
func (sc *scope) flow(f *event.FlowSaved, status ContactFlowStatus) *ContactFlow {
	return &ContactFlow{
		Id: new(f.FlowID.String()), Arn: sc.arn(ResourceFlow, f.FlowID), Name: &f.Name, Description: given(f.Description),
		Type: new(ContactFlowType(f.Type)), State: flowState(f), Status: &status, Tags: present(f.Tags),
		LastModifiedTime: moment(f.ModifiedAt), LastModifiedRegion: sc.region(),
	}
}

func flowState(f *event.FlowSaved) *ContactFlowState {
	if f.Archived {
		return new(ContactFlowStateArchived)
	}
	return new(ContactFlowStateActive)
}

// flowStatus says whether anything of the flow is published.
func flowStatus(f *center.Flow) ContactFlowStatus {
	if f.Published != nil {
		return ContactFlowStatusPublished
	}
	return ContactFlowStatusSaved
}

func (s *Server) listContactFlows(call *Call, in *ListContactFlowsRequest) (*ListContactFlowsResponse, error) {
	sc, err := s.scope(call, in.InstanceId)
	if err != nil {
		return nil, err
	}
	things := func(st *center.State) map[tandem.ID]*center.Flow { return st.Flows }
	part, next, err := list(sc, things, func(_ tandem.ID, f *center.Flow) (ContactFlowSummary, bool) {
		return sc.flowSummary(f), flowKind.has(f) && among(ContactFlowType(f.Saved.Type), in.ContactFlowTypes)
	}, in.MaxResults, in.NextToken)
	if err != nil {
		return nil, err
	}
	return &ListContactFlowsResponse{ContactFlowSummaryList: part, NextToken: next}, nil
}

func (sc *scope) flowSummary(f *center.Flow) ContactFlowSummary {
	return ContactFlowSummary{
		Id: new(f.Saved.FlowID.String()), Arn: sc.arn(ResourceFlow, f.Saved.FlowID), Name: new(f.Saved.Name),
		ContactFlowType: new(ContactFlowType(f.Saved.Type)), ContactFlowState: flowState(&f.Saved), ContactFlowStatus: new(flowStatus(f)),
	}
}

// changeFlow saves a flow or module as edit leaves it. Unless edit says so
// nothing is published: name, description and state are not part of what
// contacts run.
func (s *Server) changeFlow(call *Call, instance *string, kind kindOfFlow, idOrARN *string, edit func(f *event.FlowSaved, saved bool) error) error {
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
		old, err := r.find(st)
		if err != nil {
			return nil, err
		}
		f := old.Saved
		f.Published = false
		if err := edit(&f, r.saved); err != nil {
			return nil, err
		}
		return center.SaveFlow{Flow: f}, nil
	})
}

// updateContactFlowContent publishes the content, or with the alias $SAVED
// only saves it.
func (s *Server) updateContactFlowContent(call *Call, in *UpdateContactFlowContentRequest) (*UpdateContactFlowContentResponse, error) {
	return &UpdateContactFlowContentResponse{}, s.changeFlow(call, in.InstanceId, flowKind, in.ContactFlowId, func(f *event.FlowSaved, saved bool) error {
		f.Content, f.Published = tandem.Blob(*in.Content), !saved
		return nil
	})
}

func (s *Server) updateContactFlowName(call *Call, in *UpdateContactFlowNameRequest) (*UpdateContactFlowNameResponse, error) {
	return &UpdateContactFlowNameResponse{}, s.changeFlow(call, in.InstanceId, flowKind, in.ContactFlowId, func(f *event.FlowSaved, _ bool) error {
		set(&f.Name, in.Name)
		set(&f.Description, in.Description)
		return nil
	})
}

func (s *Server) updateContactFlowMetadata(call *Call, in *UpdateContactFlowMetadataRequest) (*UpdateContactFlowMetadataResponse, error) {
	return &UpdateContactFlowMetadataResponse{}, s.changeFlow(call, in.InstanceId, flowKind, in.ContactFlowId, func(f *event.FlowSaved, _ bool) error {
		set(&f.Name, in.Name)
		set(&f.Description, in.Description)
		if in.ContactFlowState != nil {
			f.Archived = *in.ContactFlowState == ContactFlowStateArchived
		}
		return nil
	})
}

func (s *Server) deleteContactFlow(call *Call, in *DeleteContactFlowRequest) (*DeleteContactFlowResponse, error) {
	return &DeleteContactFlowResponse{}, s.deleteFlow(call, in.InstanceId, flowKind, in.ContactFlowId)
}

// deleteFlow deletes a flow or module, with its versions.
func (s *Server) deleteFlow(call *Call, instance *string, kind kindOfFlow, idOrARN *string) error {
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
		return center.DeleteFlow{FlowID: r.id}, err
	})
}
