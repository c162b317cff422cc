package stream

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"tandem"
	"tandem/view/flowlog"
)

// File is a destination that writes entries as JSON lines. A file that has
// reached its size is renamed, with .1, .2 and so on behind its name, .1 being
// the youngest; the oldest is removed.
type File struct {
	path     string
	maxBytes int64
	keep     int
	file     *os.File
	size     int64
}

// NewFile returns the destination. Keep is how many full files stay beside the
// one that is written; 0 is one.
func NewFile(path string, maxBytes int64, keep int) *File {
	return &File{path: path, maxBytes: maxBytes, keep: max(keep, 1)}
}

// Take implements Destination: the lines are synced before it returns.
func (f *File) Take(_ context.Context, _ tandem.ID, batch []flowlog.Row) error {
	var lines bytes.Buffer
	for i := range batch {
		lines.Write(batch[i].Line)
		lines.WriteByte('\n')
	}
	err := f.open()
	if err == nil && f.size > 0 && f.size+int64(lines.Len()) > f.maxBytes {
		err = f.rotate()
	}
	if err == nil {
		_, err = f.file.WriteAt(lines.Bytes(), f.size)
	}
	if err == nil {
		err = f.file.Sync()
	}
	if err != nil {
		return fmt.Errorf("write the flow log to %s: %w", f.path, err)
	}
	f.size += int64(lines.Len())
	return nil
}

// open opens the file on first use. A last line that is not whole was never
// taken; it is written over.
func (f *File) open() error {
	if f.file != nil {
		return nil
	}
	file, err := os.OpenFile(f.path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	size, err := wholeLines(file)
	if err == nil {
		err = file.Truncate(size)
	}
	if err != nil {
		return errors.Join(err, file.Close())
	}
	f.file, f.size = file, size
	return nil
}

// wholeLines is the length of the file up to the end of its last whole line.
func wholeLines(file *os.File) (int64, error) {
	end, err := file.Seek(0, io.SeekEnd)
	if err != nil {
		return 0, err
	}
	const step = 64 << 10
	buf := make([]byte, step)
	for end > 0 {
		start := max(0, end-step)
		n, err := file.ReadAt(buf[:end-start], start)
		if err != nil && !errors.Is(err, io.EOF) {
			return 0, err
		}
		if i := bytes.LastIndexByte(buf[:n], '\n'); i >= 0 {
			return start + int64(i) + 1, nil
		}
		end = start
	}
	return 0, nil
}

func (f *File) full(n int) string { return fmt.Sprintf("%s.%d", f.path, n) }

// rotate puts the full file aside and begins another.
func (f *File) rotate() error {
	if err := f.Close(); err != nil {
		return err
	}
	for n := f.keep - 1; n > 0; n-- {
		if err := os.Rename(f.full(n), f.full(n+1)); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
	}
	if err := os.Rename(f.path, f.full(1)); err != nil {
		return err
	}
	return f.open()
}

// Erase implements Destination: it writes the files anew in which the contacts
// are.
func (f *File) Erase(ctx context.Context, _ tandem.ID, contacts []tandem.ID) error {
	if err := f.Close(); err != nil {
		return err
	}
	paths, err := filepath.Glob(escaped(f.path) + ".[0-9]*")
	if err != nil {
		return err
	}
	for _, path := range append(paths, f.path) {
		if err := eraseIn(ctx, path, contacts); err != nil && !errors.Is(err, os.ErrNotExist) {
			return fmt.Errorf("erase in %s: %w", path, err)
		}
	}
	return nil
}

// escaped is a path in which nothing is a pattern.
func escaped(path string) string {
	var out []byte
	for _, c := range []byte(path) {
		if bytes.IndexByte([]byte(`*?[\`), c) >= 0 {
			out = append(out, '\\')
		}
		out = append(out, c)
	}
	return string(out)
}

// eraseIn writes one file anew, if any of the contacts is in it.
func eraseIn(ctx context.Context, path string, contacts []tandem.ID) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	in := bufio.NewReaderSize(file, 64<<10)
	err = writeWhole(path, func(out io.Writer) error {
		changed := false
		for {
			line, readErr := in.ReadBytes('\n')
			if isOf(line, contacts) {
				line = append(flowlog.ErasedLine(line), '\n')
				changed = true
			}
			_, err := out.Write(line)
			switch {
			case err != nil || ctx.Err() != nil:
				return errors.Join(err, ctx.Err())
			case errors.Is(readErr, io.EOF) && !changed:
				return errUnchanged
			case errors.Is(readErr, io.EOF):
				return nil
			case readErr != nil:
				return readErr
			}
		}
	})
	if errors.Is(err, errUnchanged) {
		return nil
	}
	return err
}

func isOf(line []byte, contacts []tandem.ID) bool {
	var e struct {
		ContactID string `json:"ContactId"`
	}
	if json.Unmarshal(line, &e) != nil {
		return false
	}
	id, err := tandem.ParseID(e.ContactID)
	return err == nil && slices.Contains(contacts, id)
}

// Close implements Destination.
func (f *File) Close() error {
	if f.file == nil {
		return nil
	}
	err := f.file.Close()
	f.file = nil
	return err
}
