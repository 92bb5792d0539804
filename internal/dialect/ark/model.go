package ark

import (
	"slices"

	"github.com/filmgate/filmgate/internal/dialect"
)

// names are Seedance's models: those that @ai-sdk/bytedance 1.0.29 names in its types, and their twins on Volcengine (read
// 2026-11-28). An endpoint's id, "ep-…", needs a route in the settings.
var names = []string{
	"dreamina-seedance-2-0-260128", "dreamina-seedance-2-0-fast-260128", "dreamina-seedance-2-0-mini-260615", "dreamina-seedance-2-5-260628",
	"seedance-1-5-pro-251215", "seedance-1-0-pro-250528", "seedance-1-0-pro-fast-251015", "seedance-1-0-lite-t2v-250428", "seedance-1-0-lite-i2v-250428",
	"doubao-seedance-2-0-260128", "doubao-seedance-2-0-fast-260128", "doubao-seedance-2-0-mini-260615", "doubao-seedance-2-5-260628",
	"doubao-seedance-1-5-pro-251215", "doubao-seedance-1-0-pro-250528", "doubao-seedance-1-0-pro-fast-251015", "doubao-seedance-1-0-lite-t2v-250428",
	"doubao-seedance-1-0-lite-i2v-250428",
}

// Models returns the models that callers may name.
func Models() map[string][]string { return map[string][]string{Dialect: slices.Clone(names)} }

// known returns every model that a caller may name: Ark's and the operator's, sorted.
func (c calls) known() []string { return dialect.KnownModels(names, c.gw.RoutedModels()) }
