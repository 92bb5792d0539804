package media

// huffman is the code of one table of a JPEG: no code is longer than 16 bits, and none consists of ones alone.
type huffman struct {
	counts  [17]byte // codes by length
	order   []byte   // symbols by length of code
	codes   [256]uint16
	lengths [256]byte
}

// newHuffman makes the best code for symbols that occur as often as counts says (T.81, annex K.2). The last place of
// counts is for a symbol that never occurs, and gets the code of ones.
func newHuffman(counts *[257]int) huffman {
	lengths := codeLengths(counts)
	var h huffman
	var many [257]int
	for _, n := range lengths {
		many[n]++
	}
	many[0] = 0
	// Two codes that are too long give their prefix to one of them; the other goes beside the longest that is short enough.
	for n := len(many) - 1; n > 16; n-- {
		for many[n] > 0 {
			short := n - 2
			for many[short] == 0 {
				short--
			}
			many[n] -= 2
			many[n-1]++
			many[short+1] += 2
			many[short]--
		}
	}
	last := 16
	for many[last] == 0 {
		last--
	}
	many[last]-- // the code of ones
	for n := 1; n <= 256; n++ {
		for s := range 256 {
			if lengths[s] == n {
				h.order = append(h.order, byte(s))
			}
		}
	}
	code, at := uint16(0), 0
	for n := 1; n <= 16; n++ {
		h.counts[n] = byte(many[n])
		for range many[n] {
			s := h.order[at]
			h.codes[s], h.lengths[s] = code, byte(n)
			code++
			at++
		}
		code <<= 1
	}
	return h
}

// codeLengths joins the two rarest groups of symbols until one is left; each time their codes get a bit longer.
func codeLengths(counts *[257]int) [257]int {
	var lengths [257]int
	freq := *counts
	freq[256] = 1
	next := [257]int{}
	for i := range next {
		next[i] = -1
	}
	for {
		a, b := rarest(&freq)
		if b < 0 {
			return lengths
		}
		freq[a] += freq[b]
		freq[b] = 0
		end := a
		for {
			lengths[end]++
			if next[end] < 0 {
				break
			}
			end = next[end]
		}
		next[end] = b
		for s := b; s >= 0; s = next[s] {
			lengths[s]++
		}
	}
}

// rarest returns the two that occur least but do occur; the second is -1 where there is but one.
func rarest(freq *[257]int) (a, b int) {
	a, b = -1, -1
	for s, n := range freq {
		switch {
		case n == 0:
		case a < 0 || n <= freq[a]:
			a, b = s, a
		case b < 0 || n <= freq[b]:
			b = s
		}
	}
	return a, b
}

// table is what the file says of the code.
func (h *huffman) table() []byte { return append(h.counts[1:], h.order...) }
