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

// WholeSeconds is the distance between two moments as [Seconds] shows them, so
// that a duration agrees with the times beside it; nil unless both are set.
func WholeSeconds(from, to tandem.Time) *int64 {
	if from.IsZero() || to.IsZero() {
		return nil
	}
	s := max(0, int64(to)/1000-int64(from)/1000)
	return &s
}
