package dialect

import "github.com/filmgate/filmgate/internal/task"

// CreditsPerDollar is what a dollar is worth in the credits of answers: one credit is a cent, as at Runway and Luma.
const CreditsPerDollar = 100

// EstimatedCredits returns what a video of that many seconds costs at the first of the offers, in credits of a cent; 0 if that
// is unknown or nothing.
func EstimatedCredits(offers []task.Offer, seconds int) float64 {
	if len(offers) == 0 {
		return 0
	}
	return credits(offers[0].Price.Of(seconds), offers[0].Price.Currency)
}

// Credits returns what the task has cost, in credits of a cent; 0 if that is unknown or nothing.
func Credits(t task.Task) float64 {
	var sum float64
	for _, a := range t.Attempts {
		sum += credits(a.Cost, a.Currency)
	}
	return sum
}

// CreditsOf returns a sum of costs in credits of a cent.
func CreditsOf(costs []task.UsageCost) float64 {
	var sum float64
	for _, c := range costs {
		sum += credits(c.Cost, c.Currency)
	}
	return sum
}

// credits returns an amount of that currency in credits.
func credits(amount float64, currency string) float64 {
	if currency == "USD" {
		return amount * CreditsPerDollar
	}
	return amount
}
