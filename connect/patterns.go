package connect

import (
	"regexp"
	"strings"
	"unicode"
)

// The patterns below use look-ahead in the API's model, which Go's regular
// expressions lack.

var (
	tagKeyChars        = regexp.MustCompile(`^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$`)
	contactTagKeyChars = regexp.MustCompile(`^[a-zA-Z+-=._:/]+$`)
	directoryAlias     = regexp.MustCompile(`^([\da-zA-Z]+)([-]*[\da-zA-Z])*$`)
	pageChars          = regexp.MustCompile(`^[\p{L}\p{Z}\p{N}\-_.:=@'|]+$`)
	contextKeyChars    = regexp.MustCompile(`^[\x09\x0A\x0D\x20-\x7E\x{A1}-\x{FF}]+$`)
)

// isTagKey refuses the prefix that AWS keeps for itself.
func isTagKey(s string) bool { return !strings.HasPrefix(s, "aws:") && tagKeyChars.MatchString(s) }

func isContactTagKey(s string) bool {
	return !strings.HasPrefix(s, "aws:") && contactTagKeyChars.MatchString(s)
}

// isDirectoryAlias refuses what looks like a directory's id (d-...).
func isDirectoryAlias(s string) bool {
	return !strings.HasPrefix(s, "d-") && directoryAlias.MatchString(s)
}

func isPage(s string) bool { return s != "." && s != ".." && pageChars.MatchString(s) }

func isContextKeyName(s string) bool {
	return !strings.HasPrefix(s, "aws:") && !strings.HasPrefix(s, "connect:") && contextKeyChars.MatchString(s)
}

// isPassword wants a lower-case letter, an upper-case letter and a digit of
// ASCII, no white space, and 8 to 64 characters.
func isPassword(s string) bool {
	const lower, upper, digits = "abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "0123456789"
	n := len([]rune(s))
	return n >= 8 && n <= 64 && strings.ContainsAny(s, lower) && strings.ContainsAny(s, upper) &&
		strings.ContainsAny(s, digits) && !strings.ContainsFunc(s, unicode.IsSpace)
}
