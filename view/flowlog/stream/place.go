package stream

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"sync"

	"tandem"
	"tandem/view/flowlog"
)

// place is where a worker stands in the log of one instance.
type place struct {
	Seq    tandem.Seq `json:"seq"`
	Place  int        `json:"place"`
	Erased tandem.Seq `json:"erased"` // erasures up to this record were carried out
}

func (p place) cursor() flowlog.Cursor { return flowlog.Cursor{Seq: p.Seq, Place: p.Place} }

func (p *place) move(to flowlog.Cursor) { p.Seq, p.Place = to.Seq, to.Place }

// places are the places of one worker, kept in a file.
type places struct {
	path string
	mu   sync.Mutex
	all  map[tandem.ID]place
}

func openPlaces(path string) (*places, error) {
	p := &places{path: path, all: map[tandem.ID]place{}}
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return p, nil
	}
	var kept map[string]place
	if err == nil {
		err = json.Unmarshal(text, &kept)
	}
	for name, at := range kept {
		id, wrong := tandem.ParseID(name)
		err = errors.Join(err, wrong)
		p.all[id] = at
	}
	if err != nil {
		return nil, fmt.Errorf("read where the flow log was handed on to: %w; remove the file %s to begin with the oldest entry", err, path)
	}
	return p, nil
}

func (p *places) has(id tandem.ID) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	_, ok := p.all[id]
	return ok
}

func (p *places) of(id tandem.ID) place {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.all[id]
}

// set keeps a place: whole, or as it was before.
func (p *places) set(id tandem.ID, at place) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	all := maps.Clone(p.all)
	all[id] = at
	kept := map[string]place{}
	for id, at := range all {
		kept[id.String()] = at
	}
	text, err := json.Marshal(kept)
	if err == nil {
		err = writeWhole(p.path, func(w io.Writer) error {
			_, err := w.Write(text)
			return err
		})
	}
	if err != nil {
		return fmt.Errorf("keep where the flow log was handed on to: %w", err)
	}
	p.all = all
	return nil
}

// errUnchanged keeps writeWhole from replacing the file.
var errUnchanged = errors.New("nothing has changed")

// writeWhole replaces a file by another with what write writes, which only the
// owner can read. If write fails the file stays.
func writeWhole(path string, write func(w io.Writer) error) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".flow-log-*")
	if err != nil {
		return err
	}
	out := bufio.NewWriterSize(f, 64<<10)
	if err = write(out); err == nil {
		err = out.Flush()
	}
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return nil
}
