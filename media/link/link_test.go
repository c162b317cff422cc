package link

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"tandem"
	"tandem/voice"
)

const patience = 10 * time.Second

var (
	quiet       = slog.New(slog.DiscardHandler)
	incarnation = tandem.NameID("test", "incarnation")
)

func eventually(t *testing.T, what string, condition func() bool) {
	t.Helper()
	for deadline := time.Now().Add(patience); !condition(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("it never came true that %s", what)
		}
	}
}

func id(name string) tandem.ID { return tandem.NameID("test", name) }

// media keeps what the core said.
type media struct {
	mu     sync.Mutex
	rooms  map[tandem.ID]voice.Room
	alive  []map[tandem.ID]bool
	linked bool
}

func (m *media) Room(r voice.Room) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.rooms[r.ID] = r
}

// Signal echoes the leg's SDP; "never" is answered when nobody waits any more.
func (m *media) Signal(ctx context.Context, s voice.Signal) voice.SignalAnswer {
	if s.SDP == "never" {
		<-ctx.Done()
	}
	return voice.SignalAnswer{Peer: s.Leg.String(), SDP: s.SDP}
}

func (m *media) Synced(alive map[tandem.ID]bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.alive = append(m.alive, alive)
}

func (m *media) Linked(linked bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.linked = linked
}

func (m *media) has(what func(*media) bool) func() bool {
	return func() bool {
		m.mu.Lock()
		defer m.mu.Unlock()
		return what(m)
	}
}

func isLinked(m *media) bool { return m.linked }

func isAlone(m *media) bool { return !m.linked }

// serve starts media's side.
func serve(t *testing.T) (*Server, *media, string) {
	t.Helper()
	dir, err := os.MkdirTemp("", "link")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	path := filepath.Join(dir, "s")
	listener, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	m := &media{rooms: map[tandem.ID]voice.Room{}}
	s := NewServer(ServerConfig{Incarnation: incarnation, Handler: m, Log: quiet, ping: 20 * time.Millisecond})
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(ctx, listener) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	return s, m, path
}

// core keeps the reports it is given, and acknowledges them if it is told to.
type core struct {
	*Client
	mu      sync.Mutex
	numbers []uint64
	acks    []func()
}

func dial(t *testing.T, path string, epoch tandem.Epoch, acknowledge bool, rooms ...voice.Room) *core {
	t.Helper()
	c := &core{}
	c.Client = Dial(context.Background(), Config{
		Network: "unix", Address: path, Epoch: epoch, Log: quiet, ping: 20 * time.Millisecond,
		Snapshot: func() []voice.Room { return rooms },
		OnReport: func(r voice.Report, ack func()) {
			c.mu.Lock()
			c.numbers = append(c.numbers, r.Number)
			c.acks = append(c.acks, ack)
			c.mu.Unlock()
			if acknowledge {
				ack()
			}
		},
	})
	t.Cleanup(c.Close)
	return c
}

func (c *core) got() []uint64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.numbers)
}

func report(s *Server, n int) {
	for range n {
		s.Report(voice.Report{Kind: voice.LegRinging})
	}
}

func numbers(from, to uint64) []uint64 {
	var out []uint64
	for n := from; n <= to; n++ {
		out = append(out, n)
	}
	return out
}

