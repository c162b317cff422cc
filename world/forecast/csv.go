package forecast

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"tandem"
	"tandem/event"
)

// maxRows is how many arrivals or shifts a file may have.
const maxRows = 10_000_000

// The columns of a file of arrivals. The first three must be there; a file
// without a line of names has just these.
const (
	columnTime     = "time"     // RFC 3339, or a time of day such as 09:30 or 09:30:15.500
	columnTo       = "to"       // the name or id of a queue, or a number (E.164)
	columnHandle   = "handle"   // seconds, or a duration such as 4m30s; empty: drawn
	columnChannel  = "channel"  // VOICE (as when empty), CHAT, TASK
	columnPriority = "priority" // in the queue; empty: the normal one
	columnAge      = "age"      // by how much it counts as older, as handle; with a minus: younger
	columnPatience = "patience" // as handle, or: forever; empty: drawn
)

var arrivalColumns = []string{columnTime, columnTo, columnHandle, columnChannel, columnPriority, columnAge, columnPatience}

// ReadArrivals reads arrivals from a file (RFC 4180), in any order. Times of day
// are those of the day that begins with midnight. An error names the line.
func ReadArrivals(r io.Reader, config *Config, midnight time.Time) ([]Arrival, error) {
	var all []Arrival
	queues := map[string]tandem.ID{} // looked up already
	err := readTable(r, arrivalColumns, 3, func(row row) error {
		a, err := row.arrival(config, queues, midnight)
		all = append(all, a)
		return err
	})
	if err == nil && len(all) == 0 {
		err = errors.New("the file has no arrivals")
	}
	sortArrivals(all)
	return all, err
}

// ReadShifts reads who is there when: lines of username, from and to, in any
// order. Times are as in [ReadArrivals].
func ReadShifts(r io.Reader, config *Config, midnight time.Time) ([]Shift, error) {
	var all []Shift
	err := readTable(r, []string{"username", "from", "to"}, 3, func(row row) error {
		user, err := config.User(row["username"])
		if err != nil {
			return err
		}
		from, err := ParseTime(row["from"], midnight)
		if err != nil {
			return err
		}
		to, err := ParseTime(row["to"], midnight)
		if err == nil && to <= from {
			err = fmt.Errorf("the shift ends at %s, before it begins", row["to"])
		}
		all = append(all, Shift{user, from, to})
		return err
	})
	if err == nil && len(all) == 0 {
		err = errors.New("the file has no shifts")
	}
	return all, err
}

// row is a line of a file, by the columns' names.
type row map[string]string

// readTable calls each with every row. The columns are those of the first line
// if it names them, else the first ones in their order.
func readTable(r io.Reader, columns []string, needed int, each func(row) error) error {
	table := csv.NewReader(bufio.NewReaderSize(r, 1<<16))
	table.FieldsPerRecord, table.ReuseRecord, table.TrimLeadingSpace, table.Comment = -1, true, true, '#'
	names := columns[:needed]
	values := row{}
	for n := 0; ; n++ {
		fields, err := table.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err // it names the line
		}
		at, _ := table.FieldPos(0)
		switch {
		case n > maxRows:
			return fmt.Errorf("the file has more than %d lines; simulate a part of it", maxRows)
		case n == 0 && slices.ContainsFunc(columns, func(name string) bool { return named(fields[0], name) }):
			if names, err = header(fields, columns, needed); err != nil {
				return fmt.Errorf("line %d: %w", at, err)
			}
			continue
		case len(fields) != len(names):
			return fmt.Errorf("line %d: it has %d values, not %d: %s", at, len(fields), len(names), strings.Join(names, ", "))
		}
		for i, name := range names {
			values[name] = strings.TrimSpace(fields[i])
		}
		if err := each(values); err != nil {
			return fmt.Errorf("line %d: %w", at, err)
		}
	}
}

func named(field, name string) bool {
	return strings.EqualFold(strings.TrimSpace(strings.TrimPrefix(field, "\ufeff")), name)
}

// header is the names of a file's columns.
func header(fields, columns []string, needed int) ([]string, error) {
	var names []string
	for _, field := range fields {
		i := slices.IndexFunc(columns, func(name string) bool { return named(field, name) })
		switch {
		case i < 0:
			return nil, fmt.Errorf("there is no column %q; there are: %s", field, strings.Join(columns, ", "))
		case slices.Contains(names, columns[i]):
			return nil, fmt.Errorf("the column %q is there twice", columns[i])
		}
		names = append(names, columns[i])
	}
	for _, name := range columns[:needed] {
		if !slices.Contains(names, name) {
			return nil, fmt.Errorf("the column %q is missing", name)
		}
	}
	return names, nil
}

func (r row) arrival(config *Config, queues map[string]tandem.ID, midnight time.Time) (a Arrival, err error) {
	if a.At, err = ParseTime(r[columnTime], midnight); err != nil {
		return a, err
	}
	if a.Channel, err = channel(r[columnChannel]); err != nil {
		return a, err
	}
	to := r[columnTo]
	if strings.HasPrefix(to, "+") {
		if a.Channel != event.Voice {
			return a, fmt.Errorf("a %s cannot call a number; name a queue", strings.ToLower(a.Channel.String()))
		}
		a.Number, err = to, config.checkNumber(to)
	} else if id, known := queues[to]; known {
		a.QueueID = id
	} else if a.QueueID, err = config.Queue(to); err == nil {
		queues[to] = a.QueueID
	}
	if err != nil {
		return a, err
	}
	return a, r.details(&a)
}

