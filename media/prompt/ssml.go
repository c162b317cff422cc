package prompt

import (
	"encoding/xml"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

// SSML is read into a flat row of segments, each with all that is to be known
// about how it is spoken: engines differ in which tags they know, and some lose
// their way when tags are nested. Known are the tags that Amazon Connect lists
// (Amazon Connect Administrator Guide: SSML tags that Amazon Connect supports).
// Of any other tag the text is spoken. Above all there is no audio tag, with
// which a text could read a file of this machine.

const (
	maxBreak    = 10 * time.Second
	maxSSMLDeep = 64 // tags inside tags; deeper ones count as text around them
)

// segment is a piece of text that is spoken in one way, or a pause.
type segment struct {
	text  string
	pause time.Duration // instead of text
	style
}

// style is how text is spoken.
type style struct {
	lang                string // language tag; empty: the voice's own
	rate, pitch, volume string // as in SSML; empty: normal
	whisper             bool
	spell               bool // letter by letter
}

// readSSML takes markup apart. What cannot be read as markup is text.
func readSSML(text, lang string) []segment {
	r := ssmlReader{lang: lang}
	d := xml.NewDecoder(strings.NewReader(text))
	d.Strict = false
	for {
		token, err := d.Token()
		if err != nil {
			break
		}
		switch t := token.(type) {
		case xml.StartElement:
			r.open(t)
		case xml.EndElement:
			r.close()
		case xml.CharData:
			r.say(string(t))
		}
	}
	for len(r.tags) > 0 {
		r.close()
	}
	return r.out
}

// ssmlReader keeps the tags that are open.
type ssmlReader struct {
	lang string // of the voice
	out  []segment
	tags []openTag
	deep int // tags beyond maxSSMLDeep
}

// openTag is a tag and the style inside it.
type openTag struct {
	name string
	style
	sayAs    *sayAs
	replaced bool // its content is not spoken: an alias was
}

func (r *ssmlReader) inner() openTag {
	if len(r.tags) == 0 {
		return openTag{}
	}
	return r.tags[len(r.tags)-1]
}

func (r *ssmlReader) open(t xml.StartElement) {
	if len(r.tags) >= maxSSMLDeep {
		r.deep++
		return
	}
	tag := r.inner()
	tag.name = t.Name.Local
	if t.Name.Space == "amazon" {
		tag.name = "amazon:" + t.Name.Local
	}
	switch tag.name {
	case "break":
		r.pause(breakOf(t))
	case "lang":
		tag.lang = attribute(t, "lang")
	case "prosody":
		tag.rate, tag.pitch = orOuter(attribute(t, "rate"), tag.rate), orOuter(attribute(t, "pitch"), tag.pitch)
		tag.volume = orOuter(volumeOf(attribute(t, "volume")), tag.volume)
	case "amazon:effect":
		tag.whisper = tag.whisper || attribute(t, "name") == "whispered"
	case "say-as":
		as := sayAs{interpretAs: attribute(t, "interpret-as"), format: attribute(t, "format")}
		tag.sayAs = &as
		tag.spell = tag.spell || as.spells()
	case "sub":
		if alias := attribute(t, "alias"); alias != "" {
			r.say(alias)
			tag.replaced = true
		}
	}
	r.tags = append(r.tags, tag)
}

func (r *ssmlReader) close() {
	if r.deep > 0 {
		r.deep--
		return
	}
	if len(r.tags) == 0 {
		return
	}
	switch r.inner().name {
	case "s":
		r.pause(pauseOf["strong"])
	case "p":
		r.pause(pauseOf["x-strong"])
	}
	r.tags = r.tags[:len(r.tags)-1]
}

func (r *ssmlReader) say(text string) {
	tag := r.inner()
	if tag.replaced || strings.TrimSpace(text) == "" {
		return
	}
	if tag.sayAs != nil {
		text = tag.sayAs.words(strings.TrimSpace(text), orOuter(tag.lang, r.lang))
	}
	last := len(r.out) - 1
	if last >= 0 && r.out[last].pause == 0 && r.out[last].style == tag.style {
		r.out[last].text += " " + text
		return
	}
	r.out = append(r.out, segment{text: text, style: tag.style})
}

// pause adds silence; two pauses beside each other are the longer one.
func (r *ssmlReader) pause(d time.Duration) {
	last := len(r.out) - 1
	switch {
	case d <= 0:
	case last >= 0 && r.out[last].pause > 0:
		r.out[last].pause = max(r.out[last].pause, d)
	default:
		r.out = append(r.out, segment{pause: d})
	}
}

func orOuter(value, outer string) string {
	if value == "" {
		return outer
	}
	return value
}

func attribute(t xml.StartElement, name string) string {
	for _, a := range t.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// pauseOf is how long a break of a strength is.
var pauseOf = map[string]time.Duration{
	"none": 0, "x-weak": 0, "weak": 200 * time.Millisecond, "medium": 400 * time.Millisecond,
	"strong": 600 * time.Millisecond, "x-strong": time.Second,
}

// breakOf is how long a break tag is silent, at most 10 s; one without
// attributes is medium.
func breakOf(t xml.StartElement) time.Duration {
	if text := attribute(t, "time"); text != "" {
		d, err := time.ParseDuration(strings.TrimPrefix(strings.TrimSpace(text), "+"))
		if err != nil {
			return pauseOf["medium"]
		}
		return min(max(d, 0), maxBreak)
	}
	if d, ok := pauseOf[attribute(t, "strength")]; ok {
		return d
	}
	return pauseOf["medium"]
}

// volumeOf turns decibels into a percentage, which every engine knows.
func volumeOf(text string) string {
	db, ok := strings.CutSuffix(text, "dB")
	if !ok {
		return text
	}
	n, err := strconv.ParseFloat(db, 64)
	if err != nil || math.Abs(n) > 40 {
		return ""
	}
	return strconv.FormatFloat((math.Pow(10, n/20)-1)*100, 'f', 0, 64) + "%"
}

// prosodyWords are the values of rate, pitch and volume that are handed on
// besides numbers.
var prosodyWords = []string{"silent", "x-soft", "soft", "medium", "loud", "x-loud", "x-slow", "slow", "fast", "x-fast", "x-low", "low", "high", "x-high", "default"}

// prosodyValue is the value if it is a word or a number with or without percent,
// else empty.
func prosodyValue(text string) string {
	if slices.Contains(prosodyWords, text) {
		return text
	}
	if _, err := strconv.ParseFloat(strings.TrimSuffix(text, "%"), 64); err != nil {
		return ""
	}
	return text
}
