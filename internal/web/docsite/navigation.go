package docsite

// group is a part of the navigation.
type group struct {
	title string
	pages []entry
}

// entry is a page in the navigation.
type entry struct{ title, file string }

// navigation lists all pages, in the order in which they are shown. The pages of problems are found from docs/troubleshooting.md.
func navigation() []group {
	return []group{
		{"Begin", []entry{
			{"Overview", home}, {"Install", "docs/install.md"}, {"First video", "docs/first-video.md"}, {"The studio", "docs/studio.md"},
			{"Camera words", "docs/camera.md"}, {"Gallery", "docs/gallery/README.md"}, {"FAQ", "docs/faq.md"}, {"Troubleshooting", "docs/troubleshooting.md"}}},
		{"Engines and calls", []entry{
			{"Engines", "docs/engines.md"}, {"API reference", "docs/reference.md"}, {"Events", "docs/events.md"}, {"Webhooks", "docs/webhooks.md"},
			{"Storyboards", "docs/storyboards.md"}, {"Language models (MCP)", "docs/mcp.md"}}},
		{"Keep your SDK", []entry{
			{"All dialects", "docs/dialects.md"}, {"makevid", "docs/coming-from-makevid.md"}, {"Runway", "docs/runway.md"}, {"OpenAI", "docs/openai.md"},
			{"Kling", "docs/kling.md"}, {"Luma", "docs/luma.md"}, {"Google", "docs/google.md"}, {"xAI", "docs/xai.md"}, {"OpenRouter", "docs/openrouter.md"},
			{"Replicate", "docs/replicate.md"}, {"fal", "docs/fal.md"}, {"Ark", "docs/ark.md"}, {"AI SDK", "docs/ai-sdk.md"}}},
		{"Operate", []entry{
			{"Settings", "docs/settings.md"}, {"Operations", "docs/operations.md"}, {"Behind a proxy, TLS", "docs/proxy.md"}, {"PostgreSQL", "docs/postgres.md"},
			{"S3", "docs/s3.md"}, {"Several servers", "docs/many-nodes.md"}, {"Containers", "docs/containers.md"}, {"Kubernetes", "docs/kubernetes.md"}, {"Kubernetes", "docs/kubernetes.md"}, {"Backup and restore", "docs/backup.md"},
			{"Retention", "docs/retention.md"}, {"Metrics, logs, traces", "docs/metrics.md"}, {"Benchmarks", "docs/benchmarks.md"}}},
		{"The project", []entry{
			{"Architecture", "docs/architecture.md"}, {"Decisions", "docs/decisions.md"}, {"Chaos run", "docs/chaos.md"},
			{"Versions, deprecations", "docs/deprecations.md"}, {"Changelog", "CHANGELOG.md"}, {"Contributing", "CONTRIBUTING.md"}, {"Security", "SECURITY.md"}}},
	}
}
