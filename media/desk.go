package media

import (
	"errors"
	"net/netip"
	"strings"

	"tandem/media/sip"
)

// deskScheme begins the target of a leg that goes to a registered telephone:
// "sip:" and the name of its user.
const deskScheme = "sip:"

// Phones says which telephones may register, so that their users can be called
// there.
type Phones struct {
	Realm     string         // of the passwords; empty: no phone can register
	Passwords sip.Passwords  // of the users
	Allowed   []netip.Prefix // where the phones are
	MD5Only   bool           // for phones that stop at the sight of SHA-256
	Contacts  int            // phones of one user at a time, 1 to 3; zero: 3
}

func (c Phones) check() error {
	switch {
	case c.Realm == "":
		return nil
	case c.Passwords == nil:
		return errors.New("media: phones may register, but no passwords are known: set Phones.Passwords")
	case len(c.Allowed) == 0:
		return errors.New("media: phones may register, but from nowhere: set Phones.Allowed to their networks")
	case strings.ContainsAny(c.Realm, "\"\\\r\n"):
		return errors.New("media: the realm of phones must not hold quotes, backslashes or line ends")
	case c.Contacts < 0 || c.Contacts > 3:
		return errors.New("media: a user may have 1 to 3 phones at a time: change Phones.Contacts")
	}
	return nil
}

func (c Phones) allowed(source netip.Addr) bool {
	for _, network := range c.Allowed {
		if c.Realm != "" && network.Contains(source.Unmap()) {
			return true
		}
	}
	return false
}

func (c Phones) registrar() *sip.RegistrarConfig {
	if c.Realm == "" {
		return nil
	}
	return &sip.RegistrarConfig{Realm: c.Realm, Passwords: c.Passwords, Allowed: c.allowed, Contacts: c.Contacts, MD5Only: c.MD5Only}
}

// deskTrunk stands for all registered telephones: audio finds its way through
// their NAT.
var deskTrunk = &Trunk{Name: "desk phones"}

// waysTo are the far sides of a leg's target in the order in which they are
// tried. The caller holds mu.
func (p *Process) waysTo(target string) []*peer {
	user, desk := strings.CutPrefix(target, deskScheme)
	if !desk {
		return p.ways(target)
	}
	var all []*peer
	for _, phone := range p.agent.Phones(user) {
		all = append(all, &peer{trunk: deskTrunk, phone: &phone})
	}
	return all
}
