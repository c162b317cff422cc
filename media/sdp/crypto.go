package sdp

import (
	"crypto/rand"
	"encoding/base64"
	"slices"
	"strconv"
	"strings"
)

// The crypto suites we speak, the one we like best first: AES-GCM costs half of what HMAC-SHA1 does
// (RFC 4568 section 6.2.1, RFC 7714 section 14.2).
const (
	SuiteGCM = "AEAD_AES_128_GCM"
	SuiteCM  = "AES_CM_128_HMAC_SHA1_80"
)

var suites = []string{SuiteGCM, SuiteCM}

// keyBytes is the master key and salt of a suite.
func keyBytes(suite string) int {
	if suite == SuiteGCM {
		return 16 + 12
	}
	return 16 + 14
}

// maxCryptos bounds what is kept of one medium.
const maxCryptos = 16

// Secrecy says whether audio is encrypted (SRTP, RFC 3711) with keys in the session description (RFC 4568), which is
// as secret as the signalling that carries it.
type Secrecy uint8

// The kinds.
const (
	Plain       Secrecy = iota // never
	WhereItGoes                // offered, and used when the far side can (RFC 8643)
	Secret                     // or there is no call
)

// Security is what both sides agreed on; zero for plain RTP. Keys are the master key and its salt, as bytes.
type Security struct {
	Suite               string
	LocalKey, RemoteKey string
}

// String keeps the keys out of logs.
func (s Security) String() string { return s.Suite }

// GoString keeps the keys out of logs.
func (s Security) GoString() string { return s.Suite }

// crypto is one a=crypto line.
type crypto struct {
	tag   string
	suite string
	key   string
}

// parseCrypto reads "1 AES_CM_128_HMAC_SHA1_80 inline:KEY|2^20|1:4". A lifetime or an MKI in the key and parameters of
// the session are not spoken here: a line that needs one is left out (RFC 4568 section 6.1 and 6.3).
func parseCrypto(value string) (crypto, bool) {
	fields := strings.Fields(value)
	if len(fields) < 3 || !slices.Contains(suites, fields[1]) || !isTag(fields[0]) {
		return crypto{}, false
	}
	for _, param := range fields[3:] {
		if !strings.HasPrefix(param, "WSH=") { // a hint that may be ignored
			return crypto{}, false
		}
	}
	inline, found := strings.CutPrefix(fields[2], "inline:")
	text, more, _ := strings.Cut(inline, "|")
	if strings.Contains(more, ":") || strings.Contains(inline, ";") {
		return crypto{}, false
	}
	key, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		key, err = base64.RawStdEncoding.DecodeString(text)
	}
	if !found || err != nil || len(key) != keyBytes(fields[1]) {
		return crypto{}, false
	}
	return crypto{tag: fields[0], suite: fields[1], key: string(key)}, true
}

func isTag(text string) bool {
	_, err := strconv.ParseUint(text, 10, 31)
	return err == nil && len(text) <= 9
}

func (c crypto) line() string {
	return "a=crypto:" + c.tag + " " + c.suite + " inline:" + base64.StdEncoding.EncodeToString([]byte(c.key)) + "\r\n"
}

// newKey makes the master key of one suite for one call.
func newKey(suite string) string {
	key := make([]byte, keyBytes(suite))
	_, _ = rand.Read(key) // never fails
	return string(key)
}
