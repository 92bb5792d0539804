package makevid

import "testing"

func TestEveryLimitOfTheLumaFamily(t *testing.T) {
	prompt := func(p string) string { return `{"user_prompt":"` + p + `","expand_prompt":false}` }
	const either = "must be an http or https URL, or a data URI of a picture"
	all := []bound{
		{"a prompt of one character", prompt("x"), ""},
		{"a prompt of 5000", prompt(long(5000)), ""},
		{"a prompt of 5001", prompt(long(5001)), tooLong("user_prompt", 5001, 5000)},
		{"an empty prompt", prompt(""), "user_prompt: must not be empty where there is no picture"},
		{"no prompt", `{"expand_prompt":false}`, "user_prompt: is required"},
		{"an empty prompt with a picture", `{"user_prompt":"","expand_prompt":true,"image_url":"https://a.example/a.jpg"}`, ""},
		{"an empty prompt with an end", `{"user_prompt":"","expand_prompt":true,"image_end_url":"https://a.example/a.jpg"}`, ""},
		{"expand_prompt absent", `{"user_prompt":"x"}`, "expand_prompt: is required"},
		{"expand_prompt as a text", `{"user_prompt":"x","expand_prompt":"true"}`, ""},
		{"expand_prompt as another", `{"user_prompt":"x","expand_prompt":"yes"}`, "expand_prompt: must be true or false, not a string"},
		{"Base64 alone", `{"user_prompt":"x","expand_prompt":true,"image_url":"AAAA"}`, "image_url: " + either},
		{"pictures that are empty are none", `{"user_prompt":"x","expand_prompt":true,"image_url":"","image_end_url":""}`, ""},
	}
	for _, field := range []string{"image_url", "image_end_url"} {
		for _, b := range anyPicture(field, func(s string) string { return `{"user_prompt":"x","expand_prompt":true,"` + field + `":"` + s + `"}` }, either) {
			b.name = field + ": " + b.name
			all = append(all, b)
		}
	}
	holdBounds(t, "/api/v1/create_luma", all)
}
