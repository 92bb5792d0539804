package runway

import (
	"net/http"
	"regexp"
	"slices"
	"time"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/dialect"
	"github.com/filmgate/filmgate/internal/task"
)

// enoughCredits is the balance of every organization. Filmgate sells no credits, so programs that look at their balance before a
// create must find enough.
const enoughCredits = 1_000_000

const (
	day         = 24 * time.Hour
	maxDays     = 90       // of a report
	usageBody   = 64 << 10 // bytes
	dateForm    = "2006-01-02"
	dateAllowed = "a date such as 2026-11-28"
)

var dateMatch = regexp.MustCompile(`^[0-9]{4}-[0-9]{2}-[0-9]{2}$`)

type organization struct {
	CreditBalance int64  `json:"creditBalance" doc:"Always 1000000: Filmgate sells no credits."`
	Tier          tier   `json:"tier" doc:"Limits. There are none by model."`
	Usage         counts `json:"usage" doc:"Tasks of the last 24 hours, deleted ones too."`
}

type tier struct {
	MaxMonthlyCreditSpend int64            `json:"maxMonthlyCreditSpend" doc:"Always 1000000."`
	Models                map[string]limit `json:"models" doc:"By model."`
}

type limit struct {
	MaxConcurrentGenerations *int64 `json:"maxConcurrentGenerations" doc:"Always null: tasks above what an engine takes wait."`
	MaxDailyGenerations      *int64 `json:"maxDailyGenerations" doc:"Always null."`
}

type counts struct {
	Models map[string]generations `json:"models" doc:"By model."`
}

type generations struct {
	DailyGenerations int64 `json:"dailyGenerations" doc:"Tasks that were created in the last 24 hours."`
}

func (c calls) organization(_ http.ResponseWriter, r *http.Request, who apikey.Key) ([]byte, error) {
	out := organization{CreditBalance: enoughCredits, Tier: tier{enoughCredits, map[string]limit{}}, Usage: counts{map[string]generations{}}}
	for _, m := range models() {
		out.Tier.Models[m.name] = limit{}
	}
	now := c.gw.Now()
	found, err := c.gw.Usage(r.Context(), who, task.UsageQuery{From: now.Add(-day), To: now.Add(time.Second), By: task.UsageByModel})
	if err != nil {
		return nil, err
	}
	for _, u := range found {
		out.Usage.Models[u.Model] = generations{u.Tasks}
	}
	return dialect.Marshal(out), nil
}

// usage is a report of what was charged by day and model.
type usage struct {
	Results []usageDay `json:"results" doc:"The days on which something was charged, oldest first."`
	Models  []string   `json:"models" doc:"The models in them, sorted."`
}

type usageDay struct {
	Date        string        `json:"date" format:"date" doc:"The day, in UTC."`
	UsedCredits []usedCredits `json:"usedCredits" doc:"By model, sorted."`
}

type usedCredits struct {
	Model  string  `json:"model" doc:"The model."`
	Amount float64 `json:"amount" doc:"Credits of a cent."`
}

func (c calls) usage(w http.ResponseWriter, r *http.Request, who apikey.Key) ([]byte, error) {
	f, err := dialect.ReadFields(w, r, usageBody)
	if err != nil {
		return nil, err
	}
	from, to := decodeUsage(f, c.gw.Now())
	dialect.ReportIgnored(w, r, f)
	if err := f.Err(); err != nil {
		return nil, err
	}
	found, err := c.gw.Usage(r.Context(), who, task.UsageQuery{From: from, To: to, By: task.UsageByBoth})
	if err != nil {
		return nil, err
	}
	return dialect.Marshal(usageOf(from, found)), nil
}

// decodeUsage reads the days of a report: by default the last 30. The end is exclusive.
func decodeUsage(f *dialect.Fields, now time.Time) (from, to time.Time) {
	today := now.UTC().Truncate(day)
	from = decodeDate(f, "startDate", today.Add(-30*day))
	to = decodeDate(f, "beforeDate", from.Add(30*day))
	if span := to.Sub(from); !f.HasErrors("beforeDate") && (span <= 0 || span > maxDays*day) {
		f.AddError("beforeDate", "must be 1 to %d days after startDate", maxDays)
	}
	return from, to
}

func decodeDate(f *dialect.Fields, name string, fallback time.Time) time.Time {
	text := f.Matching(name, dateMatch, dateAllowed)
	if text == "" {
		return fallback
	}
	d, err := time.Parse(dateForm, text)
	if err != nil {
		f.AddError(name, "%s is not possible; allowed: %s", text, dateAllowed)
		return fallback
	}
	return d
}

// usageOf reports the costs of found, which is sorted by day and model. Its days are counted from from on.
func usageOf(from time.Time, found []task.Usage) usage {
	out := usage{Results: []usageDay{}, Models: []string{}}
	for _, u := range found {
		amount := dialect.CreditsOf(u.Costs)
		if amount == 0 {
			continue
		}
		date := from.Add(time.Duration(u.Day) * task.UsageDay).Format(dateForm)
		if n := len(out.Results); n == 0 || out.Results[n-1].Date != date {
			out.Results = append(out.Results, usageDay{Date: date})
		}
		last := &out.Results[len(out.Results)-1]
		last.UsedCredits = append(last.UsedCredits, usedCredits{u.Model, roundCredits(amount)})
		if !slices.Contains(out.Models, u.Model) {
			out.Models = append(out.Models, u.Model)
		}
	}
	slices.Sort(out.Models)
	return out
}
