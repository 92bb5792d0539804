package store

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/task"
)

// MarshalTask returns the stored form of t, as JSON. Task.QueueWait is not stored. It fails only if a number in t has no
// JSON form, such as NaN.
func MarshalTask(t task.Task) ([]byte, error) {
	return marshal("task", t.ID, taskRecord{
		ID: t.ID, Account: t.Account, Version: t.Version, Request: requestToRecord(t.Request), State: t.State,
		Engine: t.Engine, EngineModel: t.EngineModel, Handle: t.Handle, Submitting: t.Submitting,
		PollFaults: t.FailedPolls, Progress: t.Progress, ProgressText: t.ProgressText,
		Failure:   (*failureRecord)(t.Failure),
		Artifacts: mapSlice(t.Artifacts, artifactToRecord),
		Attempts:  mapSlice(t.Attempts, attemptToRecord),
		Created:   storedTime(t.Created), Updated: storedTime(t.Updated), Started: storedTime(t.Started), Finished: storedTime(t.Finished),
		NotBefore: storedTime(t.NotBefore), HeldSince: storedTime(t.WaitingSince), Deadline: storedTime(t.Deadline),
		Cancelling: t.Cancelling, Deleted: t.Deleted, RetryOf: t.RetryOf, Trace: t.Trace,
		Ignored:    mapSlice(t.Ignored, func(f task.FieldError) ignoredRecord { return ignoredRecord(f) }),
		Understood: understoodToRecord(t.Understood),
	})
}

// UnmarshalTask returns the task that MarshalTask wrote. It fails if body is not such JSON.
func UnmarshalTask(body []byte) (task.Task, error) {
	var r taskRecord
	if err := json.Unmarshal(body, &r); err != nil {
		return task.Task{}, fmt.Errorf("store: read a task: %w", err)
	}
	return task.Task{
		ID: r.ID, Account: r.Account, Version: r.Version, Request: r.Request.request(), State: r.State,
		Engine: r.Engine, EngineModel: r.EngineModel, Handle: r.Handle, Submitting: r.Submitting,
		FailedPolls: r.PollFaults, Progress: r.Progress, ProgressText: r.ProgressText,
		Failure:   (*task.Failure)(r.Failure),
		Artifacts: mapSlice(r.Artifacts, artifactRecord.artifact),
		Attempts:  mapSlice(r.Attempts, func(a attemptRecord) task.Attempt { return task.Attempt(a) }),
		Created:   r.Created, Updated: r.Updated, Started: r.Started, Finished: r.Finished,
		NotBefore: r.NotBefore, WaitingSince: r.HeldSince, Deadline: r.Deadline,
		Cancelling: r.Cancelling, Deleted: r.Deleted, RetryOf: r.RetryOf, Trace: r.Trace,
		Ignored:    mapSlice(r.Ignored, func(f ignoredRecord) task.FieldError { return task.FieldError(f) }),
		Understood: r.Understood.understood(),
	}, nil
}

func understoodToRecord(u *task.Understood) *understoodRecord {
	if u == nil {
		return nil
	}
	return &understoodRecord{mapSlice(u.Moves, func(m task.UnderstoodMove) moveRecord { return moveRecord(m) }), u.Drawn, u.Cards}
}

func (r *understoodRecord) understood() *task.Understood {
	if r == nil {
		return nil
	}
	return &task.Understood{Moves: mapSlice(r.Moves, func(m moveRecord) task.UnderstoodMove { return task.UnderstoodMove(m) }), Drawn: r.Drawn, Cards: r.Cards}
}

// UnmarshalArtifact returns one artifact from the stored form of its task. It fails if the task has no artifact of that
// id.
func UnmarshalArtifact(body []byte, id string) (task.Artifact, error) {
	var r struct {
		Artifacts []artifactRecord `json:"Artifacts"`
	}
	if err := json.Unmarshal(body, &r); err != nil {
		return task.Artifact{}, fmt.Errorf("store: read an artifact: %w", err)
	}
	i := slices.IndexFunc(r.Artifacts, func(a artifactRecord) bool { return a.ID == id })
	if i < 0 {
		return task.Artifact{}, fmt.Errorf("store: artifact %s is indexed, but its task does not have it", id)
	}
	return r.Artifacts[i].artifact(), nil
}

