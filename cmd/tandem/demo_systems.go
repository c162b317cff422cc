package main

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"time"

	"tandem/connector/salesforce"
	"tandem/standin/kustomer"
	standsf "tandem/standin/salesforce"
	"tandem/standin/zendesk"
)

// demoSystem is a stand-in for a system that the demo's agents work in too.
type demoSystem struct {
	name     string         // of the connected system
	url      string         // of its page
	settings map[string]any // for the admin API, but for name, URL and mapping
	meanings [3]string      // its statuses for Available, Break and Offline
	focus    string         // its status during a contact; empty: none
	agents   []string       // the ids there of demoAgents
	desk     demoDesk       // how its statuses are seen and chosen there
	web      http.Server
	enter    func(e endpoints, id string) error // opens the agents' pages there, which a server cannot do without; nil: none
	end      func()                             // ends the stand-in and the pages
}

// The names of the stand-ins. The first is the one that the visitor is shown
// first.
const (
	demoZendesk    = "Zendesk stand-in"
	demoKustomer   = "Kustomer stand-in"
	demoSalesforce = "Salesforce stand-in"
)

// openDemoSystems starts the stand-ins.
func openDemoSystems() ([]*demoSystem, error) {
	var all []*demoSystem
	for _, open := range []func() (*demoSystem, http.Handler, error){openDemoZendesk, openDemoKustomer, openDemoSalesforce} {
		s, handler, err := open()
		if err == nil {
			all = append(all, s)
			err = s.serve(handler)
		}
		if err != nil {
			closeDemoSystems(all)
			return nil, err
		}
	}
	return all, nil
}

func closeDemoSystems(all []*demoSystem) {
	for _, s := range all {
		s.end()
		s.web.Close()
	}
}

// serve serves a stand-in on this machine only.
func (s *demoSystem) serve(handler http.Handler) error {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("listen for the %s: %w", s.name, err)
	}
	s.url = "http://" + l.Addr().String()
	s.web.Handler, s.web.ReadHeaderTimeout = handler, stopWithin
	go s.web.Serve(l)
	return nil
}

func openDemoZendesk() (*demoSystem, http.Handler, error) {
	s := &demoSystem{
		name: demoZendesk, meanings: [3]string{"Online", "Away", "Offline"}, focus: "On a call",
		settings: map[string]any{"kind": "zendesk", "client_id": demoClientID, "client_secret": demoClientSecret},
	}
	cfg := zendesk.Config{
		ClientID: demoClientID, ClientSecret: demoClientSecret, FirstVersion: time.Now().Unix(),
		CustomStatuses: []zendesk.Status{{ID: 101, Name: s.focus, Channels: zendesk.Channels{Talk: "online", Support: "away", Messaging: "away"}}},
	}
	for i, a := range demoAgents {
		id := int64(10011 + i)
		s.agents = append(s.agents, strconv.FormatInt(id, 10))
		cfg.Agents = append(cfg.Agents, zendesk.Agent{ID: id, Name: a.name(), Email: a.email(), StatusID: zendesk.StatusOnline})
	}
	s.desk = demoDesk{agents: "/__standin/agents", id: "id", shows: func(row map[string]any) any {
		status, _ := row["status"].(map[string]any)
		return status["id"]
	}, number: true, choices: []demoChoice{{"3", "Online"}, {"4", "Away"}, {"101", s.focus}, {"2", "Offline"}}}
	z, err := zendesk.New(cfg)
	if err != nil {
		return nil, nil, err
	}
	s.end = z.Close
	return s, z, nil
}

func openDemoKustomer() (*demoSystem, http.Handler, error) {
	const team = "670000000000000000000001"
	s := &demoSystem{
		name: demoKustomer, meanings: [3]string{"Available", "Unavailable", "Offline"},
		settings: map[string]any{"kind": "kustomer", "client_secret": demoClientSecret},
	}
	cfg := kustomer.Config{
		Keys:  []kustomer.Key{{Token: demoClientSecret, Name: "Tandem"}},
		Teams: []kustomer.Team{{ID: team, Name: "Service", Routing: true}},
	}
	for i, a := range demoAgents {
		id := fmt.Sprintf("68%022x", i+1)
		s.agents = append(s.agents, id)
		cfg.Users = append(cfg.Users, kustomer.User{ID: id, Name: a.name(), Email: a.email(), TeamIDs: []string{team}, StatusID: kustomer.StatusAvailable})
	}
	s.desk = demoDesk{agents: "/__standin/users", id: "status_id", shows: func(row map[string]any) any { return row["status_id"] }, choices: []demoChoice{
		{kustomer.StatusAvailable, "Available"}, {kustomer.StatusUnavailable, "Unavailable"}, {kustomer.StatusOffline, "Offline"}}}
	k, err := kustomer.New(cfg)
	if err != nil {
		return nil, nil, err
	}
	s.end = k.Close
	return s, k, nil
}

func openDemoSalesforce() (*demoSystem, http.Handler, error) {
	const ready, channel = "0N5000000000AvA", "0N9000000000001"
	s := &demoSystem{
		name: demoSalesforce, meanings: [3]string{"Available", "Break", "Offline"}, focus: "On a call",
		settings: map[string]any{"kind": "salesforce", "client_id": demoClientID, "client_secret": demoClientSecret},
	}
	cfg := standsf.Config{
		ClientID: demoClientID, ClientSecret: demoClientSecret, Channels: []standsf.Channel{{ID: channel, DeveloperName: "Email"}},
		Statuses: []standsf.Status{
			{ID: ready, DeveloperName: "Available", Label: "Available", ChannelIDs: []string{channel}},
			{ID: "0N5000000000BrK", DeveloperName: "Break", Label: "Break"}, {ID: "0N5000000000CaL", DeveloperName: "On_a_call", Label: s.focus},
		},
	}
	for i, a := range demoAgents {
		id := fmt.Sprintf("005AB%010d", i+1)
		s.agents = append(s.agents, id)
		cfg.Users = append(cfg.Users, standsf.User{ID: id, Name: a.name(), Email: a.email(), StatusID: ready})
	}
	s.desk = demoDesk{agents: "/__standin/users", id: "status_id", shows: func(row map[string]any) any { return row["status_id"] }, choices: []demoChoice{
		{ready, "Available"}, {"0N5000000000BrK", "Break"}, {"0N5000000000CaL", s.focus}, {"", "Offline"}}}
	org, err := standsf.New(cfg)
	if err != nil {
		return nil, nil, err
	}
	var consoles []*standsf.Console
	s.enter = func(e endpoints, system string) error {
		address := e.Endpoint + salesforce.ConsolePath + system + "/"
		org.SetConsoleAddress(address)
		var failed error
		for _, agent := range s.agents {
			c, err := org.OpenConsole(agent, address)
			if err == nil {
				consoles = append(consoles, c)
			}
			failed = errors.Join(failed, err)
		}
		return failed
	}
	s.end = func() {
		for _, c := range consoles {
			c.Close()
		}
		org.Close()
	}
	return s, org, nil
}
