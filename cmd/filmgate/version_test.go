package main

import (
	"runtime/debug"
	"testing"
)

func TestVersionPrefersTheLinkersThenTheModules(t *testing.T) {
	vcs := []debug.BuildSetting{{Key: "vcs.revision", Value: "0123456789abcdef"}, {Key: "vcs.modified", Value: "true"}}
	tests := []struct {
		name, linked string
		build        *debug.BuildInfo
		want         string
	}{
		{"what the linker was told", "v1.2.3", &debug.BuildInfo{Settings: vcs}, "v1.2.3"},
		{"the module's", "", &debug.BuildInfo{Main: debug.Module{Version: "v1.2.4"}}, "v1.2.4"},
		{"the commit", "", &debug.BuildInfo{Main: debug.Module{Version: "(devel)"}, Settings: vcs[:1]}, "0123456789ab"},
		{"a changed commit", "", &debug.BuildInfo{Settings: vcs}, "0123456789ab-dirty"},
		{"nothing of it", "", &debug.BuildInfo{}, "unknown"},
		{"nothing at all", "", nil, "unknown"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := versionOf(tt.linked, func() (*debug.BuildInfo, bool) { return tt.build, tt.build != nil })
			if got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestVersionCommand(t *testing.T) {
	new(session).run(t, "version").expect(t, 0, "filmgate ", "go1.")
	new(session).run(t, "version", "--licenses").expect(t, 0, "Apache License, Version 2.0", "modernc.org/sqlite v", "preact", "SIL OPEN FONT LICENSE", "Fluent Emoji")
}
