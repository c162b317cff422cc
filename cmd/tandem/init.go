package main

import (
	"context"
	"crypto/rand"
	"encoding/base32"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"strings"

	"tandem"
	"tandem/auth"
	"tandem/center"
	"tandem/cmd/tandem/config"
	"tandem/connect"
	"tandem/directory"
	"tandem/engine"
	"tandem/event"
	"tandem/flow"
	"tandem/presence"
	"tandem/vault"
	"tandem/zones"
)

// initCommand creates the first instance.
type initCommand struct {
	settingFlags
	Alias    string `default:"tandem" help:"Name of the instance."`
	TimeZone string `default:"UTC" help:"Time zone of Basic Hours and of reports, such as Europe/Berlin."`
	JSON     bool   `help:"Print as JSON."`

	PresenceOnly bool `help:"No contact center: only keep statuses in step between your Amazon Connect and other systems. No SIP, no voice."`
}

// created is what init prints. The password and the secret are shown once.
type created struct {
	InstanceID      string `json:"instanceId"`
	InstanceARN     string `json:"instanceArn"`
	Region          string `json:"region"`
	AccountID       string `json:"accountId"`
	AccessKeyID     string `json:"accessKeyId,omitempty"`
	SecretAccessKey string `json:"secretAccessKey,omitempty"`
	AdminToken      string `json:"adminToken"`
	Endpoint        string `json:"endpoint"`
	AdminUser       string `json:"adminUser,omitempty"`
	AdminPassword   string `json:"adminPassword,omitempty"`
	PresenceOnly    bool   `json:"presenceOnly,omitempty"`
}

// Run implements the command.
func (c *initCommand) Run(ctx context.Context) error {
	cfg, err := c.load(nil)
	if err != nil {
		return err
	}
	if err := cfg.Writable(); err != nil {
		return err
	}
	if held, err := hasInstance(ctx, cfg); err != nil {
		return err
	} else if held {
		return fmt.Errorf("%s holds an instance already; start it with: tandem serve --data %s", cfg.Data, cfg.Data)
	}
	create := createInstance
	if c.PresenceOnly {
		create = createPresence
	}
	out, err := create(ctx, cfg, c.Alias, c.TimeZone)
	if err != nil {
		return err
	}
	if c.JSON {
		return json.NewEncoder(os.Stdout).Encode(out)
	}
	out.print(cfg)
	return nil
}

// rows are the names and values for people.
func (o created) rows() [][2]string {
	if o.PresenceOnly {
		return [][2]string{{"instance id", o.InstanceID}, {"admin token", o.AdminToken}, {"runs", presenceOnlyText}}
	}
	return [][2]string{
		{"instance id", o.InstanceID}, {"instance ARN", o.InstanceARN}, {"region", o.Region}, {"access key id", o.AccessKeyID},
		{"secret key", o.SecretAccessKey}, {"admin token", o.AdminToken}, {"admin user", o.AdminUser}, {"admin password", o.AdminPassword},
	}
}

func (o created) print(cfg config.Config) {
	for _, r := range o.rows() {
		fmt.Printf("%-15s %s\n", r[0], r[1])
	}
	fmt.Printf("The secrets are shown only now.\nnext: tandem serve --data %s\n", cfg.Data)
	if o.PresenceOnly {
		fmt.Println("then connect your Amazon Connect, and the other systems: docs/PRESENCE.md")
	}
}

// holding is what a data folder holds.
type holding struct {
	instances    int
	presenceOnly bool // none of them has a contact center
}

// presenceOnlyText says what a server without a contact center does.
const presenceOnlyText = "presence only: statuses are kept in step; no SIP, no voice"

// hasInstance reports whether an instance was created in the folder.
func hasInstance(ctx context.Context, cfg config.Config) (bool, error) {
	h, err := holds(ctx, cfg)
	return h.instances > 0, err
}

