package salesforce

import (
	"fmt"
	"regexp"
	"strings"
)

var idShape = regexp.MustCompile(`^[a-zA-Z0-9]{15}([A-Z0-5]{3})?$`)

const idDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"

// short cuts an id to the 15 characters that tell it apart.
func short(id string) string { return id[:min(15, len(id))] }

// long is the form of 18 characters: the last three say which of the first 15
// are upper case ("Salesforce: 15 and 18 character ids").
func long(id string) string {
	id = short(id)
	var suffix strings.Builder
	for part := 0; part < len(id); part += 5 {
		bits := 0
		for i, c := range id[part:min(part+5, len(id))] {
			if c >= 'A' && c <= 'Z' {
				bits |= 1 << i
			}
		}
		suffix.WriteByte(idDigits[bits])
	}
	return id + suffix.String()
}

// newID makes the n-th id of a kind of record, whose prefix has 3 characters.
func newID(prefix string, n int) string { return fmt.Sprintf("%sSt%010d", prefix, n) }
