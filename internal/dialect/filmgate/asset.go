package filmgate

import (
	"net/http"
	"strings"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/dialect"
	"github.com/filmgate/filmgate/internal/task"
)

// editLimit is the largest body of a change, in bytes.
const editLimit = 64 << 10

type assetPage struct {
	Assets []wireArtifact `json:"assets" doc:"The assets, newest first."`
	Next   *string        `json:"next" doc:"The cursor of the next page, null on the last."`
}

func (c calls) listAssets(_ http.ResponseWriter, r *http.Request, who apikey.Key) (any, error) {
	p := query{dialect.Query{Values: r.URL.Query()}}
	limit := p.limit()
	q := task.ArtifactQuery{
		Group: dialect.CanonicalID(p.Get("asset_group_id")), Task: dialect.CanonicalID(p.Get("task_id")), Favorite: p.flag("favorite"),
		After: p.cursor(), Limit: limit + 1,
	}
	if err := p.Err(); err != nil {
		return nil, err
	}
	found, err := c.gw.Assets(r.Context(), who, q)
	if err != nil {
		return nil, err
	}
	found, next := paged(found, limit, func(a task.Artifact) task.Cursor { return task.Cursor{Created: a.Created, ID: a.ID} })
	page := assetPage{Assets: []wireArtifact{}, Next: next}
	links := c.Origin.Links(r, c.gw)
	for _, a := range found {
		page.Assets = append(page.Assets, encodeArtifact(a, links))
	}
	return page, nil
}

// asset answers with the artifact that a verb returned.
func (c calls) asset(r *http.Request, a task.Artifact, err error) (any, error) {
	if err != nil {
		return nil, err
	}
	return encodeArtifact(a, c.Origin.Links(r, c.gw)), nil
}

func (c calls) getAsset(_ http.ResponseWriter, r *http.Request, who apikey.Key) (any, error) {
	a, err := c.gw.Asset(r.Context(), who, dialect.PathID(r))
	return c.asset(r, a, err)
}

func (c calls) editAsset(w http.ResponseWriter, r *http.Request, who apikey.Key) (any, error) {
	f, err := dialect.ReadFields(w, r, editLimit)
	if err != nil {
		return nil, err
	}
	e := decodeEdit(f)
	if err := f.Err(); err != nil {
		return nil, err
	}
	a, err := c.gw.EditAsset(r.Context(), who, dialect.PathID(r), e)
	return c.asset(r, a, err)
}

func decodeEdit(f *dialect.Fields) task.ArtifactEdit {
	e := task.ArtifactEdit{
		Favorite: optionalBool(f, "favorite"), Private: optionalBool(f, "private"),
		PrivateInTeam: optionalBool(f, "private_in_team"), Reported: optionalBool(f, "reported"),
	}
	if f.Has("name") {
		name := f.String("name", "", task.NameLimit)
		e.Name = &name
	}
	if f.Has("asset_group") {
		group := f.String("asset_group", "", task.NameLimit)
		e.Group = &group
	}
	f.Close()
	return e
}

// optionalBool reads a boolean; nil if it is absent.
func optionalBool(f *dialect.Fields, name string) *bool {
	if !f.Has(name) {
		return nil
	}
	b := f.Bool(name, false)
	return &b
}

func (c calls) deleteAsset(_ http.ResponseWriter, r *http.Request, who apikey.Key) (any, error) {
	return nil, c.gw.DeleteAsset(r.Context(), who, dialect.PathID(r))
}

func (c calls) shareAsset(_ http.ResponseWriter, r *http.Request, who apikey.Key) (any, error) {
	a, err := c.gw.Share(r.Context(), who, dialect.PathID(r))
	return c.asset(r, a, err)
}

func (c calls) unshareAsset(_ http.ResponseWriter, r *http.Request, who apikey.Key) (any, error) {
	a, err := c.gw.Unshare(r.Context(), who, dialect.PathID(r))
	return c.asset(r, a, err)
}

type wireGroup struct {
	ID        string   `json:"id" format:"uuid" doc:"Names the group."`
	Name      string   `json:"name" doc:"Its name, unique within the account."`
	CreatedAt wireTime `json:"created_at" doc:"When it was made."`
}

// groupList is every asset group, always on one page.
type groupList struct {
	AssetGroups []wireGroup `json:"asset_groups" doc:"The groups, oldest first."`
	Next        *string     `json:"next" doc:"Always null: all groups are on one page."`
}

