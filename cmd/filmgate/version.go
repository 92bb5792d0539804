package main

import (
	"context"
	_ "embed"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"

	"github.com/filmgate/filmgate/internal/config"
)

//go:generate go run ../licenses -root ../.. -o licenses.txt

// licenses holds the licences of what others made and is part of this program.
//
//go:embed licenses.txt
var licenses string

// version is set by the linker (-X main.version=…); "" in a build by hand.
var version string

func (p program) versionCommand() *cobra.Command {
	all := false
	c := p.command("version", "Print the version", func(context.Context, config.Settings, []string) error {
		if all {
			return p.say("%s", licenses)
		}
		return p.say("filmgate %s %s %s/%s\n", thisVersion(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
	}, nil)
	c.Flags().BoolVar(&all, "licenses", false, "print instead the licences of what others made and is part of this program")
	return c
}

// thisVersion returns the version of this program.
func thisVersion() string { return versionOf(version, debug.ReadBuildInfo) }

// versionOf returns the version that the linker was given, else the module's version or the commit of the build.
func versionOf(linked string, info func() (*debug.BuildInfo, bool)) string {
	if linked != "" {
		return linked
	}
	build, ok := info()
	if !ok {
		return "unknown"
	}
	if v := build.Main.Version; v != "" && v != "(devel)" {
		return v
	}
	var commit, dirty string
	for _, s := range build.Settings {
		switch s.Key {
		case "vcs.revision":
			commit = s.Value[:min(12, len(s.Value))]
		case "vcs.modified":
			if s.Value == "true" {
				dirty = "-dirty"
			}
		}
	}
	if commit == "" {
		return "unknown"
	}
	return commit + dirty
}
