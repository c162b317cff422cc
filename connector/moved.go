package connector

import "tandem/presence"

// Moved reports whether a look shows that a system has changed since a write
// was decided: by its revision or, where it has none, by what it shows.
func Moved(w presence.Write, o presence.Observe) bool {
	if o.Version != w.Version {
		return true
	}
	return w.Version == 0 && o.Remote != w.Shown
}
