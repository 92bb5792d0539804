package reference

// client is a library or program that sends requests in a language.
type client struct{ language, name string }

// sampleClients returns the languages of the samples, each with the client that needs the fewest other packages.
func sampleClients() []client {
	return []client{
		{"shell", "curl"}, {"js", "fetch"}, {"java", "nethttp"}, {"swift", "nsurlsession"}, {"go", "native"}, {"php", "curl"},
		{"python", "python3"}, {"http", "http1.1"}, {"c", "libcurl"}, {"csharp", "httpclient"}, {"objc", "nsurlsession"},
		{"ruby", "native"}, {"ocaml", "cohttp"}, {"dart", "http"}, {"r", "httr2"},
	}
}

// hiddenClients returns the component's other clients; true hides a whole language.
func hiddenClients() map[string]any {
	return map[string]any{
		"clojure": true, "fsharp": true, "julia": true, "kotlin": true, "node": true, "powershell": true, "rust": true,
		"csharp": []string{"restsharp"},
		"java":   []string{"asynchttp", "okhttp", "unirest"},
		"js":     []string{"axios", "jquery", "ofetch", "xhr"},
		"php":    []string{"guzzle", "laravel"},
		"python": []string{"aiohttp", "httpx_async", "httpx_sync", "requests"},
		"shell":  []string{"httpie", "wget"},
	}
}

// styles fixes the dialog that sends a request. Without it, the send button is outside of a narrow screen.
const styles = ".scalar-client main > div { min-width: 0 } " +
	"@media (max-width: 767px) { .scalar-client .scalar-sidebar-toggle { display: none } }"

// configuration returns the component's settings. With them it shows only the clients above and calls no other host.
func configuration(o Options) map[string]any {
	first := sampleClients()[0]
	return map[string]any{
		"hiddenClients":           hiddenClients(),
		"defaultHttpClient":       map[string]string{"targetKey": first.language, "clientKey": first.name},
		"authentication":          map[string]string{"preferredSecurityScheme": o.Scheme},
		"withDefaultFonts":        false,
		"proxyUrl":                "",
		"telemetry":               false,
		"agent":                   map[string]bool{"disabled": true},
		"mcp":                     map[string]bool{"disabled": true},
		"hideClientButton":        true, // links to the vendor's own program
		"showDeveloperTools":      "never",
		"customCss":               styles,
		"defaultOpenAllTags":      true,
		"documentDownloadType":    "direct",
		"orderSchemaPropertiesBy": "preserve",
	}
}
