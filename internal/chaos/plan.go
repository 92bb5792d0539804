package chaos

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"
)

// Kind is what a fault does.
type Kind string

// The faults. The first three are kills.
const (
	KillServer   Kind = "kill a server"         // SIGKILL; started again after Lasts
	KillVendor   Kind = "kill the vendor"       // its connections are cut and its port is closed
	KillDatabase Kind = "kill the database"     // without a checkpoint; clients are cut off
	KillReceiver Kind = "kill the receiver"     // of webhooks: its connections are cut and its port is closed
	KillBucket   Kind = "kill the bucket"       // of several servers: SIGKILL of the S3 server; started again after Lasts
	FillDisk     Kind = "fill the disk"         // of the data folders; needs root
	TurnClock    Kind = "turn the clock"        // of a server, by Ahead; turned back after Lasts
	VendorErrors Kind = "vendor answers 5xx"    // without having read the request
	VendorSlow   Kind = "vendor is slow"        // each answer takes two seconds more
	VendorLoses  Kind = "vendor's answers lost" // it does what it is asked, and the connection is cut before the answer
)

// lane is what a fault happens to. Faults of different lanes may overlap.
func (f Fault) lane() string {
	switch f.Kind {
	case KillServer:
		return fmt.Sprint("server ", f.Server)
	case KillDatabase:
		return "database"
	case KillBucket:
		return "bucket"
	case FillDisk:
		return "disk"
	case KillReceiver:
		return "receiver"
	case TurnClock:
		return "clock"
	default:
		return "vendor"
	}
}

const (
	longestTurn = 10 * time.Second // how long the clock is wrong
	mostAhead   = 30 * time.Minute
	longestDown = 8 * time.Second // of one of several servers: after some three seconds the others run its jobs
)

// Fault is one fault of a plan.
type Fault struct {
	Kind   Kind
	At     time.Duration // since the beginning
	Lasts  time.Duration
	Ahead  time.Duration // of TurnClock; negative = behind
	Server int           // of KillServer and TurnClock, from 0
}

// String says what happens.
func (f Fault) String() string {
	switch f.Kind {
	case KillServer:
		return fmt.Sprintf("kill server %d for %v", f.Server+1, f.Lasts)
	case TurnClock:
		return fmt.Sprintf("turn the clock of server %d by %v for %v", f.Server+1, f.Ahead, f.Lasts)
	default:
		return fmt.Sprintf("%s for %v", f.Kind, f.Lasts)
	}
}

// Plan is all that a run does by itself. The same options make the same plan; what the server is doing at these moments differs
// from run to run.
type Plan struct {
	Span    time.Duration // in which all begins
	Creates []Create
	Faults  []Fault // by time
}

// NewPlan makes the plan of a run.
func NewPlan(o Options) Plan {
	random := rand.New(rand.NewPCG(o.Seed, uint64(len(o.Database)))) //nolint:gosec // it need not be secret
	p := Plan{Span: max(15*time.Second, time.Duration(o.Kills)*3*time.Second, time.Duration(o.Tasks)*150*time.Millisecond)}
	for i := range o.Tasks {
		p.Creates = append(p.Creates, newCreate(random, i, p.Span))
	}
	kills, others := o.kinds()
	for _, kinds := range [][]Kind{kills, others} {
		for i := range o.Kills {
			p.Faults = append(p.Faults, newFault(random, kinds[i%len(kinds)], p.Span, o.nodes()))
		}
	}
	slices.SortStableFunc(p.Faults, func(a, b Fault) int { return cmp.Compare(a.At, b.At) })
	return p
}

// kinds returns the faults of a plan, in the order in which they are drawn: kills, and as many others.
func (o Options) kinds() (kills, others []Kind) {
	others = []Kind{FillDisk, VendorLoses, VendorErrors, VendorSlow, KillReceiver, TurnClock}
	switch {
	case o.Database != Postgres:
		return []Kind{KillServer, KillVendor, KillServer}, others
	case o.nodes() == 1:
		return []Kind{KillServer, KillDatabase, KillVendor}, others
	default:
		return []Kind{KillServer, KillDatabase, KillServer, KillVendor}, []Kind{KillBucket, VendorLoses, TurnClock, KillReceiver, VendorSlow, FillDisk, VendorErrors}
	}
}

// newFault draws when a fault happens, how long it lasts, and to which of the servers.
func newFault(random *rand.Rand, k Kind, span time.Duration, servers int) Fault {
	f := Fault{Kind: k, At: between(random, 0, span), Lasts: between(random, 0, 1500*time.Millisecond)}
	if k == TurnClock {
		f.Lasts, f.Ahead = between(random, 0, longestTurn), between(random, -mostAhead, mostAhead)
	}
	if servers > 1 && (k == KillServer || k == TurnClock) {
		f.Server = random.IntN(servers)
	}
	if servers > 1 && k == KillServer {
		f.Lasts = between(random, 0, longestDown)
	}
	return f
}

// between draws a duration, in milliseconds.
func between(random *rand.Rand, from, to time.Duration) time.Duration {
	return (from + time.Duration(random.Int64N(int64(to-from)))).Round(time.Millisecond)
}

// String lists the plan, a line for each fault and each create.
func (p Plan) String() string {
	var b strings.Builder
	for _, f := range p.Faults {
		fmt.Fprintf(&b, "%8v  %v\n", f.At, f)
	}
	for _, c := range p.Creates {
		fmt.Fprintf(&b, "%8v  %s\n", c.At, c)
	}
	return b.String()
}
