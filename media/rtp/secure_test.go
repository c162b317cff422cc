package rtp

import (
	"strings"
	"testing"
	"time"
)

func keysOf(suite string, length int) (near, far Keys) {
	a, b := strings.Repeat("a", length), strings.Repeat("b", length)
	return Keys{Suite: suite, Local: a, Remote: b}, Keys{Suite: suite, Local: b, Remote: a}
}

func TestEncryptedLegsHearEachOtherAndNobodyElse(t *testing.T) {
	for suite, length := range map[string]int{"AES_CM_128_HMAC_SHA1_80": 30, "AEAD_AES_128_GCM": 28} {
		t.Run(suite, func(t *testing.T) {
			near, far := keysOf(suite, length)
			a, b, tap := openLeg(t, Config{}), openLeg(t, Config{}), listener(t)
			a.Start(Session{Remote: b.addr(), Send: true, Receive: true, Keys: near})
			b.Start(Session{Remote: a.addr(), Send: true, Receive: true, Keys: far})
			var loud, heard Frame
			for i := range loud {
				loud[i] = 8000
			}
			eventually(t, "b hears a", func() bool {
				a.Send(&loud)
				b.Receive(&heard)
				return abs(int(heard[0])-8000) < 300
			})
			a.mu.Lock()
			out, in := a.secure.out, a.secure.in
			a.mu.Unlock()
			a.Start(Session{Remote: b.addr(), Send: true, Receive: true, Keys: near}) // a refresh: the counters go on
			if a.secure.out != out || a.secure.in != in {
				t.Error("a refresh with the same keys starts the counters anew")
			}
			heard = Frame{}
			eventually(t, "b hears a after a refresh", func() bool {
				a.Send(&loud)
				b.Receive(&heard)
				return abs(int(heard[0])-8000) < 300
			})
			before := b.Stats()
			plain := []byte{0x80, 0, 0xff, 0, 0, 0, 0, 0, 0, 0, 0, 1}
			if _, err := tap.WriteToUDPAddrPort(append(plain, make([]byte, 160)...), b.addr()); err != nil {
				t.Fatal(err)
			}
			eventually(t, "b has refused a plain packet", func() bool { return b.Stats().Forged > before.Forged })
			a.sendReport(false)
			eventually(t, "b knows a's report", func() bool {
				b.mu.Lock()
				defer b.mu.Unlock()
				return !b.reception.reportAt.IsZero()
			})
		})
	}
}

func TestWhatIsSentEncryptedCannotBeRead(t *testing.T) {
	near, _ := keysOf("AEAD_AES_128_GCM", 28)
	l, tap := openLeg(t, Config{}), listener(t)
	l.Start(Session{Remote: addrOf(tap), Send: true, Receive: true, Keys: near})
	var silence Frame
	l.Send(&silence)
	packet := make([]byte, maxPacketBytes)
	_ = tap.SetReadDeadline(time.Now().Add(patience))
	n, err := tap.Read(packet)
	if err != nil {
		t.Fatal(err)
	}
	if want := headerBytes + FrameSamples + 16; n != want || strings.Count(string(packet[headerBytes:n]), "\xff") > 20 {
		t.Errorf("%d bytes came, want %d: %x", n, want, packet[:n])
	}
}

func TestKeysThatCannotBeUsedLetNothingOut(t *testing.T) {
	for _, keys := range []Keys{{Suite: "AEAD_AES_128_GCM", Local: "short"}, {Suite: "NULL"}} {
		l, tap := openLeg(t, Config{}), listener(t)
		l.Start(Session{Remote: addrOf(tap), Send: true, Keys: keys})
		l.mu.Lock()
		packet, to := l.packetize(&Frame{})
		l.mu.Unlock()
		if packet != nil || to.IsValid() {
			t.Errorf("with %v %d bytes go out", keys, len(packet))
		}
	}
}
