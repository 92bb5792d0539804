package directions

// clause is the words between two marks or conjunctions.
type clause struct {
	tokens  []token
	opener  string // what came before it: "." a sentence's end, ",", "and", "meanwhile", "who" or "[" a bracket
	word    string // "next", "first", "after" or "before" if such a word opens it
	bracket bool   // it is in square brackets, which hold nothing but directions
	span    *span  // when it happens; nil: not said
}

// cutter cuts tokens into clauses.
type cutter struct {
	clause
	out []clause
}

// clauses cuts tokens into clauses.
func clauses(tokens []token) []clause {
	c := &cutter{clause: clause{opener: "."}}
	for i, t := range tokens {
		switch {
		case t.is("mark"):
			c.mark(t.text)
		case t.is("time"):
			c.end(".")
			c.span = t.span
		case t.is("meanwhile who"):
			c.end(t.kind)
		case t.is("and") && divides(tokens[i+1:]):
			c.end("and")
		case t.is("next first after before"):
			c.end(",")
			if c.word == "" || c.word == "first" {
				c.word = t.kind
			}
		default:
			c.tokens = append(c.tokens, t)
		}
	}
	c.end(".")
	return c.out
}

// mark ends the clause at a mark that divides clauses. A colon or another mark divides nothing: "camera: pan left".
func (c *cutter) mark(text string) {
	switch text {
	case "[", "【":
		c.end("[")
		c.opener, c.bracket = "[", true
	case "]", "】":
		c.end(".")
		c.bracket = false
	case "→":
		c.end(",")
		c.word = "next"
	case ".", ";", "!", "?", "。", "；", "！", "？", "\n":
		c.end(".")
	case ",", "，", "、", "(", ")", "（", "）":
		c.end(",")
	}
}

// end ends the clause and says what opens the one after it.
func (c *cutter) end(opener string) {
	if len(c.tokens) > 0 || c.word != "" && opener != "," {
		c.out = append(c.out, c.clause)
		c.clause = clause{bracket: c.bracket, span: c.span}
	} else if c.opener == "." || c.opener == "[" {
		return
	}
	c.opener = opener
}

// divides reports whether a new clause begins after "and": with a verb, its subject the camera, or a word of order.
func divides(rest []token) bool {
	for _, t := range rest {
		switch {
		case t.is("verb hold still move camera next no reveal it"):
			return true
		case !t.is("fill the factor sudden first"):
			return false
		}
	}
	return false
}
