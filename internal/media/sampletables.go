package media

import (
	"math/bits"
)

// Bounds on what the tables of an input video may claim. A table is a few bytes that stand for many: ffmpeg's work, memory
// and output grow with what is claimed, not with the file.
const (
	maxSamples   = 1 << 20 // frames of one track, edits that show them anew included; an hour at 240 a second has 864,000
	maxChunkFill = 2       // a table of chunks may name this many times the samples that there are, for the last is often not full
)

// sampleTables sums up what the tables of a track say of its samples.
type sampleTables struct {
	samples uint64 // entries of the table of sizes, and of fragments
	bytes   uint64 // their sizes; saturates
	uniform bool   // all samples have one size, as PCM sound has
	chunks  uint64 // chunks that there are
	packed  []chunkRun
	edits   uint64 // entries of the edit list that show something
	lengths uint64 // entries of the table of frame lengths
	ticks   uint32 // length of a sample by the first of them
}

// chunkRun is an entry of stsc: from the chunk first on, each has so many samples.
type chunkRun struct{ first, samples uint32 }

// count adds n samples of size bytes each.
func (c *sampleTables) count(n, size uint64) {
	c.samples += n
	hi, all := bits.Mul64(n, size)
	sum, carry := bits.Add64(c.bytes, all, 0)
	if hi != 0 || carry != 0 {
		sum = 1<<64 - 1
	}
	c.bytes = sum
}

// readSizes takes in an stsz box: one size for all samples, or one for each.
func (c *sampleTables) readSizes(b []byte) {
	size, count := u32(b, 4), u32(b, 8)
	if size != 0 {
		c.uniform = true
		c.count(uint64(count), uint64(size))
		return
	}
	for at := 12; count > 0 && at+4 <= len(b); count, at = count-1, at+4 {
		c.count(1, uint64(u32(b, at)))
	}
}

// readSmallSizes takes in an stz2 box, whose sizes have 4, 8 or 16 bits.
func (c *sampleTables) readSmallSizes(b []byte) {
	if len(b) < 12 {
		return
	}
	width, count := int(b[7]), int64(u32(b, 8))
	if width != 4 && width != 8 && width != 16 {
		return
	}
	count = min(count, int64(len(b)-12)*8/int64(width))
	for i := range int(count) {
		switch at := 12 + i*width/8; width {
		case 4:
			c.count(1, uint64(b[at]>>(4*(1-i&1))&0xf))
		case 8:
			c.count(1, uint64(b[at]))
		default:
			c.count(1, uint64(b[at])<<8|uint64(b[at+1]))
		}
	}
}

// readChunks takes in an stco or co64 box: where the chunks are, of which only the number counts here.
func (c *sampleTables) readChunks(b []byte, width int) {
	c.chunks += uint64(min(int64(u32(b, 4)), int64(max(0, len(b)-8)/width))) //nolint:gosec // never negative
}

// readPacking takes in an stsc box: how many samples the chunks have.
func (c *sampleTables) readPacking(b []byte) {
	count := u32(b, 4)
	for at := 8; count > 0 && at+12 <= len(b); count, at = count-1, at+12 {
		c.packed = append(c.packed, chunkRun{u32(b, at), u32(b, at+4)})
	}
}

// samplesInChunks is how many samples the chunks have together by the table; ok is false where its entries are out of order.
func (c *sampleTables) samplesInChunks() (n uint64, ok bool) {
	for i, run := range c.packed {
		end := c.chunks + 1
		if i+1 < len(c.packed) {
			end = min(end, uint64(c.packed[i+1].first))
		}
		if run.first == 0 || i > 0 && run.first <= c.packed[i-1].first {
			return 0, false
		}
		if first := uint64(run.first); first < end {
			n += (end - first) * uint64(run.samples)
		}
		if n > 1<<40 {
			return n, true
		}
	}
	return n, true
}

// check says in public words why the track's tables can't be an honest file's; kind is "picture" or "sound".
func (c *sampleTables) check(kind string) error {
	packed, ok := c.samplesInChunks()
	samples, edits := c.samples, max(c.edits, 1)
	if kind == "sound" && c.uniform && c.lengths == 1 && c.ticks == 1 {
		samples = c.chunks // raw sound is read by the chunk
	}
	switch {
	case !ok:
		return refuse(ErrUnreadable, "the %s track's table of chunks is out of order", kind)
	case packed > maxChunkFill*c.samples:
		return refuse(ErrUnreadable, "the %s track's table of chunks names %d samples; the track has %d", kind, packed, c.samples)
	case samples > maxSamples || samples*edits > maxSamples:
		return refuse(ErrTooLarge, "the %s track names %d samples and %d edits that show them; at most %d samples, times the edits", kind, samples, edits, maxSamples)
	}
	return nil
}

// checkTables refuses a movie whose tables make more of a file of size bytes than is in it: of an honest one no byte belongs
// to two samples.
func (m *movie) checkTables(size int64) error {
	var all uint64
	for _, t := range m.tracks {
		kind := map[string]string{"vide": "picture", "soun": "sound"}[t.handler]
		if kind == "" {
			kind = "other"
		}
		if err := t.tables.check(kind); err != nil {
			return err
		}
		sum, carry := bits.Add64(all, t.tables.bytes, 0)
		if all = sum; carry != 0 {
			all = 1<<64 - 1
		}
	}
	switch {
	case m.compressed:
		return refuse(ErrUnreadable, "the video can't be read: its header is compressed")
	case m.tooManyTracks:
		return refuse(ErrTooLarge, "the video has more than %d tracks", maxTracks)
	case all > uint64(size): //nolint:gosec // a size is never negative
		return refuse(ErrTooLarge, "the tables name %d bytes of samples; the file has %d, and each may be named once", all, size)
	}
	return nil
}
