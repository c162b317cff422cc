package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"tandem"
	"tandem/directory"
	"tandem/engine"
	"tandem/event"
	"tandem/journal"
)

// journalCommand looks into a journal whose server is stopped.
type journalCommand struct {
	Cat    journalCat    `cmd:"" help:"Print the records as JSON, one a line."`
	Verify journalVerify `cmd:"" help:"Check every checksum, link, record and payload."`
}

// journalCat prints records.
type journalCat struct {
	settingFlags
	Instance string `help:"Id of one instance; without it the directory and all instances are printed." placeholder:"ID"`
	From     uint64 `default:"1" help:"First record."`
	Limit    int    `default:"0" help:"At most so many records; 0 for all."`
}

// line is one record as JSON.
type line struct {
	Instance  tandem.ID   `json:"instance"`
	Seq       tandem.Seq  `json:"seq"`
	Time      string      `json:"time"`
	Command   tandem.ID   `json:"command"`
	ActorKind string      `json:"actorKind"`
	Actor     tandem.ID   `json:"actor"`
	Cause     tandem.Seq  `json:"cause,omitempty"`
	Events    []eventLine `json:"events"`
}

type eventLine struct {
	Kind  tandem.EventKind `json:"kind"`
	Name  string           `json:"name"`
	Event tandem.Event     `json:"event"`
}

var actorNames = [...]string{"system", "user", "api", "voice", "connector", "flow"}

func recordLine(shard tandem.ID, rec *tandem.Record) line {
	l := line{Instance: shard, Seq: rec.Seq, Time: rec.At.String(), Command: rec.CommandID, Actor: rec.Actor.ID, Cause: rec.Cause, ActorKind: "unknown"}
	if int(rec.Actor.Kind) < len(actorNames) {
		l.ActorKind = actorNames[rec.Actor.Kind]
	}
	for _, ev := range rec.Events {
		l.Events = append(l.Events, eventLine{ev.Kind(), ev.EventName(), ev})
	}
	return l
}

// Run implements the command.
func (c *journalCat) Run(ctx context.Context) (err error) {
	data, shards, err := openForReading(ctx, c.settingFlags, c.Instance)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, data.close()) }()
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	for _, shard := range shards {
		n := 0
		err := engine.Replay(ctx, data.store, data.session(shard), shard, tandem.Seq(c.From), func(rec *tandem.Record) error {
			if n++; c.Limit > 0 && n > c.Limit {
				return io.EOF
			}
			return enc.Encode(recordLine(shard, rec))
		})
		if err != nil && !errors.Is(err, io.EOF) {
			return err
		}
	}
	return nil
}

// openForReading opens a data folder and lists its shards: the one asked for,
// or the directory and all its instances.
func openForReading(ctx context.Context, f settingFlags, instanceID string) (*dataFolder, []tandem.ID, error) {
	cfg, err := f.load(nil)
	if err != nil {
		return nil, nil, err
	}
	if err := needInstance(cfg); err != nil {
		return nil, nil, err
	}
	data, err := openData(ctx, cfg)
	if err != nil {
		return nil, nil, err
	}
	shards, err := shardsOf(ctx, data, instanceID)
	if err != nil {
		return nil, nil, errors.Join(err, data.close())
	}
	return data, shards, nil
}

func shardsOf(ctx context.Context, data *dataFolder, instanceID string) ([]tandem.ID, error) {
	if instanceID != "" {
		id, err := tandem.ParseID(instanceID)
		return []tandem.ID{id}, err
	}
	listed, err := listedIn(ctx, data)
	shards := []tandem.ID{directory.Shard}
	for i := range listed {
		shards = append(shards, listed[i].InstanceID)
	}
	return shards, err
}

// listedIn is the instances that the directory of a data folder lists.
func listedIn(ctx context.Context, data *dataFolder) (listed []event.InstanceListed, err error) {
	err = engine.Replay(ctx, data.store, data.session(directory.Shard), directory.Shard, 0, func(rec *tandem.Record) error {
		for _, ev := range rec.Events {
			if e, ok := ev.(*event.InstanceListed); ok {
				listed = append(listed, *e)
			}
		}
		return nil
	})
	return listed, err
}

// journalVerify walks the chains.
type journalVerify struct {
	settingFlags
	StateAt uint64 `help:"Give the hash of the state after this record; without it, of the last." placeholder:"SEQ"`
	JSON    bool   `help:"Print as JSON."`
}

// verified is what was found of one shard.
type verified struct {
	Instance tandem.ID `json:"instance"`
	journal.Report
	HashText string `json:"hash"`
	State    string `json:"state"` // hash of the state that the records lead to
}

// Run implements the command.
func (c *journalVerify) Run(ctx context.Context) (err error) {
	data, shards, err := openForReading(ctx, c.settingFlags, "")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, data.close()) }()
	for _, shard := range shards {
		report, err := verifyShard(ctx, data, shard)
		if err != nil {
			return fmt.Errorf("after %d records that are whole: %w", report.Records, err)
		}
		state, err := stateHash(ctx, data, shard, tandem.Seq(c.StateAt))
		if err != nil {
			return err
		}
		v := verified{shard, report, report.Hash.String(), state}
		if c.JSON {
			json.NewEncoder(os.Stdout).Encode(v)
			continue
		}
		fmt.Printf("%s: %d records in %d batches are whole; %d payloads, %d erased; last %d, hash %s, state %s\n",
			shard, v.Records, v.Batches, v.Payloads, v.Erased, v.Last, v.HashText[:16], v.State)
	}
	return nil
}

// verifyShard verifies one chain, decoding every record.
func verifyShard(ctx context.Context, data *dataFolder, shard tandem.ID) (journal.Report, error) {
	erased := map[tandem.ID]bool{}
	return journal.Verify(ctx, data.store, shard, journal.Checks{
		Decode: func(b journal.Batch) ([]journal.Reference, error) {
			return references(&b, erased)
		},
		Erased: func(subject tandem.ID) bool { return erased[subject] },
	})
}

// stateHash replays a shard from its first record up to at, or to its end.
func stateHash(ctx context.Context, data *dataFolder, shard tandem.ID, at tandem.Seq) (string, error) {
	in := newInstance(shard)
	err := engine.Replay(ctx, data.store, data.session(shard), shard, 1, func(rec *tandem.Record) error {
		if at > 0 && rec.Seq > at {
			return io.EOF
		}
		return in.Replay(rec)
	})
	if errors.Is(err, journal.ErrPruned) {
		return "not known: the first records were pruned", nil
	}
	if err != nil && !errors.Is(err, io.EOF) {
		return "", err
	}
	return fmt.Sprintf("%016x", in.Hash()), nil
}

// references decodes a batch, collecting the payloads that it refers to and
// the subjects that it says were erased.
func references(b *journal.Batch, erased map[tandem.ID]bool) ([]journal.Reference, error) {
	var collect journal.Collector
	d := tandem.NewDecoder(b.Body, &collect)
	for range b.Count {
		var rec tandem.Record
		if err := event.ReadRecord(d, &rec); err != nil {
			return nil, err
		}
		for _, ev := range rec.Events {
			if e, ok := ev.(*event.SubjectErased); ok {
				erased[e.Subject] = true
			}
		}
	}
	return collect.Take(), nil
}