func TestMessagesSurviveTheWire(t *testing.T) {
	want := message{
		Rooms: []voice.Room{{
			ID: id("room"), Instance: id("instance"), Epoch: 3, Rev: 9, Ended: true,
			Legs: []voice.Leg{{ID: id("leg"), Role: voice.Agent, Outbound: true, Wish: voice.WishGone, Target: "+491", CallerID: "+492", Soft: true, Digits: ",12#", Deadline: 5, Cause: voice.CauseBusy, UserID: id("user")}},
			Mix:  []voice.Path{{Speaker: id("a"), Listener: id("b")}},
			Plays: []voice.Play{
				{ID: id("play"), Listener: id("leg"), Loop: true, Items: []voice.Prompt{{Text: "<&\"ü"}, {SSML: "<speak/>"}, {Prompt: "x.wav"}}, Collect: &voice.Collect{MaxDigits: 4, FirstDigitMillis: 5, InterDigitMillis: 6, Terminators: "#*"}},
				{ID: id("other play"), Listener: id("other leg")},
			},
			Record: &voice.Recording{ID: id("recording"), Customer: true, Agent: true, Suspended: true, Held: []tandem.ID{id("leg"), id("other leg")}},
		}},
		Reports: []voice.Report{{
			Incarnation: incarnation, Number: 7, At: 8, Kind: voice.PlayEnded, Room: id("room"), Leg: id("leg"), Cause: voice.CauseLost, Trunk: "t",
			From: "f", To: "t", Play: id("play"), Outcome: voice.PlayDigits, Digits: "1#", Recording: id("recording"), Location: "l", Started: 1, Stopped: 2,
		}},
		Signal: &voice.Signal{ID: id("signal"), Kind: voice.SignalOffer, UserID: id("user"), Leg: id("leg"), Peer: "p", Keep: true, SDP: "v=0\r\n",
			Candidates: []voice.Candidate{{Candidate: "candidate:1", SDPMid: "0", SDPMLineIndex: 1}}},
		Answer: &voice.SignalAnswer{ID: id("signal"), Code: voice.SignalBusy, Peer: "p", SDP: "v=0\r\n", Candidates: []voice.Candidate{{Candidate: "c"}}},
	}
	a, b := net.Pipe()
	defer a.Close()
	defer b.Close()
	go func() { _ = writeMessage(a, want) }()
	got, err := readMessage(b)
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("read %+v (%v), want %+v", got, err, want)
	}
}

func TestReportsComeInOrderAndAreKeptUntilAcknowledged(t *testing.T) {
	s, _, path := serve(t)
	report(s, 200) // before anyone is there
	c := dial(t, path, 1, false)
	eventually(t, "200 reports came", func() bool { return len(c.got()) == 200 })
	report(s, 100)
	eventually(t, "300 reports came", func() bool { return len(c.got()) == 300 })
	if !slices.Equal(c.got(), numbers(1, 300)) {
		t.Errorf("the numbers are %v", c.got())
	}
	if s.Kept() != 300 {
		t.Errorf("%d are kept, want all", s.Kept())
	}
	c.acks[1]() // not the first: nothing can be dropped yet
	c.acks[2]()
	c.acks[0]()
	eventually(t, "three are dropped", func() bool { return s.Kept() == 297 })
}

func TestNextCoreGetsWhatTheLastDidNotAcknowledge(t *testing.T) {
	s, m, path := serve(t)
	report(s, 10)
	first := dial(t, path, 1, false)
	eventually(t, "ten reports came", func() bool { return len(first.got()) == 10 })
	for _, ack := range first.acks[:4] {
		ack()
	}
	eventually(t, "four are dropped", func() bool { return s.Kept() == 6 })
	first.Close()
	eventually(t, "the core is gone", m.has(isAlone))
	report(s, 5)
	second := dial(t, path, 1, true)
	eventually(t, "all are dropped", func() bool { return s.Kept() == 0 })
	if !slices.Equal(second.got(), numbers(5, 15)) {
		t.Errorf("the numbers are %v, want 5 to 15", second.got())
	}
}

func TestReconnectingCoreIsNotToldTwice(t *testing.T) {
	s, m, path := serve(t)
	report(s, 3)
	c := dial(t, path, 1, false)
	eventually(t, "three reports came", func() bool { return len(c.got()) == 3 })
	s.mu.Lock()
	s.current.conn.Close()
	s.mu.Unlock()
	report(s, 1)
	eventually(t, "the fourth came", func() bool { return len(c.got()) >= 4 })
	eventually(t, "they are linked", m.has(isLinked))
	if !slices.Equal(c.got(), numbers(1, 4)) {
		t.Errorf("the numbers are %v", c.got())
	}
	for _, ack := range c.acks {
		ack()
	}
	eventually(t, "all are dropped", func() bool { return s.Kept() == 0 })
}

func TestConnectSendsTheSnapshotAndThenTheList(t *testing.T) {
	_, m, path := serve(t)
	var rooms []voice.Room
	for i := range 3 * maxBatch {
		rooms = append(rooms, voice.Room{ID: id(string(rune('a' + i))), Rev: 1})
	}
	c := dial(t, path, 1, true, rooms...)
	eventually(t, "the list came", m.has(func(m *media) bool { return len(m.alive) == 1 }))
	if len(m.rooms) != len(rooms) || len(m.alive[0]) != len(rooms) {
		t.Errorf("%d rooms and %d on the list, want %d", len(m.rooms), len(m.alive[0]), len(rooms))
	}
	c.Send(voice.Room{ID: id("new"), Rev: 1})
	eventually(t, "the new room came", m.has(func(m *media) bool { return m.rooms[id("new")].Rev == 1 }))
}

