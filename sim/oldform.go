package sim

import (
	"encoding/binary"

	"tandem"
	"tandem/event"
)

// appendOld appends a record as the first version wrote it, where the record
// has nothing that the first version did not know: it wrote every field that it
// had, also at the end of a frame and not set. It reports how many events have
// another form than today.
func appendOld(e *tandem.Encoder, sealer tandem.Sealer, rec *tandem.Record) (older int) {
	head := *rec
	head.Events = nil
	event.AppendRecord(e, &head)
	e.Cut(e.Len() - 1) // without the number of events
	e.Uvarint(uint64(len(rec.Events)))
	for _, ev := range rec.Events {
		body := tandem.NewEncoder(nil, sealer)
		ev.EncodeWire(body)
		old := body.Bytes()
		if n := unsetAtEnd(ev); n > 0 {
			old = withZeros(old, n)
			older++
		}
		e.Uvarint(uint64(ev.Kind()))
		e.ByteString(old)
	}
	return older
}

// unsetAtEnd is how many fields of one byte each the first version wrote at the
// end of an event, though they were not set.
func unsetAtEnd(ev tandem.Event) (n int) {
	switch ev := ev.(type) {
	case *event.AfterContactWorkStarted:
		if ev.Deadline.IsZero() {
			n = 1
		}
	case *event.FlowBlockRan:
		if ev.BlockState == "" && ev.Side == event.CustomerSide && ev.Deadline.IsZero() {
			if n = 1; ev.NextAction == "" && ev.Outcome != "" {
				n = 2
			}
		}
	case *event.ContactInitiated:
		newer := !ev.CallID.IsZero() || !ev.RelatedID.IsZero() || !ev.StartFlowID.IsZero() || !ev.TargetQueueID.IsZero() || !ev.TargetUserID.IsZero()
		if ev.Method == event.Inbound && !newer && ev.ClientToken == "" && !ev.CustomerLeg.IsZero() {
			n = 1
		}
	}
	return n
}

// withZeros adds zeros to the frame of a struct, before its private section.
func withZeros(body []byte, zeros int) []byte {
	head, n := binary.Uvarint(body)
	end := n + int(head>>1)
	out := binary.AppendUvarint(nil, head+uint64(zeros)<<1)
	out = append(out, body[n:end]...)
	return append(append(out, make([]byte, zeros)...), body[end:]...)
}
