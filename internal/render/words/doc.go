// Package words splits prompts into words, and finds in them what is to be written and whether a person is named.
package words
