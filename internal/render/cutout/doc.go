// Package cutout finds in a prompt the nouns that a drawing exists for, and draws them: flat cut-outs, as an animatic's
// are. The drawings are Fluent Emoji's, the words that name them are Unicode's CLDR's, and both are part of the program.
package cutout
