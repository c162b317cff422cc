package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"time"

	_ "modernc.org/sqlite" // the tables' driver

	"tandem"
	"tandem/flow"
	"tandem/view/flowlog"
)

// followEvery is how often a log that is followed is looked at.
const followEvery = 500 * time.Millisecond

// flowLogs prints the flow log from the readers' tables.
type flowLogs struct {
	settingFlags
	Instance string        `help:"Id of the instance; not needed where there is one." placeholder:"ID"`
	Contact  string        `help:"Entries of this contact." placeholder:"ID"`
	Flow     string        `help:"Entries of this flow." placeholder:"ID"`
	Type     string        `help:"Entries of this ContactFlowModuleType, such as PlayPrompt." placeholder:"TYPE"`
	Text     string        `help:"Entries that have this text." placeholder:"TEXT"`
	Since    time.Duration `help:"Entries that are not older." placeholder:"1h"`
	Last     int           `default:"100" help:"The last so many of them, at most 1000."`
	Follow   bool          `help:"Go on with those that come, until interrupted."`
}

// Run implements the command.
func (c *flowLogs) Run(ctx context.Context) (err error) {
	f, err := c.filter(time.Now())
	if err != nil {
		return err
	}
	db, err := c.tables()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	shard, err := c.shard(ctx, db)
	if err != nil {
		return err
	}
	f.Newest = true
	stop := interrupts()
	for {
		rows, err := flowlog.List(ctx, db, shard, f)
		if err != nil {
			return err
		}
		for i := range rows {
			if _, err := fmt.Fprintf(os.Stdout, "%s\n", rows[i].Line); errors.Is(err, io.ErrClosedPipe) {
				return nil
			} else if err != nil {
				return err
			}
			f.After = rows[i].Cursor
		}
		if !c.Follow {
			return nil
		}
		f.Newest, f.Limit = false, flowlog.MaxPage
		select {
		case <-stop:
			return nil
		case <-ctx.Done():
			return nil
		case <-time.After(followEvery):
		}
	}
}

func (c *flowLogs) filter(now time.Time) (f flowlog.Filter, err error) {
	if c.Contact != "" {
		if f.ContactID, err = tandem.ParseID(flow.ResourceID(c.Contact)); err != nil {
			return f, fmt.Errorf("--contact: %w", err)
		}
	}
	if c.Flow != "" {
		if f.FlowID, err = tandem.ParseID(flow.ResourceID(c.Flow)); err != nil {
			return f, fmt.Errorf("--flow: %w", err)
		}
	}
	if c.Last < 1 || c.Last > flowlog.MaxPage {
		return f, fmt.Errorf("--last is %d; want 1 to %d", c.Last, flowlog.MaxPage)
	}
	f.ModuleType, f.Text, f.Limit = c.Type, c.Text, c.Last
	if c.Since > 0 {
		f.From = tandem.At(now.Add(-c.Since))
	}
	return f, nil
}

// tables opens the readers' tables; a server that runs goes on writing them.
func (c *flowLogs) tables() (*sql.DB, error) {
	cfg, err := c.load(nil)
	if err != nil {
		return nil, err
	}
	path := filepath.Join(cfg.Data, viewsFile)
	if _, err := os.Stat(path); err != nil {
		return nil, fmt.Errorf("there is no flow log in %s yet: %w; run the server first, or choose another folder with --data", cfg.Data, err)
	}
	u := url.URL{Scheme: "file", OmitHost: true, Path: path, RawQuery: "mode=ro&_pragma=busy_timeout(5000)"}
	return sql.Open("sqlite", u.String())
}

// shard is the instance that was asked for, or the one that there is.
func (c *flowLogs) shard(ctx context.Context, db *sql.DB) (tandem.ID, error) {
	if c.Instance != "" {
		return tandem.ParseID(c.Instance)
	}
	shards, err := flowlog.Shards(ctx, db)
	if err != nil {
		return tandem.ID{}, err
	}
	return theOne(shards)
}
