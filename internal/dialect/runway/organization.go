package runway

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
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
	maxRows     = 200_000  // tasks that one report reads
	pageRows    = 500      // tasks that are read at once
	usageBody   = 64 << 10 // bytes
	dateForm    = "2006-01-02"
	dateAllowed = "a date such as 2026-11-28"
)

var dateMatch = regexp.MustCompile(`^[0-9]{4}-[0-9]{2}-[0-9]{2}$`)

type organization struct {
	CreditBalance int64  `json:"creditBalance" doc:"Always 1000000: Filmgate sells no credits."`
	Tier          tier   `json:"tier" doc:"Limits. There are none by model."`
	Usage         counts `json:"usage" doc:"Tasks of the last 24 hours."`
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
	DailyGenerations int `json:"dailyGenerations" doc:"Tasks that were created in the last 24 hours."`
}

func (c calls) organization(_ http.ResponseWriter, r *http.Request, who apikey.Key) ([]byte, error) {
	out := organization{CreditBalance: enoughCredits, Tier: tier{enoughCredits, map[string]limit{}}, Usage: counts{map[string]generations{}}}
	for _, m := range models() {
		out.Tier.Models[m.name] = limit{}
	}
	err := c.eachTask(r, who, c.gw.Now().Add(-day), c.gw.Now().Add(time.Second), func(t task.Task) {
		out.Usage.Models[t.Request.Model] = generations{out.Usage.Models[t.Request.Model].DailyGenerations + 1}
	})
	if err != nil {
		return nil, err
	}
	return dialect.Marshal(out), nil
}

// eachTask calls f with the account's tasks that were created between two times. Deleted ones are not among them.
func (c calls) eachTask(r *http.Request, who apikey.Key, from, to time.Time, f func(task.Task)) error {
	q := task.Query{CreatedFrom: from, CreatedTo: to, Limit: pageRows}
	for range maxRows / pageRows {
		page, err := c.gw.List(r.Context(), who, q)
		if err != nil {
			return err
		}
		for _, t := range page {
			f(t)
		}
		if len(page) < pageRows {
			return nil
		}
		last := page[len(page)-1]
		q.After = task.Cursor{Created: last.Created, ID: last.ID}
	}
	return &task.Error{Code: task.Invalid, Detail: "There are too many tasks in this time. Ask for fewer days."}
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
	var tasks []task.Task
	if err := c.eachTask(r, who, from, to, func(t task.Task) { tasks = append(tasks, t) }); err != nil {
		return nil, err
	}
	return dialect.Marshal(usageOf(tasks)), nil
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

// usageOf sums what tasks have cost.
func usageOf(tasks []task.Task) usage {
	sums := map[string]map[string]float64{}
	out := usage{Results: []usageDay{}, Models: []string{}}
	for _, t := range tasks {
		amount := dialect.Credits(t)
		if amount == 0 {
			continue
		}
		date := t.Created.UTC().Format(dateForm)
		if sums[date] == nil {
			sums[date] = map[string]float64{}
		}
		sums[date][t.Request.Model] += amount
		if !slices.Contains(out.Models, t.Request.Model) {
			out.Models = append(out.Models, t.Request.Model)
		}
	}
	slices.Sort(out.Models)
	for date, byModel := range sums {
		one := usageDay{Date: date}
		for _, m := range out.Models {
			if amount, ok := byModel[m]; ok {
				one.UsedCredits = append(one.UsedCredits, usedCredits{m, roundCredits(amount)})
			}
		}
		out.Results = append(out.Results, one)
	}
	slices.SortFunc(out.Results, func(a, b usageDay) int { return strings.Compare(a.Date, b.Date) })
	return out
}
