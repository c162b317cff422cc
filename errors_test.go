package tandem

import (
	"errors"
	"io"
	"testing"
)

func TestErrorNamesFieldMessageAndCause(t *testing.T) {
	err := Errorf(Invalid, "Name", "must be %d to %d characters", 1, 127)
	if got := err.Error(); got != "Name: must be 1 to 127 characters" {
		t.Errorf("the text is %q", got)
	}
	err.Err = io.ErrUnexpectedEOF
	if got := err.Error(); got != "Name: must be 1 to 127 characters: unexpected EOF" || !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("with its cause the text is %q", got)
	}
	if got := Errorf(NotFound, "", "no such queue").Error(); got != "no such queue" {
		t.Errorf("without a field the text is %q", got)
	}
}
