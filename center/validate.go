package center

import (
	"strings"
	"unicode/utf8"

	"tandem"
)

// Limits of configuration (Amazon Connect API: the Create operations).
const (
	maxAliasChars           = 45
	maxNameChars            = 127
	maxLongNameChars        = 256 // queues and flows
	maxDescriptionChars     = 250
	maxFlowDescriptionChars = 500
	maxUsernameChars        = 100
	maxPersonNameChars      = 255
	maxSecurityProfiles     = 10
	maxTags                 = 50
	maxTagKeyChars          = 128
	maxTagValueChars        = 256
	maxWrapUpSeconds        = 2_000_000
	maxStatusOrder          = 50
	maxSlots                = 100
	maxPriority             = 99
	maxDelaySeconds         = 9999
	maxAgeSeconds           = 7 * 86_400
	maxResumeMinutes        = 60
	maxGraceSeconds         = 86_400
	maxHierarchyLevels      = 5
	maxQueueQuickConnects   = 700
)

func checkLength(field, value string, least, most int) error {
	n := utf8.RuneCountInString(value)
	if n < least || n > most {
		return tandem.Errorf(tandem.Invalid, field, "has %d characters; %d to %d are allowed", n, least, most)
	}
	return nil
}

// checkPhoneNumber accepts E.164 (ITU-T E.164: a plus sign, at most 15 digits).
func checkPhoneNumber(field, number string) error {
	digits, ok := strings.CutPrefix(number, "+")
	ok = ok && len(digits) >= 2 && len(digits) <= 15 && digits[0] != '0' && strings.Trim(digits, "0123456789") == ""
	if !ok {
		return tandem.Errorf(tandem.Invalid, field, "must be a phone number in E.164, such as +14155550100")
	}
	return nil
}

func checkTags(tags map[string]string) error {
	if len(tags) > maxTags {
		return tandem.Errorf(tandem.Invalid, "Tags", "%d tags; at most %d are allowed", len(tags), maxTags)
	}
	for _, key := range tandem.SortedKeys(tags) {
		if strings.HasPrefix(key, "aws:") {
			return tandem.Errorf(tandem.Invalid, "Tags", "the key %q begins with aws:, which is reserved", key)
		}
		if err := checkLength("Tags", key, 1, maxTagKeyChars); err != nil {
			return err
		}
		if err := checkLength("Tags", tags[key], 0, maxTagValueChars); err != nil {
			return err
		}
	}
	return nil
}

// named is what is looked at of every thing that has a name.
type named struct {
	field       string // the input with the id
	what        string // the kind of thing, for people
	id          tandem.ID
	name        string
	most        int
	description string
	mostText    int
	tags        map[string]string
}

// checkNamed looks at what all named things share: that a new one is new and a
// changed one exists, the lengths, and that no other has the name.
func checkNamed[V any](n named, isNew bool, all map[tandem.ID]V, nameOf func(V) string) error {
	_, exists := all[n.id]
	switch {
	case n.id.IsZero():
		return tandem.Errorf(tandem.Invalid, n.field, "the %s needs an id", n.what)
	case isNew && exists:
		return tandem.Errorf(tandem.Duplicate, n.field, "there is a %s %s already", n.what, n.id)
	case !isNew && !exists:
		return tandem.Errorf(tandem.NotFound, n.field, "there is no %s %s", n.what, n.id)
	}
	if err := checkLength("Name", n.name, 1, n.most); err != nil {
		return err
	}
	if err := checkLength("Description", n.description, 0, n.mostText); err != nil {
		return err
	}
	if err := checkTags(n.tags); err != nil {
		return err
	}
	for _, id := range tandem.SortedIDs(all) {
		if id != n.id && nameOf(all[id]) == n.name {
			return tandem.Errorf(tandem.Duplicate, "Name", "another %s has the name %q", n.what, n.name)
		}
	}
	return nil
}

// firstOf returns the first error.
func firstOf(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
