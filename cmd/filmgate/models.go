package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/filmgate/filmgate/internal/config"
)

// wireModel is what this client reads of a model from the server.
type wireModel struct {
	Name    string      `json:"name"`
	Engines []wireOffer `json:"engines"`
}

type wireOffer struct {
	Engine        string   `json:"engine"`
	Model         string   `json:"model"`
	Weight        int      `json:"weight"`
	Modes         []string `json:"modes"`
	Seconds       []int    `json:"seconds"`
	MaxSeconds    int      `json:"max_seconds"`
	AspectRatios  []string `json:"aspect_ratios"`
	Resolutions   []string `json:"resolutions"`
	ResultSeconds int      `json:"result_seconds"`
	Price         *struct {
		PerSecond float64 `json:"per_second"`
		PerClip   float64 `json:"per_clip"`
		Currency  string  `json:"currency"`
	} `json:"price"`
}

func (p program) modelsCommand() *cobra.Command {
	raw := false
	c := p.command("models", "List the models, the engines that make them in order, and what each can do", func(ctx context.Context, s config.Settings, _ []string) error {
		return p.listModels(ctx, p.client(s), raw)
	}, nil, config.PartClient)
	c.Flags().BoolVar(&raw, "json", false, "print all that is known, as JSON")
	return c
}

func (p program) listModels(ctx context.Context, c client, raw bool) error {
	answer, err := c.call(ctx, http.MethodGet, "/api/v1/models", nil)
	if err != nil {
		return err
	}
	if raw {
		return p.printJSON(answer)
	}
	var list struct {
		Models []wireModel `json:"models"`
	}
	if err := decode(answer, &list); err != nil {
		return err
	}
	table := tabwriter.NewWriter(p.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "MODEL\tENGINE\tITS MODEL\tWEIGHT\tFROM\tSECONDS\tRATIOS\tRESOLUTIONS\tPRICE\tRESULT KEPT")
	for _, m := range list.Models {
		name := m.Name
		for _, o := range m.Engines {
			fmt.Fprintln(table, strings.Join(append([]string{name}, o.cells()...), "\t"))
			name = "" // the rest of its engines stand under it
		}
		if len(m.Engines) == 0 {
			fmt.Fprintf(table, "%s\tnone\n", name)
		}
	}
	return table.Flush()
}

// cells are an engine's cells of the table.
func (o wireOffer) cells() []string {
	weight, price, kept := "-", "-", "-"
	if o.Weight > 0 {
		weight = strconv.Itoa(o.Weight)
	}
	if o.Price != nil {
		var parts []string
		if o.Price.PerSecond > 0 {
			parts = append(parts, fmt.Sprintf("%g %s/s", o.Price.PerSecond, o.Price.Currency))
		}
		if o.Price.PerClip > 0 {
			parts = append(parts, fmt.Sprintf("%g %s", o.Price.PerClip, o.Price.Currency))
		}
		price = strings.Join(parts, " + ")
	}
	if o.ResultSeconds > 0 {
		kept = span(time.Duration(o.ResultSeconds) * time.Second)
	}
	return []string{o.Engine, o.Model, weight, strings.Join(o.Modes, ", "), o.lengths(), orAny(o.AspectRatios), orAny(o.Resolutions), price, kept}
}

// lengths writes lengths in seconds, rows of them by their ends: "2-10", "5, 10", "up to 60".
func (o wireOffer) lengths() string {
	if len(o.Seconds) == 0 && o.MaxSeconds == 0 {
		return "any"
	}
	if len(o.Seconds) == 0 {
		return fmt.Sprintf("up to %d", o.MaxSeconds)
	}
	var parts []string
	for i := 0; i < len(o.Seconds); {
		end := i
		for end+1 < len(o.Seconds) && o.Seconds[end+1] == o.Seconds[end]+1 {
			end++
		}
		if end-i > 1 {
			parts = append(parts, fmt.Sprintf("%d-%d", o.Seconds[i], o.Seconds[end]))
		} else {
			for _, n := range o.Seconds[i : end+1] {
				parts = append(parts, strconv.Itoa(n))
			}
		}
		i = end + 1
	}
	return strings.Join(parts, ", ")
}

func orAny(all []string) string {
	if len(all) == 0 {
		return "any"
	}
	return strings.Join(all, ", ")
}

// span writes a time in days or hours where it is whole ones.
func span(d time.Duration) string {
	switch {
	case d%(24*time.Hour) == 0:
		return fmt.Sprintf("%d d", d/(24*time.Hour))
	case d%time.Hour == 0:
		return fmt.Sprintf("%d h", d/time.Hour)
	default:
		return d.String()
	}
}

// printJSON prints an answer with indents.
func (p program) printJSON(answer []byte) error {
	var b bytes.Buffer
	if err := json.Indent(&b, answer, "", "  "); err != nil {
		return decode(answer, new(json.RawMessage))
	}
	_, err := fmt.Fprintln(p.out, strings.TrimSpace(b.String()))
	return err
}