func encodeGroup(g task.AssetGroup) wireGroup {
	return wireGroup{ID: g.ID, Name: g.Name, CreatedAt: wireTime(g.Created)}
}

func (c calls) listGroups(_ http.ResponseWriter, r *http.Request, who apikey.Key) (any, error) {
	all, err := c.gw.AssetGroups(r.Context(), who)
	if err != nil {
		return nil, err
	}
	out := groupList{AssetGroups: []wireGroup{}}
	for _, g := range all {
		out.AssetGroups = append(out.AssetGroups, encodeGroup(g))
	}
	return out, nil
}

func (c calls) renameGroup(w http.ResponseWriter, r *http.Request, who apikey.Key) (any, error) {
	f, err := dialect.ReadFields(w, r, editLimit)
	if err != nil {
		return nil, err
	}
	name := decodeName(f)
	if err := f.Err(); err != nil {
		return nil, err
	}
	g, err := c.gw.RenameGroup(r.Context(), who, dialect.PathID(r), name)
	if err != nil {
		return nil, err
	}
	return encodeGroup(g), nil
}

func decodeName(f *dialect.Fields) string {
	f.Require("name")
	name := f.String("name", "", task.NameLimit)
	f.Close()
	return name
}

type wireDataset struct {
	ID              string   `json:"id" format:"uuid" doc:"Names the dataset."`
	URL             string   `json:"url" format:"uri" doc:"A signed link to it, good for a day at least: send it as init_image, image_url, image, first_frame, last_frame or video."`
	Type            string   `json:"type" doc:"Its media type."`
	Size            int64    `json:"size" doc:"Bytes, as stored."`
	Width           int      `json:"width" doc:"Pixels, upright; 0 of a recording."`
	Height          int      `json:"height" doc:"Pixels, upright; 0 of a recording."`
	FrameRate       *float64 `json:"frame_rate" doc:"Frames per second, null of a picture or a recording."`
	DurationSeconds *float64 `json:"duration_seconds" doc:"Seconds, to the thousandth; null of a picture."`
	CreatedAt       wireTime `json:"created_at" doc:"When it was uploaded."`
}

// upload stores a picture, a video or a recording: the raw body, or the only file of a multipart form.
func (c calls) upload(w http.ResponseWriter, r *http.Request, who apikey.Key) (any, error) {
	file, err := uploaded(w, r)
	if err != nil {
		return nil, err
	}
	d, err := c.gw.Upload(r.Context(), who, file)
	if err != nil {
		return nil, err
	}
	return c.encodeDataset(r, d), nil
}

// fetchDataset stores the picture or video of a URL.
func (c calls) fetchDataset(w http.ResponseWriter, r *http.Request, who apikey.Key) (any, error) {
	f, err := dialect.ReadFields(w, r, editLimit)
	if err != nil {
		return nil, err
	}
	source := decodeSource(f)
	if err := f.Err(); err != nil {
		return nil, err
	}
	d, err := c.gw.FetchDataset(r.Context(), who, source)
	if err != nil {
		return nil, err
	}
	return c.encodeDataset(r, d), nil
}

// decodeSource reads the body of a fetch: where the picture or video is.
func decodeSource(f *dialect.Fields) string {
	f.Require("url")
	picture := dialect.Picture(f, "url", false, task.ImageLimits{})
	switch {
	case picture == nil && f.Has("url") && !f.HasErrors("url"):
		f.AddError("url", "must not be empty")
	case picture != nil && strings.HasPrefix(picture.Source, "data:"):
		f.AddError("url", "must be an http or https URL; send a file that you have to POST /api/v1/datasets")
	}
	f.Close()
	if picture == nil {
		return ""
	}
	return picture.Source
}

func (c calls) encodeDataset(r *http.Request, d task.Dataset) wireDataset {
	return wireDataset{
		ID: d.ID, URL: c.Origin.Links(r, c.gw).Signed(d.Key), Type: d.Type, Size: d.Size, Width: d.Width, Height: d.Height,
		FrameRate: numberOrNull(rounded(d.FrameRate)), DurationSeconds: numberOrNull(rounded(d.Duration.Seconds())), CreatedAt: wireTime(d.Created),
	}
}

// isForm reports whether the body is a multipart form.
func isForm(h http.Header) bool {
	return strings.HasPrefix(strings.ToLower(h.Get("Content-Type")), "multipart/form-data")
}
