package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/google/licensecheck"
)

// part is something that others made, with one of its files of licence.
type part struct {
	name string // with its version, if it has one
	text string // of the file
	kind string // licences, in SPDX's form; "" = the file is no licence, but names authors or patents
}

const introduction = `Filmgate is licensed under the Apache License, Version 2.0. These parts of it were made by others, each under the licence below its
name. ffmpeg and ffprobe are programs of their own, which Filmgate runs, and no part of it.
`

// least is the share of a text, in percent, that must be a known licence's for it to be named by that.
const least = 75

// write returns the text of the file. Parts with the same text share it. It fails if a part has no licence.
func write(all []part) (string, error) {
	names := map[string][]string{} // by title and text
	licensed := map[string]bool{}  // by name
	for _, p := range all {
		licensed[p.name] = licensed[p.name] || p.kind != ""
		if p.text == "" {
			continue
		}
		kind := p.kind
		if kind == "" {
			kind = "Notice"
		}
		section := kind + ": %s\n\n" + tidy(p.text) + "\n"
		if !slices.Contains(names[section], p.name) {
			names[section] = append(names[section], p.name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(licensed)) {
		if !licensed[name] {
			return "", fmt.Errorf("%s: none of its files is a licence that is known", name)
		}
	}
	var sections []string
	for section, named := range names {
		slices.Sort(named)
		sections = append(sections, strings.Replace(section, "%s", strings.Join(named, ", "), 1))
	}
	slices.Sort(sections)
	rule := "\n" + strings.Repeat("=", 80) + "\n"
	return introduction + rule + strings.Join(sections, rule), nil
}

// tidy returns the text without spaces at the ends of its lines, and without empty lines before and after it.
func tidy(text string) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		lines[i] = strings.TrimRight(line, " \t\r\f")
	}
	return strings.Trim(strings.Join(lines, "\n"), "\n")
}

// licence returns the names of the licences that most of the text is, in SPDX's form, or "".
func licence(text string) string {
	found := licensecheck.Scan([]byte(text))
	if found.Percent < least {
		return ""
	}
	var ids []string
	for _, m := range found.Match {
		if !m.IsURL && !slices.Contains(ids, m.ID) {
			ids = append(ids, m.ID)
		}
	}
	return strings.Join(ids, " AND ")
}
