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
	"tandem/vault"
)

// initCommand creates the first instance.
type initCommand struct {
	settingFlags
	Alias    string `default:"tandem" help:"Name of the instance."`
	TimeZone string `default:"UTC" help:"Time zone of Basic Hours, such as Europe/Berlin."`
	JSON     bool   `help:"Print as JSON."`
}

// created is what init prints. The password and the secret are shown once.
type created struct {
	InstanceID      string `json:"instanceId"`
	InstanceARN     string `json:"instanceArn"`
	Region          string `json:"region"`
	AccountID       string `json:"accountId"`
	AccessKeyID     string `json:"accessKeyId"`
	SecretAccessKey string `json:"secretAccessKey"`
	AdminToken      string `json:"adminToken"`
	Endpoint        string `json:"endpoint"`
	AdminUser       string `json:"adminUser"`
	AdminPassword   string `json:"adminPassword"`
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
	out, err := createInstance(ctx, cfg, c.Alias, c.TimeZone)
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
}

// hasInstance reports whether an instance was created in the folder. A journal
// without one is left by an init that did not finish.
func hasInstance(ctx context.Context, cfg config.Config) (held bool, err error) {
	if needInstance(cfg) != nil {
		return false, nil
	}
	data, err := openData(ctx, cfg)
	if err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, data.close()) }()
	shards, err := shardsOf(ctx, data, "")
	return len(shards) > 1, err
}

// createInstance makes the instance, its admin and their keys. The key of an
// init that did not finish is used again.
func createInstance(ctx context.Context, cfg config.Config, alias, timeZone string) (out created, err error) {
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
	b := birth{ctx: ctx, engine: e, data: data, id: id}
	user, password, err := b.create(alias, timeZone)
	if err != nil {
		return out, err
	}
	return b.tell(user, password)
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
	listed := event.InstanceListed{InstanceID: b.id, Alias: alias}
	_, err = b.engine.Do(b.ctx, directory.Shard, engine.Request{Body: directory.ListInstance{Instance: listed}})
	return user, password, err
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
