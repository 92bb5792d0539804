package media

import (
	"math/bits"
)

// Limits on the sample tables of an input video. A table of a few bytes can describe many samples: ffmpeg's work, memory and
// output grow with the described samples, not with the file.
const (
	maxSamples   = 1 << 20 // samples of one track, times its edits; an hour at 240 frames a second has 864,000
	maxChunkFill = 2       // limit on the samples in the chunk table, as a multiple of the track's samples: the last chunk is often not full
)

// sampleTables holds the totals of a track's sample tables.
type sampleTables struct {
	samples uint64 // entries of the size table and of fragments
	bytes   uint64 // sum of their sizes; saturates
	uniform bool   // all samples have the same size, as in PCM sound
	chunks  uint64 // entries of the chunk offset table
	packed  []chunkRun
	edits   uint64 // entries of the edit list that show something
	lengths uint64 // entries of the duration table
	ticks   uint32 // duration of a sample in its first entry
}

// chunkRun is an entry of stsc: each chunk from number first on has this many samples.
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

// readSizes reads an stsz box: one size for all samples, or one for each.
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

// readSmallSizes reads an stz2 box, with sizes of 4, 8 or 16 bits.
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

// readChunks reads the number of entries of an stco or co64 box, the table of chunk offsets.
func (c *sampleTables) readChunks(b []byte, width int) {
	c.chunks += uint64(min(int64(u32(b, 4)), int64(max(0, len(b)-8)/width))) //nolint:gosec // never negative
}

// readPacking reads an stsc box: the number of samples in each chunk.
func (c *sampleTables) readPacking(b []byte) {
	count := u32(b, 4)
	for at := 8; count > 0 && at+12 <= len(b); count, at = count-1, at+12 {
		c.packed = append(c.packed, chunkRun{u32(b, at), u32(b, at+4)})
	}
}

// samplesInChunks returns the total number of samples in the chunks; ok is false if the table's entries are out of order.
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

// check returns an error with a public text if the track's tables exceed the limits or contradict each other. kind is
// "picture", "sound" or "other".
func (c *sampleTables) check(kind string) error {
	packed, ok := c.samplesInChunks()
	samples, edits := c.samples, max(c.edits, 1)
	if kind == "sound" && c.uniform && c.lengths == 1 && c.ticks == 1 {
		samples = c.chunks // ffmpeg reads raw sound by the chunk
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

// checkTables returns an error if the sample tables describe more bytes than the file's size: in a valid file no byte belongs
// to two samples. It also checks each track's tables and their number.
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
