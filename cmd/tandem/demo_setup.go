package main

import (
	"context"
	"fmt"
	"maps"
)

// The demo's numbers are among those kept for fiction.
const (
	demoNumber   = "+12025550100" // what customers dial
	demoClientID = "tandem-demo"
)

// demoClientSecret is no secret: the stand-ins listen on this machine only.
const demoClientSecret = "demo"

// demoAgents are the agents: two at desk phones, one for tasks.
var demoAgents = []demoAgent{
	{"agent1", "One", "+12025550151"},
	{"agent2", "Two", "+12025550152"},
	{"agent3", "Three", ""},
}

type demoAgent struct {
	username, lastName string
	deskPhone          string // empty: takes tasks
}

func (a demoAgent) name() string { return "Agent " + a.lastName }

func (a demoAgent) email() string { return a.username + "@example.com" }

// demoSetup makes what the demo needs, as far as it is not there already.
type demoSetup struct {
	client  *demoClient
	systems []*demoSystem
	ids     map[string]string // by name
}

// agents are the ids of the agents.
func (s *demoSetup) agents() []string {
	var ids []string
	for _, a := range demoAgents {
		ids = append(ids, s.ids[a.username])
	}
	return ids
}

func (s *demoSetup) run(ctx context.Context) error {
	for _, step := range []func(context.Context) error{s.known, s.routing, s.users, s.number, s.connectSystems, s.available} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return nil
}

// known finds what every instance has, and what a demo before has made.
func (s *demoSetup) known(ctx context.Context) error {
	for _, list := range []string{
		"agent-status", "hours-of-operations-summary", "queues-summary", "routing-profiles-summary", "security-profiles-summary",
		"contact-flows-summary", "users-summary", "phone-numbers-summary",
	} {
		var out map[string]any
		if err := s.client.connect(ctx, "GET", "/"+list+"/"+s.client.born.InstanceID, nil, &out); err != nil {
			return err
		}
		for _, member := range out {
			s.remember(member)
		}
	}
	return nil
}

// remember notes the ids in one list of summaries.
func (s *demoSetup) remember(list any) {
	entries, _ := list.([]any)
	for _, e := range entries {
		entry, _ := e.(map[string]any)
		id, _ := entry["Id"].(string)
		for _, key := range []string{"Name", "Username", "PhoneNumber"} {
			if name, ok := entry[key].(string); ok {
				s.ids[name] = id
			}
		}
	}
}

// ensure makes a thing that is not there yet; idMember is where its id is in
// the answer.
func (s *demoSetup) ensure(ctx context.Context, path, name, idMember string, in map[string]any) error {
	if s.ids[name] != "" {
		return nil
	}
	var out map[string]any
	if err := s.client.connect(ctx, "PUT", path+"/"+s.client.born.InstanceID, in, &out); err != nil {
		return err
	}
	id, ok := out[idMember].(string)
	if !ok {
		return fmt.Errorf("PUT %s: the answer has no %s", path, idMember)
	}
	s.ids[name] = id
	return nil
}

// demoTaskFlow puts tasks into a queue.
const demoTaskFlow = `{"Version":"2019-10-30","StartAction":"choose","Metadata":{},"Actions":[
{"Identifier":"choose","Type":"UpdateContactTargetQueue","Parameters":{"QueueId":%q},"Transitions":{"NextAction":"queue","Errors":[{"NextAction":"end","ErrorType":"NoMatchingError"}]}},
{"Identifier":"queue","Type":"TransferContactToQueue","Parameters":{},"Transitions":{"NextAction":"end","Errors":[{"NextAction":"end","ErrorType":"NoMatchingError"},{"NextAction":"end","ErrorType":"QueueAtCapacity"}]}},
{"Identifier":"end","Type":"DisconnectParticipant","Parameters":{},"Transitions":{}}]}`

// routing makes the status Break, and a queue, a routing profile and a flow
// for tasks.
func (s *demoSetup) routing(ctx context.Context) error {
	err := s.ensure(ctx, "/agent-status", "Break", "AgentStatusId", map[string]any{"Name": "Break", "State": "ENABLED"})
	if err != nil {
		return err
	}
	err = s.ensure(ctx, "/queues", "Tasks", "QueueId", map[string]any{"Name": "Tasks", "HoursOfOperationId": s.ids["Basic Hours"]})
	if err != nil {
		return err
	}
	queue := s.ids["Tasks"]
	err = s.ensure(ctx, "/routing-profiles", "Task agents", "RoutingProfileId", map[string]any{
		"Name": "Task agents", "Description": "Tasks only", "DefaultOutboundQueueId": queue,
		"MediaConcurrencies": []map[string]any{{"Channel": "TASK", "Concurrency": 1}},
		"QueueConfigs":       []map[string]any{{"QueueReference": map[string]any{"QueueId": queue, "Channel": "TASK"}, "Priority": 1, "Delay": 0}},
	})
	if err != nil {
		return err
	}
	return s.ensure(ctx, "/contact-flows", "Task flow", "ContactFlowId", map[string]any{
		"Name": "Task flow", "Type": "CONTACT_FLOW", "Content": fmt.Sprintf(demoTaskFlow, queue),
	})
}

