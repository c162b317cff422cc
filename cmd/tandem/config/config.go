// Package config is the server's configuration: one struct, filled from
// defaults, then a TOML file, then TANDEM_* environment variables, then flags.
// Every value remembers where it came from, so that `tandem doctor` can tell.
package config

import (
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"sort"
	"strconv"
	"strings"

	"github.com/BurntSushi/toml"
)

// Config is everything an operator can set. Names in the file are the toml
// tags; the environment variable of `rtp_ports` is TANDEM_RTP_PORTS.
type Config struct {
	Data        string  `toml:"data" help:"data folder"`
	HTTP        string  `toml:"http" help:"address of the API and pages, plain HTTP"`
	HTTPS       string  `toml:"https" help:"address of the API and pages over TLS; empty for none"`
	PublicURL   string  `toml:"public_url" help:"where other systems reach this server, for webhooks; empty: nowhere"`
	CertFile    string  `toml:"cert_file" help:"TLS certificate, PEM"`
	KeyFile     string  `toml:"key_file" help:"TLS key, PEM"`
	SIP         string  `toml:"sip" help:"address of the SIP user agent, UDP"`
	SIPTCP      string  `toml:"sip_tcp" help:"address of the SIP user agent for TCP; empty for none"`
	SIPTLS      string  `toml:"sip_tls" help:"address of the SIP user agent for TLS, with the certificate of https; empty for none"`
	SIPClientCA string  `toml:"sip_client_ca" help:"PEM file: SIP over TLS is taken only from holders of its certificates; empty: from all allowed"`
	RTPAddress  string  `toml:"rtp_address" help:"address that RTP sockets bind to"`
	ExternalIP  string  `toml:"external_ip" help:"address written into SDP and Contact; empty: the bound one"`
	RTPPorts    string  `toml:"rtp_ports" help:"range of UDP ports for RTP, such as 20000-29999"`
	WebRTC      string  `toml:"webrtc" help:"address of the audio of agents' browsers, UDP; empty: no browsers"`
	WebRTCIP    string  `toml:"webrtc_ip" help:"address that browsers reach; empty: external_ip"`
	TURN        string  `toml:"turn" help:"address of the relay for browsers, UDP; empty for none"`
	TURNS       string  `toml:"turns" help:"address of the relay for browsers over TLS; empty for none"`
	Prompts     string  `toml:"prompts" help:"folder of audio files for prompts"`
	Blobs       string  `toml:"blobs" help:"bucket URL for recordings; empty: a folder of the data folder"`
	Log         string  `toml:"log" help:"log level: debug, info, warn, error"`
	Region      string  `toml:"region" help:"region in ARNs and in request signatures"`
	AccountID   string  `toml:"account_id" help:"account id in ARNs, 12 digits"`
	KeepDays    int     `toml:"keep_days" help:"days of journal to keep before pruning"`
	AgentEvents string  `toml:"agent_events" help:"file that receives agent events as JSON lines; empty: in the data folder"`
	JournalSync string  `toml:"journal_synchronous" help:"FULL, or OFF for tests that may lose data"`
	Trunks      []Trunk `toml:"trunk"`
	Speech      Speech  `toml:"speech"`
	Phones      Phones  `toml:"phones"`

	Functions         []Function        `toml:"function"`
	Bots              []Bot             `toml:"bot"`
	SpeechRecognition SpeechRecognition `toml:"speech_recognition"`

	FlowLogDays   int            `toml:"flow_log_days" help:"days that entries of the flow log are kept; 0: for ever"`
	FlowLogFile   string         `toml:"flow_log_file" help:"file that receives the flow log as JSON lines; empty: none"`
	FlowLogFileMB int            `toml:"flow_log_file_mb" help:"size in MB at which that file is put aside"`
	FlowLogFiles  int            `toml:"flow_log_files" help:"how many such files are kept aside"`
	FlowLogTopic  string         `toml:"flow_log_topic" help:"address that the flow log is posted to; empty: none"`
	FlowLogAlerts []FlowLogAlert `toml:"flow_log_alert"`

	origin map[string]string
}

