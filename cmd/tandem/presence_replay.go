package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"tandem"
	"tandem/zones"
)

// presenceReplay lives a recorded day under other mappings and rules.
type presenceReplay struct {
	presenceFlags
	Day      string `help:"The recorded day; without it, yesterday." placeholder:"YYYY-MM-DD"`
	TimeZone string `help:"Time zone of the day." default:"UTC" placeholder:"ZONE"`
	System   string `help:"The system that --rules or --mapping are for, by name." placeholder:"NAME"`
	Rules    string `help:"A file of rules (JSON or CSV) instead of those of the day." placeholder:"FILE"`
	Mapping  string `help:"A file with a mapping (JSON) instead of that of the day. Without --rules and --mapping those that are saved now count, of all systems." placeholder:"FILE"`
}

// Run implements the command.
func (c *presenceReplay) Run(ctx context.Context) (err error) {
	zone, midnight, err := c.day()
	if err != nil {
		return err
	}
	p, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.close()) }()
	report, err := c.replay(ctx, p, midnight)
	if err != nil {
		return err
	}
	return c.print(report, report.writer(zone))
}

// day reads which day is meant.
func (c *presenceReplay) day() (zone *time.Location, midnight time.Time, err error) {
	zone, known := (zones.Shipped{}).Location(c.TimeZone)
	switch {
	case !known:
		return nil, midnight, fmt.Errorf("there is no time zone %q; name one such as Europe/Berlin", c.TimeZone)
	case (c.Rules != "" || c.Mapping != "") && c.System == "":
		return nil, midnight, errors.New("which system are the rules or the mapping for? Name it with --system")
	case c.System != "" && c.Rules == "" && c.Mapping == "":
		return nil, midnight, errors.New("--system goes with --rules or --mapping; name a file, or leave it out")
	case c.Rules == "-" && c.Mapping == "-":
		return nil, midnight, errors.New("--rules and --mapping cannot both be the standard input")
	}
	if c.Day == "" {
		c.Day = timeNow().In(zone).AddDate(0, 0, -1).Format(time.DateOnly)
	}
	if midnight, err = time.ParseInLocation(time.DateOnly, c.Day, zone); err != nil {
		return nil, midnight, fmt.Errorf("the day is %q; write it as 2026-03-02", c.Day)
	}
	return zone, midnight, nil
}

// replay feeds the day's records to a replayer.
func (c *presenceReplay) replay(ctx context.Context, p *past, midnight time.Time) (*replayReport, error) {
	start, end := tandem.At(midnight), tandem.At(midnight.AddDate(0, 0, 1))
	known, err := p.presence(ctx, start)
	if err != nil {
		return nil, err
	}
	none := fmt.Errorf("nothing was recorded on %s (%s); name another --day", c.Day, c.TimeZone)
	if known.next == 0 {
		return nil, none
	}
	changed := asNow(known.now.State())
	if c.System != "" {
		if changed, err = fromFiles(known.with(c.System), c.System, c.Rules, c.Mapping); err != nil {
			return nil, err
		}
	}
	r, err := newReplayer(presenceBytes(known.then), changed, start)
	if err != nil {
		return nil, err
	}
	records := 0
	err = known.since(ctx, known.next, func(rec *tandem.Record) error {
		if rec.At >= end {
			return errLater
		}
		records++
		r.take(rec)
		return nil
	})
	switch {
	case err != nil && !errors.Is(err, errLater):
		return nil, err
	case records == 0:
		return nil, none
	}
	r.advance(min(end, tandem.At(timeNow())) - 1)
	return c.report(known, r), nil
}
