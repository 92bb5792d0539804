// Package words splits prompts into words.
package words
