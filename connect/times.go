package connect

import (
	"encoding/json"
	"errors"
	"math"
	"strconv"
	"time"
)

// EpochTime is a moment written as seconds since the Unix epoch, a JSON number
// with up to three decimals. It is the API's form for times.
type EpochTime struct{ time.Time }

// ISOTime is a moment written as an ISO 8601 string with milliseconds, in UTC.
// A few shapes of the API have this form.
type ISOTime struct{ time.Time }

const isoFormat = "2006-01-02T15:04:05.000Z"

// maxEpochSeconds is the end of the year 9999.
const maxEpochSeconds = 253402300799

// MarshalJSON implements json.Marshaler.
func (t EpochTime) MarshalJSON() ([]byte, error) {
	return strconv.AppendFloat(nil, float64(t.UnixMilli())/1000, 'f', -1, 64), nil
}

// UnmarshalJSON implements json.Unmarshaler. It also reads RFC 3339 strings.
func (t *EpochTime) UnmarshalJSON(b []byte) error {
	seconds, err := strconv.ParseFloat(string(b), 64)
	if err != nil {
		return unmarshalISO(b, &t.Time)
	}
	if math.IsNaN(seconds) || math.Abs(seconds) > maxEpochSeconds {
		return errors.New("a time must be seconds since 1970-01-01, at most " + strconv.Itoa(maxEpochSeconds))
	}
	t.Time = time.UnixMilli(int64(math.Round(seconds * 1000))).UTC()
	return nil
}

// MarshalJSON implements json.Marshaler.
func (t ISOTime) MarshalJSON() ([]byte, error) {
	return json.Marshal(t.UTC().Format(isoFormat))
}

// UnmarshalJSON implements json.Unmarshaler.
func (t *ISOTime) UnmarshalJSON(b []byte) error { return unmarshalISO(b, &t.Time) }

func unmarshalISO(b []byte, into *time.Time) error {
	var s string
	if err := json.Unmarshal(b, &s); err != nil {
		return errors.New("a time must be seconds since 1970-01-01 or an ISO 8601 string")
	}
	at, err := time.Parse(time.RFC3339, s)
	if err != nil {
		return errors.New("a time in text must be ISO 8601, such as " + isoFormat)
	}
	*into = at.UTC()
	return nil
}
