// Package task holds the words of the house: a task and its request, the states it passes through, the artifacts it
// leaves, why it failed, and the change that one step makes to it.
//
// What may enter: values and the rules that are true of them alone. What may not: I/O, wire tags, clocks, randomness,
// any package outside the standard library. Every other room may import this one; it imports none.
package task
