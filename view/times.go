package view

import "tandem"

// Seconds is a moment as contact records write it, cut to whole seconds; nil
// when not set (Amazon Connect Administrator Guide: contact records data
// model, yyyy-mm-ddThh:mm:ssZ).
func Seconds(t tandem.Time) *string { return form(t, "2006-01-02T15:04:05Z") }

// Millis is a moment as agent events write it; nil when not set (Amazon
// Connect Administrator Guide: agent event streams data model).
func Millis(t tandem.Time) *string { return form(t, "2006-01-02T15:04:05.000Z") }

func form(t tandem.Time, layout string) *string {
	if t.IsZero() {
		return nil
	}
	s := t.Std().Format(layout)
	return &s
}

// WholeSeconds is how long it is from one moment to another, cut to whole
// seconds; nil unless both are set. It is cut once, from the exact times, so
// that it may be one less than the difference of the times that [Seconds]
// shows.
func WholeSeconds(from, to tandem.Time) *int64 {
	if from.IsZero() || to.IsZero() {
		return nil
	}
	s := max(0, to.Sub(from)) / 1000
	return &s
}
