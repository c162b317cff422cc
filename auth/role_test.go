package auth_test

import (
	"bytes"
	"slices"
	"testing"

	"tandem/auth"
)

// TestEachRoleMayWhatItsNameSays holds the table of roles and permissions.
func TestEachRoleMayWhatItsNameSays(t *testing.T) {
	all := auth.Administrator.Permissions()
	for role, want := range map[auth.Role]string{
		auth.Viewer: "view", auth.Auditor: "view audit", auth.Operator: "view notices agents",
		auth.Manager: "view notices agents systems settings audit", auth.Administrator: "view notices agents systems settings audit erase keys", "": "", "root": "",
	} {
		got := ""
		for _, p := range all {
			if role.May(p) {
				got += " " + string(p)
			}
			if slices.Contains(auth.WhoMay(p), role) != role.May(p) {
				t.Errorf("who may %s does not agree with what %s may", p, role)
			}
		}
		if got != "" {
			got = got[1:]
		}
		if got != want {
			t.Errorf("the role %q may %q, want %q", role, got, want)
		}
	}
}

func TestTokensAreAllDifferentAndKeptAsHashes(t *testing.T) {
	one, hash := auth.NewToken()
	two, other := auth.NewToken()
	if one == two || bytes.Equal(hash, other) || len(one) < 43 || bytes.Contains(hash, []byte(one)) || !bytes.Equal(auth.HashToken(one), hash) {
		t.Errorf("the tokens are %d and %d characters long", len(one), len(two))
	}
}