// holds looks at what was created in the folder. A journal without an instance
// is left by an init that did not finish.
func holds(ctx context.Context, cfg config.Config) (h holding, err error) {
	if needInstance(cfg) != nil {
		return h, nil
	}
	data, err := openData(ctx, cfg)
	if err != nil {
		return h, err
	}
	defer func() { err = errors.Join(err, data.close()) }()
	return holdingOf(ctx, data)
}

func holdingOf(ctx context.Context, data *dataFolder) (h holding, err error) {
	listed, err := listedIn(ctx, data)
	h.instances, h.presenceOnly = len(listed), len(listed) > 0
	for i := range listed {
		h.presenceOnly = h.presenceOnly && listed[i].PresenceOnly
	}
	return h, err
}

// createInstance makes the instance, its admin and their keys.
func createInstance(ctx context.Context, cfg config.Config, alias, timeZone string) (created, error) {
	return found(ctx, cfg, func(b birth) (created, error) {
		user, password, err := b.create(alias, timeZone)
		if err != nil {
			return created{}, err
		}
		return b.tell(user, password)
	})
}

// createPresence makes an instance without a contact center.
func createPresence(ctx context.Context, cfg config.Config, alias, timeZone string) (created, error) {
	return found(ctx, cfg, func(b birth) (created, error) {
		if _, ok := (zones.Shipped{}).Location(timeZone); !ok {
			return created{}, fmt.Errorf("%q is not a time zone; use a name such as Europe/Berlin", timeZone)
		}
		first := presence.CreateInstance{Instance: event.InstanceCreated{
			InstanceID: b.id, Alias: alias, Region: cfg.Region, AccountID: cfg.AccountID, TimeZone: timeZone}}
		if _, err := b.engine.Do(b.ctx, b.id, engine.Request{Body: first}); err != nil {
			return created{}, err
		}
		if err := b.list(event.InstanceListed{InstanceID: b.id, Alias: alias, PresenceOnly: true}); err != nil {
			return created{}, err
		}
		token, err := auth.NewAdminToken(b.ctx, b.data.vault)
		return created{InstanceID: b.id.String(), Region: cfg.Region, AdminToken: token, Endpoint: "http://" + cfg.HTTP, PresenceOnly: true}, err
	})
}

// found opens a data folder, with a key of its own where it has none yet, and
// lets make fill a new instance. The key of an init that did not finish is used
// again.
func found(ctx context.Context, cfg config.Config, make func(birth) (created, error)) (out created, err error) {
	if _, err = vault.LoadMasterKey(cfg.Data); errors.Is(err, fs.ErrNotExist) {
		_, err = vault.InitMasterKey(cfg.Data)
	}
	if err != nil {
		return out, err
	}
	data, err := openData(ctx, cfg)
	if err != nil {
		return out, err
	}
	defer func() { err = errors.Join(err, data.close()) }()
	quiet := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError}))
	e := engine.Open(data.engineConfig(nil, func(tandem.ID, tandem.Seq, tandem.Effect) {}, quiet))
	defer func() { err = errors.Join(err, e.Close()) }()
	if err := e.Start(ctx, directory.Shard); err != nil {
		return out, err
	}
	id := newID()
	if err := e.Start(ctx, id); err != nil {
		return out, err
	}
	return make(birth{ctx: ctx, engine: e, data: data, id: id})
}

func newID() tandem.ID {
	var b [16]byte
	rand.Read(b[:])
	return tandem.NewID(b)
}

// birth makes one instance.
type birth struct {
	ctx    context.Context
	engine *engine.Engine
	data   *dataFolder
	id     tandem.ID
}

