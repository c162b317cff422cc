package media_test

import (
	"context"
	"encoding/binary"
	"log/slog"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"tandem"
	"tandem/media"
	"tandem/media/link"
	"tandem/media/prompt"
	"tandem/media/rtp"
	"tandem/voice"
)

// center is a voice process under test and a core that plays by the script of
// the test.
type center struct {
	t       *testing.T
	process *media.Process
	sipAddr string
	socket  string
	data    string
	stop    func() // ends the process and waits for it

	mu      sync.Mutex
	client  *link.Client
	rooms   map[tandem.ID]voice.Room
	reports []voice.Report
}

// newCenter starts a process whose one trunk reaches the phone at desk.
func newCenter(t *testing.T, desk *phone, change func(*media.Config)) *center {
	t.Helper()
	c := &center{t: t, data: t.TempDir(), rooms: map[tandem.ID]voice.Room{}}
	prompts := t.TempDir()
	if err := os.WriteFile(filepath.Join(prompts, "tone.wav"), monoWAV(sine(700, 8000, 5*rtp.SampleRateHz)), 0o600); err != nil {
		t.Fatal(err)
	}
	dir, err := os.MkdirTemp("", "link") // short: a socket's path has about 100 bytes
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	c.socket = filepath.Join(dir, "media.sock")
	listener, err := net.Listen("unix", c.socket)
	if err != nil {
		t.Fatal(err)
	}
	conn := listenUDP(t)
	c.sipAddr = conn.LocalAddr().String()
	trunk := media.Trunk{Name: "carrier", Allowed: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, DefaultRegion: "DE"}
	if desk != nil {
		trunk.Address, trunk.Prefixes = desk.address, []string{"+"}
	}
	cfg := media.Config{
		SIPConn: conn, LinkListener: listener, Trunks: []media.Trunk{trunk},
		RTPPortMin: 30000, RTPPortMax: 39999, BindIP: netip.MustParseAddr("127.0.0.1"),
		Prompts: prompts, Speaker: prompt.NewEspeak("", ""), Data: c.data, Log: slog.New(slog.DiscardHandler),
	}
	if change != nil {
		change(&cfg)
	}
	c.process, err = media.New(context.Background(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- c.process.Run(ctx) }()
	c.stop = sync.OnceFunc(func() {
		cancel()
		select {
		case err := <-ended:
			if err != nil {
				t.Errorf("the process ended with: %v", err)
			}
		case <-time.After(patience):
			t.Error("the process does not end")
		}
	})
	t.Cleanup(c.stop)
	c.connect()
	return c
}

// connect starts a core, which knows all rooms of the one before.
func (c *center) connect() {
	c.t.Helper()
	client := link.Dial(context.Background(), link.Config{
		Network: "unix", Address: c.socket, Epoch: 1, Log: slog.New(slog.DiscardHandler),
		OnReport: func(r voice.Report, ack func()) {
			c.mu.Lock()
			c.reports = append(c.reports, r)
			c.mu.Unlock()
			ack()
		},
		Snapshot: func() []voice.Room {
			c.mu.Lock()
			defer c.mu.Unlock()
			var rooms []voice.Room
			for _, r := range c.rooms {
				rooms = append(rooms, r)
			}
			return rooms
		},
	})
	c.t.Cleanup(client.Close)
	c.mu.Lock()
	c.client = client
	c.mu.Unlock()
	eventually(c.t, "the core is linked", func() bool { return c.process.Metrics().Linked })
}

func (c *center) disconnect() {
	c.client.Close()
	eventually(c.t, "the link is gone", func() bool { return !c.process.Metrics().Linked })
}

func (c *center) send(r voice.Room) {
	c.mu.Lock()
	c.rooms[r.ID] = r
	c.mu.Unlock()
	c.client.Send(r)
}

// expect waits for a report of a kind, about a leg if one is given.
func (c *center) expect(kind voice.ReportKind, leg tandem.ID) voice.Report {
	c.t.Helper()
	var found voice.Report
	eventually(c.t, "a report of kind "+kindNames[kind]+" comes", func() bool {
		c.mu.Lock()
		defer c.mu.Unlock()
		for _, r := range c.reports {
			if r.Kind == kind && (leg.IsZero() || r.Leg == leg) {
				found = r
				return true
			}
		}
		return false
	})
	return found
}

var kindNames = map[voice.ReportKind]string{
	voice.CallArrived: "call arrived", voice.LegRinging: "leg ringing", voice.LegAnswered: "leg answered",
	voice.LegEnded: "leg ended", voice.PlayEnded: "play ended", voice.RecordingEnded: "recording ended",
	voice.RoomForgotten: "room forgotten", voice.MediaStarted: "media started",
}

func monoWAV(samples []int16) []byte {
	out := []byte("RIFF\x00\x00\x00\x00WAVEfmt \x10\x00\x00\x00\x01\x00\x01\x00\x40\x1f\x00\x00\x80\x3e\x00\x00\x02\x00\x10\x00data")
	out = binary.LittleEndian.AppendUint32(out, uint32(2*len(samples)))
	for _, s := range samples {
		out = binary.LittleEndian.AppendUint16(out, uint16(s))
	}
	return out
}

func stereo(t *testing.T, path string) (left, right []int16) {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if size := int(binary.LittleEndian.Uint32(raw[40:])); size != len(raw)-44 {
		t.Errorf("the header says %d bytes of data, the file has %d", size, len(raw)-44)
	}
	for b := raw[44:]; len(b) >= 4; b = b[4:] {
		left = append(left, int16(binary.LittleEndian.Uint16(b)))
		right = append(right, int16(binary.LittleEndian.Uint16(b[2:])))
	}
	return left, right
}

// The whole way of a call: it arrives, hears a prompt, presses a key, is
// bridged to an agent, is recorded, outlives its core, ends, and is told of to
// the core that comes back.
func TestCallOutlivesItsCore(t *testing.T) {
	customer, agent := newPhone(t, 440), newPhone(t, 1000)
	c := newCenter(t, agent, nil)
	customer.dial(c.sipAddr, "call-1", "030123456", "+4989654321")
	arrived := c.expect(voice.CallArrived, tandem.ID{})
	if arrived.Leg != tandem.NameID("sip", "call-1") || arrived.To != "+4930123456" || arrived.From != "+4989654321" || arrived.Trunk != "carrier" {
		t.Errorf("the call arrived as %+v", arrived)
	}

	customerLeg, agentLeg, recording := arrived.Leg, tandem.NameID("test", "agent"), tandem.NameID("test", "recording")
	room := voice.Room{
		ID: tandem.NameID("test", "room"), Epoch: 1, Rev: 1,
		Legs: []voice.Leg{{ID: customerLeg, Role: voice.Customer, Wish: voice.WishAnswered}},
		Plays: []voice.Play{{
			ID: tandem.NameID("test", "play"), Listener: customerLeg, Items: []voice.Prompt{{Prompt: "tone.wav"}},
			Collect: &voice.Collect{MaxDigits: 1, FirstDigitMillis: 5000, InterDigitMillis: 2000},
		}},
		Record: &voice.Recording{ID: recording, Customer: true, Agent: true},
	}
	c.send(room)
	c.expect(voice.LegAnswered, customerLeg)
	eventually(t, "the customer hears the prompt", func() bool { return customer.hears(700) })
	customer.press('1')
	if played := c.expect(voice.PlayEnded, tandem.ID{}); played.Outcome != voice.PlayDigits || played.Digits != "1" {
		t.Errorf("the play ended with %+v, want the digit 1", played)
	}

	room.Rev, room.Plays = 2, nil
	room.Legs = append(room.Legs, voice.Leg{
		ID: agentLeg, Role: voice.Agent, Outbound: true, Wish: voice.WishAnswered,
		Target: "+4930777", CallerID: "+4930123456", Deadline: tandem.At(time.Now().Add(patience)),
	})
	room.Mix = []voice.Path{{Speaker: customerLeg, Listener: agentLeg}, {Speaker: agentLeg, Listener: customerLeg}}
	c.send(room)
	c.expect(voice.LegRinging, agentLeg)
	c.expect(voice.LegAnswered, agentLeg)
	bridged := func() {
		t.Helper()
		customer.forget()
		agent.forget()
		eventually(t, "the customer hears the agent", func() bool { return customer.hears(1000) && !customer.hears(700) })
		eventually(t, "the agent hears the customer", func() bool { return agent.hears(440) && !agent.hears(1000) })
	}
	bridged()

	c.disconnect()
	bridged()
	stranger := newPhone(t, 300)
	stranger.dial(c.sipAddr, "call-2", "030123456", "+4989654322")
	eventually(t, "a new call is refused while the core is away", stranger.is(hasEnded))
	if stranger.end.Status != 503 {
		t.Errorf("the new call ended with status %d, want 503", stranger.end.Status)
	}
	customer.hangUp()
	eventually(t, "the customer's leg is gone", func() bool { return c.process.Metrics().Legs == 1 })

	c.connect()
	if gone := c.expect(voice.LegEnded, customerLeg); gone.Cause != voice.CauseRemote || gone.Room != room.ID {
		t.Errorf("the customer's leg ended with %+v, want hung up by the far side", gone)
	}
	room.Rev, room.Ended = 3, true
	c.send(room)
	c.checkEnd(agentLeg, agent)
}

// checkEnd holds what must follow the end of the room: the agent is hung up,
// the recording is in the store, and the room is forgotten.
func (c *center) checkEnd(agentLeg tandem.ID, agent *phone) {
	t := c.t
	t.Helper()
	if gone := c.expect(voice.LegEnded, agentLeg); gone.Cause != voice.CauseHangup {
		t.Errorf("the agent's leg ended with %v, want hung up", gone.Cause)
	}
	eventually(t, "the agent's phone knows", agent.is(hasEnded))
	recorded := c.expect(voice.RecordingEnded, tandem.ID{})
	c.expect(voice.RoomForgotten, tandem.ID{})
	c.checkNumbers()
	left, right := stereo(t, filepath.Join(c.data, "blobs", filepath.FromSlash(recorded.Location)))
	if length := recorded.Stopped.Sub(recorded.Started); length < 1000 || len(left) < int(length)*8-4000 {
		t.Errorf("the recording has %d samples for %d ms", len(left), length)
	}
	checkTones(t, "left", loudest(left, 440), 440, 1000)
	checkTones(t, "right", loudest(right, 1000), 1000, 440)
}

// loudest is the half second in which a tone is loudest.
func loudest(samples []int16, hz float64) []int16 {
	const window = rtp.SampleRateHz / 2
	var best []int16
	for i := 0; i+window <= len(samples); i += window / 4 {
		if best == nil || loudness(samples[i:i+window], hz) > loudness(best, hz) {
			best = samples[i : i+window]
		}
	}
	return best
}

func checkTones(t *testing.T, channel string, samples []int16, want, unwanted float64) {
	t.Helper()
	if got := loudness(samples, want); got < 3000 {
		t.Errorf("the %s channel has %.0f Hz at %.0f, want about 6000", channel, want, got)
	}
	if got := loudness(samples, unwanted); got > 300 {
		t.Errorf("the %s channel has %.0f Hz at %.0f, want none", channel, unwanted, got)
	}
}

// checkNumbers holds that reports are numbered without gaps, across two cores.
func (c *center) checkNumbers() {
	c.t.Helper()
	c.mu.Lock()
	defer c.mu.Unlock()
	last := uint64(0)
	for _, r := range c.reports {
		if r.Number > last+1 {
			c.t.Errorf("report %d follows %d", r.Number, last)
		}
		last = max(last, r.Number)
	}
}
