package media

// maxFrames and maxTicks limit the totals of tables, so that sums can't overflow.
const (
	maxFrames = 1 << 31
	maxTicks  = 1 << 62
)

// trackDepth is the nesting depth of a track's boxes: trak, mdia, minf, stbl.
const trackDepth = 4

// track is what a trak box and the fragments of its track say.
type track struct {
	id            uint32
	handler       string // "vide", "soun"
	timescale     uint32 // ticks per second
	codec         string
	avcProfile    byte         // of H.264: its profile_idc (ITU-T H.264, annex A); 0 = it is not known
	width, height int          // pixels as shown
	rotated       bool         // by 90° or 270°
	frames, ticks uint64       // count and length
	length        uint64       // ticks, from the track's header
	edit          uint64       // how much of the track is shown, in the movie's ticks; 0 = all
	outOfRange    bool         // the counts exceed maxFrames or maxTicks
	tables        sampleTables // totals of the sample tables
}

// readTrack reads a trak box.
func readTrack(b []byte) *track {
	t := &track{}
	t.read(b, trackDepth)
	if t.rotated {
		t.width, t.height = t.height, t.width
	}
	return t
}

// read reads the boxes of a track and those inside them, depth levels down.
func (t *track) read(b []byte, depth int) {
	if depth == 0 {
		return
	}
	for kind, body := range children(b) {
		switch kind {
		case "mdia", "minf", "stbl", "edts":
			t.read(body, depth-1)
		case "tkhd":
			t.readTrackHeader(body)
		case "mdhd":
			t.timescale, t.length = u32(body, 12), uint64(u32(body, 16))
			if isVersion1(body) {
				t.timescale, t.length = u32(body, 20), u64(body, 24)
			}
		case "hdlr":
			// QuickTime has a second hdlr box, for the data handler.
			if h := string(body[min(8, len(body)):min(12, len(body))]); h == "vide" || h == "soun" {
				t.handler = h
			}
		case "stsd":
			t.readSampleEntry(body)
		case "stts":
			t.readTimes(body)
		case "stsz":
			t.tables.readSizes(body)
		case "stz2":
			t.tables.readSmallSizes(body)
		case "stsc":
			t.tables.readPacking(body)
		case "stco":
			t.tables.readChunks(body, 4)
		case "co64":
			t.tables.readChunks(body, 8)
		case "elst":
			t.readEdits(body)
		}
	}
}

// readTrackHeader reads the id and whether the matrix swaps the axes.
func (t *track) readTrackHeader(b []byte) {
	id, matrix := 12, 40
	if isVersion1(b) {
		id, matrix = 20, 52
	}
	t.id = u32(b, id)
	t.rotated = u32(b, matrix) == 0 && u32(b, matrix+16) == 0 && u32(b, matrix+4) != 0 && u32(b, matrix+12) != 0
}

// sampleEntryHeader is the length of what a picture track's sample entry has before its boxes.
const sampleEntryHeader = 78

// readSampleEntry reads the codec, its profile and the size in pixels of the first entry. The size in the track header is not used, because
// it is stretched if pixels are not square.
func (t *track) readSampleEntry(b []byte) {
	if len(b) < 8 {
		return
	}
	for kind, body := range children(b[8:]) {
		size := u32(body, 24)
		t.codec, t.width, t.height = kind, int(size>>16), int(size&0xffff)
		for kind, box := range children(body[min(sampleEntryHeader, len(body)):]) {
			if kind == "avcC" && len(box) > 1 {
				t.avcProfile = box[1]
			}
		}
		return
	}
}

// readTimes adds up the table of frame durations.
func (t *track) readTimes(b []byte) {
	count := int(u32(b, 4))
	t.tables.ticks = u32(b, 12)
	for i := 0; i < count && 8+8*i+8 <= len(b); i++ {
		t.tables.lengths++
		t.add(u32(b, 8+8*i), u32(b, 12+8*i))
	}
}

// add counts n more frames of the given ticks each.
func (t *track) add(n, ticks uint32) {
	if ticks != 0 && uint64(n) > (maxTicks-t.ticks)/uint64(ticks) || t.frames+uint64(n) > maxFrames {
		t.outOfRange = true
		return
	}
	t.frames += uint64(n)
	t.ticks += uint64(n) * uint64(ticks)
}

// readEdits adds up the durations in the edit list, without empty edits, which only delay the track.
func (t *track) readEdits(b []byte) {
	size := 12
	if isVersion1(b) {
		size = 20
	}
	count := int(u32(b, 4))
	for i := 0; i < count && 8+size*(i+1) <= len(b); i++ {
		entry := b[8+size*i:]
		length, empty := uint64(u32(entry, 0)), u32(entry, 4) == 1<<32-1
		if isVersion1(b) {
			length, empty = u64(entry, 0), u64(entry, 8) == 1<<64-1
		}
		if empty {
			continue
		}
		t.tables.edits++
		if length < maxTicks-t.edit {
			t.edit += length
		}
	}
}

// shown returns the frames and ticks that are shown after the edit list is applied. An edit is given in the movie's coarser
// ticks, so only an edit that removes half a frame or more counts as a trim.
func (t *track) shown(movieTimescale uint32) (frames, ticks uint64) {
	frames, ticks = t.frames, t.ticks
	if ticks == 0 {
		ticks = t.length
	}
	if t.edit == 0 || movieTimescale == 0 || ticks == 0 {
		return frames, ticks
	}
	kept := float64(t.edit) / float64(movieTimescale) * float64(t.timescale)
	coarse := float64(t.timescale) / float64(movieTimescale)
	if missing := float64(ticks) - kept; missing <= coarse || missing <= float64(ticks)/float64(frames)/2 {
		return frames, ticks
	}
	share := kept / float64(ticks)
	return max(1, uint64(float64(frames)*share+0.5)), uint64(kept + 0.5)
}

// plays reports whether players that have the codec can show the track in an MP4. Few can if an H.264 track has more than 8 bits a
// sample or less coarse colours than 4:2:0, of which the highest profile is High.
func (t *track) plays() bool {
	const high = 100
	switch t.codec {
	case "avc1", "avc3":
		return t.avcProfile <= high
	case "hvc1", "hev1", "av01":
		return true
	}
	return false
}
