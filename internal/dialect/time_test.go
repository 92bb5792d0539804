package dialect

import (
	"testing"
	"time"
)

func TestSecondsHaveAtMostThreeDecimals(t *testing.T) {
	for d, want := range map[time.Duration]string{
		125 * time.Second / 24: "5.208", 253 * time.Second / 24: "10.542", 5 * time.Second: "5", 5100 * time.Millisecond: "5.1", 0: "0",
	} {
		if got := Seconds(d); got != want {
			t.Errorf("%v is %s, want %s", d, got, want)
		}
	}
}

func TestTimesAreInUTCWithAllFractionDigits(t *testing.T) {
	at := time.Date(2024, 9, 9, 8, 50, 55, 120_000_999, time.FixedZone("", 2*60*60))
	if got, want := Millis(at), "2024-09-09T06:50:55.120Z"; got != want {
		t.Errorf("in milliseconds %s, want %s", got, want)
	}
	if got, want := Micros(at), "2024-09-09T06:50:55.120000Z"; got != want {
		t.Errorf("in microseconds %s, want %s", got, want)
	}
}
