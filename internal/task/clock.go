package task

import "time"

// ClockSkew is how far apart two clocks that are right may be: those of two nodes, that of a database, or one before and after a small
// correction. A stored time that is further in the future was written before the clock was set back.
const ClockSkew = 2 * time.Minute
