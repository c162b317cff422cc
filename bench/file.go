package bench

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

// fileSink is the least that any log must do: append and fdatasync, with a
// group commit of its own.
type fileSink struct {
	file  *os.File
	queue chan fileRecord
	ended chan error
}

type fileRecord struct {
	bytes   []byte
	durable chan error
}

func newFileSink(path string) (*fileSink, error) {
	f, err := os.Create(path)
	if err != nil {
		return nil, err
	}
	s := &fileSink{file: f, queue: make(chan fileRecord, 4096), ended: make(chan error, 1)}
	go func() { s.ended <- s.run() }()
	return s, nil
}

func (s *fileSink) put(record []byte, durable chan error) error {
	s.queue <- fileRecord{record, durable}
	return <-durable
}

func (s *fileSink) close() error {
	close(s.queue)
	return errors.Join(<-s.ended, s.file.Close())
}

func (s *fileSink) run() error {
	var waiting []chan error
	var buf []byte
	for first := range s.queue {
		waiting, buf = append(waiting[:0], first.durable), append(buf[:0], first.bytes...)
		for n := len(s.queue); n > 0; n-- {
			next := <-s.queue
			waiting, buf = append(waiting, next.durable), append(buf, next.bytes...)
		}
		_, err := s.file.Write(buf)
		if err == nil {
			err = unix.Fdatasync(int(s.file.Fd()))
		}
		for _, w := range waiting {
			w <- err
		}
	}
	return nil
}
