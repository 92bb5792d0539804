// Package task holds the domain types that the other packages share. A [Task] is one [Request] for a video and what became
// of it: its [State], its [Artifact] values, or its [Failure]. A [Change] is what one step writes, with [Wake] values for the
// steps that follow. [Error] is what callers get if a call fails.
//
// It holds values and the rules that need nothing else. I/O, wire tags, clocks, randomness and packages outside the standard
// library do not belong here: every other package may import this one, and it imports none of them.
package task