// details reads what need not be there.
func (r row) details(a *Arrival) (err error) {
	if a.HandleMillis, err = length(columnHandle, r[columnHandle]); err != nil {
		return err
	}
	age, younger := strings.CutPrefix(r[columnAge], "-")
	if a.AgeMillis, err = length(columnAge, age); err != nil {
		return err
	}
	if younger {
		a.AgeMillis = -a.AgeMillis
	}
	if strings.EqualFold(r[columnPatience], "forever") {
		a.PatienceMillis = Forever
	} else if a.PatienceMillis, err = length(columnPatience, r[columnPatience]); err != nil {
		return err
	}
	if text := r[columnPriority]; text != "" {
		if a.Priority, err = strconv.ParseInt(text, 10, 64); err != nil || a.Priority < 1 || a.Priority > maxPriority {
			return fmt.Errorf("the priority is %q; it must be 1 to %d, 1 is first", text, maxPriority)
		}
	}
	return nil
}

// maxPriority is beyond what flows use.
const maxPriority = 1_000_000

func channel(name string) (event.Channel, error) {
	if name == "" {
		return event.Voice, nil
	}
	for ch := event.Voice; ch <= event.Task; ch++ {
		if strings.EqualFold(name, ch.String()) {
			return ch, nil
		}
	}
	return 0, fmt.Errorf("the channel is %q; it must be VOICE, CHAT or TASK", name)
}

// timesOfDay are the forms of a time without its day.
var timesOfDay = []string{"15:04", "15:04:05", "15:04:05.000"}

// ParseTime reads a time (RFC 3339), or a time of the day that begins with
// midnight, such as 09:30 or 09:30:15.
func ParseTime(text string, midnight time.Time) (tandem.Time, error) {
	if at, err := time.Parse(time.RFC3339, text); err == nil && at.UnixMilli() > 0 && at.Year() < 3000 {
		return tandem.At(at), nil
	}
	for _, form := range timesOfDay {
		if at, err := time.Parse(form, text); err == nil {
			y, m, d := midnight.Date()
			return tandem.At(time.Date(y, m, d, at.Hour(), at.Minute(), at.Second(), at.Nanosecond(), midnight.Location())), nil
		}
	}
	return 0, fmt.Errorf("the time is %q; write it as 2026-03-02T09:30:15Z, or as a time of day such as 09:30 or 09:30:15", text)
}

// maxLength is the longest time that a contact takes, 7 days, as of a task.
const maxLength = 7 * 24 * time.Hour

// length reads a length of time in seconds, or as a duration; 0 when empty.
func length(name, text string) (int64, error) {
	if text == "" {
		return 0, nil
	}
	d, err := time.ParseDuration(text)
	if err != nil {
		d, err = time.ParseDuration(text + "s")
	}
	if err != nil || d < time.Millisecond || d > maxLength {
		return 0, fmt.Errorf("%s is %q; it must be seconds or a duration such as 4m30s, more than 0 and at most 7 days", name, text)
	}
	return d.Milliseconds(), nil
}

// ParseRate reads a rate: the queue, "=", calls in an hour, ",", the mean
// handling time in seconds or as a duration; such as Support=120,4m30s.
func ParseRate(text string, config *Config) (r Rate, err error) {
	at := strings.LastIndex(text, "=")
	perHour, mean, ok := strings.Cut(text[at+1:], ",")
	if at < 1 || !ok {
		return r, fmt.Errorf("the rate %q must be as in: Support=120,270 (queue, calls in an hour, mean handling time in seconds)", text)
	}
	if r.QueueID, err = config.Queue(text[:at]); err != nil {
		return r, err
	}
	if r.PerHour, err = strconv.ParseInt(perHour, 10, 64); err != nil || r.PerHour < 1 || r.PerHour > maxPerHour {
		return r, fmt.Errorf("the rate %q has %q calls in an hour; it must be 1 to %d", text, perHour, maxPerHour)
	}
	if r.MeanHandleMillis, err = length("the mean handling time", mean); err == nil && r.MeanHandleMillis == 0 {
		err = fmt.Errorf("the rate %q has no mean handling time", text)
	}
	return r, err
}

const maxPerHour = 1_000_000

// WriteArrivals writes arrivals as [ReadArrivals] reads them, with the times of a
// time zone. What became of them on a recorded day is not written, but how
// patient those who left were.
func WriteArrivals(w io.Writer, config *Config, arrivals []Arrival, zone *time.Location) error {
	table := csv.NewWriter(w)
	table.Write(arrivalColumns)
	for i := range arrivals {
		a := &arrivals[i]
		to := a.Number
		if to == "" {
			to = config.uniqueName(a.QueueID)
		}
		patience := inSeconds(a.PatienceMillis)
		if a.PatienceMillis == Forever {
			patience = "forever"
		}
		priority := ""
		if a.Priority != 0 {
			priority = strconv.FormatInt(a.Priority, 10)
		}
		table.Write([]string{a.At.Std().In(zone).Format("2006-01-02T15:04:05.000Z07:00"), to, inSeconds(a.HandleMillis), a.Channel.String(),
			priority, inSeconds(a.AgeMillis), patience})
	}
	table.Flush()
	return table.Error()
}

// uniqueName is what ReadArrivals finds the queue by.
func (c *Config) uniqueName(id tandem.ID) string {
	q := c.queues[id]
	if q == nil || strings.HasPrefix(q.Name, "+") || strings.TrimSpace(q.Name) != q.Name {
		return id.String()
	}
	if found, err := c.Queue(q.Name); err != nil || found != id {
		return id.String()
	}
	return q.Name
}

func inSeconds(millis int64) string {
	switch {
	case millis == 0:
		return ""
	case millis < 0:
		return "-" + inSeconds(-millis)
	}
	return fmt.Sprintf("%d.%03d", millis/1000, millis%1000)
}
