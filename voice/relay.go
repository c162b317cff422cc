package voice

import (
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base64"
	"strconv"
	"strings"

	"tandem"
)

// NewEphemeral makes a credential for the relay at the given URLs, which ends
// at a time. Core and media share the secret; nothing else need be kept of a
// credential ("A REST API for Access to TURN Services",
// draft-uberti-behave-turn-rest-00). What began in time goes on after the end.
func NewEphemeral(secret []byte, urls []string, userID tandem.ID, ends tandem.Time) Ephemeral {
	username := strconv.FormatInt(int64(ends)/1000, 10) + ":" + userID.String()
	return Ephemeral{URLs: urls, Username: username, Credential: RelayPassword(secret, username)}
}

// RelayPassword is the password that belongs to a user name of the relay.
func RelayPassword(secret []byte, username string) string {
	mac := hmac.New(sha1.New, secret)
	mac.Write([]byte(username))
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// RelayUser reads a user name of the relay: whose it is, and when it ends. It
// says nothing about the password.
func RelayUser(username string) (userID tandem.ID, ends tandem.Time, ok bool) {
	seconds, user, found := strings.Cut(username, ":")
	unix, err := strconv.ParseUint(seconds, 10, 40)
	if !found || err != nil {
		return tandem.ID{}, 0, false
	}
	userID, err = tandem.ParseID(user)
	return userID, tandem.Time(unix * 1000), err == nil
}
