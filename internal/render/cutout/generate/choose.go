package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// drawing is one drawing that is kept.
type drawing struct {
	icon, emoji string
	habitat     string
	height      int      // centimetres
	calls       []string // further English names
	body        string   // SVG
}

// skinTone is the tone of the drawings of people that are kept.
const skinTone = "-medium-light"

// choose returns the drawings that choice.tsv keeps, in the order of emoji-test.txt.
func choose(choice, fluent, emoji string) ([]*drawing, error) {
	var icons struct {
		Icons map[string]struct{ Body string }
	}
	chars := map[string]string{}
	for name, to := range map[string]any{"icons.json": &icons, "chars.json": &chars} {
		b, err := os.ReadFile(filepath.Join(fluent, name))
		if err != nil {
			return nil, err
		}
		if err := json.Unmarshal(b, to); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	list, err := os.ReadFile(emoji)
	if err != nil {
		return nil, err
	}
	rules := parseChoice(choice)
	var all []*drawing
	group := ""
	for line := range strings.Lines(string(list)) {
		if name, ok := strings.CutPrefix(line, "# subgroup: "); ok {
			group = strings.TrimSpace(name)
		}
		codes, rest, ok := strings.Cut(line, "; fully-qualified")
		if !ok {
			continue
		}
		key := strings.ToLower(strings.Join(strings.Fields(codes), "-"))
		icon := chars[key]
		if icon == "" {
			icon = chars[strings.ReplaceAll(key, "-fe0f", "")]
		}
		habitat, known := rules.groups[group]
		if icon == "" || !known || rules.dropped[icon] || icons.Icons[icon].Body == "" || hasTone(key) {
			continue
		}
		if own, ok := rules.single[icon]; ok {
			habitat = own
		}
		d := &drawing{icon: icon, emoji: strings.Fields(rest)[1], habitat: habitat.name, height: habitat.height, calls: rules.calls[icon], body: icons.Icons[icon].Body}
		if toned := icons.Icons[icon+skinTone].Body; toned != "" {
			d.body = toned
		}
		if !slices.ContainsFunc(all, func(o *drawing) bool { return o.icon == icon }) {
			all = append(all, d)
		}
	}
	return all, nil
}

// hasTone reports whether a sequence of code points has a skin tone.
func hasTone(key string) bool {
	for _, tone := range []string{"1f3fb", "1f3fc", "1f3fd", "1f3fe", "1f3ff"} {
		if strings.Contains(key, tone) {
			return true
		}
	}
	return false
}

type habitat struct {
	name   string
	height int
}

// choiceRules is choice.tsv.
type choiceRules struct {
	groups, single map[string]habitat
	dropped        map[string]bool
	calls          map[string][]string
}

func parseChoice(text string) choiceRules {
	r := choiceRules{map[string]habitat{}, map[string]habitat{}, map[string]bool{}, map[string][]string{}}
	for line := range strings.Lines(text) {
		f := strings.Split(strings.TrimSpace(line), "\t")
		switch f[0] {
		case "group":
			n, _ := strconv.Atoi(f[3])
			r.groups[f[1]] = habitat{f[2], n}
		case "as":
			n, _ := strconv.Atoi(f[2])
			for _, icon := range strings.Fields(f[3]) {
				r.single[icon] = habitat{f[1], n}
			}
		case "drop":
			for _, icon := range strings.Fields(f[1]) {
				r.dropped[icon] = true
			}
		case "call":
			r.calls[f[1]] = append(r.calls[f[1]], strings.Split(f[2], "|")...)
		}
	}
	return r
}
