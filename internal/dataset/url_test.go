package dataset

import "testing"

func TestALinkToADatasetIsKnownUnderAnyHostAndPath(t *testing.T) {
	const key = "datasets/6a9b7e6c-1f87-40b0-b285-35a8b07ee18a.png"
	for source, ours := range map[string]bool{
		"https://films.example/" + key + "?_jwt=t":                true,
		"https://films.example/video/" + key + "?_jwt=t":          true,
		"http://127.0.0.1:8080/datasets/video/" + key + "?_jwt=t": true,
		"https://films.example/" + key:                            false,
		"https://films.example/video?_jwt=t":                      false,
		"https://films.example/?x=/" + key + "&_jwt=t":            false,
	} {
		got, token, ok := parseURL(source)
		if ok != ours || ours && (got != key || token != "t") {
			t.Errorf("%s: %s, %s, %v", source, got, token, ok)
		}
	}
}
