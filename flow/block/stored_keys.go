package block

import (
	"encoding/pem"
	"strings"

	"tandem/flow"
)

const (
	defaultInterDigitSeconds = 5
	maxInterDigitSeconds     = 20
	maxStoredDigits          = 20
	maxTerminatorKeys        = 5
	defaultTerminator        = "#"
	cancelKey                = "*"
)

// storedKeys is how input of several keys ends, and what becomes of it.
type storedKeys struct {
	most, interDigitSeconds quantity
	terminator, cancel      string
	phone                   phoneFormat
	keyID, certificate      flow.Template // to encrypt to
	encrypts                bool
}

// phoneFormat is how a customer types a phone number; the zero value is for what is
// none.
type phoneFormat struct {
	checked, local bool
	country        string
}

func readStored(p *flow.Params) storedKeys {
	r := storedKeys{terminator: defaultTerminator, cancel: cancelKey, most: fixedQuantity(maxStoredDigits),
		interDigitSeconds: fixedQuantity(defaultInterDigitSeconds)}
	if dtmf, ok := p.Object("DTMFConfiguration"); ok {
		r.readKeyRules(dtmf)
	}
	p.Require("InputValidation")
	if validation, ok := p.Object("InputValidation"); ok {
		r.readValidation(validation)
	}
	if encryption, ok := p.Object("InputEncryption"); ok {
		r.readEncryption(encryption)
		if r.phone.checked {
			p.Fail("InputEncryption", "A number cannot be checked once it is encrypted; use CustomValidation")
		}
	}
	return r
}

func (r *storedKeys) readKeyRules(p *flow.Params) {
	if p.Has("InterdigitTimeLimitSeconds") {
		r.interDigitSeconds, _ = readQuantity(p, "InterdigitTimeLimitSeconds", 1, maxInterDigitSeconds)
	}
	if disabled, _ := p.Bool("DisableCancelKey"); disabled {
		r.cancel = ""
	}
	terminator, ok := p.Static("InputTerminationSequence")
	switch {
	case !ok:
	case len(terminator) > maxTerminatorKeys || strings.Trim(terminator, keys) != "":
		p.Fail("InputTerminationSequence", "It must be 1 to 5 of the keys "+keys)
	case r.cancel != "" && strings.Contains(terminator, r.cancel):
		p.Fail("InputTerminationSequence", "To end input with *, set DisableCancelKey to True")
	default:
		r.terminator = terminator
	}
}

func (r *storedKeys) readValidation(p *flow.Params) {
	kind, _ := p.OneOf("CustomValidation", "PhoneNumberValidation")
	rule, ok := p.Object(kind)
	switch {
	case !ok:
	case kind == "CustomValidation":
		rule.Require("MaximumLength")
		r.most, _ = readQuantity(rule, "MaximumLength", 1, maxStoredDigits)
	default:
		r.phone = readPhoneFormat(rule)
	}
}

// readPhoneFormat reads how the number is typed. The country of a local one is two
// letters, or its calling code, as designers write it.
func readPhoneFormat(p *flow.Params) phoneFormat {
	p.Require("NumberFormat")
	format, _ := readChoice(p, "NumberFormat", "Local", "E164")
	f := phoneFormat{checked: true, local: format == "Local"}
	if f.local {
		p.Require("CountryCode")
	}
	country, ok := p.Static("CountryCode")
	if f.country = strings.ToUpper(country); ok && !isCountry(f.country) {
		p.Fail("CountryCode", "It must be two letters, such as DE, or a calling code, such as +49")
	}
	return f
}

// isCountry says whether text has the form of a country's code (ISO 3166-1
// alpha-2), or of its calling code (ITU-T E.164: one to three digits).
func isCountry(text string) bool {
	if code, ok := strings.CutPrefix(text, "+"); ok {
		return code != "" && len(code) <= 3 && strings.Trim(code, "0123456789") == ""
	}
	return len(text) == 2 && strings.Trim(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == ""
}

func (r *storedKeys) readEncryption(p *flow.Params) {
	r.encrypts = true
	p.Require("EncryptionKeyId", "Key")
	r.keyID, _ = p.Text("EncryptionKeyId")
	var ok bool
	if r.certificate, ok = p.Text("Key"); ok && r.certificate.Static() && !isCertificate(r.certificate.Source()) {
		p.Fail("Key", "It must be a certificate in PEM form, from -----BEGIN CERTIFICATE----- to its end")
	}
}

func isCertificate(text string) bool {
	block, _ := pem.Decode([]byte(text))
	return block != nil && block.Type == "CERTIFICATE"
}

// collect is how to collect keys now; not ok if an attribute does not have what is
// needed. Nothing that is to be encrypted is ever collected in the clear.
func (r storedKeys) collect(env flow.Env) (c flow.Collect, ok bool) {
	most, okMost := r.most.value(env)
	seconds, okSeconds := r.interDigitSeconds.value(env)
	c = flow.Collect{MaxDigits: most, InterDigitTimeoutMillis: seconds * millisPerSecond, Terminator: r.terminator, CancelKey: r.cancel}
	if r.encrypts {
		c.Encrypt = &flow.Encrypt{KeyID: r.keyID.Render(env), Certificate: r.certificate.Render(env)}
		if c.Encrypt.KeyID == "" || !isCertificate(c.Encrypt.Certificate) {
			return c, false
		}
	}
	return c, okMost && okSeconds
}
