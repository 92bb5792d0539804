package terminal

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/filmgate/filmgate/internal/client"
)

// Models prints a line for each engine of each model.
func Models(out io.Writer, models []client.Model) error {
	table := newTable(out, "MODEL\tENGINE\tITS MODEL\tWEIGHT\tFROM\tSECONDS\tRATIOS\tRESOLUTIONS\tPRICE\tRESULT KEPT")
	for _, m := range models {
		name := m.Name
		for _, o := range m.Engines {
			fmt.Fprintln(table, strings.Join(append([]string{name}, cells(o)...), "\t"))
			name = "" // its other engines follow in the lines below
		}
		if len(m.Engines) == 0 {
			fmt.Fprintf(table, "%s\tnone\n", name)
		}
	}
	return table.Flush()
}

// cells returns an engine's cells of the table.
func cells(o client.Offer) []string {
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
	return []string{o.Engine, o.Model, weight, strings.Join(o.Modes, ", "), lengths(o), orAny(o.AspectRatios), orAny(o.Resolutions), price, kept}
}

// lengths returns the lengths in seconds, successive ones as a range: "2-10", "5, 10", "up to 60".
func lengths(o client.Offer) string {
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

// span returns a time in days or hours if it is a whole number of them.
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
