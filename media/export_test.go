package media

// Occupy takes one of the places to decode until the returned function is called.
func Occupy(in *Inspector) (release func()) {
	in.decodes <- struct{}{}
	return func() { <-in.decodes }
}
