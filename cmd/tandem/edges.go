package main

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/nyaruka/phonenumbers"

	"tandem"
	"tandem/auth"
	"tandem/cmd/tandem/config"
	"tandem/connect"
	"tandem/connector"
	"tandem/connector/awsconnect"
	"tandem/connector/kustomer"
	"tandem/connector/salesforce"
	"tandem/connector/zendesk"
	"tandem/engine"
	"tandem/event"
	"tandem/instance"
	"tandem/presence"
	"tandem/vault"
	"tandem/view/record"
)

// timeNow is the wall clock of the edges.
func timeNow() time.Time { return time.Now() }

// edges are the parts of the core that face the world.
type edges struct {
	core       *core
	keys       *auth.AccessKeys
	token      *auth.AdminToken
	connect    *connect.Server
	connectors *connector.Manager
	consoles   salesforce.Consoles
	outside    *outside
}

func newEdges(ctx context.Context, c *core) (*edges, error) {
	e := &edges{core: c}
	var err error
	if e.keys, err = auth.OpenAccessKeys(ctx, c.data.vault); err != nil {
		return nil, err
	}
	if e.token, err = auth.OpenAdminToken(ctx, c.data.vault); err != nil {
		return nil, err
	}
	cfg := connector.Config{
		Factories: map[event.SystemKind]connector.Factory{
			event.ZendeskSystem:       zendesk.New(zendesk.Options{}),
			event.KustomerSystem:      kustomer.New(kustomer.Options{}),
			event.SalesforceSystem:    salesforce.New(salesforce.Options{Consoles: &e.consoles}),
			event.AmazonConnectSystem: awsconnect.New(awsconnect.Options{}),
		},
		Do: e.connectorCommand, Linked: e.linked, Secrets: c.data.vault, PublicURL: c.settings.Config.PublicURL, Log: c.log,
	}
	if c.settings.PresenceOnly {
		cfg.Link = (&discovery{edges: e}).link
	}
	e.connectors = connector.NewManager(cfg)
	if e.outside, err = newOutside(ctx, c); err != nil {
		return nil, err
	}
	e.connect, err = connect.New(connect.Config{Keys: e.keys, ARNs: arnsOf(c.settings.Config), Backend: e.backend(), Permit: e.permit, Log: c.log})
	return e, err
}

// start begins what needs the instances: the connectors.
func (e *edges) start(ctx context.Context) {
	ids, err := instances(ctx, e.core.engine)
	if err != nil {
		e.core.log.Error("the connected systems are not known", "err", err)
	}
	for _, id := range ids {
		e.systemsChanged(ctx, id)
	}
}

// systemsChanged tells the connectors which systems an instance has now.
func (e *edges) systemsChanged(ctx context.Context, id tandem.ID) {
	var systems []event.SystemSaved
	err := e.core.engine.Read(ctx, id, func(in *instance.Instance) {
		p, _ := instance.Find[*presence.Machine](in)
		for _, system := range tandem.SortedIDs(p.State().Systems) {
			systems = append(systems, p.State().Systems[system].Saved)
		}
	})
	if err != nil {
		e.core.log.Error("the connected systems are not known", "instance", id, "err", err)
		return
	}
	e.connectors.Set(id, systems)
}

func (e *edges) effect(id tandem.ID, ef tandem.Effect) {
	if !e.outside.effect(id, ef) {
		e.connectors.Effect(id, ef)
	}
}

func (e *edges) stop() {
	e.outside.close()
	e.connectors.Close()
}

// connectorCommand hands a connector's command to its instance.
func (e *edges) connectorCommand(ctx context.Context, id, system tandem.ID, body any) (any, error) {
	return e.core.engine.Do(ctx, id, engine.Request{Actor: tandem.Actor{Kind: tandem.ActorConnector, ID: system}, Body: body})
}

// linked lists the linked agents of a system by their remote id.
func (e *edges) linked(ctx context.Context, id, system tandem.ID) (map[string]bool, error) {
	agents := map[string]bool{}
	err := e.core.engine.Read(ctx, id, func(in *instance.Instance) {
		p, _ := instance.Find[*presence.Machine](in)
		for _, a := range p.State().Agents {
			for i := range a.Legs {
				if leg := &a.Legs[i]; leg.SystemID == system && leg.RemoteID != "" {
					agents[leg.RemoteID] = true
				}
			}
		}
	})
	return agents, err
}

