package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func write(t *testing.T, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "tandem.toml")
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestFlagsGoBeforeEnvironmentBeforeFileBeforeDefault(t *testing.T) {
	file := write(t, "http = \"file:1\"\nsip = \"file:2\"\nregion = \"file\"\nkeep_days = 7\n[[trunk]]\nname = \"t\"\n")
	environ := []string{"TANDEM_HTTP=env:1", "TANDEM_SIP=env:2", "TANDEM_KEEP_DAYS=8", "PATH=/bin", "TANDEM_MASTER_KEY=x"}
	c, err := Load(file, environ, map[string]string{"http": "flag:1"})
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		key    string
		got    any
		want   any
		origin string
	}{
		{"http", c.HTTP, "flag:1", "flag --http"},
		{"sip", c.SIP, "env:2", "environment TANDEM_SIP"},
		{"keep_days", c.KeepDays, 8, "environment TANDEM_KEEP_DAYS"},
		{"region", c.Region, "file", file},
		{"trunk", len(c.Trunks), 1, file},
		{"rtp_ports", c.RTPPorts, Default().RTPPorts, "default"},
	} {
		if tt.got != tt.want || c.Origin(tt.key) != tt.origin {
			t.Errorf("%s is %v from %s, want %v from %s", tt.key, tt.got, c.Origin(tt.key), tt.want, tt.origin)
		}
	}
}

func TestDefaultsWork(t *testing.T) {
	c, err := Load("", nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, address := range []string{c.HTTP, c.SIP, c.RTPAddress, c.WebRTC, c.TURN} {
		if !strings.HasPrefix(address, "127.0.0.1") {
			t.Errorf("by default %s is open to others", address)
		}
	}
	if c.JournalSync != "FULL" {
		t.Errorf("by default the journal is written with %s", c.JournalSync)
	}
}

// trunk is a trunk in a file, with more lines.
func trunk(lines string) string { return "[[trunk]]\nname = \"pstn\"\n" + lines }

func TestWrongSettingIsNamed(t *testing.T) {
	tests := map[string]struct {
		file    string
		environ string
		flags   map[string]string
		want    []string // all in the message
	}{
		"unknown key":             {file: "bogus = 1", want: []string{`unknown key "bogus"`, "known keys are", "rtp_ports"}},
		"unknown key of a trunk":  {file: trunk("adress = \"x:1\""), want: []string{`unknown key "trunk.adress"`}},
		"broken file":             {file: "http = ", want: []string{"config file", "line 1"}},
		"wrong type":              {file: "keep_days = \"many\"", want: []string{"config file", "keep_days"}},
		"unknown variable":        {environ: "TANDEM_BOGUS=1", want: []string{"environment variable TANDEM_BOGUS", `"bogus"`}},
		"variable is no number":   {environ: "TANDEM_KEEP_DAYS=many", want: []string{"TANDEM_KEEP_DAYS", `"many" is not a whole number`}},
		"variable cannot be set":  {environ: "TANDEM_TRUNK=x", want: []string{"TANDEM_TRUNK", "only be set in the config file"}},
		"unknown flag":            {flags: map[string]string{"no_such": "x"}, want: []string{"flag --no-such", "unknown setting"}},
		"account":                 {file: `account_id = "12"`, want: []string{"account_id", `"12" is not 12 digits`}},
		"account with letters":    {file: `account_id = "12345678901x"`, want: []string{"account_id"}},
		"ports without range":     {file: `rtp_ports = "20000"`, want: []string{"rtp_ports", `"20000"`, "such as 20000-29999"}},
		"ports upside down":       {file: `rtp_ports = "3000-2000"`, want: []string{"rtp_ports"}},
		"ports of the system":     {file: `rtp_ports = "80-2000"`, want: []string{"rtp_ports"}},
		"ports beyond the end":    {file: `rtp_ports = "60000-70000"`, want: []string{"rtp_ports"}},
		"rtp address":             {file: `rtp_address = "localhost"`, want: []string{"rtp_address", `"localhost" is not an IP address`}},
		"external address":        {file: `external_ip = "here"`, want: []string{"external_ip", `"here"`}},
		"certificate without key": {file: `cert_file = "a.pem"`, want: []string{"cert_file and key_file"}},
		"synchronous":             {file: `journal_synchronous = "MAYBE"`, want: []string{"journal_synchronous", `"MAYBE"`, "FULL"}},
		"keep days":               {file: `keep_days = 0`, want: []string{"keep_days"}},
		"trunk without name":      {file: "[[trunk]]\nnumbers = []", want: []string{"trunk 1", "name is missing"}},
		"prefixes to nowhere":     {file: trunk(`prefixes = ["+"]`), want: []string{"trunk 1 (pstn)", "address"}},
		"allowed":                 {file: trunk(`allowed = ["provider"]`), want: []string{"trunk 1 (pstn)", "allowed", `"provider"`}},
		"transport":               {file: trunk(`transport = "sctp"`), want: []string{"trunk 1 (pstn)", "transport", `"sctp"`}},
		"srtp in the open":        {file: trunk(`srtp = "required"`), want: []string{"srtp", "set transport to tls"}},
		"srtp":                    {file: trunk("transport = \"tls\"\nsrtp = \"maybe\""), want: []string{"srtp", `"maybe"`}},
		"ca without tls":          {file: trunk(`ca_file = "ca.pem"`), want: []string{"transport tls"}},
		"key without certificate": {file: trunk("transport = \"tls\"\nkey_file = \"k.pem\""), want: []string{"cert_file and key_file"}},
		"ca that is not used":     {file: trunk("transport = \"tls\"\nskip_verify = true\nca_file = \"ca.pem\""), want: []string{"contradict"}},
		"register as nobody":      {file: trunk("register = true\naddress = \"sip.example\""), want: []string{"register needs address and user"}},
		"only backups":            {file: trunk(`backups = ["b.example"]`), want: []string{"backups need an address"}},
		"caller without password": {file: trunk(`caller_user = "pbx"`), want: []string{"caller_password_env"}},
		"password of nowhere":     {file: trunk(`password_env = "NO_SUCH"`), want: []string{"trunk pstn", "NO_SUCH", "set it"}},
		"phones nowhere":          {file: "[[phones.user]]\nname = \"agent1\"", want: []string{"phones", "set allowed"}},
		"phone without password":  {file: "phones.allowed = [\"10.0.0.0/8\"]\n[[phones.user]]\nname = \"agent1\"", want: []string{"agent1", "password_env"}},
		"too many phones":         {file: "phones.contacts = 4", want: []string{"contacts", "1 to 3"}},
		"client certificates":     {file: `sip_client_ca = "ca.pem"`, want: []string{"set sip_tls"}},
		"number":                  {file: trunk(`numbers = ["5550100"]`), want: []string{"trunk 1 (pstn)", `"5550100"`, "E.164"}},
		"number with spaces":      {file: trunk(`numbers = ["+1 202 5550100"]`), want: []string{"E.164"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var environ []string
			if tt.environ != "" {
				environ = []string{tt.environ}
			}
			_, err := Load(write(t, tt.file), environ, tt.flags)
			if err == nil {
				t.Fatal("it was taken")
			}
			for _, want := range tt.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("the message does not say %q: %v", want, err)
				}
			}
		})
	}
}

