package luma

import "testing"

func TestModifyModeFollowsTheScale(t *testing.T) {
	for scale, want := range map[float64]string{
		0: "adhere_1", 0.11: "adhere_1", 0.12: "adhere_2", 0.3: "adhere_3", 0.5: "flex_2", 0.67: "reimagine_1", 0.99: "reimagine_3", 1: "reimagine_3",
	} {
		if got := modifyMode(&scale); got != want {
			t.Errorf("%v: %s, want %s", scale, got, want)
		}
	}
	if got := modifyMode(nil); got != "flex_1" {
		t.Errorf("no scale: %s", got)
	}
}
