package stories

import (
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const sectorBytes = 512

// diskFile is a file as the disk has it, and what was written since and may
// or may not be there after a power loss.
type diskFile struct {
	exists  bool
	durable []byte
	pending []*systemCall // writes and new sizes
	linked  bool          // its name is durable: it was there, or its folder was synced since
	removed []byte        // what the name led to before, until its folder is synced; nil for nothing
}

// disk replays a trace of writes to the files of one folder. What is not
// covered by a completed sync has no promise.
type disk struct {
	folder string
	files  map[string]*diskFile
	calls  []*systemCall // that change the files, by begin
	syncs  []*systemCall // by end
}

// newDisk begins with the files as they are in a copy of the folder, which
// must be durable.
func newDisk(t *testing.T, folder, before string, names []string, calls []*systemCall) *disk {
	t.Helper()
	d := &disk{folder: folder, files: map[string]*diskFile{}}
	for _, name := range names {
		b, err := os.ReadFile(filepath.Join(before, name))
		if err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
		d.files[name] = &diskFile{exists: err == nil, durable: b, linked: err == nil}
	}
	for _, call := range calls {
		if call.path != folder && d.files[d.name(call)] == nil || call.result < 0 && call.end != never {
			continue
		}
		switch call.name {
		case "pwrite64", "ftruncate", "open", "openat", "unlink", "unlinkat":
			d.calls = append(d.calls, call)
		case "fsync", "fdatasync":
			d.syncs = append(d.syncs, call)
		default:
			t.Fatalf("the journal is changed by %s %s, which this disk does not know", call.name, call.path)
		}
	}
	slices.SortFunc(d.syncs, func(a, b *systemCall) int { return a.end - b.end })
	return d
}

func (d *disk) name(call *systemCall) string {
	name, ok := strings.CutPrefix(call.path, d.folder+"/")
	if !ok {
		return ""
	}
	return name
}

// moveTo goes forward to a line of the trace.
func (d *disk) moveTo(line int) {
	for len(d.syncs) > 0 && d.syncs[0].end <= line {
		sync := d.syncs[0]
		d.syncs = d.syncs[1:]
		d.write(sync.begin)
		d.sync(sync)
	}
	d.write(line)
}

// write lets the calls begin that began up to a line.
func (d *disk) write(line int) {
	for len(d.calls) > 0 && d.calls[0].begin <= line {
		call := d.calls[0]
		d.calls = d.calls[1:]
		f := d.files[d.name(call)]
		switch {
		case f == nil: // the folder was opened
		case strings.HasPrefix(call.name, "open"):
			f.exists = true // without O_CREAT it could not have been opened
		case strings.HasPrefix(call.name, "unlink"):
			f.remove()
		default:
			f.pending = append(f.pending, call)
		}
	}
}

// remove takes the name away; which is durable only after a sync of the folder.
func (f *diskFile) remove() {
	var before []byte
	if f.linked {
		before = append([]byte{}, f.durable...)
	}
	*f = diskFile{removed: before}
}

// sync makes durable what had been written when the sync began.
func (d *disk) sync(sync *systemCall) {
	if sync.path == d.folder {
		for _, f := range d.files {
			f.linked, f.removed = f.exists, nil
		}
		return
	}
	f := d.files[d.name(sync)]
	var left []*systemCall
	for _, w := range f.pending {
		if w.end <= sync.begin {
			f.durable = overwrite(f.durable, w, nil)
		} else {
			left = append(left, w)
		}
	}
	f.pending = left
}

// sizeSector stands for a file's size where sectors are told apart.
const sizeSector = -1

// overwrite applies a write, or a new size; keep tells which sectors of it
// reach the disk, nil for all.
func overwrite(b []byte, w *systemCall, keep func(sector int64) bool) []byte {
	if w.name == "ftruncate" {
		if keep == nil || keep(sizeSector) {
			b = append(b[:min(int64(len(b)), w.offset)], make([]byte, max(0, w.offset-int64(len(b))))...)
		}
		return b
	}
	for at := w.offset; at < w.offset+int64(len(w.data)); {
		sector := at / sectorBytes
		end := min((sector+1)*sectorBytes, w.offset+int64(len(w.data)))
		if keep == nil || keep(sector) {
			if grow := end - int64(len(b)); grow > 0 {
				b = append(b, make([]byte, grow)...)
			}
			copy(b[at:end], w.data[at-w.offset:end-w.offset])
		}
		at = end
	}
	return b
}

// unpromised is how many writes may or may not be there.
func (d *disk) unpromised() (n int) {
	for _, f := range d.files {
		n += len(f.pending)
	}
	return n
}

// fate says what a power loss makes of writes without a promise.
type fate int

const (
	allLost     fate = iota
	prefixKept       // the disk was written in order, and stopped in the middle of a write
	sectorsKept      // each sector holds what it held at some moment
	fates
)

// lose writes what the disk holds after a power loss at the line that it was
// moved to into a folder.
func (d *disk) lose(t *testing.T, into string, how fate, rnd *rand.Rand) {
	t.Helper()
	for _, name := range slices.Sorted(maps.Keys(d.files)) {
		f := d.files[name]
		content := f.removed
		if f.linked {
			content = f.after(how, rnd)
		}
		if content == nil {
			continue // there is no such name
		}
		if err := os.WriteFile(filepath.Join(into, name), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func (f *diskFile) after(how fate, rnd *rand.Rand) []byte {
	b := append([]byte{}, f.durable...)
	n := len(f.pending)
	switch {
	case how == allLost || n == 0:
	case how == prefixKept:
		whole := rnd.IntN(n)
		for _, w := range f.pending[:whole] {
			b = overwrite(b, w, nil)
		}
		b = overwrite(b, f.pending[whole], func(int64) bool { return rnd.IntN(2) == 0 })
	case how == sectorsKept:
		moment := map[int64]int{}
		for i, w := range f.pending {
			b = overwrite(b, w, func(sector int64) bool {
				if _, known := moment[sector]; !known {
					moment[sector] = rnd.IntN(n + 1)
				}
				return i < moment[sector]
			})
		}
	}
	return b
}
