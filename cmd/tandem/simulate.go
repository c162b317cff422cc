package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"tandem"
	"tandem/world/forecast"
	"tandem/zones"
)

// simulateCommand lives a day on an instance's own configuration.
type simulateCommand struct {
	settingFlags
	Instance string   `help:"Id of the instance; not needed where there is one." placeholder:"ID"`
	At       string   `help:"The configuration as it was then (RFC 3339); without it, as it is." placeholder:"TIME"`
	Day      string   `help:"A recorded day: its arrivals and staffing, and how soon agents answered and how patient customers were." placeholder:"YYYY-MM-DD"`
	Arrivals string   `help:"File of arrivals (CSV): time, queue or number, handling time." placeholder:"FILE"`
	Rate     []string `help:"Calls by chance, such as Support=120,4m30s: queue, calls in an hour, mean handling time. Can be repeated." placeholder:"RATE" sep:"none"`
	From     string   `help:"When the calls of --rate begin." default:"09:00"`
	To       string   `help:"When they end." default:"17:00"`
	Staffing string   `help:"File of shifts (CSV): username, from, to." placeholder:"FILE"`
	Agents   string   `help:"all: every agent is there all the time." placeholder:"all" enum:"all," default:""`
	Answer   string   `help:"How long an agent needs from an offer to being connected, such as 5s; without it as recorded, else 5s." placeholder:"TIME"`
	Patience string   `help:"Typical patience of a waiting caller, or forever; without it as recorded, else 3m." placeholder:"TIME"`
	Keys     string   `help:"What callers of a number press when asked, one key each time; then nothing."`
	TimeZone string   `help:"Time zone of days and of times of day." default:"UTC" placeholder:"ZONE"`
	Within   string   `help:"How soon a contact is to be answered." default:"20s" placeholder:"TIME"`
	Lives    int      `help:"How often the day is lived, with other chances each time; the mean is printed." default:"5"`
	Seed     uint64   `help:"The same seed gives the same day again." default:"1"`
	Export   string   `help:"Write the arrivals of --day to this file instead of simulating." placeholder:"FILE"`
	JSON     bool     `help:"Print as JSON."`
}

// Run implements the command.
func (c *simulateCommand) Run(ctx context.Context) error {
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	s, err := c.prepare(ctx)
	if err != nil {
		return err
	}
	if c.Export != "" {
		return s.export(c.Export)
	}
	bar := newProgressBar(os.Stderr)
	report, err := forecast.Run(ctx, s.plan, c.Lives, bar.show)
	bar.clear()
	if errors.Is(err, context.Canceled) {
		return errors.New("the simulation was interrupted")
	}
	if err != nil {
		return err
	}
	if c.JSON {
		return json.NewEncoder(os.Stdout).Encode(map[string]*forecast.Report{"simulated": report, "recorded": s.recorded})
	}
	return report.Write(os.Stdout, s.zone, s.recorded)
}

// simulation is what a command line asks for.
type simulation struct {
	flags    *simulateCommand
	zone     *time.Location
	midnight time.Time
	within   time.Duration
	config   *forecast.Config
	day      *forecast.Day    // nil: none was named
	recorded *forecast.Report // how it went; nil unless that can be compared
	plan     forecast.Plan
}

// prepare reads all that the simulation needs.
func (c *simulateCommand) prepare(ctx context.Context) (s *simulation, err error) {
	s = &simulation{flags: c}
	if err := s.checkFlags(); err != nil {
		return nil, err
	}
	past, err := openPast(ctx, c.settingFlags, c.Instance)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, past.close()) }()
	if s.config, err = past.config(ctx, c.At); err != nil {
		return nil, err
	}
	if c.Day != "" {
		start, end := tandem.At(s.midnight), tandem.At(s.midnight.AddDate(0, 0, 1))
		s.day = forecast.NewDay(s.config, start, end, s.within.Milliseconds())
		if err := past.records(ctx, s.day.Take); err != nil {
			return nil, err
		}
	}
	return s, s.makePlan()
}

// checkFlags reads what can be judged without the journal.
func (s *simulation) checkFlags() (err error) {
	c := s.flags
	var known bool
	if s.zone, known = (zones.Shipped{}).Location(c.TimeZone); !known {
		return fmt.Errorf("there is no time zone %q; name one such as Europe/Berlin", c.TimeZone)
	}
	today := timeNow().In(s.zone).Format(time.DateOnly)
	if c.Day != "" {
		today = c.Day
	}
	if s.midnight, err = time.ParseInLocation(time.DateOnly, today, s.zone); err != nil {
		return fmt.Errorf("the day is %q; write it as 2026-03-02", c.Day)
	}
	if s.within, err = time.ParseDuration(c.Within); err != nil || s.within <= 0 {
		return fmt.Errorf("--within is %q; it must be a time such as 20s", c.Within)
	}
	switch {
	case c.Arrivals != "" && len(c.Rate) > 0:
		return errors.New("name --arrivals or --rate, not both")
	case c.Arrivals == "" && len(c.Rate) == 0 && c.Day == "":
		return errors.New("who calls? Name --day, --arrivals or --rate; see: tandem simulate --help")
	case c.Export != "" && c.Day == "":
		return errors.New("--export writes the arrivals of a recorded day; name it with --day")
	case c.Lives < 1 || c.Lives > maxLives:
		return fmt.Errorf("--lives is %d; it must be 1 to %d", c.Lives, maxLives)
	case c.Staffing != "" && c.Agents != "":
		return errors.New("name --staffing or --agents, not both")
	}
	return nil
}

// maxLives is more than a mean needs.
const maxLives = 1000

