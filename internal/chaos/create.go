package chaos

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"time"
)

// Cut is where a caller's connection is cut in its first create.
type Cut string

// The cuts.
const (
	NoCut     Cut = ""
	CutBody   Cut = "cut in the body"
	CutAnswer Cut = "cut before the answer"
)

// Create is one task of a plan. If no answer comes it is repeated under the same Idempotency-Key, as a caller should.
type Create struct {
	Index  int
	At     time.Duration // since the beginning
	Call   int           // in calls
	Cut    Cut
	Hold   time.Duration // how long it waits for the answer before CutAnswer
	Leave  bool          // after a cut it is not repeated
	Cancel time.Duration // how long after its answer it is cancelled; 0 = it is not
}

// newCreate draws a create.
func newCreate(random *rand.Rand, i int, span time.Duration) Create {
	c := Create{Index: i, At: between(random, 0, span), Call: random.IntN(len(calls()))}
	if i < len(calls()) {
		c.Call = i // every call at least once, if there are as many tasks
	}
	switch random.IntN(12) {
	case 0:
		c.Cut = CutBody
	case 1:
		c.Cut, c.Hold = CutAnswer, between(random, 0, 200*time.Millisecond)
	}
	c.Leave = c.Cut != NoCut && random.IntN(2) == 0
	if random.IntN(10) == 0 {
		c.Cancel = between(random, time.Millisecond, 8*time.Second)
	}
	return c
}

// String says what the caller does.
func (c Create) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "create %s by %s", c.tag(), calls()[c.Call].name)
	if c.Cut != NoCut {
		fmt.Fprintf(&b, ", %s after %v", c.Cut, c.Hold)
	}
	if c.Leave {
		b.WriteString(" and not repeated")
	}
	if c.Cancel > 0 {
		fmt.Fprintf(&b, ", cancelled %v later", c.Cancel)
	}
	return b.String()
}

// account is the account that makes it: all of them in turn.
func (c Create) account() int64 { return int64(c.Index%accounts) + 1 }

// tag is in the prompt, and names the task in the vendor's counts.
func (c Create) tag() string            { return fmt.Sprintf("task-%04d", c.Index) }
func (c Create) idempotencyKey() string { return "chaos " + c.tag() }
func (c Create) prompt() string         { return "a lighthouse in a storm tag:" + c.tag() }
