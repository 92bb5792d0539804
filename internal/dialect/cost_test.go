package dialect_test

import (
	"testing"

	"github.com/filmgate/filmgate/internal/dialect"
	"github.com/filmgate/filmgate/internal/task"
)

func TestCreditsAreCentsOfTheCost(t *testing.T) {
	for name, c := range map[string]struct {
		attempts []task.Attempt
		want     float64
	}{
		"no attempt":                     {nil, 0},
		"dollars":                        {[]task.Attempt{{Cost: 0.5, Currency: "USD"}}, 50},
		"several attempts":               {[]task.Attempt{{Cost: 0.25, Currency: "USD"}, {Cost: 0.5, Currency: "USD"}}, 75},
		"a vendor's tokens are no cents": {[]task.Attempt{{Credits: 108900}}, 0},
		"a vendor's seconds and dollars": {[]task.Attempt{{Credits: 6, Cost: 0.3, Currency: "USD"}}, 30},
	} {
		if got := dialect.Credits(task.Task{Attempts: c.attempts}); got != c.want {
			t.Errorf("%s: %g credits, want %g", name, got, c.want)
		}
	}
}
