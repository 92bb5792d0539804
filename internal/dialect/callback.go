package dialect

import "strings"

// CallbackURL reads a field that holds the URL which is told of each new state of the task. It returns "" if the field is
// absent, empty or invalid. Whether the URL's address may be called is seen when it is.
func CallbackURL(f *Fields, field string) string {
	s := strings.TrimSpace(f.String(field, "", 0))
	if s == "" {
		return ""
	}
	scheme, rest, _ := strings.Cut(s, ":")
	scheme = strings.ToLower(scheme)
	if scheme != "http" && scheme != "https" {
		f.AddError(field, "must be an http or https URL")
		return ""
	}
	s = scheme + ":" + rest
	if fault := urlFault(s, "callback"); fault != "" {
		f.AddError(field, "%s", fault)
		return ""
	}
	return s
}
