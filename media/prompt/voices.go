package prompt

import (
	"strings"

	"tandem/voice"
)

// localeOf is the language of the voices of Amazon Polly (Amazon Polly Developer
// Guide: Available voices), so that another engine speaks the language that a
// flow has chosen with the voice.
var localeOf = map[string]string{
	"Zeina": "ar", "Hala": "ar-AE", "Zayd": "ar-AE", "Arlet": "ca-ES", "Jitka": "cs-CZ", "Zhiyu": "cmn-CN", "Hiujin": "yue-CN",
	"Naja": "da-DK", "Mads": "da-DK", "Sofie": "da-DK", "Laura": "nl-NL", "Lotte": "nl-NL", "Ruben": "nl-NL", "Lisa": "nl-BE",
	"Nicole": "en-AU", "Olivia": "en-AU", "Russell": "en-AU", "Amy": "en-GB", "Emma": "en-GB", "Brian": "en-GB", "Arthur": "en-GB",
	"Aditi": "en-IN", "Raveena": "en-IN", "Kajal": "en-IN", "Niamh": "en-IE", "Aria": "en-NZ", "Ayanda": "en-ZA", "Geraint": "en-GB",
	"Danielle": "en-US", "Gregory": "en-US", "Ivy": "en-US", "Joanna": "en-US", "Joey": "en-US", "Justin": "en-US", "Kendra": "en-US",
	"Kevin": "en-US", "Kimberly": "en-US", "Matthew": "en-US", "Patrick": "en-US", "Ruth": "en-US", "Salli": "en-US", "Stephen": "en-US",
	"Suvi": "fi-FI", "Celine": "fr-FR", "Céline": "fr-FR", "Lea": "fr-FR", "Léa": "fr-FR", "Mathieu": "fr-FR", "Remi": "fr-FR", "Rémi": "fr-FR",
	"Isabelle": "fr-BE", "Chantal": "fr-CA", "Gabrielle": "fr-CA", "Liam": "fr-CA", "Marlene": "de-DE", "Vicki": "de-DE", "Hans": "de-DE",
	"Daniel": "de-DE", "Hannah": "de-AT", "Sabrina": "de-CH", "Dora": "is-IS", "Karl": "is-IS", "Carla": "it-IT", "Bianca": "it-IT",
	"Giorgio": "it-IT", "Adriano": "it-IT", "Mizuki": "ja-JP", "Takumi": "ja-JP", "Kazuha": "ja-JP", "Tomoko": "ja-JP", "Seoyeon": "ko-KR",
	"Jihye": "ko-KR", "Liv": "nb-NO", "Ida": "nb-NO", "Ewa": "pl-PL", "Ola": "pl-PL", "Maja": "pl-PL", "Jacek": "pl-PL", "Jan": "pl-PL",
	"Camila": "pt-BR", "Vitoria": "pt-BR", "Vitória": "pt-BR", "Ricardo": "pt-BR", "Thiago": "pt-BR", "Ines": "pt-PT", "Inês": "pt-PT",
	"Cristiano": "pt-PT", "Carmen": "ro-RO", "Tatyana": "ru-RU", "Maxim": "ru-RU", "Conchita": "es-ES", "Lucia": "es-ES", "Alba": "es-ES",
	"Raul": "es-ES", "Enrique": "es-ES", "Sergio": "es-ES", "Mia": "es-MX", "Andres": "es-MX", "Lupe": "es-US", "Penelope": "es-US",
	"Miguel": "es-US", "Pedro": "es-US", "Astrid": "sv-SE", "Elin": "sv-SE", "Filiz": "tr-TR", "Burcu": "tr-TR", "Gwyneth": "cy-GB",
}

// locale is the language that a choice of voice means; empty if it does not say.
func locale(s voice.Speech) string {
	if known := localeOf[s.Voice]; known != "" {
		return known
	}
	return s.Locale
}

// espeakVoices are the voices of espeak-ng whose names do not begin with the
// language alone.
var espeakVoices = map[string]string{
	"en-us": "en-us", "en-gb": "en-gb", "en-au": "en-gb", "en-nz": "en-gb", "en-ie": "en-gb", "en-za": "en-gb", "en-in": "en-gb",
	"es-mx": "es-419", "es-us": "es-419", "fr-be": "fr-be", "fr-ch": "fr-ch", "pt-br": "pt-br", "zh-cn": "cmn", "cmn-cn": "cmn", "yue-cn": "yue",
}

// espeakVoice is the voice of espeak-ng for a language tag (RFC 5646) such as
// "en-US" or "en_US"; empty if the tag is none.
func espeakVoice(tag string) string {
	tag = strings.ToLower(strings.ReplaceAll(tag, "_", "-"))
	if name := espeakVoices[tag]; name != "" {
		return name
	}
	language, _, _ := strings.Cut(tag, "-")
	if len(language) < 2 || len(language) > 3 || strings.Trim(language, "abcdefghijklmnopqrstuvwxyz") != "" {
		return ""
	}
	return language
}