// Trunk is a SIP peer that brings and takes calls.
type Trunk struct {
	Name     string   `toml:"name"`
	Address  string   `toml:"address"`  // host:port that calls are sent to
	Allowed  []string `toml:"allowed"`  // addresses or CIDRs that calls are taken from
	Numbers  []string `toml:"numbers"`  // E.164 numbers that the trunk brings
	Prefixes []string `toml:"prefixes"` // numbers that begin so are sent here; "+" for all
	Region   string   `toml:"region"`   // ISO country that numbers without + belong to
	User     string   `toml:"user"`     // digest user, if the peer asks
	Password string   `toml:"password"` // digest password; better password_env
	Backups  []string `toml:"backups"`  // further addresses, tried in order
	Register bool     `toml:"register"` // keep user registered at address
	Trusted  bool     `toml:"trusted"`  // who calls is believed, and told, in P-Asserted-Identity

	MaxCalls     int      `toml:"max_calls"`      // at a time; 0: no limit
	MaxPerMinute int      `toml:"max_per_minute"` // calls out; 0: no limit
	Countries    []string `toml:"countries"`      // that calls out may go to, such as DE; "*" for all; empty: that of region
	Premium      bool     `toml:"premium"`        // numbers that cost extra may be called

	PasswordEnv       string `toml:"password_env"`        // the environment variable with the password
	CallerUser        string `toml:"caller_user"`         // calls in must prove this user
	CallerPasswordEnv string `toml:"caller_password_env"` // and the password in this environment variable
	CallerPassword    string `toml:"-"`

	Transport  string `toml:"transport"`   // udp, tcp or tls; empty: udp
	SRTP       string `toml:"srtp"`        // off, optional or required, with transport tls; empty: off
	CAFile     string `toml:"ca_file"`     // PEM: who signs the peer's certificate; empty: the system's authorities
	CertFile   string `toml:"cert_file"`   // PEM: shown to the peer, if it asks
	KeyFile    string `toml:"key_file"`    // PEM: its key
	SkipVerify bool   `toml:"skip_verify"` // do not check the peer's certificate: anybody on the way can listen
}

// Phones are the desk phones that may register.
type Phones struct {
	Allowed  []string `toml:"allowed"`  // addresses or CIDRs where phones are
	Realm    string   `toml:"realm"`    // as phones show it; empty: tandem
	Contacts int      `toml:"contacts"` // phones of one user at a time, 1 to 3; 0: 3
	MD5Only  bool     `toml:"md5_only"` // for old phones that stop at the sight of SHA-256
	Users    []Phone  `toml:"user"`
}

// Phone is one user's telephone account.
type Phone struct {
	Name        string `toml:"name"`
	PasswordEnv string `toml:"password_env"` // the environment variable with the password
	Password    string `toml:"-"`
}

// Default is the configuration of a fresh install.
func Default() Config {
	return Config{
		Data: "tandem-data", HTTP: "127.0.0.1:8080", SIP: "127.0.0.1:5060", RTPAddress: "127.0.0.1",
		RTPPorts: "20000-29999", WebRTC: "127.0.0.1:0", TURN: "127.0.0.1:0", Log: "info", Region: "us-east-1", AccountID: "000000000000", KeepDays: 35, JournalSync: "FULL",
		FlowLogDays: 30, FlowLogFileMB: 100, FlowLogFiles: 9,
	}
}

// Load fills a Config: defaults, the file if path is not empty, the
// environment, then flags (toml name to value).
func Load(path string, environ []string, flags map[string]string) (Config, error) {
	c := Default()
	c.origin = map[string]string{}
	if path != "" {
		meta, err := toml.DecodeFile(path, &c)
		if err != nil {
			return c, fmt.Errorf("config file %s: %w", path, err)
		}
		if unknown := meta.Undecoded(); len(unknown) > 0 {
			return c, fmt.Errorf("config file %s: unknown key %q; known keys are %s", path, unknown[0].String(), strings.Join(c.Keys(), ", "))
		}
		for _, key := range meta.Keys() {
			c.origin[key[0]] = path
		}
		if err := c.absolute(path); err != nil {
			return c, err
		}
	}
	secrets, err := c.takeSecrets(environ)
	if err != nil {
		return c, fmt.Errorf("config file %s: %w", path, err)
	}
	for _, kv := range environ {
		name, value, _ := strings.Cut(kv, "=")
		if secrets[name] {
			continue
		}
		key, ours := strings.CutPrefix(name, "TANDEM_")
		if !ours || strings.HasPrefix(key, "MASTER_") {
			continue
		}
		if err := c.set(strings.ToLower(key), value, "environment "+name); err != nil {
			return c, fmt.Errorf("environment variable %s: %w", name, err)
		}
	}
	names := make([]string, 0, len(flags))
	for name := range flags {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		if err := c.set(name, flags[name], "flag --"+strings.ReplaceAll(name, "_", "-")); err != nil {
			return c, fmt.Errorf("flag --%s: %w", strings.ReplaceAll(name, "_", "-"), err)
		}
	}
	return c, c.Validate()
}

