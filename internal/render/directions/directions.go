package directions

// Reading is what a prompt says of the camera.
type Reading struct {
	Steps  []Step // one after another; none if the prompt names no move
	Styles []Move // shots that count for the whole video: timelapse, aerial view
}

// Step is the moves that are made at the same time.
type Step struct {
	Moves    []Move
	From, To float64 // times of [0,1]
}

// Move is one move of the camera.
type Move struct {
	Name    string  // a row of the camera's table: "pan left", "static"
	Factor  float64 // how far, against the usual; 1 if the words do not say
	Degrees float64 // how far, if the words say it in degrees; else 0
	Times   float64 // how much larger, if the words say so ("3x zoom"); else 0
}

// Static is the name of the move of a camera that does not move.
const Static = "static"

// Read reads the directions of a prompt for a video of the length given.
func Read(prompt string, seconds float64) Reading {
	lex := parseLexicon()
	r := &reader{verbs: parseVerbs(), order: order{seconds: seconds}, lastFactor: factors{1, 1}}
	for _, c := range clauses(lex.tokens(split(prompt))) {
		r.read(c)
	}
	return r.finish()
}