func (b birth) create(alias, timeZone string) (user tandem.ID, password string, err error) {
	first, err := firstCommand(b.id, b.data.cfg, alias, timeZone)
	if err != nil {
		return user, "", err
	}
	// The instance first: one that the directory does not list is never seen.
	if _, err := b.engine.Do(b.ctx, b.id, engine.Request{Body: first}); err != nil {
		return user, "", err
	}
	user = newID()
	admin := event.UserSaved{
		UserID: user, Username: "admin", FirstName: "Admin", LastName: "User", PhoneType: event.SoftPhone,
		RoutingProfileID: first.Defaults.RoutingProfileID, SecurityProfileIDs: []tandem.ID{first.Defaults.AdminID},
	}
	if _, err := b.engine.Do(b.ctx, b.id, engine.Request{Body: center.SaveUser{User: admin, New: true}}); err != nil {
		return user, "", err
	}
	password = strings.ToLower(randomWord(20))
	hash, err := vault.HashPassword(b.ctx, password)
	if err != nil {
		return user, "", err
	}
	if err := b.data.vault.PutSecret(b.ctx, "password/"+user.String(), []byte(hash)); err != nil {
		return user, "", err
	}
	return user, password, b.list(event.InstanceListed{InstanceID: b.id, Alias: alias})
}

// list makes the instance known to the directory.
func (b birth) list(listed event.InstanceListed) error {
	_, err := b.engine.Do(b.ctx, directory.Shard, engine.Request{Body: directory.ListInstance{Instance: listed}})
	return err
}

// firstCommand is the command that makes an instance with what every instance
// has at first.
func firstCommand(id tandem.ID, cfg config.Config, alias, timeZone string) (center.CreateInstance, error) {
	d := center.Defaults{TimeZone: timeZone}
	for _, p := range []*tandem.ID{&d.AvailableID, &d.OfflineID, &d.HoursID, &d.QueueID, &d.RoutingProfileID, &d.AdminID, &d.AgentID, &d.ManagerID, &d.AnalystID, &d.InboundFlowID, &d.CustomerQueueFlowID} {
		*p = newID()
	}
	c := center.CreateInstance{
		Instance: event.InstanceCreated{InstanceID: id, Alias: alias, Region: cfg.Region, AccountID: cfg.AccountID},
		Defaults: d,
	}
	for _, s := range flow.Samples() {
		content, err := s.Fill(map[string]string{flow.PlaceholderQueue: d.QueueID.String(), flow.PlaceholderMusic: "CustomerQueue.wav"})
		if err != nil {
			return c, fmt.Errorf("the sample flow %s: %w", s.Name, err)
		}
		flowID := newID()
		switch s.Name {
		case flow.SampleInbound:
			flowID = d.InboundFlowID
		case flow.SampleCustomerQueue:
			flowID = d.CustomerQueueFlowID
		}
		c.Flows = append(c.Flows, event.FlowSaved{
			FlowID: flowID, InstanceID: id, Name: s.Name, Type: string(s.Type), Published: true, Version: 1, Content: tandem.Blob(content),
		})
	}
	return c, nil
}

// tell makes the access key and the admin token.
func (b birth) tell(user tandem.ID, password string) (created, error) {
	keys, err := auth.OpenAccessKeys(b.ctx, b.data.vault)
	if err != nil {
		return created{}, err
	}
	now := tandem.At(timeNow())
	key, err := keys.Create(b.ctx, b.id, user, now)
	if err != nil {
		return created{}, err
	}
	token, err := auth.NewAdminToken(b.ctx, b.data.vault)
	if err != nil {
		return created{}, err
	}
	cfg := b.data.cfg
	arns := arnsOf(cfg)
	return created{
		InstanceID: b.id.String(), InstanceARN: arns.Instance(b.id.String()), Region: cfg.Region, AccountID: cfg.AccountID,
		AccessKeyID: key.ID, SecretAccessKey: key.Secret, AdminToken: token, Endpoint: "http://" + cfg.HTTP,
		AdminUser: "admin", AdminPassword: password,
	}, nil
}

func arnsOf(cfg config.Config) connect.ARNs {
	return connect.ARNs{Partition: "aws", Region: cfg.Region, Account: cfg.AccountID}
}

func randomWord(n int) string {
	b := make([]byte, n)
	rand.Read(b)
	return base32.StdEncoding.EncodeToString(b)[:n]
}
