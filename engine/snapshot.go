package engine

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"tandem"
	"tandem/instance"
)

// SnapshotPolicy says when snapshots are made and how long journal and
// snapshots are kept.
type SnapshotPolicy struct {
	Every   time.Duration // at least this long between two; default one minute
	Records int           // or this many records; default 50,000
	Keep    time.Duration // how long the journal is kept; 0: for ever
}

const (
	snapshotMagic  = "tandem snapshot 1\n"
	snapshotSuffix = ".snapshot"
	newestKept     = 3 // besides one a day
)

// snapshotter decides when the follower's copy is written to a file.
type snapshotter struct {
	last    time.Time
	lastSeq tandem.Seq
}

func (p SnapshotPolicy) every() time.Duration {
	if p.Every > 0 {
		return p.Every
	}
	return time.Minute
}

func (p SnapshotPolicy) records() tandem.Seq {
	if p.Records > 0 {
		return tandem.Seq(p.Records)
	}
	return 50_000
}

// maybe writes a snapshot when it is time and something has changed, then
// asks the live instance for its hash, to be compared with the copy's.
func (s *snapshotter) maybe(f *follower) error {
	cfg := &f.shard.engine.cfg
	if cfg.Dir == "" {
		return nil
	}
	if s.last.IsZero() {
		s.last, s.lastSeq = cfg.Now(), f.shard.engine.snapshotted(f.shard.id)
	}
	grown := f.copy.Seq() - s.lastSeq
	if grown == 0 || (grown < cfg.Snapshot.records() && cfg.Now().Sub(s.last) < cfg.Snapshot.every()) {
		return nil
	}
	s.last, s.lastSeq = cfg.Now(), f.copy.Seq()
	if err := f.shard.engine.saveSnapshot(context.Background(), f.shard.id, f.copy, f.keys.Snapshots()); err != nil {
		return err
	}
	f.compare()
	return nil
}

// compare asks for the live state's hash; apply compares it when the copy
// gets there.
func (f *follower) compare() {
	reply := make(chan claim, 1)
	m := message{look: func(in *instance.Instance) { reply <- claim{in.Seq(), in.Hash()} }, done: func(any, error) {}}
	ctx, done := context.WithTimeout(f.ctx, time.Second)
	defer done()
	if f.shard.post(ctx, m) != nil {
		return // it is busy; the next snapshot asks again
	}
	select {
	case c := <-reply:
		if c.seq > f.copy.Seq() {
			f.claim = &c
		}
	case <-ctx.Done():
	}
}

func (e *Engine) snapshotDir(id tandem.ID) string {
	return filepath.Join(e.cfg.Dir, id.String())
}

// saveSnapshot writes the state beside its final place, syncs and renames it,
// then removes what is too old.
func (e *Engine) saveSnapshot(ctx context.Context, id tandem.ID, in *instance.Instance, sealer tandem.Sealer) error {
	dir := e.snapshotDir(id)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("make the snapshot folder: %w", err)
	}
	enc := tandem.NewSnapshotEncoder(nil, sealer)
	in.EncodeSnapshot(enc)
	if err := enc.Err(); err != nil {
		return fmt.Errorf("encode the snapshot: %w", err)
	}
	at := e.cfg.Now()
	name := fmt.Sprintf("%020d-%d%s", in.Seq(), at.UnixMilli(), snapshotSuffix)
	if err := writeSynced(filepath.Join(dir, name), id, in, enc.Bytes()); err != nil {
		return fmt.Errorf("write the snapshot: %w", err)
	}
	if err := e.cfg.Store.RaiseFloor(ctx, id, in.Seq()); err != nil {
		return err
	}
	return e.prune(ctx, id, at)
}

