package webhook

// TakeAllSends leaves no room for another request, until the function that it returns is called.
func (s *Sender) TakeAllSends() (free func()) {
	if !s.sends.TryAcquire(maxSends) {
		panic("some are taken")
	}
	return func() { s.sends.Release(maxSends) }
}
