package webrtc

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pion/rtcp"
	pion "github.com/pion/webrtc/v4"

	"tandem/media/rtp"
)

// maxPacketBytes is what one packet of a browser may have.
const maxPacketBytes = 1500

// Peer is one connection of one browser. It is an [rtp.Carrier].
type Peer struct {
	id      string
	gateway *Gateway
	conn    *pion.PeerConnection
	track   *track
	leg     atomic.Pointer[rtp.Leg]
	timer   *time.Timer // to be connected
	closing sync.Once

	negotiating sync.Mutex // one offer at a time

	telling sync.Mutex // guards state; held while an event is told
	state   state
}

type state uint8

const (
	connecting state = iota
	up
	down
	over
)

// Answer is what the browser needs to connect.
type Answer struct {
	SDP       string
	Candidate string // the one address; also in the SDP
	Mid       string // the audio section's name
}

// Answer makes a peer of a browser's offer. The peer must be closed, also if
// it never comes up. It returns ErrOffer, wrapped, for an offer that cannot be
// met.
func (g *Gateway) Answer(ctx context.Context, offer string) (*Peer, Answer, error) {
	conn, err := g.api.NewPeerConnection(pion.Configuration{Certificates: []pion.Certificate{g.certificate}})
	if err != nil {
		return nil, Answer{}, fmt.Errorf("make a connection for a browser: %w", err)
	}
	p := &Peer{id: rand.Text(), gateway: g, conn: conn, track: &track{}}
	answer, err := p.begin(ctx, offer)
	if err != nil {
		p.Close()
		return nil, Answer{}, err
	}
	p.timer = time.AfterFunc(connectWithin, p.giveUp)
	return p, answer, nil
}

func (p *Peer) begin(ctx context.Context, offer string) (Answer, error) {
	sender, err := p.conn.AddTrack(p.track)
	if err != nil {
		return Answer{}, fmt.Errorf("make a connection for a browser: %w", err)
	}
	p.conn.OnTrack(p.listen)
	p.conn.OnConnectionStateChange(func(pion.PeerConnectionState) { p.changed() })
	answer, err := p.negotiate(ctx, offer)
	if err == nil {
		p.gateway.running.Go(func() { p.readReports(sender.Read) })
	}
	return answer, err
}

// ID names the connection; nobody can guess it.
func (p *Peer) ID() string { return p.id }

// Restart answers an offer that gives the same connection new addresses
// (RFC 8445 section 2.4).
func (p *Peer) Restart(ctx context.Context, offer string) (Answer, error) {
	return p.negotiate(ctx, offer)
}

func (p *Peer) negotiate(ctx context.Context, offer string) (Answer, error) {
	p.negotiating.Lock()
	defer p.negotiating.Unlock()
	offer, err := readOffer(offer)
	if err != nil {
		return Answer{}, err
	}
	if err := p.conn.SetRemoteDescription(pion.SessionDescription{Type: pion.SDPTypeOffer, SDP: offer}); err != nil {
		return Answer{}, errors.Join(ErrOffer, err)
	}
	answer, err := p.conn.CreateAnswer(nil)
	if err != nil {
		return Answer{}, errors.Join(ErrOffer, err)
	}
	gathered := pion.GatheringCompletePromise(p.conn)
	if err := p.conn.SetLocalDescription(answer); err != nil {
		return Answer{}, errors.Join(ErrOffer, err)
	}
	select {
	case <-gathered:
	case <-ctx.Done():
		return Answer{}, ctx.Err()
	}
	sdp := p.conn.LocalDescription().SDP
	candidate, ok := attribute(sdp, "candidate:")
	if !ok {
		return Answer{}, fmt.Errorf("the server has no address for browsers: is external_ip right (%s)?", p.gateway.address)
	}
	mid, _ := attribute(sdp, "mid:")
	return Answer{SDP: sdp, Candidate: "candidate:" + candidate, Mid: mid}, nil
}

// attribute is the value of the first attribute that begins so.
func attribute(sdp, name string) (string, bool) {
	for line := range strings.Lines(sdp) {
		if value, ok := strings.CutPrefix(strings.TrimRight(line, "\r\n"), "a="+name); ok {
			return value, true
		}
	}
	return "", false
}

// Attach hands what the browser says to a leg from now on; nil: to none.
func (p *Peer) Attach(l *rtp.Leg) { p.leg.Store(l) }

// Session is what was agreed on for the audio.
func (p *Peer) Session() rtp.Session {
	return rtp.Session{Codec: rtp.PCMU, EventPT: p.track.eventPT(), Send: true, Receive: true}
}

// SSRC implements rtp.Carrier.
func (p *Peer) SSRC() uint32 { return p.track.stream().ssrc }

// Sent implements rtp.Carrier.
func (p *Peer) Sent() (seq uint16, stamp uint32, ok bool) {
	last := p.track.last.Load()
	if last == nil {
		return 0, 0, false
	}
	return last.seq, last.stamp, true
}

// WriteRTP implements rtp.Carrier.
func (p *Peer) WriteRTP(packet []byte) { p.track.write(packet) }

// WriteRTCP implements rtp.Carrier.
func (p *Peer) WriteRTCP(packets rtcp.CompoundPacket) { _ = p.conn.WriteRTCP(packets) }

// Close ends the connection without waiting for it.
func (p *Peer) Close() {
	p.closing.Do(func() {
		p.gateway.running.Go(func() {
			_ = p.conn.GracefulClose()
			p.become(over)
		})
	})
}

// giveUp closes a peer that has not connected in time.
func (p *Peer) giveUp() {
	p.telling.Lock()
	never := p.state == connecting
	p.telling.Unlock()
	if never {
		p.Close()
	}
}

// changed tells what became of the connection. Pion does not say it in order,
// so the present state counts.
func (p *Peer) changed() {
	switch p.conn.ConnectionState() {
	case pion.PeerConnectionStateConnected:
		p.become(up)
	case pion.PeerConnectionStateDisconnected:
		p.become(down)
	case pion.PeerConnectionStateFailed, pion.PeerConnectionStateClosed:
		p.become(over)
		p.Close()
	}
}

func (p *Peer) become(s state) {
	p.telling.Lock()
	defer p.telling.Unlock()
	if s == p.state || p.state == over || s == down && p.state != up {
		return
	}
	p.state = s
	switch s {
	case up:
		p.gateway.config.Events.PeerUp(p)
	case down:
		p.gateway.config.Events.PeerDown(p)
	case over:
		p.gateway.config.Events.PeerOver(p)
	}
}

// listen reads the browser's audio until the connection closes.
func (p *Peer) listen(t *pion.TrackRemote, r *pion.RTPReceiver) {
	p.gateway.running.Go(func() { p.readReports(r.Read) })
	buf := make([]byte, maxPacketBytes)
	for {
		n, _, err := t.Read(buf)
		if err != nil {
			return
		}
		if l := p.leg.Load(); l != nil {
			l.CarriedRTP(p, buf[:n], time.Now())
		}
	}
}
