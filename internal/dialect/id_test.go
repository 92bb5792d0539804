package dialect_test

import (
	"testing"

	"github.com/filmgate/filmgate/internal/dialect"
)

func TestParseIDReadsTheFormsOfAllDialects(t *testing.T) {
	const uuid = "0a60bdac-66ed-5731-0000-0000003418f8"
	for _, wire := range []string{uuid, "0A60BDAC-66ED-5731-0000-0000003418F8", "0a60bdac66ed573100000000003418f8", "video_0a60bdac66ed573100000000003418f8",
		"cgt-0A60BDAC66ED573100000000003418F8", "CmC9rGbtVzEAAAAAADQY-A"} {
		if got, ok := dialect.ParseID(wire); !ok || got != uuid {
			t.Errorf("%q is read as %q, %v", wire, got, ok)
		}
	}
	for _, wire := range []string{"", "CmC9rGbtVzEAAAAAADQY-B", "CmC9rGbtVzEAAAAAADQY-A==", "CmC9rGbtVzEAAAAAADQY+A", "AAAA", "video_", "video_0a60bdac", uuid + "0",
		"0a60bdac-66ed5731-0000-0000003418f8", "VIDEO_0a60bdac66ed573100000000003418f8", "../" + uuid} {
		if got, ok := dialect.ParseID(wire); ok {
			t.Errorf("%q is read as %q", wire, got)
		}
	}
}
