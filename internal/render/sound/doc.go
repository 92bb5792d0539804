// Package sound makes the sound bed of a scene: stereo noise, tones and filters that sound like the weather, the place and the
// things that a prompt names. [Of] says what is heard, and a [Bed] makes the samples.
//
// The same Bed gives the same samples on every machine: its random numbers depend on the seed only, and its arithmetic is that
// of package fp.
package sound
