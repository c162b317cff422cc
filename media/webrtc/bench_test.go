package webrtc

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"runtime"
	"syscall"
	"testing"
	"time"

	"tandem"
	"tandem/media/room"
	"tandem/media/rtp"
	"tandem/media/webrtc/webrtctest"
	"tandem/voice"
)

// benchLegs are as many as two cores carry along with the far sides.
const benchLegs = 60

// farSide makes this test program the far sides of the legs of a benchmark, so
// that their work is not counted.
const farSide = "TANDEM_BENCH_FAR_SIDE"

func TestMain(m *testing.M) {
	switch os.Getenv(farSide) {
	case "sip":
		beTelephones()
	case "webrtc":
		bePages()
	default:
		os.Exit(m.Run())
	}
}

// far is a program of far sides: it is told lines and tells lines.
type far struct {
	b   *testing.B
	in  *json.Encoder
	out *json.Decoder
}

func startFar(b *testing.B, role string) *far {
	b.Helper()
	self, err := os.Executable()
	if err != nil {
		b.Fatal(err)
	}
	cmd := exec.Command(self, "-test.run=^$")
	cmd.Env, cmd.Stderr = append(os.Environ(), farSide+"="+role), os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		b.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		in.Close()
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	return &far{b: b, in: json.NewEncoder(in), out: json.NewDecoder(bufio.NewReader(out))}
}

func (f *far) tell(v any) {
	f.b.Helper()
	if err := f.in.Encode(v); err != nil {
		f.b.Fatal(err)
	}
}

func (f *far) hear(v any) {
	f.b.Helper()
	if err := f.out.Decode(v); err != nil {
		f.b.Fatal(err)
	}
}

// beTelephones opens a socket for each address it is told and speaks to it.
func beTelephones() {
	in, out := json.NewDecoder(os.Stdin), json.NewEncoder(os.Stdout)
	for ssrc := byte(1); ; ssrc++ {
		var to netip.AddrPort
		if in.Decode(&to) != nil {
			return
		}
		conn, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
		if err != nil {
			return
		}
		_ = out.Encode(conn.LocalAddr().(*net.UDPAddr).AddrPort())
		go func() {
			packet := make([]byte, 12+rtp.FrameSamples)
			packet[0], packet[11] = 0x80, ssrc
			for seq, stamp := uint16(0), uint32(0); ; seq, stamp = seq+1, stamp+rtp.FrameSamples {
				packet[2], packet[3] = byte(seq>>8), byte(seq)
				packet[4], packet[5], packet[6], packet[7] = byte(stamp>>24), byte(stamp>>16), byte(stamp>>8), byte(stamp)
				_, _ = conn.WriteToUDPAddrPort(packet, to)
				time.Sleep(rtp.FrameMillis * time.Millisecond)
			}
		}()
		go func() {
			buf := make([]byte, maxPacketBytes)
			for {
				if _, _, err := conn.ReadFromUDPAddrPort(buf); err != nil {
					return
				}
			}
		}()
	}
}

// bePages makes a page at each word, which offers and takes the answer.
func bePages() {
	in, out := json.NewDecoder(os.Stdin), json.NewEncoder(os.Stdout)
	testing.Init()
	testing.Benchmark(func(b *testing.B) {
		for {
			var next string
			if err := in.Decode(&next); err != nil {
				return
			}
			page := webrtctest.New(b, 440)
			_ = out.Encode(page.Offer(false))
			if in.Decode(&next) == io.EOF {
				return
			}
			page.Accept(next)
		}
	})
}

// cpu is what this process has used.
func cpu() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func memory() uint64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc + m.StackInuse
}

// BenchmarkLeg measures what a leg of each kind costs this process in calls of
// two: mixing, audio and reports, both ways. Each iteration is one second of
// talk. The memory is right only of the first kind that a process measures,
// with -benchtime 1x: later ones find room that the earlier ones have left.
func BenchmarkLeg(b *testing.B) {
	b.Run("sip", func(b *testing.B) { benchmarkLegs(b, openTelephones(b, startFar(b, "sip"))) })
	b.Run("webrtc", func(b *testing.B) { benchmarkLegs(b, openPages(b, startFar(b, "webrtc"))) })
}

func benchmarkLegs(b *testing.B, open func() *rtp.Leg) {
	var late room.Lateness
	before := memory()
	var legs []*rtp.Leg
	for range benchLegs / 2 {
		r := room.New(&late, nil)
		b.Cleanup(func() { r.Close(); <-r.Done() })
		one, other := tandem.NameID("leg", "one"), tandem.NameID("leg", "other")
		r.SetMix([]voice.Path{{Speaker: one, Listener: other}, {Speaker: other, Listener: one}})
		for _, id := range []tandem.ID{one, other} {
			leg := open()
			legs = append(legs, leg)
			r.Join(id, voice.Agent, leg)
		}
	}
	for _, leg := range legs {
		eventually(b, "each leg hears", func() bool { return leg.Stats().PacketsIn > 5 })
	}
	held := memory() - before
	b.ResetTimer()
	used := cpu()
	time.Sleep(time.Duration(b.N) * time.Second)
	used = cpu() - used
	b.StopTimer()
	b.ReportMetric(float64(used.Microseconds())/float64(b.N*50*benchLegs), "µs/leg/20ms")
	b.ReportMetric(float64(held)/benchLegs/1024, "KB/leg")
	var lost uint64
	for _, leg := range legs {
		lost += leg.Stats().Lost
		leg.Close()
	}
	b.ReportMetric(float64(lost)/float64(b.N*50*benchLegs), "lost/packet")
}

func openTelephones(b *testing.B, f *far) func() *rtp.Leg {
	ports, err := rtp.NewPorts(netip.MustParseAddr("127.0.0.1"), 40000, 49999)
	if err != nil {
		b.Fatal(err)
	}
	return func() *rtp.Leg {
		leg, err := rtp.Open(rtp.Config{Ports: ports})
		if err != nil {
			b.Fatal(err)
		}
		f.tell(netip.AddrPortFrom(netip.MustParseAddr("127.0.0.1"), uint16(leg.Port())))
		var at netip.AddrPort
		f.hear(&at)
		leg.Start(rtp.Session{Remote: at, Send: true, Receive: true})
		return leg
	}
}

func openPages(b *testing.B, f *far) func() *rtp.Leg {
	g, _ := newGateway(b)
	return func() *rtp.Leg {
		f.tell("next")
		var offer string
		f.hear(&offer)
		peer, answer, err := g.Answer(context.Background(), offer)
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(peer.Close)
		f.tell(answer.SDP)
		leg := rtp.Carried(0)
		peer.Attach(leg)
		leg.Carry(peer, peer.Session())
		return leg
	}
}