// Keys lists the names of all settings.
func (c *Config) Keys() []string {
	var keys []string
	t := reflect.TypeFor[Config]()
	for i := range t.NumField() {
		if name := t.Field(i).Tag.Get("toml"); name != "" {
			keys = append(keys, name)
		}
	}
	return keys
}

func (c *Config) set(key, value, origin string) error {
	v := reflect.ValueOf(c).Elem()
	for i := range v.NumField() {
		if v.Type().Field(i).Tag.Get("toml") != key {
			continue
		}
		switch f := v.Field(i); f.Kind() {
		case reflect.String:
			f.SetString(value)
		case reflect.Int:
			n, err := strconv.Atoi(value)
			if err != nil {
				return fmt.Errorf("%q is not a whole number", value)
			}
			f.SetInt(int64(n))
		default:
			return errors.New("can only be set in the config file")
		}
		c.origin[key] = origin
		return nil
	}
	return fmt.Errorf("unknown setting %q; known settings are %s", key, strings.Join(c.Keys(), ", "))
}

// Origin tells where a setting came from.
func (c *Config) Origin(key string) string {
	if o := c.origin[key]; o != "" {
		return o
	}
	return "default"
}

// Validate finds the first setting that cannot work.
func (c *Config) Validate() error {
	if len(c.AccountID) != 12 || strings.Trim(c.AccountID, "0123456789") != "" {
		return fmt.Errorf("account_id: %q is not 12 digits", c.AccountID)
	}
	if _, _, err := c.RTPRange(); err != nil {
		return err
	}
	if _, err := netip.ParseAddr(c.RTPAddress); err != nil {
		return fmt.Errorf("rtp_address: %q is not an IP address", c.RTPAddress)
	}
	if c.ExternalIP != "" {
		if _, err := netip.ParseAddr(c.ExternalIP); err != nil {
			return fmt.Errorf("external_ip: %q is not an IP address", c.ExternalIP)
		}
	}
	if err := c.validateBrowsers(); err != nil {
		return err
	}
	if (c.CertFile == "") != (c.KeyFile == "") {
		return errors.New("cert_file and key_file go together: set both or none")
	}
	if c.JournalSync != "FULL" && c.JournalSync != "OFF" {
		return fmt.Errorf("journal_synchronous: %q is neither FULL nor OFF", c.JournalSync)
	}
	if c.KeepDays < 1 {
		return fmt.Errorf("keep_days: %d is less than 1", c.KeepDays)
	}
	if err := c.checkFlowLog(); err != nil {
		return err
	}
	if err := c.Speech.validate(); err != nil {
		return fmt.Errorf("speech: %w", err)
	}
	if c.SIPClientCA != "" && c.SIPTLS == "" {
		return errors.New("sip_client_ca: set sip_tls too: certificates are shown over TLS only")
	}
	if err := c.Phones.validate(); err != nil {
		return fmt.Errorf("phones: %w", err)
	}
	for i, t := range c.Trunks {
		if err := t.validate(); err != nil {
			return fmt.Errorf("trunk %d (%s): %w", i+1, t.Name, err)
		}
	}
	return c.validateOutside()
}

