package fp

import "math"

// Factors that spread the arguments of hash over all bits.
const (
	spreadA = 0x9e3779b1
	spreadB = 0x85ebca77
	spreadC = 0xc2b2ae3d
)

// Hash returns a number that looks random and depends on its arguments only.
func Hash(a, b, c uint32) uint32 { return mixBits(a*spreadA ^ b*spreadB ^ c*spreadC) }

// mixBits spreads each bit of h over all bits.
func mixBits(h uint32) uint32 {
	h ^= h >> 15
	h *= 0x2c1b3c6d
	h ^= h >> 12
	h *= 0x297a2d39
	return h ^ h>>15
}

// unit maps a hash to [0,1).
func unit(h uint32) float64 { return float64(float64(h>>8) / (1 << 24)) }

// Random returns a number in [0,1) that looks random and depends on its arguments only.
func Random(a, b int, c uint32) float64 { return unit(Hash(uint32(a), uint32(b), c)) }

// Noise returns a smooth function of the plane, with values in [0,1] and features about 1 wide.
func Noise(x, y float64, seed uint32) float64 {
	fx, fy := math.Floor(x), math.Floor(y)
	tx, ty := x-fx, y-fy
	tx, ty = float64(float64(tx*tx)*(3-float64(2*tx))), float64(float64(ty*ty)*(3-float64(2*ty)))
	// The hashes of the four corners, which share most of their factors.
	left, top, z := uint32(int(fx))*spreadA, uint32(int(fy))*spreadB, seed*spreadC
	right, bottom := left+spreadA, top+spreadB
	a, b := unit(mixBits(left^top^z)), unit(mixBits(right^top^z))
	c, d := unit(mixBits(left^bottom^z)), unit(mixBits(right^bottom^z))
	return Lerp(Lerp(a, b, tx), Lerp(c, d, tx), ty)
}

// FractalNoise returns the sum of octaves of noise, each with features about half as wide. Values are in [0,1], most of
// them near the middle.
func FractalNoise(x, y float64, octaves int, seed uint32) float64 {
	sum, size, total := 0.0, 0.5, 0.0
	for i := range octaves {
		sum = MulAdd(Noise(x, y, seed+uint32(i)), size, sum)
		total += size
		size /= 2
		// Turn the plane a little each time, so that the lattice is invisible.
		x, y = MulAdd(x, 1.79, MulAdd(y, 0.91, 3.7)), MulAdd(y, 1.79, MulAdd(x, -0.91, 1.3))
	}
	return sum / total
}

// RidgedNoise returns noise in [0,1] with sharp ridges near 1.
func RidgedNoise(x, y float64, octaves int, seed uint32) float64 {
	sum, size, total := 0.0, 0.5, 0.0
	for i := range octaves {
		n := 1 - math.Abs(float64(2*Noise(x, y, seed+uint32(i)))-1)
		sum = MulAdd(float64(n*n), size, sum)
		total += size
		size /= 2
		x, y = MulAdd(x, 1.79, MulAdd(y, 0.91, 3.7)), MulAdd(y, 1.79, MulAdd(x, -0.91, 1.3))
	}
	return sum / total
}
