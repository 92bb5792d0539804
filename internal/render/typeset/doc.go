// Package typeset sets text in type: it shapes the letters of any script that it has a font for, breaks lines where the
// script allows it, fits the text into a box, and draws how much of each pixel the letters cover.
//
// The fonts are Noto Sans, semi-bold, reduced to Latin, Greek, Cyrillic, Arabic, Hebrew, Devanagari and Thai letters, kana, and
// the Chinese, Japanese and Korean characters in common use (the first levels of GB 2312, JIS X 0208 and Big5, and KS X 1001). go-text
// shapes (ligatures, combining marks, right to left) and breaks lines. Outlines are drawn here in fixed-point numbers, so that
// the same text gives the same pixels on every machine.
package typeset
