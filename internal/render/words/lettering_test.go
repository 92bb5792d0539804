package words

import (
	"slices"
	"strings"
	"testing"
)

func TestLetteringsAreFoundInPrompts(t *testing.T) {
	for _, c := range []struct {
		prompt string
		want   []Lettering
	}{
		// Quoted.
		{`text that says "SALE 50% OFF"`, []Lettering{{"SALE 50% OFF", Text}}},
		{`"SALE 50% OFF" over a beach at sunset`, []Lettering{{"SALE 50% OFF", Text}}},
		{`a neon sign reading "OPEN" in a rainy street`, []Lettering{{"OPEN", Sign}}},
		{`A wooden signpost with 'Kansas' written on it`, []Lettering{{"Kansas", Sign}}},
		{`title card: “The Last Voyage”`, []Lettering{{"The Last Voyage", Title}}},
		{`logo reveal for a company called “Nova Labs”`, []Lettering{{"Nova Labs", Logo}}},
		{`the "Acme" logo spins`, []Lettering{{"Acme", Logo}}},
		{`An old man says "I was there once."`, []Lettering{{"I was there once.", Subtitle}}},
		{`ein Schild mit der Aufschrift „Geöffnet“`, []Lettering{{"Geöffnet", Text}}},
		{`une enseigne « Boulangerie » dans la rue`, []Lettering{{"Boulangerie", Sign}}},
		{`un cartel que dice «Cerrado»`, []Lettering{{"Cerrado", Sign}}},
		{`вывеска «Кофе» на улице`, []Lettering{{"Кофе", Sign}}},
		{`夜の街、看板に「営業中」`, []Lettering{{"営業中", Sign}}},
		{`标题「長い道」`, []Lettering{{"長い道", Title}}},
		{`the words "one" and then the words "two"`, []Lettering{{"one", Text}, {"two", Text}}},
		{`signs "LEFT" and "RIGHT"`, []Lettering{{"LEFT", Sign}, {"RIGHT", Sign}}},
		{`a sign "STOP", "GO"`, []Lettering{{"STOP", Sign}, {"GO", Sign}}},
		{`שלט "פתוח" ברחוב`, []Lettering{{"פתוח", Text}}},
		// Not quoted.
		{"text that says Happy Birthday over a cake", []Lettering{{"Happy Birthday", Text}}},
		{"a sign reading OPEN on a door", []Lettering{{"OPEN", Sign}}},
		{"a banner that says welcome home over the street", []Lettering{{"welcome home", Sign}}},
		{"logo reveal for a company called Acme", []Lettering{{"Acme", Logo}}},
		{"logo reveal for Blue Ridge Coffee, dark background", []Lettering{{"Blue Ridge Coffee", Logo}}},
		{"Nimbus logo reveal with particles", []Lettering{{"Nimbus", Logo}}},
		{"title card: The Lord of the Rings", []Lettering{{"The Lord of the Rings", Title}}},
		{"opening title card that reads Chapter One", []Lettering{{"Chapter One", Title}}},
		{"text saying SALE 50% OFF, zoom in", []Lettering{{"SALE 50% OFF", Text}}},
		// None.
		{"a cat playing piano", nil},
		{`"a cat playing piano"`, nil},
		{`a dog named "Max" runs`, nil},
		{"a dog's life and the cats' tails", nil},
		{"'90s style video with rock 'n' roll", nil},
		{"a hand reading a book", nil},
		{"a man writes a text message", nil},
		{"logo", nil},
		{"", nil},
		{`say "" nothing`, nil},
		{`{"scene":"a","camera":"b","light":"c","mood":"d","x":"e"}`, nil},
		{`he said "` + strings.Repeat("long ", 60) + `"`, nil},
	} {
		got, _ := Letterings(c.prompt)
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: found %v, wanted %v", c.prompt, got, c.want)
		}
	}
}

func TestThePromptIsLeftWithoutItsLettering(t *testing.T) {
	for _, c := range []struct{ prompt, want string }{
		{`a sign reading "pan left to the sea" in a forest`, "a reading in a forest"},
		{"text that says Ocean Drive, zoom in", "that says zoom in"},
		{`"a boat at sea"`, "a boat at sea"},
		{`a dog named "Max" runs`, "a dog named Max runs"},
		{"a dog's life", "a dog's life"},
		{"a \"b", "a \"b"},
	} {
		_, rest := Letterings(c.prompt)
		if got := strings.Join(strings.Fields(rest), " "); got != c.want {
			t.Errorf("%s: %q is left, wanted %q", c.prompt, got, c.want)
		}
	}
}
