package sip

import "sync"

// maxMessages bounds what peers can pile up for one call.
const maxMessages = 64

// wish is a method of Call that an owner may call; each takes effect once.
type wish uint8

const (
	wishRing wish = 1 << iota
	wishAnswer
	wishReject
	wishHangup
)

// mailbox is a call's inbox: functions that its goroutine runs one after the other. It is bounded: messages by
// maxMessages, wishes by their number, and notices by the call's own open transactions.
type mailbox struct {
	mu       sync.Mutex
	queue    []func()
	messages int
	wished   wish
	closed   bool
	wake     chan struct{} // holds one token while the queue is not empty
}

func newMailbox() *mailbox { return &mailbox{wake: make(chan struct{}, 1)} }

// message puts in something from outside; false means there is no room or the call is over.
func (m *mailbox) message(f func()) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.closed || m.messages >= maxMessages {
		return false
	}
	m.messages++
	m.push(f)
	return true
}

// notice puts in word of one of the call's own transactions, which must not be lost.
func (m *mailbox) notice(f func()) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if !m.closed {
		m.push(f)
	}
}

// wish puts in an owner's wish unless the same was put in before.
func (m *mailbox) wish(kind wish, f func()) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.closed || m.wished&kind != 0 {
		return
	}
	m.wished |= kind
	m.push(f)
}

func (m *mailbox) push(f func()) {
	m.queue = append(m.queue, f)
	select {
	case m.wake <- struct{}{}:
	default:
	}
}

// take empties the mailbox.
func (m *mailbox) take() []func() {
	m.mu.Lock()
	defer m.mu.Unlock()
	taken := m.queue
	m.queue, m.messages = nil, 0
	return taken
}

func (m *mailbox) isClosed() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.closed
}

// close refuses everything from now on, unless something is waiting: then it reports false and stays open.
func (m *mailbox) close() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.queue) > 0 {
		return false
	}
	m.closed = true
	return true
}
