package awsconnect

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/connect"
	"github.com/aws/aws-sdk-go-v2/service/connect/types"

	"tandem"
	"tandem/connector"
	"tandem/event"
)

const (
	pageSize     = 100  // of current user data: agents in one request
	listPageSize = 1000 // of statuses and users
	maxPages     = 200  // of one listing; more is a fault of the service's token
)

// pages reads every page of a listing.
func pages[Out any](ctx context.Context, c *client, p priority, operation string, do func(ctx context.Context, token *string) (Out, error), each func(Out) *string) (last exchange, err error) {
	var token *string
	for range maxPages {
		out, e, err := call(ctx, c, p, operation, func(ctx context.Context) (Out, error) { return do(ctx, token) })
		if err != nil {
			return e, err
		}
		if token = each(out); token == nil || *token == "" {
			return e, nil
		}
	}
	return last, fmt.Errorf("%s has more than %d pages", operation, maxPages)
}

// statusList is what statuses the instance has.
type statusList struct {
	all     []event.RemoteStatus
	names   map[string]string // ids by name: a next status has no id
	offline string            // the id of the status of who is logged out
}

// statusTypes are the types in the core's words.
var statusTypes = map[types.AgentStatusType]event.StatusType{
	types.AgentStatusTypeRoutable: event.Routable, types.AgentStatusTypeCustom: event.Custom, types.AgentStatusTypeOffline: event.Offline,
}

// statuses lists the instance's agent statuses (ListAgentStatuses).
func (c *client) statuses(ctx context.Context, p priority) (*statusList, error) {
	l := &statusList{names: map[string]string{}}
	in := connect.ListAgentStatusesInput{InstanceId: &c.instance, MaxResults: new(int32(listPageSize))}
	_, err := pages(ctx, c, p, "ListAgentStatuses", func(ctx context.Context, token *string) (*connect.ListAgentStatusesOutput, error) {
		in.NextToken = token
		return c.connect.ListAgentStatuses(ctx, &in)
	}, func(out *connect.ListAgentStatusesOutput) *string {
		for _, s := range out.AgentStatusSummaryList {
			id, name := text(s.Id), text(s.Name)
			l.all = append(l.all, event.RemoteStatus{Remote: id, Name: name, Custom: s.Type == types.AgentStatusTypeCustom, Type: statusTypes[s.Type]})
			l.names[name] = id
			if s.Type == types.AgentStatusTypeOffline {
				l.offline = id
			}
		}
		return out.NextToken
	})
	if err == nil && l.offline == "" {
		err = fmt.Errorf("the instance lists no status of the type OFFLINE; check that %s names the right instance", c.instance)
	}
	return l, err
}

// users lists the instance's users by id (ListUsers), without their addresses.
func (c *client) users(ctx context.Context, p priority) (map[string]types.UserSummary, error) {
	all := map[string]types.UserSummary{}
	in := connect.ListUsersInput{InstanceId: &c.instance, MaxResults: new(int32(listPageSize))}
	_, err := pages(ctx, c, p, "ListUsers", func(ctx context.Context, token *string) (*connect.ListUsersOutput, error) {
		in.NextToken = token
		return c.connect.ListUsers(ctx, &in)
	}, func(out *connect.ListUsersOutput) *string {
		for _, u := range out.UserSummaryList {
			all[text(u.Id)] = u
		}
		return out.NextToken
	})
	return all, err
}

// describe asks for a user's name and address (DescribeUser).
func (c *client) describe(ctx context.Context, p priority, id string) (connector.Agent, error) {
	out, _, err := call(ctx, c, p, "DescribeUser", func(ctx context.Context) (*connect.DescribeUserOutput, error) {
		return c.connect.DescribeUser(ctx, &connect.DescribeUserInput{InstanceId: &c.instance, UserId: &id})
	})
	if err != nil || out.User == nil {
		return connector.Agent{}, err
	}
	a := connector.Agent{RemoteID: id, Name: text(out.User.Username), Email: addressOf(text(out.User.Username))}
	if info := out.User.IdentityInfo; info != nil {
		if name := strings.TrimSpace(text(info.FirstName) + " " + text(info.LastName)); name != "" {
			a.Name = name
		}
		if email := text(info.Email); email != "" {
			a.Email = email
		} else if email := text(info.SecondaryEmail); email != "" && a.Email == "" {
			a.Email = email
		}
	}
	return a, nil
}

// addressOf is a user name that is an e-mail address, as with SAML (Amazon
// Connect Administrator Guide: SAML for identity management), else nothing.
func addressOf(username string) string {
	if strings.Contains(username, "@") {
		return username
	}
	return ""
}

// userData asks what up to a hundred agents do (GetCurrentUserData). Agents
// who are logged out are not in the answer. ahead is the service's clock,
// compared with ours.
func (c *client) userData(ctx context.Context, p priority, agents []string) (found map[string]types.UserData, ahead time.Duration, err error) {
	found = map[string]types.UserData{}
	in := connect.GetCurrentUserDataInput{InstanceId: &c.instance, Filters: &types.UserDataFilters{Agents: agents}, MaxResults: new(int32(pageSize))}
	e, err := pages(ctx, c, p, "GetCurrentUserData", func(ctx context.Context, token *string) (*connect.GetCurrentUserDataOutput, error) {
		in.NextToken = token
		return c.connect.GetCurrentUserData(ctx, &in)
	}, func(out *connect.GetCurrentUserDataOutput) *string {
		for _, d := range out.UserDataList {
			if d.User != nil {
				found[text(d.User.Id)] = d
			}
		}
		return out.NextToken
	})
	return found, e.ahead, err
}

// putStatus sets an agent's status; the next one while the agent has a
// contact (PutUserStatus).
func (c *client) putStatus(ctx context.Context, p priority, agent, status string) error {
	_, _, err := call(ctx, c, p, "PutUserStatus", func(ctx context.Context) (*connect.PutUserStatusOutput, error) {
		return c.connect.PutUserStatus(ctx, &connect.PutUserStatusInput{InstanceId: &c.instance, UserId: &agent, AgentStatusId: &status})
	})
	return err
}

func text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

func moment(t *time.Time) tandem.Time {
	if t == nil || t.IsZero() {
		return 0
	}
	return tandem.At(*t)
}

// lastPart is the id at the end of an ARN.
func lastPart(arn string) string { return arn[strings.LastIndexByte(arn, '/')+1:] }
