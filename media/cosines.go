package media

// Factors of the transform, in 13-bit fractions.
const (
	cos0298 = 2446  // 0.298631336
	cos0390 = 3196  // 0.390180644
	cos0541 = 4433  // 0.541196100
	cos0765 = 6270  // 0.765366865
	cos0899 = 7373  // 0.899976223
	cos1175 = 9633  // 1.175875602
	cos1501 = 12299 // 1.501321110
	cos1847 = 15137 // 1.847759065
	cos1961 = 16069 // 1.961570560
	cos2053 = 16819 // 2.053119869
	cos2562 = 20995 // 2.562915447
	cos3072 = 25172 // 3.072711026
)

// cosines is the discrete cosine transform of an 8x8 block, in place; its values are eight times those of T.81. It is the
// method of Loeffler, Ligtenberg and Moschytz in whole numbers, rows first, which keep two bits more for the columns.
func cosines(b *[64]int32) {
	for i := 0; i < 64; i += 8 {
		r := (*[8]int32)(b[i:])
		transform(&r[0], &r[1], &r[2], &r[3], &r[4], &r[5], &r[6], &r[7], 11)
		r[0] <<= 2
		r[4] <<= 2
	}
	for i := range 8 {
		transform(&b[i], &b[i+8], &b[i+16], &b[i+24], &b[i+32], &b[i+40], &b[i+48], &b[i+56], 15)
		b[i] = (b[i] + 2) >> 2
		b[i+32] = (b[i+32] + 2) >> 2
	}
}

// transform does one row or column. All but the first value and the fifth are scaled down by shift bits.
func transform(x0, x1, x2, x3, x4, x5, x6, x7 *int32, shift uint) {
	s0, s1, s2, s3 := *x0+*x7, *x1+*x6, *x2+*x5, *x3+*x4
	d4, d5, d6, d7 := *x3-*x4, *x2-*x5, *x1-*x6, *x0-*x7
	half := int32(1) << (shift - 1)

	a, b, c, d := s0+s3, s1+s2, s1-s2, s0-s3
	*x0, *x4 = a+b, a-b
	z := (c+d)*cos0541 + half
	*x2, *x6 = (z+d*cos0765)>>shift, (z-c*cos1847)>>shift

	z1, z2, z3, z4 := -(d4+d7)*cos0899, -(d5+d6)*cos2562, -(d4+d6)*cos1961, -(d5+d7)*cos0390
	z5 := (d4+d6+d5+d7)*cos1175 + half
	z3 += z5
	z4 += z5
	*x7 = (d4*cos0298 + z1 + z3) >> shift
	*x5 = (d5*cos2053 + z2 + z4) >> shift
	*x3 = (d6*cos3072 + z2 + z3) >> shift
	*x1 = (d7*cos1501 + z1 + z4) >> shift
}