// MarshalDataset returns the stored form of d, as JSON. It fails only if a number in d has no JSON form.
func MarshalDataset(d task.Dataset) ([]byte, error) {
	return marshal("dataset", d.ID, datasetRecord{
		ID: d.ID, Account: d.Account, Key: d.Key, Upload: (*uploadRecord)(d.Upload), Type: d.Type, Size: d.Size,
		Width: d.Width, Height: d.Height, FrameRate: d.FrameRate, Duration: d.Duration, Created: storedTime(d.Created),
	})
}

// UnmarshalDataset returns the dataset that MarshalDataset wrote. It fails if body is not such JSON.
func UnmarshalDataset(body []byte) (task.Dataset, error) {
	var r datasetRecord
	if err := json.Unmarshal(body, &r); err != nil {
		return task.Dataset{}, fmt.Errorf("store: read a dataset: %w", err)
	}
	return task.Dataset{
		ID: r.ID, Account: r.Account, Key: r.Key, Upload: (*task.Upload)(r.Upload), Type: r.Type, Size: r.Size,
		Width: r.Width, Height: r.Height, FrameRate: r.FrameRate, Duration: r.Duration, Created: r.Created,
	}, nil
}

// MarshalKey returns the stored form of k, as JSON.
func MarshalKey(k apikey.Key) ([]byte, error) {
	k.Created, k.Revoked = storedTime(k.Created), storedTime(k.Revoked)
	return marshal("key", k.ID, keyRecord(k))
}

// UnmarshalKey returns the key that MarshalKey wrote. It fails if body is not such JSON.
func UnmarshalKey(body []byte) (apikey.Key, error) {
	var r keyRecord
	if err := json.Unmarshal(body, &r); err != nil {
		return apikey.Key{}, fmt.Errorf("store: read a key: %w", err)
	}
	return apikey.Key(r), nil
}

func marshal(kind, id string, record any) ([]byte, error) {
	body, err := json.Marshal(record)
	if err != nil {
		return nil, fmt.Errorf("store: encode %s %s: %w", kind, id, err)
	}
	return body, nil
}

// storedTime returns t as it will be read back: truncated to milliseconds, in UTC.
func storedTime(t time.Time) time.Time { return time.UnixMilli(t.UnixMilli()).UTC() }

// mapSlice converts each element of a slice. A nil slice stays nil.
func mapSlice[From, To any](in []From, convert func(From) To) []To {
	if in == nil {
		return nil
	}
	out := make([]To, len(in))
	for i, v := range in {
		out[i] = convert(v)
	}
	return out
}

// mapPointer converts the value that in points to. A nil pointer stays nil.
func mapPointer[From, To any](in *From, convert func(From) To) *To {
	if in == nil {
		return nil
	}
	out := convert(*in)
	return &out
}

func requestToRecord(r task.Request) requestRecord {
	return requestRecord{
		Dialect: r.Dialect, Model: r.Model, Name: r.Name,
		Prompt: r.Prompt, ExpandPrompt: r.ExpandPrompt, ExpandedPrompt: r.ExpandedPrompt, NegativePrompt: r.NegativePrompt,
		Seconds: r.Seconds, Format: formatRecord(r.Format), Seed: r.Seed,
		First: mapPointer(r.First, imageToRecord), Last: mapPointer(r.Last, imageToRecord), Video: (*videoRecord)(r.Video),
		LowPriority: r.LowPriority, Watermark: r.Watermark, Caption: r.Caption,
		Resolution: r.Resolution, AspectRatio: r.AspectRatio, AssetGroup: r.AssetGroup,
		Camera: (*cameraRecord)(r.Camera), CfgScale: r.CfgScale, Mode: r.Mode,
		ExternalID: r.ExternalID, ParentID: r.ParentID, CallbackURL: r.CallbackURL, Echo: r.Echo, Loop: r.Loop,
		ReferenceImages: mapSlice(r.ReferenceImages, referenceToRecord), Audio: r.Audio, SeedDrawn: r.SeedDrawn,
		ReferenceAudio: mapSlice(r.ReferenceAudio, func(a task.InputAudio) audioRecord { return audioRecord(a) }),
		Sequence:       mapPointer(r.Sequence, sequenceToRecord),
	}
}

