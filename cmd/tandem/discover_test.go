package main

import (
	"log/slog"
	"testing"

	"tandem"
	"tandem/cmd/tandem/config"
	"tandem/connector"
	"tandem/engine"
	"tandem/event"
	"tandem/instance"
	"tandem/presence"
)

// team is an instance without a contact center, with its discovery.
type team struct {
	*testing.T
	engine       *engine.Engine
	id           tandem.ID
	home, remote tandem.ID // Amazon Connect and Zendesk
	discovery    discovery
}

func newTeam(t *testing.T) *team {
	cfg := config.Default()
	cfg.Data = t.TempDir()
	born, err := createPresence(t.Context(), cfg, "team", "UTC")
	if err != nil {
		t.Fatal(err)
	}
	data, err := openData(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.DiscardHandler)
	d := &team{T: t, engine: engine.Open(data.engineConfig(nil, func(tandem.ID, tandem.Seq, tandem.Effect) {}, log))}
	t.Cleanup(func() { d.engine.Close(); data.close() })
	if d.id, err = tandem.ParseID(born.InstanceID); err == nil {
		err = d.engine.Start(t.Context(), d.id)
	}
	if err != nil {
		t.Fatal(err)
	}
	d.discovery.edges = &edges{core: &core{log: log, engine: d.engine}}
	d.home = d.do(presence.SaveSystem{New: true, System: event.SystemSaved{System: event.AmazonConnectSystem, Name: "Amazon Connect", Enabled: true, URL: "https://example.com"}}).(tandem.ID)
	d.remote = d.do(presence.SaveSystem{New: true, System: event.SystemSaved{System: event.ZendeskSystem, Name: "Zendesk", Enabled: true, URL: "https://example.com"}}).(tandem.ID)
	return d
}

func (d *team) do(body any) any {
	d.Helper()
	answer, err := d.engine.Do(d.Context(), d.id, engine.Request{Body: body})
	if err != nil {
		d.Fatal(err)
	}
	return answer
}

// list lets a connector list its agents, and makes the links that follow as it
// does.
func (d *team) list(system tandem.ID, agents ...connector.Agent) {
	d.Helper()
	links, err := d.discovery.link(d.Context(), d.id, system, agents)
	if err != nil {
		d.Fatal(err)
	}
	for _, l := range links {
		d.do(l)
	}
}

// want holds who is linked where: the names of systems by the address of each
// agent.
func (d *team) want(when string, want map[string]int) {
	d.Helper()
	got := map[string]int{}
	r, err := d.discovery.roster(d.Context(), d.id)
	if err == nil {
		err = d.engine.Read(d.Context(), d.id, func(in *instance.Instance) {
			p, _ := instance.Find[*presence.Machine](in)
			for user, a := range p.State().Agents {
				got[r.emails[user]] = len(a.Legs)
			}
		})
	}
	if err != nil {
		d.Fatal(err)
	}
	if len(got) != len(want) {
		d.Fatalf("%s: the agents have %v links, want %v", when, got, want)
	}
	for email, links := range want {
		if got[email] != links {
			d.Errorf("%s: %s has %d links, want %d", when, email, got[email], links)
		}
	}
}

func user(n string) connector.Agent {
	return connector.Agent{RemoteID: tandem.NameID("user", n).String(), Name: n, Email: n + "@example.com"}
}

func desk(n string) connector.Agent {
	return connector.Agent{RemoteID: "100" + n[len(n)-1:], Name: n, Email: n + "@EXAMPLE.com"}
}

// TestAgentsAreFoundAndLinkedWhicheverSystemListsThemFirst holds that the users
// of Amazon Connect become the agents and are linked by their e-mail address,
// that who is gone is forgotten, and that an empty list forgets nobody.
func TestAgentsAreFoundAndLinkedWhicheverSystemListsThemFirst(t *testing.T) {
	d := newTeam(t)
	d.list(d.remote, desk("agent1"), desk("agent2"), desk("agent9"))
	d.want("before Amazon Connect has listed anybody", nil)
	d.list(d.home, user("agent1"))
	d.want("agent1 is linked in both", map[string]int{"agent1@example.com": 2})
	d.list(d.home, user("agent1"), user("agent2"), user("agent3"))
	d.want("two are new", map[string]int{"agent1@example.com": 2, "agent2@example.com": 2, "agent3@example.com": 1})
	d.list(d.remote, desk("agent1"), desk("agent2"), desk("agent3"))
	d.list(d.home)
	d.want("one is new in Zendesk; an empty list says nothing", map[string]int{"agent1@example.com": 2, "agent2@example.com": 2, "agent3@example.com": 2})
	d.list(d.home, user("agent1"), user("agent3"))
	d.want("agent2 is gone", map[string]int{"agent1@example.com": 2, "agent3@example.com": 2})
}

// TestDiscoveryLeavesAloneWhatAPersonUnlinked holds that a link which was taken
// back by hand is not made again by the next list.
func TestDiscoveryLeavesAloneWhatAPersonUnlinked(t *testing.T) {
	d := newTeam(t)
	d.list(d.home, user("agent1"))
	d.list(d.remote, desk("agent1"))
	agent := tandem.NameID("user", "agent1")
	d.do(presence.UnlinkAgent{UserID: agent, SystemID: d.remote})
	d.list(d.remote, desk("agent1"))
	d.list(d.home, user("agent1"))
	d.want("after both were listed again", map[string]int{"agent1@example.com": 1})
	d.do(presence.LinkAgent{UserID: agent, SystemID: d.remote, RemoteID: desk("agent1").RemoteID})
	d.want("linked again by hand", map[string]int{"agent1@example.com": 2})
}