func (c *Config) validateBrowsers() error {
	if c.WebRTC == "" && (c.TURN != "" || c.TURNS != "") {
		return errors.New("turn and turns lead to the audio of browsers: set webrtc, or leave them empty too")
	}
	if _, err := netip.ParseAddr(c.WebRTCIP); c.WebRTCIP != "" && err != nil {
		return fmt.Errorf("webrtc_ip: %q is not an IP address", c.WebRTCIP)
	}
	bound, err := netip.ParseAddrPort(c.WebRTC)
	if c.WebRTC != "" && err != nil {
		return fmt.Errorf("webrtc: %q is not an IP address and a port such as 0.0.0.0:3479", c.WebRTC)
	}
	if bound.Addr().IsUnspecified() && c.WebRTCIP == "" && c.ExternalIP == "" {
		return errors.New("webrtc: browsers are to be told one address: set webrtc_ip or external_ip")
	}
	return nil
}

func (t Trunk) validate() error {
	if t.Name == "" {
		return errors.New("name is missing")
	}
	if len(t.Prefixes) > 0 && t.Address == "" {
		return errors.New("prefixes need an address to send calls to")
	}
	if _, err := t.AllowedPrefixes(); err != nil {
		return err
	}
	if err := t.validateSecurity(); err != nil {
		return err
	}
	for _, n := range append(append([]string{}, t.Numbers...), t.Prefixes...) {
		if !strings.HasPrefix(n, "+") || strings.Trim(n[1:], "0123456789") != "" {
			return fmt.Errorf("%q is not in E.164 form, such as +15551230001", n)
		}
	}
	return nil
}

// AllowedPrefixes are the addresses that calls are taken from.
func (t Trunk) AllowedPrefixes() ([]netip.Prefix, error) {
	return prefixes(t.Allowed)
}

func prefixes(texts []string) ([]netip.Prefix, error) {
	var all []netip.Prefix
	for _, s := range texts {
		p, err := netip.ParsePrefix(s)
		if err != nil {
			a, aerr := netip.ParseAddr(s)
			if aerr != nil {
				return nil, fmt.Errorf("allowed: %q is neither an address nor a CIDR range", s)
			}
			p = netip.PrefixFrom(a, a.BitLen())
		}
		all = append(all, p)
	}
	return all, nil
}

// RTPRange is the range of ports for RTP.
func (c *Config) RTPRange() (low, high int, err error) {
	a, b, ok := strings.Cut(c.RTPPorts, "-")
	low, err1 := strconv.Atoi(a)
	high, err2 := strconv.Atoi(b)
	if !ok || err1 != nil || err2 != nil || low < 1024 || high > 65535 || high-low < 3 {
		return 0, 0, fmt.Errorf("rtp_ports: %q is not a range of ports such as 20000-29999", c.RTPPorts)
	}
	return low, high, nil
}

// BlobURL is where recordings go.
func (c *Config) BlobURL() string {
	if c.Blobs != "" {
		return c.Blobs
	}
	dir, err := filepath.Abs(filepath.Join(c.Data, "blobs"))
	if err != nil {
		dir = filepath.Join(c.Data, "blobs")
	}
	return "file://" + filepath.ToSlash(dir) + "?create_dir=true&no_tmp_dir=true"
}

// Writable makes the data folder if needed and checks that it can be written.
func (c *Config) Writable() error {
	if err := os.MkdirAll(c.Data, 0o700); err != nil {
		return fmt.Errorf("data folder %s cannot be made: %w; choose another with --data", c.Data, err)
	}
	f, err := os.CreateTemp(c.Data, ".write-*")
	if err != nil {
		return fmt.Errorf("data folder %s cannot be written: %w; choose another with --data", c.Data, err)
	}
	f.Close()
	return os.Remove(f.Name())
}

// Show is a setting's value for people; what may hold secrets is only counted,
// and of an address only the host is told.
func (c *Config) Show(key string) any {
	v := reflect.ValueOf(c).Elem()
	for i := range v.NumField() {
		if v.Type().Field(i).Tag.Get("toml") == key {
			f := v.Field(i)
			if u, err := url.Parse(f.String()); key == "flow_log_topic" && err == nil && u.Host != "" {
				return u.Scheme + "://" + u.Host
			}
			if phones, ok := f.Interface().(Phones); ok {
				return fmt.Sprintf("%d users", len(phones.Users))
			}
			switch f.Kind() {
			case reflect.Slice:
				return fmt.Sprintf("%d configured", f.Len())
			case reflect.Struct:
				return f.FieldByName("URL").String()
			default:
				return f.Interface()
			}
		}
	}
	return nil
}
