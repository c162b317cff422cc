package config

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"tandem/bot"
	"tandem/errand"
	"tandem/function"
	"tandem/media/speech"
)

// Function is where a function lives that contact flows invoke. Exactly one of
// URL, Command and Lambda is set.
type Function struct {
	ARN         string   `toml:"arn"`      // as flows name it, or the function's name alone
	URL         string   `toml:"url"`      // gets the event as the body of a POST
	Secret      Secret   `toml:"secret"`   // signs the requests
	Loopback    bool     `toml:"loopback"` // url and endpoint may be http, to this machine
	Command     []string `toml:"command"`  // program and arguments; gets the event on its standard input
	Lambda      bool     `toml:"lambda"`   // in AWS Lambda
	Concurrency int      `toml:"concurrency"`
	Queue       int      `toml:"queue"`
	AWS
}

// Bot is where a bot lives that contact flows talk to. Exactly one of File, URL
// and Lex is set.
type Bot struct {
	Name        string `toml:"name"` // alias ARN, or name:region:alias, or the name alone
	File        string `toml:"file"` // a script; see docs/FUNCTIONS.md
	URL         string `toml:"url"`
	Secret      Secret `toml:"secret"`
	Loopback    bool   `toml:"loopback"`
	Lex         bool   `toml:"lex"` // in Amazon Lex V2
	Concurrency int    `toml:"concurrency"`
	Queue       int    `toml:"queue"`
	AWS
}

// AWS is how a service of AWS is reached.
type AWS struct {
	Region          string `toml:"region"`   // empty: the ARN's
	Endpoint        string `toml:"endpoint"` // empty: the region's public one
	AccessKeyID     string `toml:"access_key_id"`
	SecretAccessKey Secret `toml:"secret_access_key"`
	SessionToken    Secret `toml:"session_token"`
}

// SpeechRecognition is the engine that understands what callers say.
type SpeechRecognition struct {
	URL   string `toml:"url"`   // wss://...; empty: only keys are understood
	Token Secret `toml:"token"` // env:NAME only; sent as a bearer token
	Most  int    `toml:"most"`  // utterances at a time; 0 means 200
}

// Secret says where a secret is: "env:NAME" is an environment variable of the
// server, "vault:NAME" a secret kept with: tandem secret set NAME. Empty is
// none.
type Secret string

// Place is where the secret is (env or vault) and what it is called there.
func (s Secret) Place() (place, name string) {
	place, name, _ = strings.Cut(string(s), ":")
	return place, name
}

func (s Secret) validate() error {
	place, name := s.Place()
	switch {
	case s == "":
		return nil
	case place != "env" && place != "vault" || name == "":
		return errors.New("a secret does not stand in this file: write env:NAME, or vault:NAME and keep it with: tandem secret set NAME")
	case place == "env" && strings.HasPrefix(name, "TANDEM_"):
		return fmt.Errorf("the environment variable %s would be taken for a setting: choose a name that does not begin with TANDEM_", name)
	}
	return nil
}

// Target is the function without its secrets.
func (f Function) Target() function.Target {
	t := function.Target{
		Name: f.ARN, URL: f.URL, Loopback: f.Loopback, Command: f.Command, Limits: errand.Limits{Running: f.Concurrency, Waiting: f.Queue},
	}
	if f.Lambda {
		t.Lambda = &function.Lambda{Region: f.Region, Endpoint: f.Endpoint, AccessKeyID: f.AccessKeyID, SecretKey: string(f.SecretAccessKey)}
	}
	return t
}

// Bot is the bot without its secrets.
func (b Bot) Bot() bot.Bot {
	out := bot.Bot{Name: b.Name, File: b.File, URL: b.URL, Loopback: b.Loopback, Limits: errand.Limits{Running: b.Concurrency, Waiting: b.Queue}}
	if b.Lex {
		out.Lex = &bot.Lex{Endpoint: b.Endpoint, AccessKeyID: b.AccessKeyID, SecretKey: string(b.SecretAccessKey)}
	}
	return out
}

// validateOutside finds the first function, bot or engine that cannot work.
func (c *Config) validateOutside() error {
	for i, f := range c.Functions {
		if err := errors.Join(f.Target().Check(), f.Secret.validate(), f.SecretAccessKey.validate(), f.SessionToken.validate()); err != nil {
			return fmt.Errorf("function %d: %w", i+1, err)
		}
	}
	for i, b := range c.Bots {
		if err := errors.Join(b.Bot().Check(), b.Secret.validate(), b.SecretAccessKey.validate(), b.SessionToken.validate()); err != nil {
			return fmt.Errorf("bot %d: %w", i+1, err)
		}
	}
	if s := c.SpeechRecognition; s.URL != "" {
		if _, err := speech.NewWebSocket(speech.Config{URL: s.URL}); err != nil {
			return fmt.Errorf("speech_recognition: %w", err)
		}
		if place, _ := s.Token.Place(); s.Token != "" && place != "env" {
			return errors.New("speech_recognition: the token must be in the environment: write env:NAME")
		}
		return s.Token.validate()
	}
	return nil
}

// absolute makes the files that the configuration names independent of the
// working folder: they are meant beside the configuration file.
func (c *Config) absolute(path string) error {
	dir, err := filepath.Abs(filepath.Dir(path))
	if err != nil {
		return fmt.Errorf("find the folder of %s: %w", path, err)
	}
	for i := range c.Bots {
		if file := &c.Bots[i].File; *file != "" && !filepath.IsAbs(*file) {
			*file = filepath.Join(dir, *file)
		}
	}
	for i := range c.Functions {
		if command := c.Functions[i].Command; len(command) > 0 && strings.ContainsRune(command[0], filepath.Separator) && !filepath.IsAbs(command[0]) {
			command[0] = filepath.Join(dir, command[0])
		}
	}
	return nil
}
