package awsconnect

import (
	"errors"
	"net/netip"
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"tandem"
	"tandem/connector"
	"tandem/event"
)

// The settings of a system of this kind, beside its URL (the base of the
// Amazon Connect API), its ClientID (the access key's id) and its client
// secret (the secret access key).
const (
	SettingInstance          = "instance"            // the instance's id or ARN; required
	SettingRegion            = "region"              // such as eu-central-1; needed where the URL does not tell it
	SettingStream            = "agent_event_stream"  // name or ARN of the Kinesis stream; empty: changes are found by asking
	SettingStreamURL         = "kinesis_url"         // base of the Kinesis API; needed where the URL is not Amazon's own
	SettingRequestsPerSecond = "requests_per_second" // that the account allows for one operation; default 2, as Amazon grants at first
)

const (
	defaultRequestsPerSecond = 2
	maxRequestsPerSecond     = 1000
)

// settings are a system's settings, checked.
type settings struct {
	base      *url.URL
	region    string
	instance  string
	stream    string // "" for none
	streamURL string
	perSecond float64
}

var (
	instanceForm = regexp.MustCompile(`^(?:arn:[\w-]+:connect:[\w-]*:\d*:instance/)?([0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})$`)
	amazonHost   = regexp.MustCompile(`^connect(?:-fips)?\.([a-z]{2}(?:-[a-z]+)+-\d)\.(amazonaws\.com|amazonaws\.com\.cn|api\.aws)$`)
	regionForm   = regexp.MustCompile(`^[a-z]{2}(-[a-z]+)+-\d$`)
)

// Check refuses settings that can never work.
func Check(system event.SystemSaved) error {
	if err := connector.CheckSettings(system, SettingInstance, SettingRegion, SettingStream, SettingStreamURL, SettingRequestsPerSecond); err != nil {
		return err
	}
	_, err := readSettings(system)
	return err
}

func readSettings(system event.SystemSaved) (s settings, err error) {
	if s.base, err = parseBase(system.URL); err != nil {
		return s, tandem.Errorf(tandem.Invalid, "url", "%v", err)
	}
	given := func(name string) string { return strings.TrimSpace(system.Settings[name]) }
	found := instanceForm.FindStringSubmatch(given(SettingInstance))
	if found == nil {
		return s, connector.WrongSetting(SettingInstance, "give the id or ARN of the Amazon Connect instance; the instance's page in the AWS console shows it")
	}
	s.instance, s.region, s.stream, s.streamURL = strings.ToLower(found[1]), given(SettingRegion), given(SettingStream), given(SettingStreamURL)
	amazon := amazonHost.FindStringSubmatch(s.base.Hostname())
	if s.region == "" && amazon != nil {
		s.region = amazon[1]
	}
	if !regionForm.MatchString(s.region) {
		return s, connector.WrongSetting(SettingRegion, "give the AWS region of the instance, such as eu-central-1")
	}
	if system.ClientID == "" {
		return s, tandem.Errorf(tandem.Invalid, "client_id", "give the id of an AWS access key")
	}
	if err := s.readStream(amazon); err != nil {
		return s, err
	}
	return s, s.readRate(given(SettingRequestsPerSecond))
}

// readStream finds where the stream is served.
func (s *settings) readStream(amazon []string) error {
	switch {
	case s.stream == "":
		return nil
	case s.streamURL == "" && amazon == nil:
		return connector.WrongSetting(SettingStreamURL, "give the base of the Kinesis API; it cannot be told from the URL")
	case s.streamURL == "":
		s.streamURL = "https://kinesis." + s.region + "." + amazon[2]
	}
	u, err := parseBase(s.streamURL)
	if err != nil {
		return connector.WrongSetting(SettingStreamURL, "%v", err)
	}
	s.streamURL = u.String()
	return nil
}

func (s *settings) readRate(text string) error {
	s.perSecond = defaultRequestsPerSecond
	if text == "" {
		return nil
	}
	rate, err := strconv.ParseFloat(text, 64)
	if err != nil || !(rate > 0 && rate <= maxRequestsPerSecond) {
		return connector.WrongSetting(SettingRequestsPerSecond, "want how many requests a second the AWS account may make of one operation, such as 2")
	}
	s.perSecond = rate
	return nil
}

// parseBase checks the base URL of a service: https, or http on the machine
// itself, and nothing but a host.
func parseBase(text string) (*url.URL, error) {
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" || strings.Trim(u.Path, "/") != "" {
		return nil, errors.New("want the address of the service and nothing more, such as https://connect.eu-central-1.amazonaws.com")
	}
	if u.Scheme != "https" && (u.Scheme != "http" || !loopback(u.Hostname())) {
		return nil, errors.New("want https; plain http is for this machine only")
	}
	u.Path = ""
	return u, nil
}

func loopback(host string) bool {
	addr, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && addr.IsLoopback()
}
