package mcp

import (
	"context"
	"net/http"
	"net/url"
	"strconv"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/filmgate/filmgate/internal/client"
)

// maxWait is how many seconds a call of a tool waits for a video at most: clients give up after a minute.
const maxWait = 50

func (s *service) addTools(server *sdk.Server) {
	no, yes := false, true
	reads := &sdk.ToolAnnotations{ReadOnlyHint: true, OpenWorldHint: &no}
	sdk.AddTool(server, &sdk.Tool{Name: makeVideo, Title: "Make a video", Annotations: &sdk.ToolAnnotations{DestructiveHint: &no, OpenWorldHint: &yes},
		Description: "Makes a video from a prompt, and from pictures if some are given. Words about the camera (pan, tilt, zoom, orbit, dolly) belong in the " +
			"prompt. It may cost money at the engine. Send an idempotency_key of your own to be sure that a repeated call makes one video."}, s.makeVideo)
	sdk.AddTool(server, &sdk.Tool{Name: "get_video", Title: "See a video", Annotations: reads,
		Description: "Says where a video stands, with links to the MP4 and its still pictures once it is finished. With seconds it waits for the end that long."}, s.getVideo)
	sdk.AddTool(server, &sdk.Tool{Name: "cancel_video", Title: "Cancel a video", Annotations: &sdk.ToolAnnotations{DestructiveHint: &yes, IdempotentHint: true, OpenWorldHint: &no},
		Description: "Ends the work on a video that is not finished. What the engine has done may still cost money."}, s.cancelVideo)
	sdk.AddTool(server, &sdk.Tool{Name: "list_videos", Title: "List videos", Annotations: reads,
		Description: "Lists the account's videos, newest first. query searches in prompts."}, s.listVideos)
	sdk.AddTool(server, &sdk.Tool{Name: "list_models", Title: "List models", Annotations: reads,
		Description: "Lists the models that make_video takes, with the engines that make each, lengths, shapes and prices."}, s.listModels)
	sdk.AddTool(server, &sdk.Tool{Name: "share_video", Title: "Share a video", Annotations: &sdk.ToolAnnotations{DestructiveHint: &no, IdempotentHint: true, OpenWorldHint: &no},
		Description: "Makes a public page of a finished video, which anyone with its share_url can see."}, s.shareVideo)
}

// byID names a video.
type byID struct {
	ID string `json:"id" jsonschema:"The id of the video."`
}

// getInput is what get_video takes.
type getInput struct {
	byID

	WaitFor int `json:"wait_for_seconds,omitempty" jsonschema:"How long to wait for the end, 0 to 50 seconds."`
}

func (s *service) getVideo(ctx context.Context, req *sdk.CallToolRequest, in getInput) (*sdk.CallToolResult, video, error) {
	wait, err := waitOf(in.WaitFor)
	if err != nil {
		return nil, video{}, err
	}
	v, err := s.video(ctx, in.ID)
	if err == nil {
		v, err = s.await(ctx, req, v, wait)
	}
	if err != nil {
		return nil, video{}, err
	}
	return v.result(), v, nil
}

func (s *service) cancelVideo(ctx context.Context, _ *sdk.CallToolRequest, in byID) (*sdk.CallToolResult, video, error) {
	if err := s.api.Cancel(ctx, in.ID); err != nil {
		return nil, video{}, err
	}
	v, err := s.video(ctx, in.ID)
	return v.result(), v, err
}

// listInput is what list_videos takes.
type listInput struct {
	Query  string `json:"query,omitempty" jsonschema:"Words of the prompt."`
	Status string `json:"status,omitempty" jsonschema:"Only videos with this status, such as RUNNING or SUCCEEDED."`
	Limit  int    `json:"limit,omitempty" jsonschema:"How many, 1 to 100; 20 if it is left out."`
	Cursor string `json:"cursor,omitempty" jsonschema:"The next of the page before."`
}

// videoPage is what list_videos answers.
type videoPage struct {
	Videos []video `json:"videos" jsonschema:"The videos, newest first."`
	Next   string  `json:"next,omitempty" jsonschema:"The cursor of the next page; none on the last."`
}

func (s *service) listVideos(ctx context.Context, _ *sdk.CallToolRequest, in listInput) (*sdk.CallToolResult, videoPage, error) {
	query := url.Values{"limit": {"20"}}
	if in.Limit != 0 {
		query.Set("limit", strconv.Itoa(in.Limit)) // the API says which are possible
	}
	for name, value := range map[string]string{"q": in.Query, "status": in.Status, "cursor": in.Cursor} {
		if value != "" {
			query.Set(name, value)
		}
	}
	body, err := s.api.Call(ctx, http.MethodGet, "/api/v1/tasks?"+query.Encode(), nil)
	if err != nil {
		return nil, videoPage{}, err
	}
	var page struct {
		Tasks []answer `json:"tasks"`
		Next  string   `json:"next"`
	}
	if err := client.Decode(body, &page); err != nil {
		return nil, videoPage{}, err
	}
	out := videoPage{Videos: []video{}, Next: page.Next}
	for _, t := range page.Tasks {
		out.Videos = append(out.Videos, t.video())
	}
	return nil, out, nil
}

// modelList is what list_models answers.
type modelList struct {
	Models []client.Model `json:"models" jsonschema:"The models, each with the engines that make it, in the order in which they are tried."`
}

func (s *service) listModels(ctx context.Context, _ *sdk.CallToolRequest, _ struct{}) (*sdk.CallToolResult, modelList, error) {
	body, err := s.api.Models(ctx)
	if err != nil {
		return nil, modelList{}, err
	}
	var out modelList
	err = client.Decode(body, &out)
	return nil, out, err
}

func (s *service) shareVideo(ctx context.Context, _ *sdk.CallToolRequest, in byID) (*sdk.CallToolResult, video, error) {
	v, err := s.video(ctx, in.ID)
	if err != nil {
		return nil, video{}, err
	}
	if v.asset == "" {
		return nil, video{}, notFinishedError{v}
	}
	if _, err := s.api.Call(ctx, http.MethodPost, "/api/v1/assets/"+url.PathEscape(v.asset)+"/share", nil); err != nil {
		return nil, video{}, err
	}
	if v, err = s.video(ctx, in.ID); err != nil {
		return nil, video{}, err
	}
	r := v.result()
	r.Content = append(r.Content, &sdk.ResourceLink{URI: v.ShareURL, Name: "share", Title: "Public page", MIMEType: "text/html"})
	return r, v, nil
}

// notFinishedError says that a tool needs a finished video.
type notFinishedError struct{ video video }

func (e notFinishedError) Error() string {
	return "only a finished video can be shared. " + e.video.sentence()
}

// video reads a task.
func (s *service) video(ctx context.Context, id string) (video, error) {
	body, err := s.api.Task(ctx, id)
	if err != nil {
		return video{}, err
	}
	return readVideo(body)
}
