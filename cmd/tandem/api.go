package main

import (
	"context"

	"tandem"
	"tandem/admin"
	"tandem/center"
	"tandem/connector/awsconnect"
	"tandem/connector/kustomer"
	"tandem/connector/salesforce"
	"tandem/connector/zendesk"
	"tandem/directory"
	"tandem/engine"
	"tandem/event"
	"tandem/hook"
	"tandem/instance"
	"tandem/presence"
	"tandem/view/statustime"
)

// adminAPI is Tandem's own API over this core.
func (e *edges) adminAPI() *admin.Handler {
	c := e.core
	return admin.New(admin.Config{
		Authorize: e.authorize,
		Instances: e.listInstances,
		Do:        e.adminCommand,
		Look:      e.adminLook, StatusTime: e.statusTime,
		Tables: adminTables{c.engine, c.views.views}, Keys: e.adminKeys, FlowLogs: e.flowLogs, FlowUses: e.flowUses, Health: e.checks, CheckSystem: checkSystem,
		Connectors: e.connectors, Secrets: c.data.vault, Log: c.log,
	})
}

// checkSystem refuses settings that can never work with a system of its kind.
func checkSystem(system event.SystemSaved) error {
	switch system.System {
	case event.ZendeskSystem:
		return zendesk.Check(system)
	case event.KustomerSystem:
		return kustomer.Check(system)
	case event.SalesforceSystem:
		return salesforce.Check(system)
	case event.AmazonConnectSystem:
		return awsconnect.Check(system)
	}
	return tandem.Errorf(tandem.Invalid, "kind", "%s cannot be connected", system.System)
}

func (e *edges) listInstances(ctx context.Context) ([]admin.Instance, error) {
	var all []admin.Instance
	err := e.core.engine.Read(ctx, directory.Shard, func(in *instance.Instance) {
		d, _ := instance.Find[*directory.Machine](in)
		for _, id := range tandem.SortedIDs(d.State().Instances) {
			all = append(all, admin.Instance{ID: id, Alias: d.State().Instances[id].Alias})
		}
	})
	return all, err
}

// adminCommand hands a command on; where it changes which systems there are,
// the connectors hear of it.
func (e *edges) adminCommand(ctx context.Context, id tandem.ID, actor tandem.Actor, body any) (any, error) {
	answer, err := e.core.engine.Do(ctx, id, engine.Request{Actor: actor, Body: body})
	if err != nil {
		return nil, err
	}
	switch body.(type) {
	case presence.SaveSystem, presence.DeleteSystem:
		e.systemsChanged(ctx, id)
	}
	return answer, nil
}

// adminLook shows an instance as it is now. The directory's shard is none.
func (e *edges) adminLook(ctx context.Context, id tandem.ID, look func(admin.View)) error {
	known := false
	err := e.core.engine.Read(ctx, id, func(in *instance.Instance) {
		p, hasPresence := instance.Find[*presence.Machine](in)
		m, hasCenter := instance.Find[*center.Machine](in)
		if known = hasPresence && hasCenter; known {
			look(adminView(p, m))
		}
	})
	if err == nil && !known {
		err = tandem.Errorf(tandem.NotFound, "InstanceId", "there is no instance %s here", id)
	}
	return err
}

func adminView(p *presence.Machine, m *center.Machine) admin.View {
	return admin.View{
		Presence: p.State(), Desired: p.Desired, Known: p.Known, Center: m, Why: p.Why,
		Users: func() []admin.User {
			var users []admin.User
			for _, id := range tandem.SortedIDs(m.State().Agents) {
				u := &m.State().Agents[id].User
				users = append(users, admin.User{ID: id, Username: string(u.Username), Email: string(u.Email)})
			}
			return users
		},
	}
}

// statusTime reads how long agents were in their statuses, once the readers have
// taken all that is durable.
func (e *edges) statusTime(ctx context.Context, id tandem.ID, f statustime.Filter) ([]statustime.Interval, error) {
	if err := e.core.engine.AwaitViews(ctx, id); err != nil {
		return nil, err
	}
	return statustime.Between(ctx, e.core.views.views.Reader(), id, f)
}

// checks is what the health page shows.
func (e *edges) checks(ctx context.Context) []admin.Check {
	_, err := instances(ctx, e.core.engine)
	journal := admin.Check{Name: "journal", OK: err == nil}
	if err != nil {
		journal.Detail = err.Error()
	}
	if e.core.settings.PresenceOnly {
		return []admin.Check{journal, {Name: "voice process", OK: true, Detail: presenceOnlyText}}
	}
	link := e.core.link.Load()
	voice := admin.Check{Name: "voice process", OK: link != nil && link.Connected()}
	if !voice.OK {
		voice.Detail = "no link: calls go on, new ones are refused"
	}
	return []admin.Check{journal, voice}
}

// hooks receives signed webhooks.
func (e *edges) hooks() *hook.Handler {
	return hook.New(hook.Config{Find: e.findSystem, Secrets: e.core.data.vault, Do: e.connectorCommand, Log: e.core.log})
}

// findSystem finds an enabled system among all instances.
func (e *edges) findSystem(ctx context.Context, system tandem.ID) (hook.System, bool) {
	ids, err := instances(ctx, e.core.engine)
	if err != nil {
		return hook.System{}, false
	}
	for _, id := range ids {
		var saved *event.SystemSaved
		err := e.core.engine.Read(ctx, id, func(in *instance.Instance) {
			p, _ := instance.Find[*presence.Machine](in)
			if s := p.State().Systems[system]; s != nil {
				found := s.Saved
				saved = &found
			}
		})
		if err == nil && saved != nil {
			return hook.System{InstanceID: id, Kind: saved.System}, saved.Enabled
		}
	}
	return hook.System{}, false
}
