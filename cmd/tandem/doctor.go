package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"tandem/cmd/tandem/config"
	"tandem/journal"
	"tandem/journal/sqlite"
	"tandem/media"
)

// doctorCommand finds what is wrong with the set-up.
type doctorCommand struct {
	settingFlags
	JSON bool `help:"Print as JSON."`
}

// finding is the outcome of one check.
type finding struct {
	Check string `json:"check"`
	OK    bool   `json:"ok"`
	Found string `json:"found"`
	Mend  string `json:"mend,omitempty"` // the command or setting that mends it
}

// foundRunning is what a journal is whose server runs.
const foundRunning = "in use by a running server"

// lowDiskBytes is when there is too little room for journal and recordings.
const lowDiskBytes = 1 << 30

// Run implements the command.
func (c *doctorCommand) Run(ctx context.Context) error {
	cfg, err := c.load(nil)
	if err != nil {
		return err
	}
	findings := examine(ctx, cfg)
	wrong := 0
	for _, f := range findings {
		if !f.OK {
			wrong++
		}
	}
	if c.JSON {
		if err := json.NewEncoder(os.Stdout).Encode(findings); err != nil {
			return err
		}
	} else {
		printFindings(cfg, findings)
	}
	if wrong > 0 {
		return fmt.Errorf("%d of %d checks found something to mend", wrong, len(findings))
	}
	return nil
}

func printFindings(cfg config.Config, findings []finding) {
	for _, f := range findings {
		mark := "ok  "
		if !f.OK {
			mark = "MEND"
		}
		fmt.Printf("%s  %-18s %s\n", mark, f.Check, f.Found)
		if !f.OK && f.Mend != "" {
			fmt.Printf("      %-18s %s\n", "", f.Mend)
		}
	}
	fmt.Println("\nsettings and where they come from:")
	for _, key := range cfg.Keys() {
		fmt.Printf("  %-22s %-32v %s\n", key, cfg.Show(key), cfg.Origin(key))
	}
}

// examine runs every check.
func examine(ctx context.Context, cfg config.Config) []finding {
	inUse := checkJournal(ctx, cfg)
	all := []finding{checkFolder(cfg), inUse, checkDisk(cfg)}
	running := inUse.Found == foundRunning // then the ports are the server's own
	if !running {
		all = append(all, checkTCP("http", cfg.HTTP))
	}
	if cfg.SIPTLS != "" {
		_, err := sipServerTLS(cfg)
		all = append(all, outcome("sip over tls", err, "its certificate is usable", "see docs/TRUNKS.md, TLS"))
	}
	if cfg.HTTPS != "" {
		_, err := certificate(cfg)
		all = append(all, outcome("certificate", err, "usable", "set cert_file and key_file to a PEM pair that belongs together"))
	}
	if presenceOnly(ctx, cfg, running) {
		return append(all, finding{Check: "voice", OK: true, Found: presenceOnlyText})
	}
	if !running {
		all = append(all, checkUDP(cfg.SIP))
	}
	return append(all, checkVoice(cfg)...)
}

// presenceOnly reports whether the folder has no contact center: the journal
// tells, or the server that holds it.
func presenceOnly(ctx context.Context, cfg config.Config, running bool) bool {
	if !running {
		h, err := holds(ctx, cfg)
		return err == nil && h.presenceOnly
	}
	ctx, done := context.WithTimeout(ctx, 2*time.Second)
	defer done()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+cfg.HTTP+"/healthz", nil)
	if err != nil {
		return false
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return false
	}
	defer resp.Body.Close()
	said, err := io.ReadAll(io.LimitReader(resp.Body, 1<<10))
	return err == nil && strings.TrimSpace(string(said)) == presenceOnlyHealth
}

// checkVoice looks at what calls need.
func checkVoice(cfg config.Config) []finding {
	all := []finding{checkSpeech(cfg), checkAddress(cfg), checkBrowsers(cfg)}
	for _, t := range cfg.Trunks {
		all = append(all, checkTrunk(t))
	}
	if len(cfg.Trunks) == 0 {
		all = append(all, finding{Check: "trunks", Found: "no SIP trunk is configured: no calls, tasks only", Mend: "add a [[trunk]] to the configuration file, see README.md"})
	}
	return all
}

func outcome(check string, err error, found, mend string) finding {
	if err != nil {
		return finding{Check: check, Found: err.Error(), Mend: mend}
	}
	return finding{Check: check, OK: true, Found: found}
}

func checkFolder(cfg config.Config) finding {
	return outcome("data folder", cfg.Writable(), cfg.Data+" can be written", "choose another folder with --data, or give this user the right to write")
}

