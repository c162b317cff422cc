package memory

import (
	"bytes"
	"context"

	"tandem"
	"tandem/journal"
)

// Commit implements [journal.Log].
func (s *Store) Commit(ctx context.Context, appends []journal.Append) error {
	if err := s.enter(ctx); err != nil {
		return err
	}
	defer s.disk.mu.Unlock()
	d := s.disk
	d.commits++
	if d.faults.Refuse != nil {
		if err := d.faults.Refuse(d.commits); err != nil {
			return err
		}
	}
	var undo []func()
	back := func() {
		for i := len(undo) - 1; i >= 0; i-- {
			undo[i]()
		}
	}
	for i := range appends {
		u, err := d.append(&appends[i])
		if err != nil {
			back()
			return err
		}
		undo = append(undo, u)
	}
	d.changed(back)
	if d.faults.Report != nil {
		return d.faults.Report(d.commits)
	}
	return nil
}

// append stores one append and returns what undoes it, or changes nothing.
func (d *Disk) append(a *journal.Append) (undo func(), err error) {
	if err := a.Check(); err != nil {
		return nil, err
	}
	sh := d.shard(a.Shard)
	tail, err := sh.tail()
	switch {
	case err != nil:
		return nil, err
	case sh.epoch != a.Epoch:
		return nil, journal.Fenced(a.Shard, a.Epoch, sh.epoch)
	case a.First != tail.Seq+1:
		return nil, journal.Gap(a.Shard, a.First, tail.Seq+1)
	}
	fresh := make(map[tandem.ID]bool, len(a.Keys))
	for _, k := range a.Keys {
		if _, there := sh.keys[k.Subject]; there || fresh[k.Subject] {
			return nil, journal.KeyExists(a.Shard, a.First, k.Subject)
		}
		fresh[k.Subject] = true
	}
	return sh.store(a, tail), nil
}

// store keeps a copy of the append, which was checked.
func (sh *shard) store(a *journal.Append, tail journal.Point) (undo func()) {
	batches, quarantine := sh.batches, sh.quarantine
	if a.Count > 0 {
		b := tail.Next(a)
		b.Body = bytes.Clone(a.Body)
		sh.batches = append(sh.batches, b)
	}
	for _, k := range a.Keys {
		sh.keys[k.Subject] = bytes.Clone(k.Wrapped)
	}
	for _, p := range a.Payloads {
		p.Salt, p.Sealed = bytes.Clone(p.Salt), bytes.Clone(p.Sealed)
		sh.payloads[p.Ref] = payload{row: p, seq: a.Last()}
	}
	sh.quarantine = withQuarantined(quarantine, a.Quarantine)
	keys, payloads := a.Keys, a.Payloads
	return func() {
		sh.batches, sh.quarantine = batches, quarantine
		for _, k := range keys {
			delete(sh.keys, k.Subject)
		}
		for _, p := range payloads {
			delete(sh.payloads, p.Ref)
		}
	}
}

// withQuarantined adds rows to a copy of the list; the first row of a command stays.
func withQuarantined(list, rows []journal.QuarantineRow) []journal.QuarantineRow {
	out := list[:len(list):len(list)]
	for _, q := range rows {
		known := false
		for i := range out {
			known = known || out[i].CommandID == q.CommandID
		}
		if !known {
			q.Sealed = bytes.Clone(q.Sealed)
			out = append(out, q)
		}
	}
	return out
}
