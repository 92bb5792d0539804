package media

// The flags of a fragment's boxes that say which fields follow (ISO/IEC 14496-12, 8.8.7 and 8.8.8).
const (
	tfhdBaseOffset  = 0x01
	tfhdDescription = 0x02
	tfhdDuration    = 0x08
	tfhdSize        = 0x10
	trunOffset      = 0x001
	trunFirstFlags  = 0x004
	trunDuration    = 0x100
	trunSize        = 0x200
	trunPerSample   = 0xf00 // duration, size, flags and composition offset: four bytes each
)

// readFragment reads a moof box: more frames of the tracks in the header.
func (m *movie) readFragment(b []byte) {
	for kind, body := range children(b) {
		if kind == "traf" {
			m.readTrackFragment(body)
		}
	}
}

// sampleDefaults are the values of a fragment's frames that have no values of their own.
type sampleDefaults struct {
	ticks uint32 // duration
	bytes uint32
}

// readTrackFragment reads a traf box.
func (m *movie) readTrackFragment(b []byte) {
	var t *track
	var each sampleDefaults
	for kind, body := range children(b) {
		switch {
		case kind == "tfhd":
			id := u32(body, 4)
			t, each = m.track(id), fragmentDefaults(body, m.defaults[id])
		case kind == "trun" && t != nil:
			t.readRun(body, each)
		}
	}
}

// track returns the track with the given id; nil if there is none.
func (m *movie) track(id uint32) *track {
	for _, t := range m.tracks {
		if t.id == id {
			return t
		}
	}
	return nil
}

// fragmentDefaults returns the defaults of a fragment: its own, or those of the file.
func fragmentDefaults(tfhd []byte, fallback sampleDefaults) sampleDefaults {
	flags, at := u32(tfhd, 0), 8
	for _, f := range []struct {
		flag uint32
		size int
		to   *uint32
	}{{tfhdBaseOffset, 8, nil}, {tfhdDescription, 4, nil}, {tfhdDuration, 4, &fallback.ticks}, {tfhdSize, 4, &fallback.bytes}} {
		if flags&f.flag == 0 {
			continue
		}
		if f.to != nil {
			*f.to = u32(tfhd, at)
		}
		at += f.size
	}
	return fallback
}

// readRun counts the frames of a trun box. each gives the values that the box does not.
func (t *track) readRun(b []byte, each sampleDefaults) {
	flags, count := u32(b, 0), u32(b, 4)
	if flags&(trunDuration|trunSize) == 0 {
		t.add(count, each.ticks)
		t.tables.count(uint64(count), uint64(each.bytes))
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
		one, field := each, at
		if flags&trunDuration != 0 {
			one.ticks, field = u32(b, field), field+4
		}
		if flags&trunSize != 0 {
			one.bytes = u32(b, field)
		}
		t.add(1, one.ticks)
		t.tables.count(1, uint64(one.bytes))
		at += step
	}
}
