package config

import (
	"errors"
	"fmt"
	"net"
	"net/url"
)

// Speech says who speaks the texts of flows. Without a URL it is espeak-ng on
// this machine, where that is installed.
type Speech struct {
	Program string `toml:"program"` // of this machine; empty: espeak-ng
	Voice   string `toml:"voice"`   // where a flow chose none: of the program such as "en-gb", of the service such as "Joanna"

	URL         string `toml:"url"`    // a service with the interface of Amazon Polly
	Engine      string `toml:"engine"` // standard, neural, generative, long-form
	Region      string `toml:"region"` // for signatures; empty: the server's
	AccessKeyID string `toml:"access_key_id"`
	SecretKey   Secret `toml:"secret_access_key"` // env:NAME only
	Token       Secret `toml:"token"`             // env:NAME only; a bearer token in place of an access key
}

func (s Speech) validate() error {
	if s.URL == "" {
		return nil
	}
	u, err := url.Parse(s.URL)
	if err != nil || u.Host == "" {
		return fmt.Errorf("url: %q is not an address such as https://polly.us-east-1.amazonaws.com", s.URL)
	}
	if ip := net.ParseIP(u.Hostname()); u.Scheme != "https" && (ip == nil || !ip.IsLoopback()) {
		return errors.New("url: what is spoken is personal; use https, or a service on this machine")
	}
	if (s.AccessKeyID == "") != (s.SecretKey == "") {
		return errors.New("access_key_id and secret_access_key go together: set both or none")
	}
	for _, secret := range []Secret{s.SecretKey, s.Token} {
		if place, _ := secret.Place(); secret != "" && place != "env" {
			return errors.New("the secret must be in the environment: write env:NAME")
		}
		if err := secret.validate(); err != nil {
			return err
		}
	}
	return nil
}
