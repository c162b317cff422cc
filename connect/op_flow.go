package connect

import (
	"crypto/sha256"
	"encoding/hex"
	"tandem"
	"tandem/center"
	"tandem/event"
	"tandem/flow"
)

// Aliases behind a flow's id: what was saved last, and what was published last.
const (
	aliasSaved  = "$SAVED"
	aliasLatest = "$LATEST"
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

// flowRef takes a flow's id or ARN and the alias behind it, if there is one.
func (sc *scope) flowRef(idOrARN *string) (id tandem.ID, saved bool, err error) {
	if id, err = sc.ref(ResourceFlow, "ContactFlowId", idOrARN); err != nil {
		return id, false, err
	}
	_, alias := sc.s.arns.ID(sc.id.String(), ResourceFlow, *idOrARN)
	if alias != "" && alias != aliasSaved && alias != aliasLatest {
		return id, false, tandem.Errorf(tandem.NotFound, "ContactFlowId", "there are no numbered versions; use the id alone or with :%s", aliasSaved)
	}
	return id, alias == aliasSaved, nil
}

// describeContactFlow shows the published content, or with the alias $SAVED
// what was saved last.
func (s *Server) describeContactFlow(call *Call, in *DescribeContactFlowRequest) (*DescribeContactFlowResponse, error) {
	sc, err := s.scope(call, in.InstanceId)
	if err != nil {
		return nil, err
	}
	id, saved, err := sc.flowRef(in.ContactFlowId)
	if err != nil {
		return nil, err
	}
	var last, published *event.FlowSaved
	err = sc.read(func(st *center.State) error {
		f := st.Flows[id]
		if f == nil {
			return namesNothing("ContactFlowId")
		}
		last, published = new(f.Saved), f.Published
		return nil
	})
	if err != nil {
		return nil, err
	}
	if saved {
		return &DescribeContactFlowResponse{ContactFlow: sc.flow(last, last.Content, ContactFlowStatusSaved)}, nil
	}
	if published == nil {
		return nil, &ContactFlowNotPublishedException{Message: new("The flow is not published; use its id with :" + aliasSaved + " to see what is saved.")}
	}
	return &DescribeContactFlowResponse{ContactFlow: sc.flow(last, published.Content, ContactFlowStatusPublished)}, nil
}

func (sc *scope) flow(f *event.FlowSaved, content tandem.Blob, status ContactFlowStatus) *ContactFlow {
	return &ContactFlow{
		Id: new(f.FlowID.String()), Arn: sc.arn(ResourceFlow, f.FlowID), Name: &f.Name, Description: given(f.Description),
		Type: new(ContactFlowType(f.Type)), State: flowState(f), Status: &status, Tags: present(f.Tags),
		Content: new(string(content)), FlowContentSha256: contentDigest(content),
		LastModifiedTime: moment(f.ModifiedAt), LastModifiedRegion: sc.region(),
	}
}

func flowState(f *event.FlowSaved) *ContactFlowState {
	if f.Archived {
		return new(ContactFlowStateArchived)
	}
	return new(ContactFlowStateActive)
}

func (s *Server) listContactFlows(call *Call, in *ListContactFlowsRequest) (*ListContactFlowsResponse, error) {
	sc, err := s.scope(call, in.InstanceId)
	if err != nil {
		return nil, err
	}
	things := func(st *center.State) map[tandem.ID]*center.Flow { return st.Flows }
	part, next, err := list(sc, things, func(_ tandem.ID, f *center.Flow) (ContactFlowSummary, bool) {
		return sc.flowSummary(f), among(ContactFlowType(f.Saved.Type), in.ContactFlowTypes)
	}, in.MaxResults, in.NextToken)
	if err != nil {
		return nil, err
	}
	return &ListContactFlowsResponse{ContactFlowSummaryList: part, NextToken: next}, nil
}

func (sc *scope) flowSummary(f *center.Flow) ContactFlowSummary {
	status := ContactFlowStatusSaved
	if f.Published != nil {
		status = ContactFlowStatusPublished
	}
	return ContactFlowSummary{
		Id: new(f.Saved.FlowID.String()), Arn: sc.arn(ResourceFlow, f.Saved.FlowID), Name: new(f.Saved.Name),
		ContactFlowType: new(ContactFlowType(f.Saved.Type)), ContactFlowState: flowState(&f.Saved), ContactFlowStatus: &status,
	}
}

// changeFlow saves a flow as edit leaves it. Unless edit says so nothing is
// published: name, description and state are not part of what contacts run.
func (s *Server) changeFlow(call *Call, instance, idOrARN *string, edit func(f *event.FlowSaved, saved bool)) error {
	sc, err := s.scope(call, instance)
	if err != nil {
		return err
	}
	id, saved, err := sc.flowRef(idOrARN)
	if err != nil {
		return err
	}
	return sc.change(func(st *center.State) (any, error) {
		old := st.Flows[id]
		if old == nil {
			return nil, namesNothing("ContactFlowId")
		}
		f := old.Saved
		f.Published = false
		edit(&f, saved)
		return center.SaveFlow{Flow: f}, nil
	})
}

// updateContactFlowContent publishes the content, or with the alias $SAVED
// only saves it.
func (s *Server) updateContactFlowContent(call *Call, in *UpdateContactFlowContentRequest) (*UpdateContactFlowContentResponse, error) {
	return &UpdateContactFlowContentResponse{}, s.changeFlow(call, in.InstanceId, in.ContactFlowId, func(f *event.FlowSaved, saved bool) {
		f.Content, f.Published = tandem.Blob(*in.Content), !saved
	})
}

func (s *Server) updateContactFlowName(call *Call, in *UpdateContactFlowNameRequest) (*UpdateContactFlowNameResponse, error) {
	return &UpdateContactFlowNameResponse{}, s.changeFlow(call, in.InstanceId, in.ContactFlowId, func(f *event.FlowSaved, _ bool) {
		set(&f.Name, in.Name)
		set(&f.Description, in.Description)
	})
}

func (s *Server) updateContactFlowMetadata(call *Call, in *UpdateContactFlowMetadataRequest) (*UpdateContactFlowMetadataResponse, error) {
	return &UpdateContactFlowMetadataResponse{}, s.changeFlow(call, in.InstanceId, in.ContactFlowId, func(f *event.FlowSaved, _ bool) {
		set(&f.Name, in.Name)
		set(&f.Description, in.Description)
		if in.ContactFlowState != nil {
			f.Archived = *in.ContactFlowState == ContactFlowStateArchived
		}
	})
}

func (s *Server) deleteContactFlow(call *Call, in *DeleteContactFlowRequest) (*DeleteContactFlowResponse, error) {
	sc, err := s.scope(call, in.InstanceId)
	if err != nil {
		return nil, err
	}
	id, _, err := sc.flowRef(in.ContactFlowId)
	if err != nil {
		return nil, err
	}
	_, err = sc.do(center.DeleteFlow{FlowID: id})
	return &DeleteContactFlowResponse{}, err
}
