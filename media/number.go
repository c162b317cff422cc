package media

import (
	"strings"

	"github.com/nyaruka/phonenumbers"
)

// maxNumberBytes bounds what is kept of a number as received.
const maxNumberBytes = 64

// e164 writes a number as received in E.164 where it can be told, such as
// "+4930123456"; else as it came. The region is that of numbers without a
// country code.
func e164(received, region string) string {
	received = strings.TrimPrefix(received, "tel:")
	received, _, _ = strings.Cut(received, ";")
	if len(received) > maxNumberBytes {
		received = received[:maxNumberBytes]
	}
	if region == "" {
		region = phonenumbers.UNKNOWN_REGION
	}
	number, err := phonenumbers.Parse(received, region)
	if err != nil || !phonenumbers.IsPossibleNumber(number) || strings.ContainsFunc(received, isLetter) {
		return received
	}
	return phonenumbers.Format(number, phonenumbers.E164)
}

func isLetter(r rune) bool { return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' }
