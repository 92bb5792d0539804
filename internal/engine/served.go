package engine

import (
	"context"
	"net/http"
	"slices"
	"strings"
)

// CheckServed is the Check of an engine whose server lists its models at path, as OpenAI's API does. A configured model that the
// list lacks is said, and is no error: some servers list other names than they take.
func (c *Client) CheckServed(ctx context.Context, path string, configured ...string) (learned string, err error) {
	var out struct {
		Data []struct {
			ID string `json:"id"`
		} `json:"data"`
	}
	if _, err := c.Do(ctx, Call{Method: http.MethodGet, Path: path, Out: &out}); err != nil {
		return "", err
	}
	var listed []string
	for _, m := range out.Data {
		listed = append(listed, m.ID)
	}
	learned = "the server lists no models"
	if len(listed) > 0 {
		learned = "the server lists " + namesOf(listed)
	}
	missing := slices.DeleteFunc(slices.Clone(configured), func(m string) bool { return slices.Contains(listed, m) })
	if len(listed) > 0 && len(missing) > 0 {
		learned += ", but not " + namesOf(missing)
	}
	return learned, nil
}

// namesOf joins the first names of a list.
func namesOf(all []string) string {
	const most = 5
	if len(all) > most {
		return strings.Join(all[:most], ", ") + ", …"
	}
	return strings.Join(all, ", ")
}
