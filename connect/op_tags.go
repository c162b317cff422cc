package connect

import (
	"maps"

	"tandem"
	"tandem/center"
)

// maxTags is how many tags a thing can have (Amazon Connect API: TagResource).
const maxTags = 50

// tagResource adds tags, or replaces the values of those that are there.
func (s *Server) tagResource(call *Call, in *TagResourceRequest) (*Empty, error) {
	return s.changeTags(call, *in.ResourceArn, func(tags map[string]string) { maps.Copy(tags, in.Tags) })
}

func (s *Server) untagResource(call *Call, in *UntagResourceRequest) (*Empty, error) {
	return s.changeTags(call, *in.ResourceArn, func(tags map[string]string) {
		for _, key := range in.TagKeys {
			delete(tags, key)
		}
	})
}

func (s *Server) changeTags(call *Call, resource string, edit func(tags map[string]string)) (*Empty, error) {
	sc, arn, err := s.taggable(call, resource)
	if err != nil {
		return nil, err
	}
	if arn.Kind == ResourcePhoneNumber || arn.Kind == "" || arn.Kind == ResourceSecurityProfile {
		return nil, tandem.Errorf(tandem.Invalid, "resourceArn", "tags of instances, security profiles and phone numbers cannot be changed")
	}
	return &Empty{}, sc.change(func(st *center.State) (any, error) {
		return retag(st, arn, func(old map[string]string) (map[string]string, error) {
			tags := present(old)
			if edit(tags); len(tags) > maxTags {
				return nil, tandem.Errorf(tandem.Invalid, "tags", "a resource has at most %d tags; this would have %d", maxTags, len(tags))
			}
			return tags, nil
		})
	})
}

func (s *Server) listTagsForResource(call *Call, in *ListTagsForResourceRequest) (*ListTagsForResourceResponse, error) {
	sc, arn, err := s.taggable(call, *in.ResourceArn)
	if err != nil {
		return nil, err
	}
	out := &ListTagsForResourceResponse{}
	switch arn.Kind {
	case "": // an instance has no tags
	case ResourcePhoneNumber:
		_, n, err := s.claimed(call, in.ResourceArn)
		if err != nil {
			return nil, err
		}
		out.Tags = n.Tags
	default:
		err = sc.read(func(st *center.State) error {
			_, err := retag(st, arn, func(old map[string]string) (map[string]string, error) {
				out.Tags = old
				return old, nil
			})
			return err
		})
	}
	return out, err
}

// taggable finds what an ARN names, and the instance that it belongs to.
func (s *Server) taggable(call *Call, resource string) (*scope, ARN, error) {
	arn, err := s.arns.Parse(resource)
	if err != nil {
		return nil, arn, tandem.Errorf(tandem.Invalid, "resourceArn", "%v", err)
	}
	if arn.Kind == ResourcePhoneNumber && arn.InstanceID == "" {
		sc, _, err := s.claimed(call, &resource)
		return sc, arn, err
	}
	sc, err := s.scope(call, &arn.InstanceID)
	return sc, arn, err
}

// retag makes the command that gives the thing of the ARN other tags.
func retag(st *center.State, arn ARN, edit func(old map[string]string) (map[string]string, error)) (command any, err error) {
	id, parseErr := tandem.ParseID(arn.ID)
	if parseErr != nil {
		return nil, namesNothing("resourceArn")
	}
	switch agent, queue, hours := st.Agents[id], st.Queues[id], st.Hours[id]; {
	case arn.Kind == ResourceUser && agent != nil:
		u := agent.User
		u.Tags, err = edit(u.Tags)
		return center.SaveUser{User: u}, err
	case arn.Kind == ResourceQueue && queue != nil:
		q := *queue
		q.Tags, err = edit(q.Tags)
		return center.SaveQueue{Queue: q}, err
	case arn.Kind == ResourceHours && hours != nil:
		h := *hours
		h.Tags, err = edit(h.Tags)
		return center.SaveHours{Hours: h}, err
	}
	switch profile, status, flow, security := st.RoutingProfiles[id], st.Statuses[id], st.Flows[id], st.SecurityProfiles[id]; {
	case arn.Kind == ResourceRoutingProfile && profile != nil:
		p := *profile
		p.Tags, err = edit(p.Tags)
		return center.SaveRoutingProfile{Profile: p}, err
	case arn.Kind == ResourceAgentStatus && status != nil:
		s := *status
		s.Tags, err = edit(s.Tags)
		return center.SaveAgentStatus{Status: s}, err
	case flow != nil && (arn.Kind == ResourceFlow && flowKind.has(flow) || arn.Kind == ResourceFlowModule && moduleKind.has(flow)):
		f := flow.Saved
		f.Published = false
		f.Tags, err = edit(f.Tags)
		return center.SaveFlow{Flow: f}, err
	case arn.Kind == ResourceSecurityProfile && security != nil:
		_, err = edit(security.Tags)
		return nil, err
	}
	switch quickConnect, group := st.QuickConnects[id], st.HierarchyGroups[id]; {
	case arn.Kind == ResourceQuickConnect && quickConnect != nil:
		q := *quickConnect
		q.Tags, err = edit(q.Tags)
		return center.SaveQuickConnect{QuickConnect: q}, err
	case arn.Kind == ResourceHierarchyGroup && group != nil:
		g := *group
		g.Tags, err = edit(g.Tags)
		return center.SaveHierarchyGroup{Group: g}, err
	}
	return nil, namesNothing("resourceArn")
}
