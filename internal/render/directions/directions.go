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
	Target  string  // what a push, a zoom or a rack focus goes to: "red car"; "" if the words name nothing
	Source  string  // what a rack focus comes from; "" if the words name nothing
}

// Names of moves: Static is that of a camera that does not move, and RackFocus that of one whose focus goes from one distance to another.
const (
	Static    = "static"
	RackFocus = "rack focus"
)

// Read reads the directions of a prompt for a video of the length given.
func Read(prompt string, seconds float64) Reading {
	return read(split(prompt), seconds).finish()
}

// Words returns for each word of a prompt, in lower case, which of its occurrences direct the camera and so name nothing that
// is seen: in "a truck on a road, truck left" the second.
func Words(prompt string) map[string][]bool {
	text := split(prompt)
	r := read(text, 0)
	out := map[string][]bool{}
	for i, w := range text {
		out[w] = append(out[w], r.directed[i])
	}
	return out
}

// read reads the clauses of a text.
func read(text []string, seconds float64) *reader {
	r := &reader{verbs: verbRows(), order: order{seconds: seconds}, lastFactor: factors{1, 1}, adjectives: factors{1, 1}, directed: map[int]bool{}}
	tokens := timecodes(known().tokens(text), seconds)
	for _, c := range clauses(tokens) {
		r.read(c)
	}
	for _, t := range tokens {
		for i := range t.len {
			r.directed[t.at+i] = r.directed[t.at+i] || t.is("time")
		}
	}
	return r
}