// A message is at most 8 MB long, whatever is played in its rooms.
func TestLongRoomsComeInSeveralMessages(t *testing.T) {
	text := tandem.Personal(strings.Repeat("x", maxFrameBytes/4))
	var rooms []voice.Room
	for rev := range uint64(6) {
		rooms = append(rooms, voice.Room{ID: id("room"), Rev: rev, Plays: []voice.Play{{Items: []voice.Prompt{{Text: text}}}}})
	}
	rooms[2].Plays[0].Items = []voice.Prompt{{Text: text}, {Text: text}, {Text: text}, {Text: text}}
	a, b := net.Pipe()
	defer b.Close()
	written := make(chan error, 1)
	go func() {
		defer a.Close()
		c := &Client{config: Config{Log: quiet}}
		written <- c.writeRooms(a, rooms)
	}()
	var got []uint64
	for m, err := readMessage(b); err == nil; m, err = readMessage(b) {
		for _, r := range m.Rooms {
			got = append(got, r.Rev)
		}
	}
	if err := <-written; err != nil || !slices.Equal(got, []uint64{0, 1, 3, 4, 5}) {
		t.Errorf("the rooms %v came (%v), want all but 2, which is too long for any message", got, err)
	}
}

func TestNewestRoomIsKeptWhileThereIsNoLink(t *testing.T) {
	path := filepath.Join(t.TempDir(), "nobody")
	c := dial(t, path, 1, true)
	for _, rev := range []uint64{1, 3, 2} {
		c.Send(voice.Room{ID: id("room"), Rev: rev})
	}
	c.Send(voice.Room{ID: id("room"), Epoch: 1, Rev: 1})
	c.Client.mu.Lock()
	defer c.Client.mu.Unlock()
	if got := c.pending[id("room")]; len(c.pending) != 1 || got.Epoch != 1 || got.Rev != 1 {
		t.Errorf("pending is %+v", c.pending)
	}
}

func TestDeposedCoreIsRefused(t *testing.T) {
	_, m, path := serve(t)
	newer := dial(t, path, 5, true)
	eventually(t, "the newer core is linked", newer.Connected)
	older := dial(t, path, 4, true, voice.Room{ID: id("old")})
	newest := dial(t, path, 6, true)
	eventually(t, "the newest core is linked", newest.Connected)
	newer.Close()
	older.Close()
	newest.Send(voice.Room{ID: id("new"), Rev: 1})
	eventually(t, "the newest core's room came", m.has(func(m *media) bool { return m.rooms[id("new")].Rev == 1 }))
	if m.has(func(m *media) bool { _, ok := m.rooms[id("old")]; return ok })() {
		t.Error("the deposed core's room came too")
	}
}

func TestSilentPeerIsGivenUp(t *testing.T) {
	_, m, path := serve(t)
	conn, err := net.Dial("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := writeMessage(conn, message{Hello: &hello{Version: Version}}); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the peer is linked", m.has(isLinked))
	eventually(t, "the silent peer is given up", m.has(isAlone))
}

func TestStrangersAreRefused(t *testing.T) {
	for name, first := range map[string]message{"no hello": {}, "another version": {Hello: &hello{Version: Version + 1}}} {
		a, b := net.Pipe()
		go func() { _ = writeMessage(a, first) }()
		if _, err := readHello(b); err == nil {
			t.Errorf("%s: it was accepted", name)
		}
		a.Close()
		b.Close()
	}
}

func TestTooLongMessageIsRefused(t *testing.T) {
	if _, err := readMessage(bytes.NewReader(binary.BigEndian.AppendUint32(nil, maxFrameBytes+1))); !errors.Is(err, errTooLong) {
		t.Errorf("the error is %v", err)
	}
}

func FuzzReadMessage(f *testing.F) {
	f.Add([]byte("\x00\x00\x00\x02{}"))
	f.Add([]byte("\x00\x00\x00\x17{\"Hello\":{\"Version\":1}}"))
	f.Add([]byte("\x00\x00\x00\x0f{\"Rooms\":[null]}"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		if len(raw) > 4 && binary.BigEndian.Uint32(raw) > 1<<16 {
			return // would only read to the end
		}
		_, _ = readMessage(bytes.NewReader(raw))
	})
}
