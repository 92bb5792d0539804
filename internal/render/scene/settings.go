package scene

import "slices"

// Settings returns what is in the scene that New draws, in the form of its table and sorted: "add=boat", "fall=rain", "ground=sea",
// "hour=night".
func Settings(prompt, without string, seed uint32) []string {
	what, known := parseWanted(prompt, without)
	s := &scene{sceneSpec: what}
	s.choose(known, seed, hashOf(prompt))
	return s.settings()
}

// Named returns the settings that the words of a prompt name, in the form of Settings, with nothing that New would choose.
func Named(prompt string) []string {
	what, _ := parseScene(prompt)
	return what.settings()
}

// settings lists what is in the scene.
func (s *sceneSpec) settings() []string {
	var out []string
	for _, one := range [][2]string{{"hour", s.hour}, {"far", s.far}, {"ground", s.ground}, {"near", s.near}, {"location", s.location}, {"backdrop", s.backdrop}} {
		if one[1] != "" {
			out = append(out, one[0]+"="+one[1])
		}
	}
	for thing := range s.things {
		out = append(out, "add="+thing)
	}
	for particle := range s.particles {
		out = append(out, "fall="+particle)
	}
	slices.Sort(out)
	return out
}
