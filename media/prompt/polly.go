package prompt

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
)

// Polly speaks by a service with the HTTP interface of Amazon Polly (Amazon Polly
// API: SynthesizeSpeech): Amazon's own, or one that stands in for it. It asks for
// PCM of 8 kHz.
type Polly struct {
	config PollyConfig
	client *http.Client
	slots  chan struct{}
}

// PollyConfig says how to reach the service.
type PollyConfig struct {
	URL    string // such as https://polly.us-east-1.amazonaws.com
	Voice  string // where a flow chose none; empty: Joanna
	Engine string // likewise; empty: standard
	Region string // for signatures
	// AccessKeyID and SecretAccessKey sign the requests (Signature Version 4).
	// Without them Token is sent, if there is one.
	AccessKeyID, SecretAccessKey, Token string
}

const (
	pollyTimeout  = 10 * time.Second
	pollyAtOnce   = 16
	pollyAttempts = 2
)

// NewPolly returns a speaker.
func NewPolly(cfg PollyConfig) *Polly {
	if cfg.Voice == "" {
		cfg.Voice = "Joanna"
	}
	if cfg.Engine == "" {
		cfg.Engine = "standard"
	}
	cfg.URL = strings.TrimSuffix(cfg.URL, "/")
	return &Polly{
		config: cfg, slots: make(chan struct{}, pollyAtOnce),
		client: &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }},
	}
}

// Name implements [Speaker].
func (p *Polly) Name() string { return p.config.URL + " " + p.config.Voice + " " + p.config.Engine }

// synthesis is the request's body.
type synthesis struct {
	Engine       string
	LanguageCode string `json:",omitempty"`
	OutputFormat string
	SampleRate   string
	Text         string
	TextType     string
	VoiceID      string `json:"VoiceId"`
}

// Speak implements [Speaker]. It waits 10 s at most, and asks once more where the
// service was busy or failed.
func (p *Polly) Speak(ctx context.Context, u Utterance) ([]int16, error) {
	if err := u.check(); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, pollyTimeout)
	defer cancel()
	select {
	case p.slots <- struct{}{}:
		defer func() { <-p.slots }()
	case <-ctx.Done():
		return nil, fmt.Errorf("the speech service is busy: %w", ctx.Err())
	}
	body, err := json.Marshal(p.request(u))
	if err != nil {
		return nil, fmt.Errorf("speech request: %w", err)
	}
	var clip []int16
	for range pollyAttempts {
		var again bool
		if clip, again, err = p.ask(ctx, body); !again {
			break
		}
	}
	return clip, err
}

func (p *Polly) request(u Utterance) synthesis {
	r := synthesis{Engine: p.config.Engine, LanguageCode: u.Speech.Locale, OutputFormat: "pcm", SampleRate: "8000",
		Text: u.Text, TextType: "text", VoiceID: p.config.Voice}
	if u.Speech.Voice != "" {
		r.VoiceID = u.Speech.Voice
	}
	if u.Speech.Engine != "" {
		r.Engine = strings.ToLower(u.Speech.Engine)
	}
	if u.SSML {
		r.TextType = "ssml"
	}
	if style := domainOf[strings.ToLower(u.Speech.Style)]; style != "" {
		r.Text, r.TextType = inDomain(u, style), "ssml"
	}
	return r
}

// domainOf is the SSML domain of a speaking style (Amazon Polly Developer Guide:
// NTTS speaking styles).
var domainOf = map[string]string{"conversational": "conversational", "newscaster": "news"}

func inDomain(u Utterance, domain string) string {
	text := u.Text
	if u.SSML {
		text = strings.TrimSuffix(strings.TrimPrefix(strings.TrimSpace(text), "<speak>"), "</speak>")
	} else {
		text = escapeXML(text)
	}
	return `<speak><amazon:domain name="` + domain + `">` + text + `</amazon:domain></speak>`
}

// ask makes one request; again says that another try may help.
func (p *Polly) ask(ctx context.Context, body []byte) (clip []int16, again bool, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, p.config.URL+"/v1/speech", bytes.NewReader(body))
	if err != nil {
		return nil, false, fmt.Errorf("speech service: %w", err)
	}
	req.Header.Set("Content-Type", "application/json")
	if err := p.sign(ctx, req, body); err != nil {
		return nil, false, err
	}
	resp, err := p.client.Do(req)
	if err != nil {
		return nil, ctx.Err() == nil, fmt.Errorf("speech service: %w", err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		said, _ := io.ReadAll(io.LimitReader(resp.Body, 512))
		again = resp.StatusCode >= 500 || resp.StatusCode == http.StatusTooManyRequests
		return nil, again, fmt.Errorf("the speech service answers %s: %s", resp.Status, strings.TrimSpace(string(said)))
	}
	clip, err = readPCM(resp)
	return clip, false, err
}

// readPCM reads 16-bit samples of 8 kHz, lowest byte first.
func readPCM(resp *http.Response) ([]int16, error) {
	kind, _, _ := strings.Cut(resp.Header.Get("Content-Type"), ";")
	if kind != "audio/pcm" {
		return nil, fmt.Errorf("the speech service answers %q instead of audio/pcm: check its address", kind)
	}
	raw, err := io.ReadAll(io.LimitReader(resp.Body, maxSpeechBytes+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("speech service: %w", err)
	case len(raw) > maxSpeechBytes:
		return nil, errors.New("the speech service's answer is too long: shorten the text")
	}
	clip := make([]int16, len(raw)/2)
	for i := range clip {
		clip[i] = int16(binary.LittleEndian.Uint16(raw[2*i:]))
	}
	return clip, nil
}

func (p *Polly) sign(ctx context.Context, req *http.Request, body []byte) error {
	switch {
	case p.config.AccessKeyID != "":
		sum := sha256.Sum256(body)
		keys := aws.Credentials{AccessKeyID: p.config.AccessKeyID, SecretAccessKey: p.config.SecretAccessKey}
		err := v4.NewSigner().SignHTTP(ctx, keys, req, hex.EncodeToString(sum[:]), "polly", p.config.Region, time.Now())
		if err != nil {
			return fmt.Errorf("sign the speech request: %w", err)
		}
	case p.config.Token != "":
		req.Header.Set("Authorization", "Bearer "+p.config.Token)
	}
	return nil
}
