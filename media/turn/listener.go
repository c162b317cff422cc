package turn

import (
	"bufio"
	"net"
	"sync"
	"time"
)

const (
	streamIdle   = 2 * time.Minute // browsers check their connection every few seconds
	streamStalls = 10 * time.Second
)

// listener takes no more connections than are allowed, and ends those that
// are idle. When it closes, so do they.
type listener struct {
	net.Listener
	server *Server

	mu      sync.Mutex
	closed  bool
	streams map[*stream]bool
}

// Accept implements net.Listener.
func (l *listener) Accept() (net.Conn, error) {
	for {
		conn, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		if c := l.admit(conn); c != nil {
			return c, nil
		}
		conn.Close()
	}
}

func (l *listener) admit(conn net.Conn) net.Conn {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed || len(l.streams) >= l.server.config.Streams {
		l.server.refused.Add(1)
		return nil
	}
	s := &stream{Conn: conn, listener: l, frames: frames{from: bufio.NewReaderSize(conn, maxFrameBytes)}}
	l.streams[s] = true
	l.server.streams.Add(1)
	return s
}

// Close implements net.Listener.
func (l *listener) Close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.closed = true
	for s := range l.streams {
		s.Conn.Close()
	}
	return l.Listener.Close()
}

func (l *listener) left(s *stream) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.streams[s] {
		delete(l.streams, s)
		l.server.streams.Add(-1)
	}
}

// stream is one connection over TCP or TLS.
type stream struct {
	net.Conn
	listener *listener
	frames   frames
}

// Read implements net.Conn: it gives whole frames, and ends the connection of
// whoever sends what is none.
func (s *stream) Read(b []byte) (int, error) {
	if err := s.SetReadDeadline(time.Now().Add(streamIdle)); err != nil {
		return 0, err
	}
	return s.frames.Read(b)
}

// Write implements net.Conn.
func (s *stream) Write(b []byte) (int, error) {
	if err := s.SetWriteDeadline(time.Now().Add(streamStalls)); err != nil {
		return 0, err
	}
	return s.Conn.Write(b)
}

// Close implements net.Conn.
func (s *stream) Close() error {
	s.listener.left(s)
	return s.Conn.Close()
}