func (s *simulation) makePlan() (err error) {
	s.plan = forecast.Plan{Config: s.config, ThresholdMillis: s.within.Milliseconds(), Keys: s.flags.Keys, Seed: s.flags.Seed}
	if err := s.arrivals(); err != nil {
		return err
	}
	if err := s.habits(); err != nil {
		return err
	}
	return s.staffing()
}

// arrivals finds who comes, and with that the time that is simulated.
func (s *simulation) arrivals() (err error) {
	c, p := s.flags, &s.plan
	switch {
	case c.Arrivals != "":
		p.Arrivals, err = fromFile(c.Arrivals, func(r io.Reader) ([]forecast.Arrival, error) {
			return forecast.ReadArrivals(r, s.config, s.midnight)
		})
	case len(c.Rate) > 0:
		p.Arrivals, err = s.drawn()
	default:
		p.Arrivals = s.day.Arrivals()
	}
	if err != nil {
		return err
	}
	if len(p.Arrivals) == 0 {
		return fmt.Errorf("nothing came to a queue on %s (%s); name another --day", s.midnight.Format(time.DateOnly), s.zone)
	}
	y, m, d := p.Arrivals[0].At.Std().In(s.zone).Date()
	p.Start, p.End = tandem.At(time.Date(y, m, d, 0, 0, 0, 0, s.zone)), tandem.At(time.Date(y, m, d+1, 0, 0, 0, 0, s.zone))
	p.End = max(p.End, p.Arrivals[len(p.Arrivals)-1].At+1)
	if c.Arrivals == "" && len(c.Rate) == 0 {
		p.End = s.day.End()
	}
	return nil
}

// drawn is the arrivals of the rates.
func (s *simulation) drawn() ([]forecast.Arrival, error) {
	var rates []forecast.Rate
	for _, text := range s.flags.Rate {
		r, err := forecast.ParseRate(text, s.config)
		if err != nil {
			return nil, err
		}
		rates = append(rates, r)
	}
	from, err := forecast.ParseTime(s.flags.From, s.midnight)
	if err != nil {
		return nil, err
	}
	to, err := forecast.ParseTime(s.flags.To, s.midnight)
	if err != nil {
		return nil, err
	}
	all := forecast.Draw(rates, from, to, s.flags.Seed)
	if len(all) == 0 {
		return nil, fmt.Errorf("no call comes between %s and %s at these rates", s.flags.From, s.flags.To)
	}
	return all, nil
}

// habits finds how people behave.
func (s *simulation) habits() error {
	h := forecast.DefaultHabits()
	if s.day != nil {
		h = s.day.Habits()
	}
	s.plan.Habits = h
	if text := s.flags.Answer; text != "" {
		d, err := time.ParseDuration(text)
		if err != nil || d < 0 || d > tandem.RingMillis*time.Millisecond {
			return fmt.Errorf("--answer is %q; it must be a time such as 5s, at most %s: so long an offer stands", text, tandem.RingMillis*time.Millisecond)
		}
		h.FixAnswer(d.Milliseconds())
	}
	if text := s.flags.Patience; text != "" {
		d, err := time.ParseDuration(text)
		if text != "forever" && (err != nil || d <= 0) {
			return fmt.Errorf("--patience is %q; it must be a time such as 3m, or forever", text)
		}
		h.FixPatience(d.Milliseconds())
	}
	return nil
}

// staffing finds who works when. With the arrivals and the staffing of a
// recorded day, the outcome can be compared with what was recorded.
func (s *simulation) staffing() error {
	c := s.flags
	switch {
	case c.Staffing != "":
		shifts, err := fromFile(c.Staffing, func(r io.Reader) ([]forecast.Shift, error) {
			return forecast.ReadShifts(r, s.config, s.plan.Start.Std().In(s.zone))
		})
		if err != nil {
			return err
		}
		s.plan.Staffing = forecast.Shifts(s.config, shifts)
	case c.Agents == "all" || s.day == nil:
		s.plan.Staffing = forecast.Everyone(s.config, s.plan.Start)
	default:
		s.plan.Staffing = s.day.Staffing()
		if c.Arrivals == "" && len(c.Rate) == 0 {
			s.recorded = s.day.Report()
		}
	}
	return nil
}

// fromFile reads a file; "-" is the standard input.
func fromFile[T any](path string, read func(io.Reader) (T, error)) (v T, err error) {
	if path == "-" {
		return read(os.Stdin)
	}
	f, err := os.Open(path)
	if err != nil {
		return v, err
	}
	defer f.Close()
	if v, err = read(f); err != nil {
		err = fmt.Errorf("%s: %w", path, err)
	}
	return v, err
}

// export writes the arrivals of the recorded day.
func (s *simulation) export(path string) (err error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	return forecast.WriteArrivals(f, s.config, s.day.Arrivals(), s.zone)
}

// progressBar shows on a terminal how much is done; elsewhere it is silent.
type progressBar struct {
	out   io.Writer // nil: no terminal
	shown time.Time
}

func newProgressBar(f *os.File) *progressBar {
	b := &progressBar{}
	if info, err := f.Stat(); err == nil && info.Mode()&os.ModeCharDevice != 0 {
		b.out = f
	}
	return b
}

const barWidth = 40

// show draws the bar, but not more often than an eye needs.
func (b *progressBar) show(part, whole int64) {
	if b.out == nil || time.Since(b.shown) < 100*time.Millisecond {
		return
	}
	b.shown = time.Now()
	done := int(part * barWidth / max(1, whole))
	fmt.Fprintf(b.out, "\r[%-*s] %3d %%", barWidth, strings.Repeat("#", done), part*100/max(1, whole))
}

func (b *progressBar) clear() {
	if b.out != nil {
		fmt.Fprintf(b.out, "\r%*s\r", barWidth+8, "")
	}
}