func TestMissingFileIsNamed(t *testing.T) {
	path := filepath.Join(t.TempDir(), "absent.toml")
	if _, err := Load(path, nil, nil); err == nil || !strings.Contains(err.Error(), path) {
		t.Errorf("the error is %v", err)
	}
}

func TestTrunkTakesAddressesAndRanges(t *testing.T) {
	got, err := Trunk{Allowed: []string{"192.0.2.7", "198.51.100.0/24", "2001:db8::1"}}.AllowedPrefixes()
	if err != nil {
		t.Fatal(err)
	}
	var text []string
	for _, p := range got {
		text = append(text, p.String())
	}
	if want := "192.0.2.7/32 198.51.100.0/24 2001:db8::1/128"; strings.Join(text, " ") != want {
		t.Errorf("got %v, want %s", text, want)
	}
}

// A variable that holds a password is no setting, whatever its name.
func TestPasswordsComeFromTheEnvironment(t *testing.T) {
	file := write(t, "phones.allowed = [\"10.0.0.0/8\"]\n[[phones.user]]\nname = \"agent1\"\npassword_env = \"PHONE1\"\n"+
		trunk("user = \"u\"\npassword_env = \"TANDEM_PSTN\"\ncaller_user = \"pbx\"\ncaller_password_env = \"IN\""))
	c, err := Load(file, []string{"TANDEM_PSTN=swordfish", "PHONE1=octopus", "IN=squid"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	phone, known := c.Phones.Known("agent1")
	if c.Trunks[0].Password != "swordfish" || c.Trunks[0].CallerPassword != "squid" || phone != "octopus" || !known {
		t.Errorf("got %+v and %q", c.Trunks[0], phone)
	}
	if other, known := c.Phones.Known("agent2"); known || other != "" {
		t.Errorf("a stranger has the password %q", other)
	}
	if shown := c.Show("phones"); shown != "1 users" {
		t.Errorf("phones are shown as %v", shown)
	}
}

func TestShowKeepsSecretsBack(t *testing.T) {
	c, err := Load(write(t, trunk("user = \"tandem\"\npassword = \"swordfish\"")), nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range c.Keys() {
		if s, ok := c.Show(key).(string); ok && strings.Contains(s, "swordfish") {
			t.Errorf("%s shows the password: %s", key, s)
		}
	}
	if c.Show("trunk") != "1 configured" || c.Show("no such key") != nil {
		t.Errorf("trunks are shown as %v", c.Show("trunk"))
	}
}

func TestRecordingsGoToTheDataFolder(t *testing.T) {
	c := Default()
	c.Data = "/srv/tandem"
	if got := c.BlobURL(); !strings.HasPrefix(got, "file:///srv/tandem/blobs?") {
		t.Errorf("got %s", got)
	}
	c.Blobs = "s3://recordings"
	if got := c.BlobURL(); got != "s3://recordings" {
		t.Errorf("got %s", got)
	}
}

func TestFolderThatCannotBeMadeIsRefused(t *testing.T) {
	c := Default()
	c.Data = filepath.Join(write(t, ""), "data")
	if err := c.Writable(); err == nil || !strings.Contains(err.Error(), "--data") {
		t.Errorf("a folder under a file: %v", err)
	}
	c.Data = filepath.Join(t.TempDir(), "new", "data")
	if err := c.Writable(); err != nil {
		t.Error(err)
	}
	if left, err := os.ReadDir(c.Data); err != nil || len(left) > 0 {
		t.Errorf("the check left %v (%v)", left, err)
	}
}

func TestFunctionBotAndEngineThatCannotWorkAreNamed(t *testing.T) {
	const function, bot, speech = "[[function]]\narn = \"f\"\n", "[[bot]]\nname = \"b\"\n", "[speech_recognition]\n"
	for name, tt := range map[string]struct{ file, want string }{
		"no way to a function":  {function, "exactly one of url, command and lambda"},
		"plain http":            {function + `url = "http://f.example"`, "https only"},
		"a secret in the file":  {function + "url = \"https://f.example\"\nsecret = \"swordfish\"", "does not stand in this file"},
		"a secret of our own":   {function + "url = \"https://f.example\"\nsecret = \"env:TANDEM_X\"", "TANDEM_"},
		"lambda without a key":  {function + "lambda = true\nregion = \"eu-central-1\"", "access key"},
		"unknown key":           {function + `uri = "https://f.example"`, `unknown key "function.uri"`},
		"no way to a bot":       {bot, "exactly one of file, url and lex"},
		"lex without an ARN":    {bot + "lex = true\naccess_key_id = \"a\"\nsecret_access_key = \"env:S\"", "alias ARN"},
		"speech in clear":       {speech + `url = "ws://s.example"`, "wss only"},
		"token not in the env":  {speech + "url = \"wss://s.example\"\ntoken = \"vault:x\"", "environment"},
		"a secret without name": {function + "url = \"https://f.example\"\nsecret = \"env:\"", "does not stand"},
	} {
		if _, err := Load(write(t, tt.file), nil, nil); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestFilesStandBesideTheConfiguration(t *testing.T) {
	path := write(t, "[[bot]]\nname = \"b\"\nfile = \"bots/b.toml\"\n[[function]]\narn = \"f\"\ncommand = [\"./run\", \"x/y\"]\n[[function]]\narn = \"g\"\ncommand = [\"python3\"]\n")
	c, err := Load(path, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Dir(path)
	if c.Bots[0].File != filepath.Join(dir, "bots/b.toml") || c.Functions[0].Command[0] != filepath.Join(dir, "run") || c.Functions[0].Command[1] != "x/y" || c.Functions[1].Command[0] != "python3" {
		t.Errorf("the files are %s and %+v", c.Bots[0].File, c.Functions)
	}
}

func TestFunctionOfLambdaTakesItsSettings(t *testing.T) {
	c, err := Load(write(t, `[[function]]
arn = "arn:aws:lambda:eu-central-1:123456789012:function:orders"
lambda = true
access_key_id = "AKID"
secret_access_key = "env:ORDERS_KEY"
concurrency = 3
queue = 4
`), nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	target := c.Functions[0].Target()
	if place, name := c.Functions[0].SecretAccessKey.Place(); place != "env" || name != "ORDERS_KEY" {
		t.Errorf("the secret is in %s, named %s", place, name)
	}
	if target.Lambda.AccessKeyID != "AKID" || target.Limits.Running != 3 || target.Limits.Waiting != 4 || c.Show("function") != "1 configured" {
		t.Errorf("the target is %+v", target)
	}
}

func TestSpeechServiceIsReachedSafely(t *testing.T) {
	for line, want := range map[string]string{
		`program = "flite"`:                          "",
		`url = "https://polly.example.com"`:          "",
		`url = "http://127.0.0.1:9000"`:              "",
		`url = "http://polly.example.com"`:           "use https",
		`url = "polly"`:                              "is not an address",
		"url = \"https://x\"\naccess_key_id = \"A\"": "go together",
		"url = \"https://x\"\naccess_key_id = \"A\"\nsecret_access_key = \"env:SPEECH_SECRET\"": "",
		"url = \"https://x\"\ntoken = \"vault:x\"":                                              "in the environment",
	} {
		_, err := Load(write(t, "[speech]\n"+line+"\n"), nil, nil)
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: %v, want %q", line, err, want)
		}
	}
}