func (s *demoSetup) users(ctx context.Context) error {
	for _, a := range demoAgents {
		phone := map[string]any{"PhoneType": "DESK_PHONE", "DeskPhoneNumber": a.deskPhone, "AfterContactWorkTimeLimit": 4}
		profile := s.ids["Basic Routing Profile"]
		if a.deskPhone == "" {
			phone = map[string]any{"PhoneType": "SOFT_PHONE", "AutoAccept": true, "AfterContactWorkTimeLimit": 4}
			profile = s.ids["Task agents"]
		}
		err := s.ensure(ctx, "/users", a.username, "UserId", map[string]any{
			"Username": a.username, "RoutingProfileId": profile, "SecurityProfileIds": []string{s.ids["Agent"]}, "PhoneConfig": phone,
			"IdentityInfo": map[string]any{"FirstName": "Agent", "LastName": a.lastName, "Email": a.email()},
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// number lets calls to the demo's number start the sample flow.
func (s *demoSetup) number(ctx context.Context) error {
	if s.ids[demoNumber] == "" {
		var claimed struct{ PhoneNumberId string }
		in := map[string]any{"TargetArn": s.client.born.InstanceARN, "PhoneNumber": demoNumber}
		if err := s.client.connect(ctx, "POST", "/phone-number/claim", in, &claimed); err != nil {
			return err
		}
		s.ids[demoNumber] = claimed.PhoneNumberId
	}
	in := map[string]any{"InstanceId": s.client.born.InstanceID, "ContactFlowId": s.ids["Sample inbound flow"]}
	return s.client.connect(ctx, "PUT", "/phone-number/"+s.ids[demoNumber]+"/contact-flow", in, nil)
}

// connectSystems connects the stand-ins and links the agents.
func (s *demoSetup) connectSystems(ctx context.Context) error {
	for _, system := range s.systems {
		if err := s.connectSystem(ctx, system); err != nil {
			return fmt.Errorf("connect the %s: %w", system.name, err)
		}
	}
	return nil
}

// connectSystem connects one. Names of statuses are known once the system was
// asked for them, so the mapping comes second.
func (s *demoSetup) connectSystem(ctx context.Context, system *demoSystem) error {
	settings := map[string]any{"name": system.name, "url": system.url, "policy": "last_action_wins"}
	maps.Copy(settings, system.settings)
	id, err := s.saveSystem(ctx, settings)
	if err != nil {
		return err
	}
	if err := s.client.admin(ctx, "POST", "/systems/"+id+"/refresh", nil, nil); err != nil {
		return err
	}
	var mapping []map[string]any
	for i, status := range []string{"Available", "Break", "Offline"} {
		mapping = append(mapping, map[string]any{"remote": system.meanings[i], "status": status, "preferred": true})
	}
	settings["status_sync"], settings["mapping"], settings["focus_mode"], settings["focus"] = true, mapping, system.focus != "", system.focus
	if err := s.client.admin(ctx, "PUT", "/systems/"+id, settings, nil); err != nil {
		return err
	}
	for i, a := range demoAgents {
		in := map[string]any{"remote_id": system.agents[i]}
		if err := s.client.admin(ctx, "PUT", "/systems/"+id+"/links/"+s.ids[a.username], in, nil); err != nil {
			return err
		}
	}
	if system.enter == nil {
		return nil
	}
	return system.enter(s.client.at, id)
}

// saveSystem creates a system, or replaces that of a demo before, whose
// stand-in had another address.
func (s *demoSetup) saveSystem(ctx context.Context, settings map[string]any) (string, error) {
	var list struct {
		Systems []struct{ ID, Name string }
	}
	if err := s.client.admin(ctx, "GET", "/systems", nil, &list); err != nil {
		return "", err
	}
	for _, known := range list.Systems {
		if known.Name == settings["name"] {
			return known.ID, s.client.admin(ctx, "PUT", "/systems/"+known.ID, settings, nil)
		}
	}
	var saved struct{ ID string }
	err := s.client.admin(ctx, "POST", "/systems", settings, &saved)
	return saved.ID, err
}

// available lets every agent begin to work.
func (s *demoSetup) available(ctx context.Context) error {
	for _, a := range demoAgents {
		if err := s.put(ctx, a, "Available"); err != nil {
			return err
		}
	}
	return nil
}

// put sets an agent's status.
func (s *demoSetup) put(ctx context.Context, a demoAgent, status string) error {
	path := "/users/" + s.client.born.InstanceID + "/" + s.ids[a.username] + "/status"
	return s.client.connect(ctx, "PUT", path, map[string]any{"AgentStatusId": s.ids[status]}, nil)
}
