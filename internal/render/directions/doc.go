// Package directions reads what a prompt says of the camera: which moves, which way, how far, how fast, and in which order.
//
// The words are data. lexicon.tsv has those of eight languages with their meanings, and verbs.tsv says which move a verb makes
// with a direction. A prompt is cut into words (split.go), whose meanings are looked up with their forms and with typing
// errors of one letter (match.go, typo.go). Clauses (cut.go) are read word by word (clause.go): a verb counts if the camera is its
// subject, or if it is a word of film. Then the clauses' moves are put in order (order.go).
package directions
