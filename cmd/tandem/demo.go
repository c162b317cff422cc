package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"sync"

	"tandem/cmd/tandem/config"
)

// demoCommand runs a sample contact center with simulated callers and agents,
// in step with stand-ins for Zendesk, Kustomer and Salesforce.
type demoCommand struct {
	Data      string `help:"Data folder that is kept; without it a temporary one." placeholder:"DIR"`
	Log       string `default:"warn" help:"Log level: debug, info, warn, error." placeholder:"LEVEL"`
	HTTP      string `name:"http" help:"Address of the API, plain HTTP; port 0 picks a free one." placeholder:"ADDR"`
	SIP       string `name:"sip" help:"Address of the SIP user agent, UDP." placeholder:"ADDR"`
	ReadyFile string `help:"Write addresses and process ids here, as JSON, once the server serves." placeholder:"FILE" type:"path"`
}

// demoFile keeps what a kept demo needs to start again.
const demoFile = "demo.json"

// demo is a sample contact center and the simulated world around it.
type demo struct {
	cfg     config.Config
	kept    bool
	born    created
	phones  *phoneNetwork
	systems []*demoSystem
}

// Run implements the command.
func (c *demoCommand) Run(ctx context.Context) (err error) {
	folder, err := c.folder()
	if err != nil {
		return err
	}
	if c.Data == "" {
		defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	}
	d := &demo{kept: c.Data != ""}
	if d.cfg, err = c.config(folder); err != nil {
		return err
	}
	if err := d.openWorld(); err != nil {
		return err
	}
	defer d.closeWorld()
	if err := d.create(ctx); err != nil {
		return err
	}
	return d.serve(ctx, c.ReadyFile)
}

func (c *demoCommand) folder() (string, error) {
	if c.Data != "" {
		return c.Data, nil
	}
	folder, err := os.MkdirTemp("", "tandem-demo-")
	if err != nil {
		return "", fmt.Errorf("make a temporary folder: %w; name one that is kept with --data", err)
	}
	return folder, nil
}

// config is the demo's configuration. Webhooks need an address that is known
// beforehand, so port 0 becomes a free one here.
func (c *demoCommand) config(folder string) (config.Config, error) {
	more := map[string]string{"http": c.HTTP, "sip": c.SIP}
	cfg, err := settingFlags{Data: folder, Log: c.Log}.load(more)
	if err != nil {
		return cfg, err
	}
	l, err := net.Listen("tcp", cfg.HTTP)
	if err != nil {
		return cfg, busy("http", cfg.HTTP, err)
	}
	defer l.Close()
	cfg.HTTP = l.Addr().String()
	cfg.PublicURL = "http://" + cfg.HTTP
	return cfg, nil
}

// openWorld starts the telephone network and the stand-ins, and points the
// configuration at the network.
func (d *demo) openWorld() (err error) {
	if d.phones, err = newPhoneNetwork(logger(d.cfg.Log, "phones")); err != nil {
		return fmt.Errorf("start the simulated phones: %w", err)
	}
	d.cfg.Trunks = []config.Trunk{{
		Name: "demo", Address: d.phones.address, Allowed: []string{"127.0.0.1"}, Numbers: []string{demoNumber}, Prefixes: []string{"+"}, Region: "US",
	}}
	if d.systems, err = openDemoSystems(); err != nil {
		d.phones.close()
		return err
	}
	return nil
}

func (d *demo) closeWorld() {
	d.phones.close()
	closeDemoSystems(d.systems)
}

// create makes the instance, or takes that of a demo before.
func (d *demo) create(ctx context.Context) error {
	if err := d.cfg.Writable(); err != nil {
		return err
	}
	path := filepath.Join(d.cfg.Data, demoFile)
	b, err := os.ReadFile(path)
	if err == nil {
		if err := json.Unmarshal(b, &d.born); err != nil {
			return fmt.Errorf("read the demo's keys in %s: %w; delete the folder, or choose another with --data", path, err)
		}
		return nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if held, err := hasInstance(ctx, d.cfg); err != nil {
		return err
	} else if held {
		return fmt.Errorf("%s holds an instance that is no demo; run it with: tandem serve --data %s", d.cfg.Data, d.cfg.Data)
	}
	if d.born, err = createInstance(ctx, d.cfg, "demo", "UTC"); err != nil {
		return err
	}
	return writeWhole(path, d.born)
}

// serve runs the server, and beside it the life of the demo.
func (d *demo) serve(ctx context.Context, readyFile string) error {
	ctx, fail := context.WithCancelCause(ctx)
	defer fail(nil)
	life, end := context.WithCancel(ctx)
	var living sync.WaitGroup
	defer living.Wait()
	defer end()
	interrupted := interrupts()
	go func() {
		select {
		case <-interrupted: // callers hang up, so that draining has nothing to wait for
			end()
		case <-life.Done():
		}
	}()
	return serve(ctx, d.cfg, readyFile, nil, func(e endpoints) {
		living.Go(func() {
			if err := d.live(life, e); err != nil && life.Err() == nil {
				fail(fmt.Errorf("set up the demo: %w", err))
			}
		})
	})
}

// live sets the contact center up, tells the visitor, and then lets callers
// call until ctx ends.
func (d *demo) live(ctx context.Context, e endpoints) error {
	s := &demoSetup{client: newDemoClient(d.born, e), systems: d.systems, ids: map[string]string{}}
	if err := s.run(ctx); err != nil {
		return err
	}
	page, err := openDemoPage(s)
	if err != nil {
		return err
	}
	defer page.close()
	d.print(e, s, page)
	d.play(ctx, e, s)
	return nil
}
