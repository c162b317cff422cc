package main

import (
	"context"
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"slices"
	"strings"
)

//go:embed demopage
var demoFiles embed.FS

// demoPage is the page that shows one agent in all systems side by side. It is
// served on this machine only.
type demoPage struct {
	setup  *demoSetup
	server http.Server
	url    string
}

func openDemoPage(s *demoSetup) (*demoPage, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("listen for the demo's page: %w", err)
	}
	files, err := fs.Sub(demoFiles, "demopage")
	if err != nil {
		return nil, err
	}
	p := &demoPage{setup: s, url: "http://" + l.Addr().String()}
	mux := http.NewServeMux()
	mux.Handle("GET /", http.FileServerFS(files))
	mux.HandleFunc("GET /state", p.showState)
	mux.HandleFunc("POST /choose", p.choose)
	p.server.Handler, p.server.ReadHeaderTimeout = p.guard(mux), stopWithin
	go p.server.Serve(l)
	return p, nil
}

func (p *demoPage) close() { p.server.Close() }

// guard lets only the page itself in, under its own address: another site in
// the visitor's browser changes nothing here.
func (p *demoPage) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; frame-ancestors 'none'; base-uri 'none'; form-action 'none'")
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		origin := r.Header.Get("Origin")
		if "http://"+r.Host != p.url || r.Method == http.MethodPost && origin != p.url {
			http.Error(w, "open "+p.url, http.StatusForbidden)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// demoBoard is what the page shows of an agent.
type demoBoard struct {
	Agents  []string     `json:"agents"`
	Agent   string       `json:"agent"`
	Wish    string       `json:"wish"`
	Contact string       `json:"contact"`
	Lately  []demoLine   `json:"lately"`
	Columns []demoColumn `json:"columns"`
}

// demoColumn is one system.
type demoColumn struct {
	Name    string       `json:"name"`
	URL     string       `json:"url"`   // of its own page; empty: none
	Shows   string       `json:"shows"` // the id of what it shows
	Status  string       `json:"status"`
	Should  string       `json:"should"`
	Why     string       `json:"why"`
	Told    string       `json:"told"` // what it was told last; empty: nothing yet
	Choices []demoChoice `json:"choices"`
	Lately  []demoLine   `json:"lately"`
}

// demoLine is a sentence of the agent's story.
type demoLine struct {
	At   string `json:"at"`
	Text string `json:"text"`
}

// demoWhy is the admin API's explanation.
type demoWhy struct {
	Wish, Contact string
	Lately        []demoLine
	Systems       []struct {
		SystemID                   string `json:"system_id"`
		System, Shows, Should, Why string
		Lately                     []demoLine
	}
}

// agentIndex finds the agent that a request is about.
func agentIndex(name string) int {
	return max(0, slices.IndexFunc(demoAgents, func(a demoAgent) bool { return a.username == name }))
}

func (p *demoPage) showState(w http.ResponseWriter, r *http.Request) {
	board, err := p.board(r.Context(), agentIndex(r.FormValue("agent")))
	if err != nil {
		answerDemo(w, http.StatusBadGateway, map[string]string{"error": err.Error()})
		return
	}
	answerDemo(w, http.StatusOK, board)
}

func answerDemo(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // a visitor who has gone is not our concern
}

// board asks everybody: the stand-ins what they show, the server why.
func (p *demoPage) board(ctx context.Context, agent int) (*demoBoard, error) {
	s, user := p.setup, p.setup.ids[demoAgents[agent].username]
	var why demoWhy
	if err := s.client.admin(ctx, "GET", "/users/"+user+"/why", nil, &why); err != nil {
		return nil, err
	}
	b := &demoBoard{Agent: demoAgents[agent].username, Wish: why.Wish, Contact: why.Contact, Lately: why.Lately}
	for _, a := range demoAgents {
		b.Agents = append(b.Agents, a.username)
	}
	for _, w := range why.Systems {
		c := demoColumn{Name: w.System, Status: w.Shows, Should: w.Should, Why: w.Why, Lately: w.Lately, Told: toldLast(w.Lately)}
		if w.SystemID == s.client.born.InstanceID {
			c.Name = "Tandem, the contact center"
			for _, status := range []string{"Available", "Break", "Offline"} {
				c.Choices = append(c.Choices, demoChoice{status, status})
			}
			c.Shows = w.Shows
		} else if err := p.ask(ctx, &c, agent); err != nil {
			return nil, err
		}
		b.Columns = append(b.Columns, c)
	}
	return b, nil
}

// ask fills in what a stand-in shows by itself.
func (p *demoPage) ask(ctx context.Context, c *demoColumn, agent int) error {
	system := p.system(c.Name)
	if system == nil {
		return nil
	}
	showing, err := system.showing(ctx, p.setup.client)
	if err != nil {
		return fmt.Errorf("ask the %s: %w", c.Name, err)
	}
	c.URL, c.Choices, c.Shows = system.url, system.desk.choices, showing[system.agents[agent]]
	for _, choice := range c.Choices {
		if choice.ID == c.Shows {
			c.Status = choice.Name
		}
	}
	return nil
}

func (p *demoPage) system(name string) *demoSystem {
	for _, system := range p.setup.systems {
		if system.name == name {
			return system
		}
	}
	return nil
}

// toldLast is the last sentence that asks a system to show something.
func toldLast(lately []demoLine) string {
	for _, l := range slices.Backward(lately) {
		if _, told, ok := strings.Cut(l.Text, " is to show "); ok {
			return "Show " + told
		}
	}
	return ""
}

// choose does in one system what the agent would do there.
func (p *demoPage) choose(w http.ResponseWriter, r *http.Request) {
	var in struct{ Agent, System, Status string }
	err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 4<<10)).Decode(&in)
	if err != nil {
		answerDemo(w, http.StatusBadRequest, map[string]string{"error": "the choice was not understood"})
		return
	}
	agent := agentIndex(in.Agent)
	if system := p.system(in.System); system != nil {
		err = system.choose(r.Context(), p.setup.client, system.agents[agent], in.Status)
	} else {
		err = p.setup.put(r.Context(), demoAgents[agent], in.Status)
	}
	if err != nil {
		answerDemo(w, http.StatusConflict, map[string]string{"error": err.Error()})
		return
	}
	answerDemo(w, http.StatusOK, map[string]bool{"ok": true})
}
