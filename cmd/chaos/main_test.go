package main

import (
	"io"
	"strings"
	"testing"
)

func TestPlanIsPrinted(t *testing.T) {
	var first, second strings.Builder
	for _, out := range []*strings.Builder{&first, &second} {
		if err := run(t.Context(), []string{"--plan", "--seed=7", "--tasks=5", "--kills=4"}, out); err != nil {
			t.Fatal(err)
		}
	}
	if first.String() != second.String() || strings.Count(first.String(), "  create ") != 2*5 || !strings.Contains(first.String(), "kill the database") {
		t.Errorf("the plans are\n%s\nand\n%s", &first, &second)
	}
}

func TestBadFlagsAreErrors(t *testing.T) {
	for flag, want := range map[string]string{
		"--database=mysql": "allowed are sqlite, postgres and both",
		"--tasks=0":        "--tasks and --nodes must be 1 or more",
		"--nodes=0":        "--tasks and --nodes must be 1 or more",
		"--kills=-1":       "--kills 0 or more",
		"--seed=-1":        "--seed",
		"--unknown":        "unknown",
		"argument":         "argument",
	} {
		if err := run(t.Context(), []string{"--plan", flag}, io.Discard); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", flag, err, want)
		}
	}
}

func TestMissingProgramIsNamed(t *testing.T) {
	err := run(t.Context(), []string{"--program=/nowhere/filmgate", "--tasks=1", "--database=sqlite"}, io.Discard)
	if err == nil || !strings.Contains(err.Error(), "/nowhere/filmgate") {
		t.Errorf("%v", err)
	}
}
