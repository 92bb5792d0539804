package task

import "time"

// UsageBy is what the sums of a UsageQuery are told apart by.
type UsageBy string

// What usage is told apart by.
const (
	UsageByDay   UsageBy = "day"
	UsageByModel UsageBy = "model"
	UsageByBoth  UsageBy = "day and model"
)

// UsageDay is the length of a day of usage: always 24 hours.
const UsageDay = 24 * time.Hour

// UsageQuery selects an account's tasks, deleted ones too, and says how they are summed.
type UsageQuery struct {
	Account  int64
	From, To time.Time // when they were created: from From on, before To
	By       UsageBy
	Model    string // Request.Model; "" = any
}

// Usage sums up the tasks of one day, of one model, or of one model on one day.
type Usage struct {
	Day   int    // by day or both: the days between the query's From and the begin of this one
	Model string // by model or both: Request.Model

	Tasks                        int64 // created; those that are in no end state are Tasks without the three
	Succeeded, Failed, Cancelled int64
	Video                        time.Duration // of the artifacts of those that succeeded, deleted ones too
	// Begun counts the ended tasks whose work began. Half of them waited no longer for that than WaitP50, nine in ten no longer than WaitP90.
	Begun            int64
	WaitP50, WaitP90 time.Duration
	Costs            []UsageCost // sorted by engine and currency
}

// UsageCost is what the jobs of ended tasks cost at one engine, as far as that is known.
type UsageCost struct {
	Engine   string  // configured name
	Currency string  // Attempt.Currency
	Cost     float64 // to the millionth
}
