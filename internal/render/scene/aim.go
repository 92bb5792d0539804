package scene

import "strings"

// aim has the camera go to the cut-outs that the prompt names for its moves. Up and down it stays, since cut-outs stand on the ground. A
// product shot has what it shows in its middle.
func (s *scene) aim() {
	if s.backdrop != "" {
		return
	}
	for _, a := range s.take.Plan.Aims {
		for _, f := range s.figures() {
			if named(a.Words, f.Words) {
				s.take.Plan.AimAt(a, f.x, 0, f.near, s.aspect, 0)
				break
			}
		}
	}
}

// named reports whether words name a noun: "red car" names car.
func named(all, noun string) bool { return strings.Contains(" "+all+" ", " "+noun+" ") }