func checkJournal(ctx context.Context, cfg config.Config) finding {
	if _, err := os.Stat(filepath.Join(cfg.Data, sqlite.FileName)); err != nil {
		return finding{Check: "journal", Found: "there is no instance in this folder yet", Mend: "tandem init --data " + cfg.Data}
	}
	data, err := openData(ctx, cfg)
	if errors.Is(err, journal.ErrLocked) {
		return finding{Check: "journal", OK: true, Found: foundRunning}
	}
	if err != nil {
		return outcome("journal", err, "", "see the message")
	}
	defer data.close()
	shards, err := shardsOf(ctx, data, "")
	return outcome("journal", err, fmt.Sprintf("%d instances", len(shards)-1), "tandem journal verify --data "+cfg.Data)
}

func checkDisk(cfg config.Config) finding {
	var fs syscall.Statfs_t
	if err := syscall.Statfs(cfg.Data, &fs); err != nil {
		return outcome("disk", err, "", "")
	}
	free := fs.Bavail * uint64(fs.Bsize)
	f := finding{Check: "disk", OK: free > lowDiskBytes, Found: fmt.Sprintf("%d MB free", free>>20)}
	f.Mend = "free some space: journal and recordings need at least 1 GB"
	return f
}

func checkTCP(name, address string) finding {
	l, err := net.Listen("tcp", address)
	if err == nil {
		l.Close()
	}
	return outcome(name+" port", err, address+" is free", "stop what listens there, or choose another address with --"+name)
}

func checkUDP(address string) finding {
	c, err := net.ListenPacket("udp", address)
	if err == nil {
		c.Close()
	}
	return outcome("sip port", err, address+" is free", "stop what listens there, or choose another address with --sip")
}

func checkSpeech(cfg config.Config) finding {
	if cfg.Speech.URL != "" {
		return finding{Check: "spoken prompts", OK: true, Found: "by the service at " + cfg.Speech.URL}
	}
	program := cfg.Speech.Program
	if program == "" {
		program = "espeak-ng"
	}
	path, err := exec.LookPath(program)
	return outcome("spoken prompts", err, path, "only the sentences of the default flows can be spoken; apt install espeak-ng, or name a service under [speech]")
}

func checkAddress(cfg config.Config) finding {
	ip := net.ParseIP(cfg.RTPAddress)
	if ip != nil && ip.IsUnspecified() && cfg.ExternalIP == "" {
		return finding{Check: "public address", Found: "audio sockets bind to every address, and none is named to the far side", Mend: "set external_ip to the address that your trunk reaches"}
	}
	if ip != nil && ip.IsLoopback() {
		return finding{Check: "public address", OK: true, Found: "loopback only: phones on this machine"}
	}
	return finding{Check: "public address", OK: true, Found: cfg.RTPAddress}
}

// checkBrowsers says whether agents' browsers can reach the relay, without
// which softphone libraries do not connect.
func checkBrowsers(cfg config.Config) finding {
	f := finding{Check: "browsers' calls"}
	relay := cfg.TURN
	if relay == "" {
		relay = cfg.TURNS
	}
	host, port, _ := net.SplitHostPort(relay)
	switch ip := net.ParseIP(host); {
	case cfg.WebRTC == "":
		f.OK, f.Found = true, "off: agents have desk phones"
	case relay == "":
		f.Found, f.Mend = "there is no relay, and softphone libraries connect over a relay only", "set turn, such as 0.0.0.0:3478"
	case ip != nil && ip.IsLoopback():
		f.OK, f.Found = true, "loopback only: browsers on this machine"
	case port == "0":
		f.Found, f.Mend = "the relay's port is another at each start: no firewall can let it in", "set turn to an address with a port, such as 0.0.0.0:3478"
	default:
		f.OK, f.Found = true, "relay on "+relay+", audio on "+cfg.WebRTC
	}
	return f
}

func checkTrunk(t config.Trunk) finding {
	check := "trunk " + t.Name
	if t.Address != "" {
		if err := media.CheckAddress(context.Background(), t.Address, t.Transport); err != nil {
			return outcome(check, err, "", "set address to host:port of the SIP peer, or to its domain")
		}
	}
	if err := secureTrunk(t, &media.Trunk{}); err != nil {
		return outcome(check, err, "", "see docs/TRUNKS.md, TLS")
	}
	if t.SkipVerify {
		return finding{Check: check, Found: "the peer's certificate is not checked: anybody on the way can listen", Mend: "set ca_file instead of skip_verify"}
	}
	if t.Register {
		return finding{Check: check, OK: true, Found: "registers as " + t.User}
	}
	if len(t.Allowed) == 0 {
		return finding{Check: check, Found: "no address is allowed to call in", Mend: "set allowed to the peer's addresses"}
	}
	return finding{Check: check, OK: true, Found: fmt.Sprintf("%d numbers, calls out for %v", len(t.Numbers), t.Prefixes)}
}
