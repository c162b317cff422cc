package connector

import (
	"slices"
	"strings"

	"tandem"
	"tandem/event"
)

// CheckSettings refuses a setting that a kind of system does not know: one
// whose name is misspelt would be left out without a word.
func CheckSettings(system event.SystemSaved, known ...string) error {
	for _, name := range tandem.SortedKeys(system.Settings) {
		if slices.Contains(known, name) {
			continue
		}
		if len(known) == 0 {
			return WrongSetting(name, "systems of the kind %s have no settings of their own", system.System)
		}
		return WrongSetting(name, "there is no such setting; those of %s are %s", system.System, strings.Join(known, ", "))
	}
	return nil
}

// WrongSetting is the refusal of a setting, by its name in the admin API.
func WrongSetting(name, format string, args ...any) error {
	return tandem.Errorf(tandem.Invalid, "settings."+name, format, args...)
}
