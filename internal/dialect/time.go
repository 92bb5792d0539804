package dialect

import (
	"strconv"
	"time"
)

// Millis writes a time as RFC 3339 in UTC with exactly three fraction digits: "2024-09-09T06:50:55.123Z".
func Millis(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }

// Micros writes a time as RFC 3339 in UTC with exactly six fraction digits: "2024-09-09T06:50:55.123456Z".
func Micros(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000000Z") }

// Seconds writes a duration in seconds, rounded to thousandths, without needless zeros: "10.542".
func Seconds(d time.Duration) string {
	return strconv.FormatFloat(float64(d.Round(time.Millisecond).Milliseconds())/1000, 'f', -1, 64)
}
