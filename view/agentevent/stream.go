package agentevent

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
)

// fileMode lets only the owner read the names of agents.
const fileMode = 0o600

// stream is the file of lines.
type stream struct {
	path string
	log  *slog.Logger
	file *os.File
}

// open opens the file on first use and cuts off what was written beyond the
// length that is known: its transaction was never committed. A file that is
// shorter lost its end with the machine's power; it goes on after its last
// whole line.
func (s *stream) open(length int64) (int64, error) {
	if s.file != nil {
		return length, nil
	}
	f, err := os.OpenFile(s.path, os.O_RDWR|os.O_CREATE, fileMode)
	if err != nil {
		return 0, fmt.Errorf("open the agent event stream: %w", err)
	}
	size, err := f.Seek(0, io.SeekEnd)
	if err == nil && size < length {
		s.log.Error("the file of agent events is shorter than it was; its last events are lost", "file", s.path, "bytes", length-size)
		length, err = lastLine(f, size)
	}
	if err == nil {
		err = f.Truncate(length)
	}
	if err != nil {
		return 0, errors.Join(fmt.Errorf("open the agent event stream %s: %w", s.path, err), f.Close())
	}
	s.file = f
	return length, nil
}

// lastLine is the length up to the end of the last whole line.
func lastLine(f *os.File, size int64) (int64, error) {
	const step = 64 << 10
	buf := make([]byte, step)
	for end := size; end > 0; {
		start := max(0, end-step)
		n, err := f.ReadAt(buf[:end-start], start)
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

// append writes lines behind length and returns the new length. It does not
// sync.
func (s *stream) append(length int64, lines []byte) (int64, error) {
	length, err := s.open(length)
	if err != nil {
		return 0, err
	}
	if _, err := s.file.WriteAt(lines, length); err != nil {
		return 0, fmt.Errorf("write agent events: %w", err)
	}
	return length + int64(len(lines)), nil
}

// personal are the fields that name a person.
var personal = [][]byte{[]byte(`"FirstName":"`), []byte(`"LastName":"`), []byte(`"Username":"`)}

// erase overwrites the names in the lines of agents with blanks, in place:
// lines keep their length, so that doing it again, or only half, does no harm.
func (s *stream) erase(agentARNs []string) error {
	in := bufio.NewReaderSize(io.NewSectionReader(s.file, 0, 1<<62), 256<<10)
	for at := int64(0); ; {
		line, err := in.ReadBytes('\n')
		if err != nil && !errors.Is(err, io.EOF) {
			return fmt.Errorf("read agent events to erase a name: %w", err)
		}
		if isOf(line, agentARNs) && blank(line) {
			if _, err := s.file.WriteAt(line, at); err != nil {
				return fmt.Errorf("erase a name in the agent events: %w", err)
			}
		}
		at += int64(len(line))
		if err != nil {
			return s.file.Sync()
		}
	}
}

func isOf(line []byte, agentARNs []string) bool {
	for _, arn := range agentARNs {
		if bytes.Contains(line, []byte(`"AgentARN":"`+arn+`"`)) {
			return true
		}
	}
	return false
}

// blank empties every personal field of a line and fills up with spaces, which
// JSON allows after a value. It reports whether there was any.
func blank(line []byte) bool {
	changed := false
	for _, field := range personal {
		for rest := line; ; {
			i := bytes.Index(rest, field)
			if i < 0 {
				break
			}
			rest = rest[i+len(field):]
			n := valueLength(rest)
			if n > 0 && n < len(rest) {
				rest[0] = '"'
				for j := 1; j <= n; j++ {
					rest[j] = ' '
				}
				changed = true
			}
		}
	}
	return changed
}

// valueLength is the length of a JSON string's inside, up to its closing quote.
func valueLength(b []byte) int {
	for i := 0; i < len(b); i++ {
		switch b[i] {
		case '\\':
			i++
		case '"':
			return i
		}
	}
	return len(b)
}

func (s *stream) close() error {
	if s.file == nil {
		return nil
	}
	err := s.file.Close()
	s.file = nil
	return err
}
