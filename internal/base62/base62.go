// Package base62 writes bytes as digits and letters.
package base62

import "math/big"

const digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

// Encode returns the number b (big-endian) as n base-62 digits, the least significant first. If b needs more digits, the
// most significant ones are left out.
func Encode(b []byte, n int) string {
	rest, digit, radix := new(big.Int).SetBytes(b), new(big.Int), big.NewInt(int64(len(digits)))
	out := make([]byte, n)
	for i := range out {
		rest.DivMod(rest, radix, digit)
		out[i] = digits[digit.Int64()]
	}
	return string(out)
}
