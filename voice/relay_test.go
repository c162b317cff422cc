package voice_test

import (
	"testing"

	"tandem"
	"tandem/voice"
)

func TestEphemeralTellsWhoseItIsAndWhenItEnds(t *testing.T) {
	user := tandem.NameID("test", "user")
	e := voice.NewEphemeral([]byte("secret"), []string{"turn:192.0.2.1:3478"}, user, 1_700_000_000_999)
	if e.Username != "1700000000:"+user.String() || e.Credential != voice.RelayPassword([]byte("secret"), e.Username) {
		t.Errorf("the credential is %+v", e)
	}
	got, ends, ok := voice.RelayUser(e.Username)
	if !ok || got != user || ends != 1_700_000_000_000 {
		t.Errorf("read as %v until %d, %v", got, ends, ok)
	}
	if e.Credential == voice.RelayPassword([]byte("other"), e.Username) {
		t.Error("another secret makes the same password")
	}
}

// The figure is from OpenSSL: printf 1700000000:u | openssl dgst -sha1 -hmac secret -binary | base64
func TestRelayPasswordIsThatOfTheDraft(t *testing.T) {
	if got := voice.RelayPassword([]byte("secret"), "1700000000:u"); got != "XG6B680Mf7Xc6AI7xZ5TSz0EUb4=" {
		t.Errorf("the password is %s", got)
	}
}

func FuzzRelayUser(f *testing.F) {
	f.Add("1700000000:" + tandem.NameID("test", "user").String())
	f.Add(":")
	f.Add("-1:x")
	f.Add("99999999999999999999:")
	f.Fuzz(func(t *testing.T, username string) {
		user, ends, ok := voice.RelayUser(username)
		if !ok {
			return
		}
		again, until, ok := voice.RelayUser(voice.NewEphemeral(nil, nil, user, ends).Username)
		if !ok || again != user || until != ends {
			t.Errorf("%q is read as %v until %d, and then as %v until %d", username, user, ends, again, until)
		}
	})
}
