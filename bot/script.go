package bot

import (
	"errors"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"
)

// Limits of a script.
const (
	maxScriptBytes = 1 << 20
	maxIntents     = 500
	maxSlots       = 50
	maxPhrases     = 1000 // of an intent
	maxRetries     = 10
)

// Script is a bot that is decided here: what it listens for and what it asks.
// Texts and words are by locale, such as en_US. It is read from TOML.
type Script struct {
	DefaultLocale  string              `toml:"default_locale"`  // for locales that have no text
	MaxRetries     int                 `toml:"max_retries"`     // questions asked again before it gives up
	FallbackIntent string              `toml:"fallback_intent"` // what giving up without an intent is called; FallbackIntent if empty
	Greeting       map[string]string   `toml:"greeting"`        // when the dialogue begins without words
	Retry          map[string]string   `toml:"retry"`           // when no intent was recognized
	Yes            map[string][]string `toml:"yes"`             // besides the usual words
	No             map[string][]string `toml:"no"`
	Intents        []Intent            `toml:"intent"`
}

// Intent is one thing that customers want. It is recognized by the longest of
// all phrases that the customer's words contain, or by digits.
type Intent struct {
	Name    string              `toml:"name"`
	Phrases map[string][]string `toml:"phrases"`
	Digits  string              `toml:"digits"`  // pressed, or said and nothing else
	Slots   []Slot              `toml:"slot"`    // asked for in order
	Confirm map[string]string   `toml:"confirm"` // the question before it is done; empty: none
	Closing map[string]string   `toml:"closing"` // said when all is known
	Denied  map[string]string   `toml:"denied"`  // said after a no to Confirm
	Failed  map[string]string   `toml:"failed"`  // said when it gives up on a slot
}

// Slot is one thing to ask for. In texts, {Name} stands for the value of a slot.
type Slot struct {
	Name    string            `toml:"name"`
	Type    string            `toml:"type"` // digits, number, yes_no, choice, date or text
	Min     int               `toml:"min"`  // digits: how many; number: how much
	Max     int               `toml:"max"`  // 0: no limit
	Prompt  map[string]string `toml:"prompt"`
	Retry   map[string]string `toml:"retry"` // before Prompt, when the answer was not understood
	Choices []Choice          `toml:"choice"`
}

// Choice is one value of a slot of the type choice.
type Choice struct {
	Value  string              `toml:"value"`
	Words  map[string][]string `toml:"words"` // besides Value
	Digits string              `toml:"digits"`
}

var (
	slotTypes = []string{"digits", "number", "yes_no", "choice", "date", "text"}
	nameForm  = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$`)
	dtmfForm  = regexp.MustCompile(`^[0-9*#]{1,20}$`)
)

// ReadScript reads a script from a file.
func ReadScript(path string) (*Script, error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read the bot: %w", err)
	}
	s, err := ParseScript(raw)
	if err != nil {
		return nil, fmt.Errorf("the bot in %s: %w", path, err)
	}
	return s, nil
}

// ParseScript reads a script. The error names the first thing that is wrong.
func ParseScript(raw []byte) (*Script, error) {
	if len(raw) > maxScriptBytes {
		return nil, fmt.Errorf("it is larger than %d bytes", maxScriptBytes)
	}
	var s Script
	meta, err := toml.Decode(string(raw), &s)
	if err != nil {
		return nil, err
	}
	if unknown := meta.Undecoded(); len(unknown) > 0 {
		return nil, fmt.Errorf("unknown key %q", unknown[0].String())
	}
	if s.FallbackIntent == "" {
		s.FallbackIntent = "FallbackIntent"
	}
	return &s, s.check()
}

func (s *Script) check() error {
	switch {
	case s.DefaultLocale == "":
		return errors.New("default_locale is missing, such as en_US")
	case len(s.Intents) == 0 || len(s.Intents) > maxIntents:
		return fmt.Errorf("it has %d intents; give 1 to %d", len(s.Intents), maxIntents)
	case s.MaxRetries < 0 || s.MaxRetries > maxRetries:
		return fmt.Errorf("max_retries is %d; give 0 to %d", s.MaxRetries, maxRetries)
	case !nameForm.MatchString(s.FallbackIntent):
		return fmt.Errorf("fallback_intent %q: use letters, digits, - and _", s.FallbackIntent)
	}
	names, digits := map[string]bool{s.FallbackIntent: true}, map[string]bool{}
	for i := range s.Intents {
		in := &s.Intents[i]
		switch {
		case !nameForm.MatchString(in.Name):
			return fmt.Errorf("intent %q: in its name use letters, digits, - and _", in.Name)
		case names[in.Name]:
			return fmt.Errorf("intent %s stands there twice", in.Name)
		case in.Digits != "" && digits[in.Digits]:
			return fmt.Errorf("intent %s: the digits %s mean another intent already", in.Name, in.Digits)
		}
		names[in.Name], digits[in.Digits] = true, true
		if err := in.check(s.DefaultLocale); err != nil {
			return fmt.Errorf("intent %s: %w", in.Name, err)
		}
	}
	return nil
}

func (in *Intent) check(locale string) error {
	phrases := 0
	for _, list := range in.Phrases {
		phrases += len(list)
		if slices.ContainsFunc(list, func(p string) bool { return len(words(p)) == 0 }) {
			return errors.New("a phrase has no words")
		}
	}
	switch {
	case phrases == 0 && in.Digits == "":
		return errors.New("give phrases or digits by which it is recognized")
	case phrases > maxPhrases || len(in.Slots) > maxSlots:
		return fmt.Errorf("it has %d phrases and %d slots; at most %d and %d", phrases, len(in.Slots), maxPhrases, maxSlots)
	case in.Digits != "" && !dtmfForm.MatchString(in.Digits):
		return fmt.Errorf("digits %q: use 0-9, * and #", in.Digits)
	}
	names := map[string]bool{}
	for i := range in.Slots {
		slot := &in.Slots[i]
		if err := slot.check(locale); err != nil {
			return fmt.Errorf("slot %s: %w", slot.Name, err)
		}
		if names[slot.Name] {
			return fmt.Errorf("slot %s stands there twice", slot.Name)
		}
		names[slot.Name] = true
	}
	return nil
}

func (slot *Slot) check(locale string) error {
	switch {
	case !nameForm.MatchString(slot.Name):
		return errors.New("in its name use letters, digits, - and _")
	case !slices.Contains(slotTypes, slot.Type):
		return fmt.Errorf("type %q is none of %s", slot.Type, strings.Join(slotTypes, ", "))
	case slot.Prompt[locale] == "":
		return fmt.Errorf("prompt has no text for %s", locale)
	case slot.Max != 0 && slot.Max < slot.Min:
		return fmt.Errorf("max is %d, less than min, %d", slot.Max, slot.Min)
	case (slot.Type == "choice") != (len(slot.Choices) > 0):
		return errors.New("the type choice, and no other, has choices")
	case slices.ContainsFunc(slot.Choices, func(c Choice) bool { return len(words(c.Value)) == 0 }):
		return errors.New("a choice has no value")
	}
	return nil
}
