package dialect

import "strings"

// Nearest returns the known name that another most likely means; "" if none is near. It may be written differently
// (firstFrame), be another API's word for it (image), or have a typing error.
func Nearest(name string, known []string) string {
	plain := plainName(name)
	for _, k := range known {
		if plainName(k) == plain {
			return k
		}
	}
	for _, s := range synonyms() {
		for _, word := range s.words {
			if word == plain {
				if k := among(s.means, known); k != "" {
					return k
				}
			}
		}
	}
	best, least := "", len(plain)/3+1 // with two letters of six changed it is another word
	for _, k := range known {
		if d := distance(plain, plainName(k), least); d < least {
			best, least = k, d
		}
	}
	return best
}

// among returns the first of names that is known.
func among(names, known []string) string {
	for _, name := range names {
		for _, k := range known {
			if k == name {
				return k
			}
		}
	}
	return ""
}

// plainName returns a name in lower case without underscores and other signs, cut to a length that no name has.
func plainName(name string) string {
	const most = 64
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, strings.ToLower(name[:min(len(name), most)]))
}

// synonym lists other APIs' words for a field. They mean the first of means that the call knows.
type synonym struct {
	words []string // as plainName writes them
	means []string
}

func synonyms() []synonym {
	return []synonym{
		{[]string{"image", "initimage", "imageurl", "startframe", "startimage", "firstimage", "firstframeimage", "firstframeurl", "inputimage",
			"promptimage", "referenceimage", "img", "picture", "photo", "frame", "frame0", "keyframes", "start"}, []string{"first_frame", "init_image", "image_url", "image"}},
		{[]string{"endframe", "endimage", "lastimage", "imagetail", "tailimage", "imageend", "imageendurl", "lastframeimage", "lastframeurl", "frame1", "tail"},
			[]string{"last_frame", "image_end_url", "image_tail"}},
		{[]string{"videourl", "inputvideo", "sourcevideo", "videouri", "promptvideo", "media", "footage", "clip"}, []string{"video"}},
		{[]string{"duration", "length", "durationseconds", "videolength", "secs", "sec", "time", "numseconds"}, []string{"seconds", "duration"}},
		{[]string{"text", "textprompt", "prompttext", "userprompt", "description", "input", "caption", "positiveprompt"}, []string{"prompt", "text_prompt", "user_prompt"}},
		{[]string{"negative", "negprompt", "textnegative", "exclude"}, []string{"negative_prompt"}},
		{[]string{"aspect", "ratio", "shape", "format", "orientation", "size", "dimensions", "videosize"}, []string{"aspect_ratio"}},
		{[]string{"quality", "definition", "height", "width", "lines"}, []string{"resolution"}},
		{[]string{"modelname", "modelid", "modelversion", "engine", "version"}, []string{"model"}},
		{[]string{"guidance", "guidancescale", "cfg", "promptstrength", "relevance"}, []string{"cfg_scale"}},
		{[]string{"cameracontrol", "cameramotion", "cameramovement", "motion", "movement"}, []string{"camera"}},
		{[]string{"enhanceprompt", "enhance", "promptoptimizer", "promptupsampling", "promptextend", "rewriteprompt"}, []string{"expand_prompt"}},
		{[]string{"exploremode", "relaxed", "priority", "background"}, []string{"low_priority"}},
		{[]string{"assetgroupname", "assetgroupid", "group", "groupid", "groupname", "folder", "collection", "project"}, []string{"asset_group", "asset_group_id"}},
		{[]string{"title", "filename", "label"}, []string{"name"}},
		{[]string{"subtitle", "subtitles", "captions", "showprompt"}, []string{"caption"}},
		{[]string{"randomseed", "noiseseed"}, []string{"seed"}},
		{[]string{"type", "move"}, []string{"preset"}},
		{[]string{"favourite", "starred", "liked", "star", "like"}, []string{"favorite"}},
		{[]string{"sealed", "public", "visibility", "hidden"}, []string{"private"}},
		{[]string{"state", "statuses", "states"}, []string{"status"}},
		{[]string{"pagesize", "perpage", "count", "max", "maxresults", "first", "n"}, []string{"limit"}},
		{[]string{"page", "after", "startingafter", "offset", "next", "pagetoken", "skip"}, []string{"cursor"}},
		{[]string{"from", "since", "createdafter", "createdgte", "begin"}, []string{"created_from"}},
		{[]string{"to", "until", "before", "createdbefore", "createdlt", "end"}, []string{"created_to"}},
		{[]string{"task"}, []string{"task_id"}},
		{[]string{"family", "api"}, []string{"dialect"}},
	}
}

// distance returns how many letters must be added, removed, changed or swapped with a neighbour to turn a into b, at most
// most.
func distance(a, b string, most int) int {
	if d := len(a) - len(b); max(d, -d) >= most {
		return most
	}
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := range len(a) {
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			row[j+1] = min(last[j]+cost, last[j+1]+1, row[j]+1)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
		before, last, row = last, row, before
	}
	return min(last[len(b)], most)
}
