package prompt

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"strings"
)

// The sentences of the flows that every instance has are recorded, so that a
// caller hears them also where nothing is installed that speaks. They were made
// with espeak-ng; the tests make them anew.
//
//go:embed spoken/*.ulaw
var spokenFiles embed.FS

// spokenName is the file of a recorded sentence.
func spokenName(text string, ssml bool) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%t %s", ssml, text))
	return "spoken/" + hex.EncodeToString(sum[:8]) + shelfSuffix
}

// spoken is the recording of a sentence, if there is one; they are in English.
func spoken(u Utterance) ([]int16, bool) {
	if lang := locale(u.Speech); lang != "" && !strings.HasPrefix(lang, "en") {
		return nil, false
	}
	raw, err := spokenFiles.ReadFile(spokenName(u.Text, u.SSML))
	if err != nil {
		return nil, false
	}
	return fromMuLaw(raw), true
}
