package makevid

import "testing"

// klingBounds returns the limits that both Kling families share. with adds fields to a valid body.
func klingBounds(with func(fields string) string) []bound {
	all := []bound{
		{"a negative prompt of 200", with(`"negative_prompt":"` + long(200) + `"`), ""},
		{"a negative prompt of 201", with(`"negative_prompt":"` + long(201) + `"`), tooLong("negative_prompt", 201, 200)},
		{"cfg_scale 0", with(`"cfg_scale":0`), ""},
		{"cfg_scale 1", with(`"cfg_scale":1`), ""},
		{"cfg_scale below", with(`"cfg_scale":-0.001`), "cfg_scale: must be a number from 0 to 1"},
		{"cfg_scale above", with(`"cfg_scale":1.001`), "cfg_scale: must be a number from 0 to 1"},
		{"cfg_scale as a text", with(`"cfg_scale":"0.5"`), ""},
		{"cfg_scale as a word", with(`"cfg_scale":"half"`), "cfg_scale: must be a number from 0 to 1, not a string"},
		{"mode std", with(`"mode":"std"`), ""},
		{"mode pro", with(`"mode":"pro"`), ""},
		{"mode 4k", with(`"mode":"4k"`), `mode: "4k" is not possible; allowed: "std", "pro"`},
		{`duration "5"`, with(`"duration":"5"`), ""},
		{`duration "10"`, with(`"duration":"10"`), ""},
		{`duration "6"`, with(`"duration":"6"`), `duration: "6" is not possible; allowed: "5", "10"`},
		{`duration "05"`, with(`"duration":"05"`), `duration: "05" is not possible; allowed: "5", "10"`},
		{"a duration as a number", with(`"duration":5`), ""},
		{"a duration as a number that no one makes", with(`"duration":6`), "duration: must be a string, not a number"},
		{"a config without a move", with(`"camera_control":{"type":"simple","config":{}}`),
			"camera_control/config: must have exactly one of horizontal, vertical, pan, tilt, roll and zoom other than 0, not 0"},
		{"two axes", with(`"camera_control":{"type":"simple","config":{"roll":-1,"zoom":0.5}}`),
			"camera_control/config: must have exactly one of horizontal, vertical, pan, tilt, roll and zoom other than 0, not 2"},
		{"no type", with(`"camera_control":{"config":{"zoom":1}}`), "camera_control/type: is required"},
		{"simple without a config", with(`"camera_control":{"type":"simple"}`), `camera_control/config: is required with type "simple"`},
	}
	for _, axis := range []string{"horizontal", "vertical", "pan", "tilt", "roll", "zoom"} {
		by := func(value string) string {
			return with(`"camera_control":{"type":"simple","config":{"` + axis + `":` + value + `}}`)
		}
		beyond := "camera_control/config/" + axis + ": must be a number from -10 to 10"
		all = append(all, bound{axis + " by -10", by("-10"), ""}, bound{axis + " by 10", by("10"), ""}, bound{axis + " by a little", by("1e-3"), ""},
			bound{axis + " by -10.01", by("-10.01"), beyond}, bound{axis + " by 10.01", by("10.01"), beyond}, bound{axis + " by a word", by(`"left"`), beyond + ", not a string"})
	}
	for _, preset := range []string{"down_back", "forward_up", "right_turn_forward", "left_turn_forward"} {
		all = append(all, bound{preset, with(`"camera_control":{"type":"` + preset + `"}`), ""},
			bound{preset + " with an empty config", with(`"camera_control":{"type":"` + preset + `","config":{}}`), `camera_control/config: must be absent with type "` + preset + `"`})
	}
	return all
}

func TestEveryLimitOfKlingsTextToVideo(t *testing.T) {
	prompt := func(p string) string { return `{"prompt":"` + p + `"}` }
	with := func(fields string) string { return `{"prompt":"x",` + fields + `}` }
	holdBounds(t, "/api/v1/kling/text2video/create_kling", append([]bound{
		{"a prompt of 2500", prompt(long(2500)), ""},
		{"a prompt of 2501", prompt(long(2501)), tooLong("prompt", 2501, 2500)},
		{"an empty prompt", prompt(" "), "prompt: must not be empty"},
		{"no prompt", `{}`, "prompt: is required"},
		{"16:9", with(`"aspect_ratio":"16:9"`), ""},
		{"9:16", with(`"aspect_ratio":"9:16"`), ""},
		{"1:1", with(`"aspect_ratio":"1:1"`), ""},
		{"4:3", with(`"aspect_ratio":"4:3"`), `aspect_ratio: "4:3" is not possible; allowed: "16:9", "9:16", "1:1"`},
	}, klingBounds(with)...))
}

func TestEveryLimitOfKlingsImageToVideo(t *testing.T) {
	const either = "must be an http or https URL, or a picture in Base64"
	image := func(source string) string { return `{"image":"` + source + `"}` }
	with := func(fields string) string { return `{"image":"https://a.example/a.jpg",` + fields + `}` }
	tail := func(source string) string { return with(`"image_tail":"` + source + `"`) }
	all := append([]bound{
		{"no image", `{"prompt":"x"}`, "image: is required"},
		{"an empty image", image(""), "image: must not be empty"},
		{"Base64 alone", image("AAAA"), ""},
		{"Base64 cut short", image("AAA"), "image: " + either},
		{"a tail in Base64 alone", tail("AAAA"), ""},
		{"a tail that is empty is none", tail(""), ""},
		{"a tail and a camera", with(`"image_tail":"AAAA","camera_control":{"type":"forward_up"}`), "camera_control: is not possible together with image_tail"},
		{"no prompt", image("AAAA"), ""},
		{"a prompt of 2500", with(`"prompt":"` + long(2500) + `"`), ""},
		{"a prompt of 2501", with(`"prompt":"` + long(2501) + `"`), tooLong("prompt", 2501, 2500)},
	}, klingBounds(with)...)
	all = append(all, anyPicture("image", image, either)...)
	for _, b := range anyPicture("image_tail", tail, either) {
		b.name = "tail: " + b.name
		all = append(all, b)
	}
	holdBounds(t, "/api/v1/kling/image2video/create_kling", all)
}
