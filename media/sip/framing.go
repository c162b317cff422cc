package sip

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"net"
	"strconv"
	"strings"
	"time"
)

var (
	errTooLong  = errors.New("sip: a message over 16 KB")
	errNoLength = errors.New("sip: a message without a usable Content-Length")
)

// frameReader cuts a connection's bytes into messages by their Content-Length (RFC 3261 section 18.3).
type frameReader struct {
	conn    net.Conn
	reader  *bufio.Reader
	idle    time.Duration // nothing may come for so long
	message time.Duration // a message that has begun must be there after so long
}

func newFrameReader(conn net.Conn, idle, message time.Duration) *frameReader {
	return &frameReader{conn: conn, reader: bufio.NewReaderSize(conn, maxDatagramBytes), idle: idle, message: message}
}

// next gives the next message and whether the far side asked for a sign of life before it (RFC 5626 section 3.5.1).
// With errTooLong and errNoLength comes what was read, so that it can be answered; the connection is of no use then.
func (f *frameReader) next() (message []byte, ping bool, err error) {
	_ = f.conn.SetReadDeadline(time.Now().Add(f.idle)) // of a closed connection, what was read before still counts
	ends, err := f.skipLineEnds()
	if err != nil || ends >= 4 {
		return nil, ends >= 4, err
	}
	_ = f.conn.SetReadDeadline(time.Now().Add(f.message))
	head, err := f.head()
	if err != nil {
		return head, false, err
	}
	length, ok := contentLength(head)
	if !ok {
		return head, false, errNoLength
	}
	if len(head)+length > maxDatagramBytes {
		return head, false, errTooLong
	}
	message = append(head, make([]byte, length)...)
	_, err = io.ReadFull(f.reader, message[len(head):])
	return message, false, err
}

// skipLineEnds counts the CR and LF before a message, up to those of one sign of life.
func (f *frameReader) skipLineEnds() (int, error) {
	for n := 0; ; n++ {
		b, err := f.reader.Peek(1)
		if err != nil || n == 4 || b[0] != '\r' && b[0] != '\n' {
			if n > 0 && n < 4 {
				err = nil // part of a sign of life, or of a line end too many
			}
			return n, err
		}
		_, _ = f.reader.Discard(1)
		if n == 3 {
			return 4, nil
		}
	}
}

// head reads up to the empty line.
func (f *frameReader) head() ([]byte, error) {
	var head []byte
	for {
		line, err := f.reader.ReadSlice('\n')
		head = append(head, line...)
		switch {
		case len(head) > maxDatagramBytes || errors.Is(err, bufio.ErrBufferFull):
			return head, errTooLong
		case err != nil:
			return nil, err
		case bytes.HasSuffix(head, []byte("\r\n\r\n")) || bytes.HasSuffix(head, []byte("\n\n")):
			return head, nil
		}
	}
}

// contentLength reads the one Content-Length, in its long or compact form.
func contentLength(head []byte) (int, bool) {
	length, found := 0, false
	for _, line := range strings.Split(string(head), "\n") {
		name, value, _ := strings.Cut(line, ":")
		name = strings.TrimSpace(name)
		if !strings.EqualFold(name, "content-length") && !strings.EqualFold(name, "l") {
			continue
		}
		n, err := strconv.ParseUint(strings.TrimSpace(value), 10, 31)
		if err != nil || found && int(n) != length {
			return 0, false
		}
		length, found = int(n), true
	}
	return length, found
}
