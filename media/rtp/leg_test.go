package rtp

import (
	"encoding/binary"
	"net"
	"net/netip"
	"testing"
	"time"

	"github.com/pion/rtcp"
)

const patience = 10 * time.Second

var loopback = netip.MustParseAddr("127.0.0.1")

func openLeg(t *testing.T, cfg Config) *Leg {
	t.Helper()
	ports, err := NewPorts(loopback, 40000, 49999)
	if err != nil {
		t.Fatal(err)
	}
	cfg.Ports = ports
	l, err := Open(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(l.Close)
	return l
}

func (l *Leg) addr() netip.AddrPort { return netip.AddrPortFrom(loopback, uint16(l.Port())) }

func eventually(t *testing.T, what string, condition func() bool) {
	t.Helper()
	for deadline := time.Now().Add(patience); !condition(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("it never came true that %s", what)
		}
	}
}

func TestTwoLegsHearEachOtherAcrossCodecs(t *testing.T) {
	a, b := openLeg(t, Config{}), openLeg(t, Config{})
	a.Start(Session{Remote: b.addr(), Codec: PCMA, Send: true, Receive: true})
	b.Start(Session{Remote: a.addr(), Codec: PCMU, Send: true, Receive: true})
	var loud, heard Frame
	for i := range loud {
		loud[i] = 8000
	}
	eventually(t, "b hears a", func() bool {
		a.Send(&loud)
		b.Receive(&heard)
		return abs(int(heard[0])-8000) < 300
	})
	eventually(t, "a hears b", func() bool {
		b.Send(&loud)
		a.Receive(&heard)
		return abs(int(heard[0])-8000) < 300
	})
}

