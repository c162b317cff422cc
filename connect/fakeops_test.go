package connect

import (
	"fmt"
	"sync"

	"tandem"
)

// shop is a small behaviour behind a few operations: queues that can be
// created, listed page by page, and tagged; users that can be described.
type shop struct {
	mu     sync.Mutex
	queues []Queue // in ascending order of id
	status string  // the last status put
}

func (f *shop) operations() []binding {
	return []binding{
		op("CreateQueue", f.createQueue),
		op("ListQueues", f.listQueues),
		op("ListTagsForResource", f.listTags),
		op("DescribeUser", f.describeUser),
		op("PutUserStatus", f.putUserStatus),
		op("SearchUsers", f.searchUsers),
	}
}

func (f *shop) createQueue(s *Server, _ *Call, in *CreateQueueRequest) (*CreateQueueResponse, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if *in.Name == "taken" {
		return nil, tandem.Errorf(tandem.Duplicate, "Name", "is taken by another queue; choose another.")
	}
	id := fmt.Sprintf("00000000-0000-0000-0000-%012d", len(f.queues)+1)
	arn := s.arns.Of(s.arns.InstanceID(*in.InstanceId), ResourceQueue, id)
	f.queues = append(f.queues, Queue{Name: in.Name, QueueId: &id, QueueArn: &arn, Tags: in.Tags})
	return &CreateQueueResponse{QueueId: &id, QueueArn: &arn}, nil
}

func (f *shop) listQueues(_ *Server, call *Call, in *ListQueuesRequest) (*ListQueuesResponse, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	part, next, err := page(call, f.queues, func(q Queue) string { return *q.QueueId }, in.MaxResults, in.NextToken)
	if err != nil {
		return nil, err
	}
	out := &ListQueuesResponse{NextToken: next}
	for _, q := range part {
		out.QueueSummaryList = append(out.QueueSummaryList, QueueSummary{Id: q.QueueId, Arn: q.QueueArn, Name: q.Name, QueueType: new(QueueTypeStandard)})
	}
	return out, nil
}

func (f *shop) listTags(s *Server, _ *Call, in *ListTagsForResourceRequest) (*ListTagsForResourceResponse, error) {
	arn, err := s.arns.Parse(*in.ResourceArn)
	if err != nil {
		return nil, tandem.Errorf(tandem.Invalid, "ResourceArn", "%v", err)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, q := range f.queues {
		if *q.QueueId == arn.ID && arn.Kind == ResourceQueue {
			return &ListTagsForResourceResponse{Tags: q.Tags}, nil
		}
	}
	return nil, tandem.Errorf(tandem.NotFound, "ResourceArn", "names nothing here.")
}

func (f *shop) describeUser(s *Server, _ *Call, in *DescribeUserRequest) (*DescribeUserResponse, error) {
	id, _ := s.arns.ID(s.arns.InstanceID(*in.InstanceId), ResourceUser, *in.UserId)
	switch id {
	case testUser:
		return &DescribeUserResponse{User: &User{
			Id: &id, Username: new("agent1"), Tags: map[string]string{},
			LastModifiedTime: new(EpochTime{tandem.Time(1700000000123).Std()}),
			PhoneConfig:      &UserPhoneConfig{PhoneType: new(PhoneTypeSoftPhone), AutoAccept: new(false), AfterContactWorkTimeLimit: new(int32(0))},
		}}, nil
	case "panics":
		panic("a private detail")
	case "fails":
		return nil, fmt.Errorf("a private detail")
	case "nothing":
		return nil, nil
	}
	return nil, tandem.Errorf(tandem.NotFound, "UserId", "names no user of this instance.")
}

func (f *shop) putUserStatus(_ *Server, _ *Call, in *PutUserStatusRequest) (*PutUserStatusResponse, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.status = *in.AgentStatusId
	return &PutUserStatusResponse{}, nil
}

func (f *shop) searchUsers(*Server, *Call, *SearchUsersRequest) (*SearchUsersResponse, error) {
	return &SearchUsersResponse{ApproximateTotalCount: new(int64(0))}, nil
}
