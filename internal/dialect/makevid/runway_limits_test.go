package makevid

import "testing"

func TestEveryLimitOfTheRunwayFamily(t *testing.T) {
	with := func(fields string) string { return `{"seconds":5,"text_prompt":"zoom",` + fields + `}` }
	holdBounds(t, "/api/v1/create_runway", append([]bound{
		{"5 seconds", `{"seconds":5,"text_prompt":"x"}`, ""},
		{"10 seconds", `{"seconds":10,"text_prompt":"x"}`, ""},
		{"10 seconds as a fraction", `{"seconds":1e1,"text_prompt":"x"}`, ""},
		{"4 seconds", `{"seconds":4,"text_prompt":"x"}`, "seconds: 4 is not possible; allowed: 5, 10"},
		{"6 seconds", `{"seconds":6,"text_prompt":"x"}`, "seconds: 6 is not possible; allowed: 5, 10"},
		{"11 seconds", `{"seconds":11,"text_prompt":"x"}`, "seconds: 11 is not possible; allowed: 5, 10"},
		{"a prompt of one character", `{"seconds":5,"text_prompt":"x"}`, ""},
		{"a prompt of 5000", `{"seconds":5,"text_prompt":"` + long(5000) + `"}`, ""},
		{"a prompt of 5001", `{"seconds":5,"text_prompt":"` + long(5001) + `"}`, tooLong("text_prompt", 5001, 5000)},
		{"no prompt, with a picture", `{"seconds":5,"init_image":"https://a.example/a.jpg"}`, ""},
		{"no prompt, no picture", `{"seconds":5}`, "text_prompt: must not be empty where there is no init_image"},
		{"the lowest seed", with(`"seed":0`), ""},
		{"the highest seed", with(`"seed":4294967295`), ""},
		{"a seed below", with(`"seed":-1`), "seed: must be a whole number from 0 to 4294967295"},
		{"a seed above", with(`"seed":4294967296`), "seed: must be a whole number from 0 to 4294967295"},
		{"a seed in halves", with(`"seed":0.5`), "seed: must be a whole number from 0 to 4294967295"},
		{"a name of 255", with(`"name":"` + long(255) + `"`), ""},
		{"a name of 256", with(`"name":"` + long(256) + `"`), tooLong("name", 256, 255)},
		{"a group of 255", with(`"assetGroupName":"` + long(255) + `"`), ""},
		{"a group of 256", with(`"assetGroupName":"` + long(256) + `"`), tooLong("assetGroupName", 256, 255)},
		{"720p", with(`"resolution":"720p"`), ""},
		{"1080p", with(`"resolution":"1080p"`), `resolution: "1080p" is not possible; allowed: "720p"`},
		{"its model", with(`"model":"gen3a_turbo"`), ""},
		{"another model", with(`"model":"gen3a"`), `model: "gen3a" is not possible; allowed: "gen3a_turbo"`},
		{"an end frame", with(`"image_as_end_frame":true,"init_image":"https://a.example/a.jpg"`), ""},
		{"an end frame of nothing", with(`"image_as_end_frame":true`), "image_as_end_frame: needs an init_image to end on"},
		{"Base64 alone", with(`"init_image":"AAAA"`), "init_image: must be an http or https URL, or a data URI of a picture"},
	}, anyPicture("init_image", func(s string) string { return with(`"init_image":"` + s + `"`) }, "must be an http or https URL, or a data URI of a picture")...))
}
