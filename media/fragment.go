package media

// The flags of a fragment's boxes that move what follows them, or say what it holds (ISO/IEC 14496-12, 8.8.7 and 8.8.8).
const (
	tfhdBaseOffset  = 0x01
	tfhdDescription = 0x02
	tfhdDuration    = 0x08
	trunOffset      = 0x001
	trunFirstFlags  = 0x004
	trunDuration    = 0x100
	trunPerSample   = 0xf00 // duration, size, flags and composition offset: four bytes each
)

// readFragment takes in a moof box: more frames of the tracks that the header named.
func (m *movie) readFragment(b []byte) {
	for kind, body := range children(b) {
		if kind == "traf" {
			m.readTrackFragment(body)
		}
	}
}

// readTrackFragment takes in a traf box.
func (m *movie) readTrackFragment(b []byte) {
	var t *track
	var each uint32
	for kind, body := range children(b) {
		switch {
		case kind == "tfhd":
			id := u32(body, 4)
			t, each = m.track(id), frameLength(body, m.frames[id])
		case kind == "trun" && t != nil:
			t.readRun(body, each)
		}
	}
}

// track finds the track with the given id; nil where there is none.
func (m *movie) track(id uint32) *track {
	for _, t := range m.tracks {
		if t.id == id {
			return t
		}
	}
	return nil
}

// frameLength is how many ticks a frame of the fragment lasts: its own word, or the file's.
func frameLength(tfhd []byte, fallback uint32) uint32 {
	flags := u32(tfhd, 0)
	if flags&tfhdDuration == 0 {
		return fallback
	}
	at := 8
	if flags&tfhdBaseOffset != 0 {
		at += 8
	}
	if flags&tfhdDescription != 0 {
		at += 4
	}
	return u32(tfhd, at)
}

// readRun counts the frames of a trun box, which last each ticks where it does not say otherwise.
func (t *track) readRun(b []byte, each uint32) {
	flags, count := u32(b, 0), u32(b, 4)
	if flags&trunDuration == 0 {
		t.add(count, each)
		return
	}
	at := 8
	for _, f := range []uint32{trunOffset, trunFirstFlags} {
		if flags&f != 0 {
			at += 4
		}
	}
	step := 0
	for f := uint32(trunDuration); f&trunPerSample != 0; f <<= 1 {
		if flags&f != 0 {
			step += 4
		}
	}
	for ; count > 0 && at+step <= len(b); count-- {
		t.add(1, u32(b, at))
		at += step
	}
}
