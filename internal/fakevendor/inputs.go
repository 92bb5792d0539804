package fakevendor

// Inputs are the sound and the references that a submit asked for, whatever its wire.
type Inputs struct {
	Sound      *bool    // whether sound was asked for; nil = the wire has no word for it, or it was not sent
	Images     []string // reference images: data URIs, Base64 or links, as they were sent
	Recordings []string // reference recordings, in the same forms
}

// LastInputs returns the inputs of the newest job.
func (v *Vendor) LastInputs() Inputs {
	v.mu.Lock()
	defer v.mu.Unlock()
	var newest job
	for _, j := range v.jobs {
		if j.n > newest.n {
			newest = *j
		}
	}
	return newest.inputs
}