// backend is what the Connect API works on.
func (e *edges) backend() connect.Backend {
	c := e.core
	return connect.Backend{
		Engine: c.engine,
		Trunks: func() []connect.TrunkNumber { return trunkNumbers(c.settings.Config) },
		Record: func(ctx context.Context, id, contact tandem.ID) (record.Row, error) {
			if err := c.engine.AwaitViews(ctx, id); err != nil {
				return record.Row{}, err
			}
			return record.ByID(ctx, c.views.views.Reader(), id, contact)
		},
		Passwords: passwords{c.data.vault},
		User: func(principal string) tandem.ID {
			key, _ := e.keys.Find(principal)
			return key.UserID
		},
	}
}

// permit holds a key to its own instance.
func (e *edges) permit(principal, operation string, id tandem.ID) error {
	key, ok := e.keys.Find(principal)
	if !ok || key.InstanceID != id {
		return tandem.Errorf(tandem.Forbidden, "InstanceId", "this access key may not call %s on instance %s", operation, id)
	}
	return nil
}

// passwords keeps password hashes in the vault.
type passwords struct{ vault *vault.Vault }

// SetPassword implements connect.Passwords.
func (p passwords) SetPassword(ctx context.Context, _, user tandem.ID, password string) error {
	hash, err := vault.HashPassword(ctx, password)
	if err != nil {
		return err
	}
	return p.vault.PutSecret(ctx, "password/"+user.String(), []byte(hash))
}

// trunkNumbers are the numbers that the trunks in the configuration bring.
func trunkNumbers(cfg config.Config) []connect.TrunkNumber {
	var all []connect.TrunkNumber
	for _, t := range cfg.Trunks {
		for _, number := range t.Numbers {
			all = append(all, describeNumber(t.Name, number))
		}
	}
	return all
}

// describeNumber tells a number's country and type, as far as its digits do.
func describeNumber(trunk, number string) connect.TrunkNumber {
	n := connect.TrunkNumber{Number: number, Type: "DID", Trunk: trunk, Country: "US"}
	parsed, err := phonenumbers.Parse(number, "")
	if err != nil {
		return n
	}
	if phonenumbers.GetNumberType(parsed) == phonenumbers.TOLL_FREE {
		n.Type = "TOLL_FREE"
	}
	if region := phonenumbers.GetRegionCodeForCountryCode(int(parsed.GetCountryCode())); region != "" && region != "ZZ" {
		n.Country = region
	}
	return n
}

// handler is everything that is served over HTTP. Paths of the Connect API are
// taken as they are: cleaning them would break signatures.
func (e *edges) handler() http.Handler {
	adminAPI, hooks, metrics := e.adminAPI(), e.hooks(), e.metrics()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch path := r.URL.Path; {
		case path == "/healthz":
			e.health(w, r)
		case path == "/metrics":
			metrics.ServeHTTP(w, r)
		case strings.HasPrefix(path, "/admin/"):
			adminAPI.ServeHTTP(w, r)
		case strings.HasPrefix(path, "/hooks/"):
			hooks.ServeHTTP(w, r)
		case strings.HasPrefix(path, salesforce.ConsolePath):
			e.consoles.ServeHTTP(w, r)
		default:
			e.connect.ServeHTTP(w, r)
		}
	})
}

// presenceOnlyHealth is what a healthy server without a contact center answers.
const presenceOnlyHealth = "ok: " + presenceOnlyText

// health answers 200 while commands can be decided and made durable.
func (e *edges) health(w http.ResponseWriter, r *http.Request) {
	ctx, done := context.WithTimeout(r.Context(), 2*time.Second)
	defer done()
	if _, err := instances(ctx, e.core.engine); err != nil {
		http.Error(w, "the journal does not answer", http.StatusServiceUnavailable)
		return
	}
	if e.core.settings.PresenceOnly {
		fmt.Fprintln(w, presenceOnlyHealth)
		return
	}
	fmt.Fprintln(w, "ok")
}

// overTLS wraps a listener with the configured certificate.
func overTLS(l net.Listener, cfg config.Config) (net.Listener, error) {
	cert, err := certificate(cfg)
	if err != nil {
		return nil, err
	}
	return tls.NewListener(l, &tls.Config{Certificates: []tls.Certificate{cert}, MinVersion: tls.VersionTLS12, NextProtos: []string{"h2", "http/1.1"}}), nil
}
