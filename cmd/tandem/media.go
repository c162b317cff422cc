package main

import (
	"cmp"
	"context"
	"fmt"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"tandem/cmd/tandem/config"
	"tandem/media"
	"tandem/media/prompt"
	"tandem/media/speech"
	"tandem/supervise"
)

// mediaCommand is the voice process, a child of serve.
type mediaCommand struct{}

// The sockets that the voice process inherits, in order; those of browsers
// follow.
const (
	mediaSIPSocket = iota
	mediaLinkSocket
	mediaMoreSockets // TCP, then TLS, as far as there are any
)

// Run implements the command.
func (mediaCommand) Run(ctx context.Context) error {
	var settings childSettings
	parent, err := supervise.Adopt(os.Stdin, &settings)
	if err != nil {
		return err
	}
	mediaConfig, err := voiceConfig(settings.Config)
	if err != nil {
		return refused{err}
	}
	if mediaConfig.SIPConn, err = supervise.PacketConn(mediaSIPSocket); err != nil {
		return err
	}
	if mediaConfig.LinkListener, err = supervise.Listener(mediaLinkSocket); err != nil {
		return err
	}
	if err := adoptBrowserSockets(settings.Config, settings.Browser, &mediaConfig); err != nil {
		return err
	}
	if err := adoptStreams(settings, &mediaConfig); err != nil {
		return err
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	process, err := media.New(ctx, mediaConfig)
	if err != nil {
		return err
	}
	go obey(parent, stop, func() { process.Drain(); go stopWhenQuiet(ctx, process, stop) })
	if err := parent.Ready(struct{}{}); err != nil {
		return err
	}
	return process.Run(ctx)
}

// obey carries out the parent's orders until the parent is gone. A child's own
// interrupts are the parent's business.
func obey(parent *supervise.Parent, stop, drain func()) {
	signals := interrupts()
	for {
		select {
		case order, ok := <-parent.Orders():
			if !ok {
				stop()
				return
			}
			if order == "drain" {
				drain()
			}
		case <-signals:
		}
	}
}

// stopWhenQuiet ends the voice process once it has no call any more.
func stopWhenQuiet(ctx context.Context, p *media.Process, stop func()) {
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for p.Metrics().Rooms > 0 {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
	stop()
}

// voiceConfig turns the operator's settings into the voice process's.
func voiceConfig(cfg config.Config) (media.Config, error) {
	low, high, err := cfg.RTPRange()
	if err != nil {
		return media.Config{}, err
	}
	m := media.Config{
		RTPPortMin: low, RTPPortMax: high, Prompts: cfg.Prompts, Data: filepath.Join(cfg.Data, "voice"),
		Bucket: cfg.BlobURL(), Log: logger(cfg.Log, "media"),
	}
	if m.BindIP, err = netip.ParseAddr(cfg.RTPAddress); err != nil {
		return m, fmt.Errorf("rtp_address: %w", err)
	}
	if cfg.ExternalIP != "" {
		if m.ExternalIP, err = netip.ParseAddr(cfg.ExternalIP); err != nil {
			return m, fmt.Errorf("external_ip: %w", err)
		}
	}
	if m.Speaker, err = speakerOf(cfg); err != nil {
		return m, err
	}
	if s := cfg.SpeechRecognition; s.URL != "" {
		token, err := environmentSecret(s.Token)
		if err != nil {
			return m, fmt.Errorf("speech_recognition: token: %w", err)
		}
		if m.Recognizer, err = speech.NewWebSocket(speech.Config{URL: s.URL, Token: string(token), Most: s.Most}); err != nil {
			return m, fmt.Errorf("speech_recognition: %w", err)
		}
	}
	for _, t := range cfg.Trunks {
		allowed, err := t.AllowedPrefixes()
		if err != nil {
			return m, fmt.Errorf("trunk %s: %w", t.Name, err)
		}
		trunk := media.Trunk{
			Name: t.Name, Allowed: allowed, Numbers: t.Numbers, Prefixes: t.Prefixes, Address: t.Address, Backups: t.Backups,
			User: t.User, Secret: t.Password, Register: t.Register, DefaultRegion: t.Region, Trusted: t.Trusted,
			Allowance:  media.Allowance{Calls: t.MaxCalls, PerMinute: t.MaxPerMinute, Countries: t.Countries, Premium: t.Premium},
			CallerUser: t.CallerUser, CallerSecret: t.CallerPassword,
		}
		if err := secureTrunk(t, &trunk); err != nil {
			return m, fmt.Errorf("trunk %s: %w", t.Name, err)
		}
		m.Trunks = append(m.Trunks, trunk)
	}
	if len(cfg.Phones.Users) > 0 {
		m.Phones = media.Phones{
			Realm: cmp.Or(cfg.Phones.Realm, "tandem"), Passwords: cfg.Phones.Known, MD5Only: cfg.Phones.MD5Only, Contacts: cfg.Phones.Contacts,
		}
		if m.Phones.Allowed, err = cfg.Phones.AllowedPrefixes(); err != nil {
			return m, fmt.Errorf("phones: %w", err)
		}
	}
	return m, nil
}

// speakerOf is who speaks the texts of flows; nil for nobody.
func speakerOf(cfg config.Config) (prompt.Speaker, error) {
	s := cfg.Speech
	if s.URL != "" {
		key, err := environmentSecret(s.SecretKey)
		if err != nil {
			return nil, fmt.Errorf("speech: secret_access_key: %w", err)
		}
		token, err := environmentSecret(s.Token)
		if err != nil {
			return nil, fmt.Errorf("speech: token: %w", err)
		}
		return prompt.NewPolly(prompt.PollyConfig{URL: s.URL, Voice: s.Voice, Engine: s.Engine, Region: cmp.Or(s.Region, cfg.Region),
			AccessKeyID: s.AccessKeyID, SecretAccessKey: string(key), Token: string(token)}), nil
	}
	program := cmp.Or(s.Program, "espeak-ng")
	if _, err := exec.LookPath(program); err != nil {
		return nil, nil // doctor and the log of a failed prompt say what to install
	}
	return prompt.NewEspeak(program, s.Voice), nil
}