func (r requestRecord) request() task.Request {
	return task.Request{
		Dialect: r.Dialect, Model: r.Model, Name: r.Name,
		Prompt: r.Prompt, ExpandPrompt: r.ExpandPrompt, ExpandedPrompt: r.ExpandedPrompt, NegativePrompt: r.NegativePrompt,
		Seconds: r.Seconds, Format: task.Format(r.Format), Seed: r.Seed,
		First: mapPointer(r.First, imageRecord.image), Last: mapPointer(r.Last, imageRecord.image), Video: (*task.InputVideo)(r.Video),
		LowPriority: r.LowPriority, Watermark: r.Watermark, Caption: r.Caption,
		Resolution: r.Resolution, AspectRatio: r.AspectRatio, AssetGroup: r.AssetGroup,
		Camera: (*task.Camera)(r.Camera), CfgScale: r.CfgScale, Mode: r.Mode,
		ExternalID: r.ExternalID, ParentID: r.ParentID, CallbackURL: r.CallbackURL, Echo: r.Echo, Loop: r.Loop,
		ReferenceImages: mapSlice(r.ReferenceImages, referenceRecord.reference), Audio: r.Audio, SeedDrawn: r.SeedDrawn,
		ReferenceAudio: mapSlice(r.ReferenceAudio, func(a audioRecord) task.InputAudio { return task.InputAudio(a) }),
		Sequence:       mapPointer(r.Sequence, sequenceRecord.sequence),
	}
}

func imageToRecord(i task.Image) imageRecord {
	return imageRecord{
		Source: i.Source, Field: i.Field, Dataset: i.Dataset, Key: i.Key, Type: i.Type, Size: i.Size,
		Width: i.Width, Height: i.Height, Limits: imageLimitsRecord(i.Limits),
	}
}

func (r imageRecord) image() task.Image {
	return task.Image{
		Source: r.Source, Field: r.Field, Dataset: r.Dataset, Key: r.Key, Type: r.Type, Size: r.Size,
		Width: r.Width, Height: r.Height, Limits: task.ImageLimits(r.Limits),
	}
}

func referenceToRecord(r task.ReferenceImage) referenceRecord {
	return referenceRecord{Image: imageToRecord(r.Image), Role: r.Role, Name: r.Name}
}

func (r referenceRecord) reference() task.ReferenceImage {
	return task.ReferenceImage{Image: r.Image.image(), Role: r.Role, Name: r.Name}
}

func attemptToRecord(a task.Attempt) attemptRecord {
	a.Begun, a.Ended = storedTime(a.Begun), storedTime(a.Ended)
	return attemptRecord(a)
}

func artifactToRecord(a task.Artifact) artifactRecord {
	return artifactRecord{
		ID: a.ID, Task: a.Task, Account: a.Account, Group: a.Group, Filename: a.Filename,
		Files: mapSlice(a.Files, func(f task.File) fileRecord { return fileRecord(f) }),
		Width: a.Width, Height: a.Height, FrameRate: a.FrameRate, Duration: a.Duration, HasAudio: a.HasAudio,
		Created: storedTime(a.Created), Updated: storedTime(a.Updated),
		Private: a.Unlisted, PrivateInTeam: a.PrivateInTeam, Sealed: a.SignedOnly, Favorite: a.Favorite, Reported: a.Reported,
		Deleted: a.Deleted, Share: a.Share, Pending: a.Pending, ConvertedFrom: a.ConvertedFrom,
	}
}

func (r artifactRecord) artifact() task.Artifact {
	return task.Artifact{
		ID: r.ID, Task: r.Task, Account: r.Account, Group: r.Group, Filename: r.Filename,
		Files: mapSlice(r.Files, func(f fileRecord) task.File { return task.File(f) }),
		Width: r.Width, Height: r.Height, FrameRate: r.FrameRate, Duration: r.Duration, HasAudio: r.HasAudio,
		Created: r.Created, Updated: r.Updated,
		Unlisted: r.Private, PrivateInTeam: r.PrivateInTeam, SignedOnly: r.Sealed, Favorite: r.Favorite, Reported: r.Reported,
		Deleted: r.Deleted, Share: r.Share, Pending: r.Pending, ConvertedFrom: r.ConvertedFrom,
	}
}