// listener is a bare UDP socket as the far side.
func listener(t *testing.T) *net.UDPConn {
	t.Helper()
	c, err := net.ListenUDP("udp", net.UDPAddrFromAddrPort(netip.AddrPortFrom(loopback, 0)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

func addrOf(c *net.UDPConn) netip.AddrPort { return c.LocalAddr().(*net.UDPAddr).AddrPort() }

func TestOutputIsOneContinuousStream(t *testing.T) {
	far, l := listener(t), openLeg(t, Config{})
	session := Session{Remote: addrOf(far), Send: true, Receive: true}
	l.Start(session)
	var f Frame
	read := func() (seq uint16, stamp uint32, marked bool) {
		buf := make([]byte, 1500)
		_ = far.SetReadDeadline(time.Now().Add(patience))
		if n, err := far.Read(buf); err != nil || n != 172 {
			t.Fatalf("read %d bytes: %v", n, err)
		}
		return binary.BigEndian.Uint16(buf[2:]), binary.BigEndian.Uint32(buf[4:]), buf[1]&0x80 != 0
	}
	l.Send(&f)
	seq, stamp, marked := read()
	if !marked {
		t.Error("the first packet has no marker")
	}
	next := func(what string, frames uint32, wantMark bool) {
		t.Helper()
		l.Send(&f)
		s, ts, m := read()
		if s != seq+1 || ts != stamp+frames*FrameSamples || m != wantMark {
			t.Errorf("%s: sequence number %d timestamp +%d marker %v, want %d +%d %v", what, s-seq, ts-stamp, m, 1, frames*FrameSamples, wantMark)
		}
		seq, stamp = s, ts
	}
	next("in the row", 1, false)
	l.Skip(3)
	next("after a skip", 4, true)
	session.Codec = PCMA
	l.Start(session)
	next("after a change of codec", 1, false)
	session.Send = false
	l.Start(session)
	l.Send(&f) // on hold: nothing is sent, time goes on
	session.Send = true
	l.Start(session)
	next("after a hold", 2, true)
}

func TestStrangersAreNotHeard(t *testing.T) {
	far, stranger, l := listener(t), listener(t), openLeg(t, Config{})
	l.Start(Session{Remote: addrOf(far), Send: true, Receive: true})
	packet := make([]byte, 172)
	packet[0] = 0x80
	_, _ = far.WriteToUDPAddrPort(packet, l.addr())
	eventually(t, "the far side is heard", func() bool { return l.Stats().PacketsIn == 1 })
	_, _ = stranger.WriteToUDPAddrPort(packet, l.addr())
	eventually(t, "the stranger is counted", func() bool { return l.Stats().Foreign == 1 })
	if l.Stats().PacketsIn != 1 {
		t.Error("the stranger was heard")
	}
}

func TestSilentFarSideIsLost(t *testing.T) {
	l := openLeg(t, Config{Inactivity: 50 * time.Millisecond})
	l.Start(Session{Remote: addrOf(listener(t)), Send: true, Receive: true})
	select {
	case <-l.Lost():
	case <-time.After(patience):
		t.Fatal("the leg is not lost")
	}
}

func TestFarSideOnHoldIsNotLost(t *testing.T) {
	l := openLeg(t, Config{Inactivity: 20 * time.Millisecond})
	l.Start(Session{Remote: addrOf(listener(t)), Send: true})
	if l.silent(time.Now().Add(time.Hour)) {
		t.Error("a far side that need not speak counts as lost")
	}
}

// RFC 3550 section 6.4: reports carry loss and let the far side measure the
// round trip.
func TestReportsTellLossAndRoundTrip(t *testing.T) {
	a, b := openLeg(t, Config{}), openLeg(t, Config{})
	a.Start(Session{Remote: b.addr(), Send: true, Receive: true})
	b.Start(Session{Remote: a.addr(), Send: true, Receive: true})
	var f Frame
	b.Send(&f)
	eventually(t, "a hears b", func() bool { return a.Stats().PacketsIn == 1 })
	b.mu.Lock()
	b.seq += 2 // two are lost
	b.mu.Unlock()
	b.Send(&f)
	eventually(t, "a hears b again", func() bool { return a.Stats().PacketsIn == 2 })
	a.mu.Lock()
	block := a.reception.block(time.Now())
	a.mu.Unlock()
	if len(block) != 1 || block[0].TotalLost != 2 || block[0].FractionLost != 128 {
		t.Errorf("the report block is %+v, want 2 lost of 4", block)
	}
	b.sendReport(false)
	eventually(t, "a has b's report", func() bool {
		a.mu.Lock()
		defer a.mu.Unlock()
		return a.reception.lastReport != 0
	})
	now := time.Now()
	b.mu.Lock()
	b.roundTrip([]rtcp.ReceptionReport{{
		SSRC: b.ssrc, LastSenderReport: uint32(ntpTime(now.Add(-100*time.Millisecond)) >> 16), Delay: 65536 / 25, // 40 ms
	}}, now)
	b.mu.Unlock()
	if rtt := b.Stats().RoundTripMillis; rtt < 58 || rtt > 62 {
		t.Errorf("the round trip is %d ms, want 60", rtt)
	}
}

func TestPortsAreFreedAndExhausted(t *testing.T) {
	ports, err := NewPorts(loopback, 51000, 51001)
	if err != nil {
		t.Fatal(err)
	}
	first, err := Open(Config{Ports: ports})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Open(Config{Ports: ports}); err == nil {
		t.Error("two legs share one pair")
	}
	first.Close()
	again, err := Open(Config{Ports: ports})
	if err != nil {
		t.Fatal(err)
	}
	again.Close()
	if _, err := NewPorts(loopback, 51001, 51001); err == nil {
		t.Error("a range without a pair is accepted")
	}
}

func FuzzReceived(f *testing.F) {
	f.Add(make([]byte, 172))
	f.Add([]byte{0x80, 101, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 5, 0x8a, 3, 0x20})
	f.Add([]byte{0xb0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0xbe, 0xde, 0xff, 0xff})
	report, err := rtcp.Marshal([]rtcp.Packet{&rtcp.SenderReport{SSRC: 1, Reports: []rtcp.ReceptionReport{{SSRC: 2}}}})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(report)
	f.Fuzz(func(t *testing.T, packet []byte) {
		remote := netip.MustParseAddrPort("192.0.2.1:4000")
		l := &Leg{digits: make(chan Digit, 2)}
		l.Start(Session{Remote: remote, EventPT: 101, Send: true, Receive: true})
		for range 3 {
			l.received(packet, remote, time.UnixMilli(1))
			l.receivedReport(packet, remote.Addr(), time.UnixMilli(1))
			var frame Frame
			l.Receive(&frame)
		}
	})
}
