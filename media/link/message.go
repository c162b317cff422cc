package link

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"time"

	"tandem"
	"tandem/voice"
)

// Version of the protocol. The two sides are the same binary but for an
// upgrade, during which the older one refuses and tries again.
const Version = 3

const (
	maxFrameBytes = 8 << 20 // room for a sync of 100,000 rooms
	maxBatch      = 64      // rooms or reports in one message
	maxSignals    = 256     // under way at a time; more are refused
)

// Timing of the link.
const (
	defaultPing       = 5 * time.Second // a message at least this often
	defaultSignalWait = 5 * time.Second // for the answer to a signal
	silentPings       = 4               // pings missed before the link counts as dead
	writeTimeout      = 10 * time.Second
	firstBackoff      = 50 * time.Millisecond
	maxBackoff        = 5 * time.Second
)

// hello is each side's first message.
type hello struct {
	Version     int
	Epoch       tandem.Epoch `json:",omitempty"` // core
	Incarnation tandem.ID    `json:",omitzero"`  // media
}

// ack tells media that all reports up to a number are durable.
type ack struct {
	Incarnation tandem.ID
	Number      uint64
}

// message is one frame; at most one field is set, none is a ping.
type message struct {
	Hello   *hello         `json:",omitempty"`
	Rooms   []voice.Room   `json:",omitempty"`
	Sync    *syncList      `json:",omitempty"`
	Ack     *ack           `json:",omitempty"`
	Reports []voice.Report `json:",omitempty"`

	Signal *voice.Signal       `json:",omitempty"` // core
	Answer *voice.SignalAnswer `json:",omitempty"` // media, to the signal with the same ID
}

// syncList has the ids of all rooms that the core knows to be alive.
type syncList struct{ Alive []tandem.ID }

// errTooLong says that the peer is not one of ours or is broken.
var errTooLong = errors.New("message is longer than the protocol allows")

func writeMessage(c net.Conn, m message) error {
	body, err := json.Marshal(m)
	if err != nil {
		return fmt.Errorf("encode message: %w", err)
	}
	if len(body) > maxFrameBytes {
		return errTooLong
	}
	frame := append(binary.BigEndian.AppendUint32(make([]byte, 0, 4+len(body)), uint32(len(body))), body...)
	if err := c.SetWriteDeadline(time.Now().Add(writeTimeout)); err != nil {
		return err
	}
	_, err = c.Write(frame)
	return err
}

func readMessage(r io.Reader) (message, error) {
	var m message
	var size [4]byte
	if _, err := io.ReadFull(r, size[:]); err != nil {
		return m, err
	}
	n := binary.BigEndian.Uint32(size[:])
	if n > maxFrameBytes {
		return m, errTooLong
	}
	body := make([]byte, n)
	if _, err := io.ReadFull(r, body); err != nil {
		return m, err
	}
	if err := json.Unmarshal(body, &m); err != nil {
		return m, fmt.Errorf("decode message: %w", err)
	}
	return m, nil
}

// readHello reads the first message and checks it.
func readHello(c net.Conn) (hello, error) {
	if err := c.SetReadDeadline(time.Now().Add(writeTimeout)); err != nil {
		return hello{}, err
	}
	m, err := readMessage(c)
	switch {
	case err != nil:
		return hello{}, err
	case m.Hello == nil:
		return hello{}, errors.New("the peer did not say hello: this is not the other half of tandem")
	case m.Hello.Version != Version:
		return hello{}, fmt.Errorf("the peer speaks version %d, this side %d: run both from one build", m.Hello.Version, Version)
	}
	return *m.Hello, nil
}