func writeSynced(path string, id tandem.ID, in *instance.Instance, body []byte) error {
	f, err := os.OpenFile(path+".new", os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	w := bufio.NewWriterSize(f, 1<<20)
	head := append([]byte(snapshotMagic), id[:]...)
	head = binary.BigEndian.AppendUint64(head, uint64(in.Seq()))
	head = binary.BigEndian.AppendUint64(head, in.Hash())
	head = binary.BigEndian.AppendUint32(head, crc32.Checksum(body, castagnoli))
	w.Write(head)
	w.Write(body)
	if err = w.Flush(); err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(path+".new", path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(path+".new"))
	}
	return syncDir(filepath.Dir(path))
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// snapshotFile is one file of the snapshot folder.
type snapshotFile struct {
	path string
	seq  tandem.Seq
	at   time.Time
}

// snapshots lists a shard's snapshots, newest first.
func (e *Engine) snapshots(id tandem.ID) ([]snapshotFile, error) {
	if e.cfg.Dir == "" {
		return nil, nil
	}
	entries, err := os.ReadDir(e.snapshotDir(id))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var all []snapshotFile
	for _, entry := range entries {
		base, ok := strings.CutSuffix(entry.Name(), snapshotSuffix)
		seq, ms, ok2 := strings.Cut(base, "-")
		n, err1 := strconv.ParseUint(seq, 10, 64)
		t, err2 := strconv.ParseInt(ms, 10, 64)
		if ok && ok2 && err1 == nil && err2 == nil {
			all = append(all, snapshotFile{filepath.Join(e.snapshotDir(id), entry.Name()), tandem.Seq(n), time.UnixMilli(t)})
		}
	}
	slices.SortFunc(all, func(a, b snapshotFile) int { return int(int64(b.seq) - int64(a.seq)) })
	return all, nil
}

// snapshotted is the record that the newest snapshot reaches; 0 without one.
func (e *Engine) snapshotted(id tandem.ID) tandem.Seq {
	files, err := e.snapshots(id)
	if err != nil || len(files) == 0 {
		return 0
	}
	return files[0].seq
}

// loadSnapshot makes an instance from the newest snapshot that is whole and
// not later than limit; without one it starts empty. The journal must reach
// as far as any snapshot.
func (e *Engine) loadSnapshot(ctx context.Context, id tandem.ID, keys Session, limit *tandem.Seq) (*instance.Instance, error) {
	files, err := e.snapshots(id)
	if err != nil {
		return nil, fmt.Errorf("look for snapshots: %w", err)
	}
	if len(files) > 0 {
		if err := e.cfg.Store.RaiseFloor(ctx, id, files[0].seq); err != nil {
			return nil, err
		}
	}
	for _, f := range files {
		if limit != nil && f.seq > *limit {
			continue
		}
		in, err := e.readSnapshot(f, id, keys)
		if err == nil {
			return in, nil
		}
		e.log.Warn("a snapshot is not usable; an older one or the journal is used instead", "file", f.path, "err", err)
	}
	return e.cfg.New(id), nil
}

func (e *Engine) readSnapshot(f snapshotFile, id tandem.ID, keys Session) (*instance.Instance, error) {
	b, err := os.ReadFile(f.path)
	if err != nil {
		return nil, err
	}
	const headBytes = len(snapshotMagic) + 16 + 8 + 8 + 4
	if len(b) < headBytes || string(b[:len(snapshotMagic)]) != snapshotMagic || tandem.ID(b[len(snapshotMagic):][:16]) != id {
		return nil, errors.New("it is not a snapshot of this instance")
	}
	head, body := b[len(snapshotMagic)+16:headBytes], b[headBytes:]
	if crc32.Checksum(body, castagnoli) != binary.BigEndian.Uint32(head[16:]) {
		return nil, errors.New("it does not match its checksum")
	}
	in := e.cfg.New(id)
	d := tandem.NewDecoder(body, keys)
	in.DecodeSnapshot(d)
	if d.Err() != nil {
		return nil, d.Err()
	}
	if uint64(in.Seq()) != binary.BigEndian.Uint64(head) || in.Hash() != binary.BigEndian.Uint64(head[8:]) {
		return nil, errors.New("its state does not match its hash")
	}
	return in, nil
}

// prune removes snapshots that are no longer wanted and, where the journal is
// kept for a limited time, the records before the oldest snapshot that is.
func (e *Engine) prune(ctx context.Context, id tandem.ID, now time.Time) error {
	files, err := e.snapshots(id)
	if err != nil {
		return err
	}
	keep := e.cfg.Snapshot.Keep
	day, cut := "", tandem.Seq(0)
	for i, f := range files {
		today := f.at.UTC().Format(time.DateOnly)
		wanted := i < newestKept || today != day
		day = today
		if cut > 0 && i >= newestKept {
			wanted = false
		}
		if cut == 0 && wanted && keep > 0 && now.Sub(f.at) > keep {
			cut = f.seq
		}
		if !wanted {
			if err := os.Remove(f.path); err != nil {
				return fmt.Errorf("remove an old snapshot: %w", err)
			}
		}
	}
	if cut == 0 {
		return nil
	}
	if e.cfg.Views != nil {
		if err := e.cfg.Views.Checkpoint(); err != nil {
			return err
		}
	}
	return e.cfg.Store.Prune(ctx, id, cut)
}
