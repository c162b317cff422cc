package awsconnect

import (
	"errors"
	"maps"
	"testing"

	"tandem"
	"tandem/event"
)

const someInstance = "11111111-2222-3333-4444-555555555555"

func saved(url string, settings ...string) event.SystemSaved {
	s := event.SystemSaved{System: event.AmazonConnectSystem, URL: url, ClientID: testKeyID, Settings: map[string]string{SettingInstance: someInstance}}
	for i := 0; i+1 < len(settings); i += 2 {
		s.Settings[settings[i]] = settings[i+1]
	}
	return s
}

func TestSettingsThatCannotWorkAreRefusedByName(t *testing.T) {
	const amazon = "https://connect.eu-central-1.amazonaws.com"
	noKey := saved(amazon)
	noKey.ClientID = ""
	tests := map[string]struct {
		system event.SystemSaved
		field  string
	}{
		"no URL":               {saved(""), "url"},
		"a path":               {saved(amazon + "/instance"), "url"},
		"plain http":           {saved("http://connect.example.com", SettingRegion, testRegion), "url"},
		"no instance":          {saved(amazon, SettingInstance, ""), "settings." + SettingInstance},
		"an alias":             {saved(amazon, SettingInstance, "my-team"), "settings." + SettingInstance},
		"no region":            {saved("https://connect.example.com"), "settings." + SettingRegion},
		"no region like that":  {saved(amazon, SettingRegion, "Frankfurt"), "settings." + SettingRegion},
		"a name misspelt":      {saved(amazon, "reigon", testRegion), "settings.reigon"},
		"no key":               {noKey, "client_id"},
		"stream without a URL": {saved("https://connect.example.com", SettingRegion, testRegion, SettingStream, "agents"), "settings." + SettingStreamURL},
		"stream by http":       {saved(amazon, SettingStream, "agents", SettingStreamURL, "http://kinesis.example.com"), "settings." + SettingStreamURL},
		"rate of words":        {saved(amazon, SettingRequestsPerSecond, "many"), "settings." + SettingRequestsPerSecond},
		"rate of nothing":      {saved(amazon, SettingRequestsPerSecond, "0"), "settings." + SettingRequestsPerSecond},
		"no rate at all":       {saved(amazon, SettingRequestsPerSecond, "NaN"), "settings." + SettingRequestsPerSecond},
	}
	for name, tt := range tests {
		var refusal *tandem.Error
		if err := Check(tt.system); !errors.As(err, &refusal) || refusal.Field != tt.field {
			t.Errorf("%s: error %v, want one of the field %s", name, err, tt.field)
		}
	}
}

func TestSettingsAreReadFromAmazonsOwnAddresses(t *testing.T) {
	want := map[string][3]string{
		"https://connect.eu-central-1.amazonaws.com":      {"eu-central-1", "https://kinesis.eu-central-1.amazonaws.com", someInstance},
		"https://connect-fips.us-east-1.amazonaws.com":    {"us-east-1", "https://kinesis.us-east-1.amazonaws.com", someInstance},
		"https://connect.us-gov-west-1.amazonaws.com":     {"us-gov-west-1", "https://kinesis.us-gov-west-1.amazonaws.com", someInstance},
		"https://connect.ap-southeast-2.amazonaws.com/":   {"ap-southeast-2", "https://kinesis.ap-southeast-2.amazonaws.com", someInstance},
		"https://connect.cn-north-1.amazonaws.com.cn":     {"cn-north-1", "https://kinesis.cn-north-1.amazonaws.com.cn", someInstance},
		"https://connect.eu-central-1.amazonaws.com:8443": {"eu-central-1", "https://kinesis.eu-central-1.amazonaws.com", someInstance},
	}
	got := map[string][3]string{}
	for url := range want {
		s, err := readSettings(saved(url, SettingStream, "agents", SettingInstance, "arn:aws:connect:eu-central-1:123456789012:instance/"+someInstance))
		if err != nil {
			t.Fatalf("%s: %v", url, err)
		}
		got[url] = [3]string{s.region, s.streamURL, s.instance}
	}
	if !maps.Equal(got, want) {
		t.Errorf("read %v, want %v", got, want)
	}
}
