package dialect

import "math"

// Seed reads the field "seed", a whole number of 32 bits; nil if it is absent.
func Seed(f *Fields) *uint32 {
	if !f.Has("seed") {
		return nil
	}
	seed := uint32(f.Int("seed", 0, 0, math.MaxUint32)) //nolint:gosec // Int keeps it within the range
	return &seed
}

// Truth reads true or false; nil if the field is absent.
func Truth(f *Fields, name string) *bool {
	if !f.Has(name) {
		return nil
	}
	on := f.Bool(name, false)
	return &on
}

// CfgScale reads the field "cfg_scale", a number from 0 to 1; nil if it is absent.
func CfgScale(f *Fields) *float64 {
	if !f.Has("cfg_scale") {
		return nil
	}
	scale := f.Float("cfg_scale", 0, 0, 1)
	return &scale
}
