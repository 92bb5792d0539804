// Package fp has floating-point functions that return the same bits on every machine.
//
// A compiler may fuse x*y + z into one instruction that rounds once instead of twice, and some do, so that two machines
// disagree in the last bit. The language promises that an explicit conversion rounds (float64(x*y) + z). The functions of
// this package convert every product that is added to something, and so must their callers. math.Sin and math.Exp give no
// such promise, so SinCos and Exp are here.
package fp
