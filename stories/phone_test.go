package stories

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// phone is a baresip: a real SIP phone without a screen. It speaks a tone, so
// that whoever hears it knows whom.
type phone struct {
	t       *testing.T
	dir     string
	address string // host:port
	control string
	cmd     *exec.Cmd
}

// freePort finds a UDP port whose successor is free as well, for phones that
// use both.
func freePort(t testing.TB) int {
	t.Helper()
	for range 50 {
		a, err := net.ListenPacket("udp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		port := a.LocalAddr().(*net.UDPAddr).Port
		b, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port))
		a.Close()
		if err != nil {
			continue
		}
		b.Close()
		c, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port+1))
		if err != nil {
			continue
		}
		c.Close()
		return port
	}
	t.Fatal("no two free ports in a row")
	return 0
}

// newPhone starts a phone that speaks a tone; answers says that it lifts by
// itself.
func newPhone(t *testing.T, name string, toneHz int, answers bool) *phone {
	t.Helper()
	port, control := freePort(t), freePort(t)
	p := &phone{t: t, dir: t.TempDir(), address: fmt.Sprintf("127.0.0.1:%d", port), control: fmt.Sprintf("127.0.0.1:%d", control)}
	writeTone(t, filepath.Join(p.dir, "tone.wav"), toneHz, 120)
	mode := "manual"
	if answers {
		mode = "auto"
	}
	rtp := 32000 + port%500*32
	files := map[string]string{
		"config": fmt.Sprintf(`poll_method epoll
sip_listen %s
net_interface 127.0.0.1
call_local_timeout 120
call_max_calls 4
audio_player aufile,%s/out.wav
audio_source aufile,%s/tone.wav
audio_alert aufile,%s/none.wav
rtp_ports %d-%d
module_path %s
module g711.so
module aufile.so
module sndfile.so
snd_path %s
module_app account.so
module_app menu.so
module_app ctrl_tcp.so
ctrl_tcp_listen %s
`, p.address, p.dir, p.dir, p.dir, rtp, rtp+30, baresipModules(t), p.dir, p.control),
		"accounts": fmt.Sprintf("<sip:%s@%s>;regint=0;answermode=%s\n", name, p.address, mode),
		"contacts": "",
	}
	for file, content := range files {
		if err := os.WriteFile(filepath.Join(p.dir, file), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	log, err := os.Create(filepath.Join(p.dir, "log"))
	if err != nil {
		t.Fatal(err)
	}
	p.cmd = exec.Command("baresip", "-f", p.dir)
	p.cmd.Stdout, p.cmd.Stderr = log, log
	if err := p.cmd.Start(); err != nil {
		t.Fatalf("baresip is needed (Debian package baresip-core): %v", err)
	}
	t.Cleanup(func() {
		p.cmd.Process.Signal(os.Interrupt)
		time.AfterFunc(3*time.Second, func() { p.cmd.Process.Kill() })
		p.cmd.Wait()
		log.Close()
		if t.Failed() {
			t.Logf("the log of phone %s:\n%s", name, tail(p.text(), 3000))
		}
	})
	p.await("baresip is ready", 1)
	return p
}

func baresipModules(t *testing.T) string {
	for _, dir := range []string{"/usr/lib/baresip/modules", "/usr/lib/x86_64-linux-gnu/baresip/modules", "/usr/lib/aarch64-linux-gnu/baresip/modules"} {
		if _, err := os.Stat(filepath.Join(dir, "g711.so")); err == nil {
			return dir
		}
	}
	t.Fatal("baresip's modules are not where Debian puts them; install the package baresip-core")
	return ""
}

// text is what the phone printed, without its ticking status line.
func (p *phone) text() []byte {
	b, _ := os.ReadFile(filepath.Join(p.dir, "log"))
	parts := bytes.FieldsFunc(b, func(r rune) bool { return r == '\r' || r == '\n' })
	var out []byte
	for _, l := range parts {
		if !bytes.Contains(l, []byte("(bit/s)")) {
			out = append(append(out, l...), '\n')
		}
	}
	return out
}

// await waits until the phone has printed a text so many times.
func (p *phone) await(text string, times int) {
	p.t.Helper()
	eventually(p.t, 30*time.Second, "the phone prints "+text, func() error {
		if n := strings.Count(string(p.text()), text); n < times {
			return fmt.Errorf("%d times, want %d", n, times)
		}
		return nil
	})
}

// order gives the phone a command, such as dial, accept or hangup.
func (p *phone) order(command, params string) {
	p.t.Helper()
	c, err := net.DialTimeout("tcp", p.control, 5*time.Second)
	if err != nil {
		p.t.Fatal(err)
	}
	defer c.Close()
	body := fmt.Sprintf(`{"command":%q,"params":%q}`, command, params)
	c.SetDeadline(time.Now().Add(5 * time.Second))
	fmt.Fprintf(c, "%d:%s,", len(body), body)
	var answer [1024]byte
	c.Read(answer[:])
}

// heard returns the newest recording of what the phone heard, spoke returns
// what it sent.
func (p *phone) heard() []int16 { return p.recording("dec") }

func (p *phone) recording(kind string) []int16 {
	p.t.Helper()
	files, _ := filepath.Glob(filepath.Join(p.dir, "dump-*-"+kind+".wav"))
	if len(files) == 0 {
		p.t.Fatalf("the phone recorded nothing (%s)", kind)
	}
	return readWav(p.t, files[len(files)-1])[0]
}

// readWav reads a 16-bit PCM file into its channels.
func readWav(t testing.TB, path string) [][]int16 {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return parseWav(t, b)
}

func parseWav(t testing.TB, b []byte) [][]int16 {
	t.Helper()
	if len(b) < 44 || string(b[:4]) != "RIFF" {
		t.Fatalf("%d bytes are not a wav file", len(b))
	}
	channels := 1
	for i := 12; i+8 <= len(b); {
		size := int(binary.LittleEndian.Uint32(b[i+4:]))
		switch string(b[i : i+4]) {
		case "fmt ":
			channels = int(binary.LittleEndian.Uint16(b[i+10:]))
		case "data":
			data := b[i+8:]
			if size > 0 {
				data = data[:min(size, len(data))]
			}
			out := make([][]int16, channels)
			for k := 0; k+2*channels <= len(data); k += 2 * channels {
				for c := range channels {
					out[c] = append(out[c], int16(binary.LittleEndian.Uint16(data[k+2*c:])))
				}
			}
			return out
		}
		i += 8 + size + size&1
	}
	t.Fatal("the wav file has no data")
	return nil
}

func writeTone(t *testing.T, path string, hz, seconds int) {
	t.Helper()
	const rate = 8000
	n := rate * seconds
	b := make([]byte, 44+2*n)
	copy(b, "RIFF")
	binary.LittleEndian.PutUint32(b[4:], uint32(36+2*n))
	copy(b[8:], "WAVEfmt ")
	binary.LittleEndian.PutUint32(b[16:], 16)
	binary.LittleEndian.PutUint16(b[20:], 1)
	binary.LittleEndian.PutUint16(b[22:], 1)
	binary.LittleEndian.PutUint32(b[24:], rate)
	binary.LittleEndian.PutUint32(b[28:], 2*rate)
	binary.LittleEndian.PutUint16(b[32:], 2)
	binary.LittleEndian.PutUint16(b[34:], 16)
	copy(b[36:], "data")
	binary.LittleEndian.PutUint32(b[40:], uint32(2*n))
	for i := range n {
		v := int16(10000 * math.Sin(2*math.Pi*float64(hz)*float64(i)/rate))
		binary.LittleEndian.PutUint16(b[44+2*i:], uint16(v))
	}
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
}

// seconds is for how long a tone is clearly heard, in windows of 100 ms
// (Goertzel).
func seconds(samples []int16, hz int) float64 {
	const window = 800
	heard := 0
	for i := 0; i+window <= len(samples); i += window {
		if share(samples[i:i+window], hz) > 0.5 {
			heard++
		}
	}
	return float64(heard) / 10
}

// share is the tone's part of the window's energy.
func share(w []int16, hz int) float64 {
	k := 2 * math.Cos(2*math.Pi*float64(hz)/8000)
	var a, b, energy float64
	for _, x := range w {
		v := float64(x)
		a, b = v+k*a-b, a
		energy += v * v
	}
	if energy < 1e6 {
		return 0
	}
	return 2 * (a*a + b*b - k*a*b) / (float64(len(w)) * energy)
}
