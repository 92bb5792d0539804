package words

import "testing"

func TestPeopleAreKnownByTheirNames(t *testing.T) {
	for prompt, want := range map[string]bool{
		"Albert Einstein riding a unicycle": true, "Taylor Swift's dog": true, "a portrait of Marilyn Monroe, cinematic": true, "einstein at a blackboard": true, "Obama speaks": true,
		"Путин на коне": true, "trump, dancing": true,
		"": false, "a cat": false, "New York street at night": false, "Golden Gate Bridge at dawn": false, "A sailboat on Lake Michigan": false, "Mount Everest": false,
		"a man walks on the beach": false, "A BEACH AT SUNSET": false, "Mary, a dog": false, "Anna walks on the beach": false, "the Milky Way over Monument Valley": false,
		"Jack Russell terrier": false, "a trumpet": false, "the Virginia Beach": false,
	} {
		if Person(prompt) != want {
			t.Errorf("%q names a person: %v", prompt, !want)
		}
	}
}
