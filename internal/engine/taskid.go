package engine

// FinderFor returns e as a Finder if it can find a model's jobs by our task id; nil = it can't.
func FinderFor(e Engine, model string) Finder {
	f, ok := e.(Finder)
	if !ok || e.Capabilities().lacksTaskID(model) {
		return nil
	}
	return f
}

// RecognizesTask reports whether a second submit of a task to the model makes no second job.
func (c Capabilities) RecognizesTask(model string) bool { return c.ExternalID && !c.lacksTaskID(model) }

// lacksTaskID reports whether the vendor takes no id of ours for the model's jobs.
func (c Capabilities) lacksTaskID(model string) bool {
	m, _ := c.Model(model)
	return m.NoTaskID
}
