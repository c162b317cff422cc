package config

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
)

// takeSecrets reads the passwords that the file leaves to the environment, and
// names the variables they were in.
func (c *Config) takeSecrets(environ []string) (map[string]bool, error) {
	taken := map[string]bool{}
	take := func(variable string, into *string) error {
		if variable == "" {
			return nil
		}
		taken[variable] = true
		for _, kv := range environ {
			if name, value, _ := strings.Cut(kv, "="); name == variable && value != "" {
				*into = value
				return nil
			}
		}
		return fmt.Errorf("the environment variable %s has no password: set it for the server", variable)
	}
	for i := range c.Trunks {
		t := &c.Trunks[i]
		if err := errors.Join(take(t.PasswordEnv, &t.Password), take(t.CallerPasswordEnv, &t.CallerPassword)); err != nil {
			return nil, fmt.Errorf("trunk %s: %w", t.Name, err)
		}
	}
	for i := range c.Phones.Users {
		u := &c.Phones.Users[i]
		if err := take(u.PasswordEnv, &u.Password); err != nil {
			return nil, fmt.Errorf("phone of %s: %w", u.Name, err)
		}
	}
	return taken, nil
}

// validateSecurity finds what cannot be kept secret, or proven, as it is asked
// for.
func (t Trunk) validateSecurity() error {
	switch {
	case !slices.Contains([]string{"", "udp", "tcp", "tls"}, t.Transport):
		return fmt.Errorf("transport: %q is none of udp, tcp, tls", t.Transport)
	case !slices.Contains([]string{"", "off", "optional", "required"}, t.SRTP):
		return fmt.Errorf("srtp: %q is none of off, optional, required", t.SRTP)
	case t.SRTP != "" && t.SRTP != "off" && t.Transport != "tls":
		return errors.New("srtp: its keys travel in SIP messages; set transport to tls")
	case t.Transport != "tls" && (t.CAFile != "" || t.CertFile != "" || t.SkipVerify):
		return errors.New("ca_file, cert_file and skip_verify are for transport tls")
	case (t.CertFile == "") != (t.KeyFile == ""):
		return errors.New("cert_file and key_file go together: set both or none")
	case t.SkipVerify && t.CAFile != "":
		return errors.New("ca_file and skip_verify contradict each other: set one")
	case t.Register && (t.User == "" || t.Address == ""):
		return errors.New("register needs address and user")
	case len(t.Backups) > 0 && t.Address == "":
		return errors.New("backups need an address before them")
	case t.CallerUser != "" && t.CallerPassword == "":
		return errors.New("caller_user needs caller_password_env")
	}
	return nil
}

func (p Phones) validate() error {
	if _, err := p.AllowedPrefixes(); err != nil {
		return err
	}
	switch {
	case len(p.Users) > 0 && len(p.Allowed) == 0:
		return errors.New("no address is allowed to register: set allowed to the networks of the phones")
	case p.Contacts < 0 || p.Contacts > 3:
		return fmt.Errorf("contacts: %d is not 1 to 3", p.Contacts)
	}
	seen := map[string]bool{}
	for _, u := range p.Users {
		switch {
		case u.Name == "" || seen[u.Name]:
			return fmt.Errorf("user %q: each user needs a name of its own", u.Name)
		case u.Password == "":
			return fmt.Errorf("user %q: set password_env to the environment variable with the password", u.Name)
		}
		seen[u.Name] = true
	}
	return nil
}

// AllowedPrefixes are the networks in which phones may register.
func (p Phones) AllowedPrefixes() ([]netip.Prefix, error) { return prefixes(p.Allowed) }

// Known gives the password of a user.
func (p Phones) Known(name string) (password string, known bool) {
	at := slices.IndexFunc(p.Users, func(u Phone) bool { return u.Name == name })
	if at < 0 {
		return "", false
	}
	return p.Users[at].Password, true
}
