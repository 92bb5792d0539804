package config

import (
	"net/http"
	"regexp"
	"time"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/panics"
)

// Kinds holds the types of engines that the settings file may name, by name.
type Kinds map[string]Kind

// Kind is one type of engines: what its settings are, and how one is made.
type Kind struct {
	// New makes an engine for one key. Its error's lines are reported as errors of the key, or of the setting ErrorsAt.
	New      func(Deps, Engine, Key) (engine.Engine, error)
	ErrorsAt string

	KeyNeeds    []string // the settings of its keys, all needed
	KeyTakes    []string // settings that its keys may have besides
	KeyOptional bool     // its server may need no key
	Takes       []string // settings of an engine that not all types have
	Needs       []string // those of Takes that it can't do without
	BaseURL     string   // where an engine without base_url is; LOCATION stands for the setting location
	// Address returns where an engine without base_url is, if BaseURL does not say it for every location; nil = BaseURL does.
	Address func(location string) string
	KeyForm *KeyForm // of the keys for BaseURL; nil = it is not known
	Flavors []string // what the setting flavor may say

	Host *ModelHost // of a vendor that serves many makers' models; nil for others
}

// KeyForm is how the keys look that a vendor issues.
type KeyForm struct {
	Pattern *regexp.Regexp
	Looks   string // the same in words: "begin with key_"
}

// Deps is what an engine is made with besides its settings.
type Deps struct {
	HTTP   *http.Client
	Now    func() time.Time
	Panics *panics.Recorder
}
