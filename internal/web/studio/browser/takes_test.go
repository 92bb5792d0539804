package browser_test

import "testing"

// movesTheCamera moves an axis, which the preview shows at once, and makes four takes of it.
func movesTheCamera(t *testing.T, p *studioPage) {
	p.open(t, "")
	p.press(t, "^Camera$")
	p.focus(t, ".slider input")
	p.keys(t, "Right")
	p.says(t, ".slider output", "1 right")
	p.Until(t, `() => document.querySelector('.camera-view > div').getAnimations()[0].effect.getKeyframes().at(-1).transform.includes('translate(-1.2%')`)
	p.fill(t, "#prompt", "a buoy that rocks")
	p.fill(t, "#seconds", "60")
	p.choose(t, ".compose > .actions select", "4")
	p.press(t, "^Make 4 takes$")
	p.says(t, ".notice", "4 takes are on their way")
	if camera, _ := p.newest(t)["camera"].(map[string]any); camera["horizontal"] != 1.0 {
		t.Errorf("the take has the camera %v", camera)
	}
}

// cancelsAndDeletes cancels the four takes where they are under way, and deletes them in the gallery.
func cancelsAndDeletes(t *testing.T, p *studioPage) {
	p.Until(t, `() => {
		const jobs = [...document.querySelectorAll('.job')].filter(j => j.textContent.includes('a buoy'))
		for (const b of jobs.flatMap(j => [...j.querySelectorAll('button')])) if (b.textContent === 'Cancel' && !b.dataset.pressed) { b.dataset.pressed = 'yes'; b.click() }
		return jobs.length === 4 && jobs.every(j => j.querySelector('.status').textContent === 'Cancelled')
	}`)
	p.open(t, "#/takes")
	p.choose(t, "[aria-label=State]", "Cancelled")
	p.Until(t, `() => document.querySelectorAll('.card').length === 4`)
	p.press(t, "^Choose several$")
	p.Until(t, `() => { const boxes = document.querySelectorAll('.choose input'); for (const b of boxes) if (!b.checked) b.click(); return boxes.length === 4 }`)
	p.says(t, ".many b", "4 chosen")
	p.accepts(t, func() { p.press(t, "^Delete$") })
	p.says(t, ".notice", "4 takes deleted")
	p.says(t, ".empty", "No take matches")
}
