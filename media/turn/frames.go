package turn

import (
	"bufio"
	"encoding/binary"
	"errors"
	"io"
)

// maxFrameBytes bounds a frame; what is relayed are packets of a network.
const maxFrameBytes = 1536

// errFrame ends a connection whose next frame cannot be told.
var errFrame = errors.New("neither a STUN message nor channel data of at most 1536 bytes")

// frames reads a stream frame by frame: STUN messages and channel data, which
// is padded to four bytes (RFC 8656 sections 3.5 and 12.5). A reader of more
// than one frame thereby sees none that is broken.
type frames struct {
	from *bufio.Reader // has room for a frame
	left int           // bytes of the present frame
}

// Read implements io.Reader. It never reads beyond the end of a frame.
func (f *frames) Read(b []byte) (int, error) {
	if f.left == 0 {
		if err := f.begin(); err != nil {
			return 0, err
		}
	}
	n, err := f.from.Read(b[:min(len(b), f.left)])
	f.left -= n
	if f.left > 0 && errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	return n, err
}

// begin looks at the header of the next frame.
func (f *frames) begin() error {
	header, err := f.from.Peek(4)
	if err != nil {
		if len(header) > 0 && errors.Is(err, io.EOF) {
			return io.ErrUnexpectedEOF
		}
		return err
	}
	length := int(binary.BigEndian.Uint16(header[2:]))
	switch header[0] >> 6 {
	case 0:
		length += 20
	case 1:
		length = 4 + (length+3)/4*4
	default:
		return errFrame
	}
	if length > maxFrameBytes {
		return errFrame
	}
	f.left = length
	return nil
}
