package filmgate

import (
	"fmt"
	"net/http"
	"time"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/dialect"
	"github.com/filmgate/filmgate/internal/task"
)

const (
	usageDays     = 14  // of a query that names no time
	mostUsageDays = 100 // days of one query
)

// wireUsageSums sums up the tasks of a day or of a model.
type wireUsageSums struct {
	From           *wireTime        `json:"from" doc:"By day: when the day begins. It is 24 hours long, and only the last may end sooner. Null by model."`
	Model          *string          `json:"model" doc:"By model: the model that was asked for. Null by day."`
	Tasks          int64            `json:"tasks" doc:"Tasks that were created, deleted ones too. Those that are in none of the three ends below are still under way."`
	Succeeded      int64            `json:"succeeded" doc:"How many of them succeeded."`
	Failed         int64            `json:"failed" doc:"How many failed."`
	Cancelled      int64            `json:"cancelled" doc:"How many were cancelled."`
	VideoSeconds   float64          `json:"video_seconds" doc:"Seconds of video that they made, to the thousandth."`
	WaitSecondsP50 *float64         `json:"wait_seconds_p50" doc:"Of the ended tasks whose work began, half waited no longer than this from their creation until then; null where none did."`
	WaitSecondsP90 *float64         `json:"wait_seconds_p90" doc:"The same of nine in ten."`
	Costs          []wireUsageCosts `json:"costs" doc:"What the ended tasks cost at each engine, as far as it is known; sorted by engine."`
}

type wireUsageCosts struct {
	Engine   string  `json:"engine" doc:"The engine, by its configured name."`
	Currency string  `json:"currency" doc:"USD, or credits for the vendor's own."`
	Cost     float64 `json:"cost" doc:"The sum by the engine's price, in the currency."`
}

// usageList is all of the sums, on one page.
type usageList struct {
	Usage []wireUsageSums `json:"usage" doc:"By day: every day from from on, in order. By model: the models that were asked for, sorted by name."`
	Next  *string         `json:"next" doc:"Always null: all sums are on one page."`
}

func encodeUsage(u task.Usage, q task.UsageQuery) wireUsageSums {
	out := wireUsageSums{Tasks: u.Tasks, Succeeded: u.Succeeded, Failed: u.Failed, Cancelled: u.Cancelled, VideoSeconds: rounded(u.Video.Seconds()), Costs: []wireUsageCosts{}}
	if q.By == task.UsageByDay {
		out.From = timeOrNull(dayOf(q, u.Day))
	} else {
		out.Model = &u.Model
	}
	if u.Begun > 0 {
		half, most := rounded(u.WaitP50.Seconds()), rounded(u.WaitP90.Seconds())
		out.WaitSecondsP50, out.WaitSecondsP90 = &half, &most
	}
	for _, c := range u.Costs {
		out.Costs = append(out.Costs, wireUsageCosts(c))
	}
	return out
}

// dayOf returns the begin of a query's n-th day.
func dayOf(q task.UsageQuery, n int) time.Time { return q.From.Add(time.Duration(n) * task.UsageDay) }

// withEmptyDays adds the days on which no task was created. found is sorted by day.
func withEmptyDays(q task.UsageQuery, found []task.Usage) (all []task.Usage) {
	for n := 0; dayOf(q, n).Before(q.To); n++ {
		if len(found) > 0 && found[0].Day == n {
			all, found = append(all, found[0]), found[1:]
			continue
		}
		all = append(all, task.Usage{Day: n})
	}
	return all
}

// usageQuery reads the parameters of the call. Without times it is about the last two weeks, in days of UTC.
func (c calls) usageQuery(r *http.Request) (task.UsageQuery, error) {
	p := query{dialect.Query{Values: r.URL.Query()}}
	q := task.UsageQuery{
		From: p.time("from"), To: p.time("to"), Model: p.Get("model"),
		By: task.UsageBy(p.OneOf("by", string(task.UsageByDay), string(task.UsageByDay), string(task.UsageByModel))),
	}
	if q.To.IsZero() {
		q.To = c.gw.Now()
	}
	if q.From.IsZero() {
		q.From = q.To.UTC().Truncate(task.UsageDay).Add(-(usageDays - 1) * task.UsageDay)
	}
	// Rows hold milliseconds.
	q.From, q.To = q.From.UTC().Truncate(time.Millisecond), q.To.UTC().Truncate(time.Millisecond)
	if err := p.Err(); err != nil {
		return q, err
	}
	switch length := q.To.Sub(q.From); {
	case length < 0:
		p.AddError("from", "must not be after to, which is now if it is absent")
	case length > mostUsageDays*task.UsageDay:
		p.AddError("from", "is %.1f days before to; at most %d", length.Hours()/24, mostUsageDays)
	case q.From.UnixMilli() < 0:
		p.AddError("from", "is in the year %d; the first possible one is 1970", q.From.Year())
	}
	return q, p.Err()
}

func (c calls) readUsage(_ http.ResponseWriter, r *http.Request, who apikey.Key) (any, error) {
	q, err := c.usageQuery(r)
	if err != nil {
		return nil, err
	}
	found, err := c.gw.Usage(r.Context(), who, q)
	if err != nil {
		return nil, err
	}
	if q.By == task.UsageByDay {
		found = withEmptyDays(q, found)
	}
	out := usageList{Usage: []wireUsageSums{}}
	for _, u := range found {
		out.Usage = append(out.Usage, encodeUsage(u, q))
	}
	return out, nil
}

func (c calls) usageRoutes() []dialect.Route {
	when := dialect.Schema{Type: "string", Format: "date-time"}
	by := dialect.Words(task.UsageByDay, task.UsageByModel)
	by.Default = string(task.UsageByDay)
	return []dialect.Route{c.route("GET /api/v1/usage", c.readUsage, dialect.Doc{
		ID: "read_usage", Tag: dialect.Usage, Summary: "Sum up the tasks", Scope: apikey.Read,
		Text: "How many tasks were created, what became of them, how long they waited, how much video they made and what that cost, by day or by model. " +
			"Days are counted from `from` on, 24 hours each: give the begin of a day where you are, and they are your days. " +
			"Tasks that the server keeps no longer are not counted.",
		Params: []dialect.Param{
			{In: "query", Name: "from", Text: fmt.Sprintf("Only tasks made then or later; at most %d days before `to`. Absent: midnight, UTC, %d days before the day of `to`.", mostUsageDays, usageDays-1), Schema: when},
			{In: "query", Name: "to", Text: "Only tasks made before then. Absent: now.", Schema: when},
			{In: "query", Name: "by", Text: "What the sums are told apart by.", Schema: by},
			{In: "query", Name: "model", Text: "Only tasks of this model.", Example: "gen3a_turbo"},
		},
		Answers: []dialect.Answer{{Text: "The sums.", Of: usageList{}, Examples: []dialect.Example{dialect.Shown("filmgate", "usage", "by_model", "by model"), dialect.Shown("filmgate", "usage", "by_day", "by day, also those without a task")}}},
		Errors:  []task.Code{task.Invalid},
	})}
}
