package speech

import (
	"testing"

	"github.com/coder/websocket"
)

func FuzzMessageOfTheEngineIsOfTheProtocol(f *testing.F) {
	f.Add([]byte(`{"type":"partial","text":"yes"}`))
	f.Add([]byte(`{"type":"final","text":""}`))
	f.Add([]byte(`{"type":"error","text":"x"}`))
	f.Add([]byte(`[]`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		m, err := readMessage(websocket.MessageText, raw)
		if err == nil && (m.Type != "partial" && m.Type != "final" || len(m.Text) > maxTextBytes) {
			t.Errorf("%q was taken", raw)
		}
		if _, err := readMessage(websocket.MessageBinary, raw); err == nil {
			t.Errorf("%q was taken as binary", raw)
		}
	})
}
