package main

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"slices"
	"sync"
	"time"

	"tandem/media/sip"
)

// phoneNetwork is the telephone network of the demo: the trunk that Tandem
// knows. Behind it are the agents' desk phones, which lift by themselves, and
// the customers.
type phoneNetwork struct {
	agent   *sip.UserAgent
	conn    net.PacketConn
	address string // host:port
	log     *slog.Logger
	serving sync.WaitGroup

	mu    sync.Mutex
	talks map[*sip.Call]*talk
}

// liftAfter is how long a desk phone rings.
const liftAfter = 2 * time.Second

func newPhoneNetwork(log *slog.Logger) (*phoneNetwork, error) {
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	n := &phoneNetwork{conn: conn, address: conn.LocalAddr().String(), log: log, talks: map[*sip.Call]*talk{}}
	n.agent, err = sip.New(sip.Config{
		Conn: conn, Contact: n.address, Handler: n, Allowed: func(a netip.Addr) bool { return a.IsLoopback() }, Log: log,
	})
	if err != nil {
		conn.Close()
		return nil, err
	}
	n.serving.Go(func() {
		if err := n.agent.Serve(context.Background()); err != nil {
			log.Error("the simulated phones have stopped", "err", err)
		}
	})
	return n, nil
}

// close hangs up every call.
func (n *phoneNetwork) close() {
	n.agent.Close()
	n.serving.Wait()
	n.conn.Close()
}

// dial calls a number over the SIP address of the server.
func (n *phoneNetwork) dial(ctx context.Context, server, number, caller string) (*talk, error) {
	t, err := newTalk(customerTone)
	if err != nil {
		return nil, err
	}
	n.mu.Lock() // no report comes before the talk is known
	defer n.mu.Unlock()
	id := newID().String()
	t.call, err = n.agent.Dial(ctx, sip.DialRequest{CallID: id + "@demo", FromTag: id[:8], Number: number, Trunk: server, Caller: caller, Local: t.local()})
	if err != nil {
		t.end()
		return nil, fmt.Errorf("dial %s: %w", server, err)
	}
	n.talks[t.call] = t
	return t, nil
}

func (n *phoneNetwork) talk(c *sip.Call) *talk {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.talks[c]
}

// Incoming implements sip.Handler: a desk phone rings and is lifted.
func (n *phoneNetwork) Incoming(c *sip.Call, _ sip.Invitation) {
	number := c.Info().Caller.Called.User
	if !slices.ContainsFunc(demoAgents, func(a demoAgent) bool { return a.deskPhone != "" && a.deskPhone == number }) {
		c.Reject(404, sip.InvalidNumber)
		return
	}
	t, err := newTalk(agentTone)
	if err != nil {
		n.log.Error("a desk phone cannot take a call", "err", err)
		c.Reject(486, sip.Busy)
		return
	}
	n.mu.Lock()
	n.talks[c] = t
	n.mu.Unlock()
	c.Ring()
	time.AfterFunc(liftAfter, func() { c.Answer(t.local()) })
}

// Ringing implements sip.Handler.
func (n *phoneNetwork) Ringing(*sip.Call, sip.Ringing) {}

// EarlyMedia implements sip.Handler.
func (n *phoneNetwork) EarlyMedia(*sip.Call, sip.Media) {}

// Answered implements sip.Handler.
func (n *phoneNetwork) Answered(c *sip.Call, m sip.Media) {
	if t := n.talk(c); t != nil {
		t.agree(m.Stream)
	}
}

// MediaChanged implements sip.Handler.
func (n *phoneNetwork) MediaChanged(c *sip.Call, m sip.Media) { n.Answered(c, m) }

// Digit implements sip.Handler.
func (n *phoneNetwork) Digit(*sip.Call, sip.Digit) {}

// Ended implements sip.Handler.
func (n *phoneNetwork) Ended(c *sip.Call, _ sip.End) {
	n.mu.Lock()
	t := n.talks[c]
	delete(n.talks, c)
	n.mu.Unlock()
	if t != nil {
		t.end()
	}
}
