package directions

import "testing"

func BenchmarkRead(b *testing.B) {
	for b.Loop() {
		Read("A lighthouse on a cliff above a stormy sea at dusk, the camera slowly pans to the right and then tilts up", 5)
	}
}
