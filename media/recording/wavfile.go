package recording

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"os"

	"tandem/media/rtp"
)

const (
	headerBytes     = 44
	sampleBytes     = 4 // two channels of 16 bits
	frameBytes      = rtp.FrameSamples * sampleBytes
	framesPerSecond = 1000 / rtp.FrameMillis
	maxDataBytes    = math.MaxUint32 - 64<<10 // the header's length field has 32 bits: 37 hours
)

// wavFile is a stereo file that grows.
type wavFile struct {
	file  *os.File
	out   *bufio.Writer
	bytes uint32 // of data
	frame [frameBytes]byte
}

func createWAV(path string) (*wavFile, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("create recording: %w", err)
	}
	w := &wavFile{file: f, out: bufio.NewWriterSize(f, framesPerSecond*frameBytes)}
	if _, err := f.Write(header(0)); err != nil {
		f.Close()
		return nil, fmt.Errorf("write recording: %w", err)
	}
	return w, nil
}

func header(dataBytes uint32) []byte {
	h := make([]byte, headerBytes)
	copy(h, "RIFF")
	binary.LittleEndian.PutUint32(h[4:], dataBytes+headerBytes-8)
	copy(h[8:], "WAVEfmt ")
	binary.LittleEndian.PutUint32(h[16:], 16) // size of the format chunk
	binary.LittleEndian.PutUint16(h[20:], 1)  // PCM
	binary.LittleEndian.PutUint16(h[22:], 2)  // channels
	binary.LittleEndian.PutUint32(h[24:], rtp.SampleRateHz)
	binary.LittleEndian.PutUint32(h[28:], rtp.SampleRateHz*sampleBytes)
	binary.LittleEndian.PutUint16(h[32:], sampleBytes)
	binary.LittleEndian.PutUint16(h[34:], 16) // bits per sample
	copy(h[36:], "data")
	binary.LittleEndian.PutUint32(h[40:], dataBytes)
	return h
}

// write appends one frame; beyond the longest file it drops.
func (w *wavFile) write(customer, agent *rtp.Frame) error {
	if w.bytes > maxDataBytes {
		return nil
	}
	for i := range rtp.FrameSamples {
		binary.LittleEndian.PutUint16(w.frame[4*i:], uint16(customer[i]))
		binary.LittleEndian.PutUint16(w.frame[4*i+2:], uint16(agent[i]))
	}
	n, err := w.out.Write(w.frame[:])
	w.bytes += uint32(n)
	return err
}

// settle makes the file playable as it is.
func (w *wavFile) settle() error {
	if err := w.out.Flush(); err != nil {
		return err
	}
	_, err := w.file.WriteAt(header(w.bytes), 0)
	return err
}

func (w *wavFile) close() error {
	err := w.settle()
	if err == nil {
		err = w.file.Sync()
	}
	if closeErr := w.file.Close(); err == nil {
		err = closeErr
	}
	return err
}

// repair puts the header of a file right that a crash left behind, and
// returns its length in milliseconds.
func repair(path string) (int64, error) {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	size, err := f.Seek(0, io.SeekEnd)
	if err != nil {
		return 0, err
	}
	data := max(size-headerBytes, 0) / sampleBytes * sampleBytes
	if err := f.Truncate(headerBytes + data); err != nil {
		return 0, err
	}
	if _, err := f.WriteAt(header(uint32(data)), 0); err != nil {
		return 0, err
	}
	return data / sampleBytes * 1000 / rtp.SampleRateHz, f.Sync()
}
