package engine

import (
	"context"
	"fmt"
	"regexp"
)

// mentioned matches what may mention a reference in a prompt: "@hero", with the letters before it, so that an address is no mention.
var mentioned = regexp.MustCompile(`[\pL\pN_]*@[\pL\pN_]+`)

// PromptWith returns the prompt with the names of references in the words of the model's maker, which numbers those of each kind from 1:
// image and recording are formats of a number, "[Image%d]". An empty format leaves the names as they are.
func (j Job) PromptWith(image, recording string) string { return j.promptFrom(1, image, recording) }

// PromptFromZero is PromptWith for a maker that numbers them from 0.
func (j Job) PromptFromZero(image, recording string) string { return j.promptFrom(0, image, recording) }

func (j Job) promptFrom(first int, image, recording string) string {
	words := map[string]string{}
	for i, a := range j.ReferenceAudio {
		if a.Name != "" && recording != "" {
			words["@"+a.Name] = fmt.Sprintf(recording, i+first)
		}
	}
	for i, p := range j.ReferenceImages {
		if p.Name != "" && image != "" {
			words["@"+p.Name] = fmt.Sprintf(image, i+first)
		}
	}
	return mentioned.ReplaceAllStringFunc(j.Prompt(), func(name string) string {
		if word, ok := words[name]; ok {
			return word
		}
		return name
	})
}

// ReferenceLinks returns a URL or a data URI of each of the job's reference images and recordings, in their order.
func (j Job) ReferenceLinks(ctx context.Context) (images, recordings []string, err error) {
	for _, list := range []struct {
		files []*InputFile
		links *[]string
	}{{j.imageFiles(), &images}, {j.audioFiles(), &recordings}} {
		for _, f := range list.files {
			link, err := f.Link(ctx)
			if err != nil {
				return nil, nil, err
			}
			*list.links = append(*list.links, link)
		}
	}
	return images, recordings, nil
}

// imageFiles returns the files of the job's reference images.
func (j Job) imageFiles() []*InputFile {
	out := make([]*InputFile, len(j.ReferenceImages))
	for i := range out {
		out[i] = &j.ReferenceImages[i].InputFile
	}
	return out
}

// audioFiles returns the files of the job's reference recordings.
func (j Job) audioFiles() []*InputFile {
	out := make([]*InputFile, len(j.ReferenceAudio))
	for i := range out {
		out[i] = &j.ReferenceAudio[i].InputFile
	}
	return out
}
