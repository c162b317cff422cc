package media_test

import (
	"encoding/binary"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tandem"
	"tandem/media"
	"tandem/media/rtp"
	"tandem/voice"
)

// baresipModules is where Debian puts them.
func baresipModules(t *testing.T) string {
	t.Helper()
	found, _ := filepath.Glob("/usr/lib/*/baresip/modules")
	for _, dir := range append(found, "/usr/lib/baresip/modules") {
		if _, err := os.Stat(filepath.Join(dir, "g711.so")); err == nil {
			return dir
		}
	}
	t.Fatal("baresip's modules are missing: install the package baresip-core")
	return ""
}

// baresip starts a real SIP phone without a screen, which registers as agent1,
// lifts by itself, says 1000 Hz and keeps what it hears in its folder.
func baresip(t *testing.T, at, uri, account string) (dir string) {
	t.Helper()
	dir = t.TempDir()
	tone := monoWAV(sine(1000, 8000, 30*rtp.SampleRateHz))
	binary.LittleEndian.PutUint32(tone[4:], uint32(len(tone)-8)) // it reads no further than the size in the head
	files := map[string][]byte{
		"tone.wav": tone,
		"contacts": nil,
		"accounts": fmt.Appendf(nil, "<sip:agent1@%s%s>;auth_user=agent1;auth_pass=secret;regint=60;answermode=auto%s\n", at, uri, account),
		"config": fmt.Appendf(nil, `poll_method epoll
sip_listen 127.0.0.1:0
sip_verify_server no
net_interface 127.0.0.1
audio_player aufile,%[1]s/out.wav
audio_source aufile,%[1]s/tone.wav
audio_alert aufile,%[1]s/none.wav
module_path %[2]s
module g711.so
module srtp.so
module aufile.so
module sndfile.so
snd_path %[1]s
module_app account.so
module_app menu.so
`, dir, baresipModules(t)),
	}
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	log, err := os.Create(filepath.Join(dir, "log"))
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("baresip", "-f", dir)
	cmd.Stdout, cmd.Stderr = log, log
	if err := cmd.Start(); err != nil {
		t.Fatalf("baresip does not start (package baresip-core): %v", err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Signal(os.Interrupt)
		kill := time.AfterFunc(3*time.Second, func() { _ = cmd.Process.Kill() })
		_ = cmd.Wait()
		kill.Stop()
		_ = log.Close()
		if text, _ := os.ReadFile(log.Name()); t.Failed() {
			t.Logf("baresip says:\n%s", text)
		}
	})
	return dir
}

func TestBaresipRegistersAndIsHeardBothWays(t *testing.T) {
	for _, row := range []struct{ transport, uri, account string }{
		{"udp", "", ""},
		{"tcp", ";transport=tcp", ""},
		{"tls", ";transport=tls", ""},
		{"tls, encrypted audio", ";transport=tls", ";mediaenc=srtp"},
	} {
		t.Run(row.transport, func(t *testing.T) {
			server, _ := certificate(t)
			customer := newPhone(t, 440)
			at := map[string]string{}
			c := newCenter(t, nil, func(cfg *media.Config) {
				trunks := cfg.Trunks
				withDesks(cfg)
				cfg.Trunks, cfg.Phones.MD5Only = trunks, true // its release of Debian 12 stops at a challenge with SHA-256
				cfg.SIPTCP, cfg.SIPTLS, cfg.TLSConfig = listenTCP(t), listenTCP(t), server
				at["tcp"], at["tls"] = cfg.SIPTCP.Addr().String(), cfg.SIPTLS.Addr().String()
			})
			at["udp"] = c.sipAddr
			transport, _, _ := strings.Cut(row.transport, ",")
			dir := baresip(t, at[transport], row.uri, row.account)
			eventually(t, "baresip is registered", func() bool { return c.process.Metrics().DeskUsers == 1 })
			caller, desk := c.arrive(customer), outbound("desk", patience)
			desk.Target = "sip:agent1"
			room := roomOf(1, caller, desk)
			room.Mix = []voice.Path{{Speaker: caller.ID, Listener: desk.ID}, {Speaker: desk.ID, Listener: caller.ID}}
			room.Record = &voice.Recording{ID: id("recording"), Customer: true, Agent: true}
			c.send(room)
			c.expect(voice.LegAnswered, desk.ID)
			eventually(t, "the customer hears baresip", func() bool { return customer.hears(1000) })
			eventually(t, "there is a second of sound", func() bool {
				return c.process.Metrics().Legs == 2 && customer.is(func(p *phone) bool { return len(p.heard) > 2*rtp.SampleRateHz })()
			})
			room.Rev, room.Ended = room.Rev+1, true
			c.send(room)
			recorded := c.expect(voice.RecordingEnded, tandem.ID{})
			left, right := stereo(t, filepath.Join(c.data, "blobs", filepath.FromSlash(recorded.Location)))
			checkTones(t, "left", loudest(left, 440), 440, 1000)
			checkTones(t, "right", loudest(right, 1000), 1000, 440)
			eventually(t, "baresip has heard the customer", func() bool {
				heard := loudest(baresipHeard(dir), 440)
				return loudness(heard, 440) > 3000 && loudness(heard, 1000) < 300
			})
			if _, want := strings.CutPrefix(row.transport, "tls, "); c.process.Metrics().CallsEncryptedTotal > 0 != want {
				t.Errorf("%d calls were encrypted", c.process.Metrics().CallsEncryptedTotal)
			}
		})
	}
}

// baresipHeard is what came out of its loudspeaker.
func baresipHeard(dir string) []int16 {
	files, _ := filepath.Glob(filepath.Join(dir, "dump-*-dec.wav"))
	var samples []int16
	for _, file := range files {
		raw, _ := os.ReadFile(file)
		for b := raw[min(44, len(raw)):]; len(b) >= 2; b = b[2:] {
			samples = append(samples, int16(binary.LittleEndian.Uint16(b)))
		}
	}
	return samples
}
