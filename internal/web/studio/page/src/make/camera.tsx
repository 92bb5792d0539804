// The camera: a whole move that has a name, or six axes, shown on the first frame as it would move.
import { useEffect, useRef } from 'preact/hooks'
import { axes, change, draft, type Axis } from './draft'

const ends: Record<Axis, [string, string, string]> = {
  horizontal: ['Horizontal', 'left', 'right'], vertical: ['Vertical', 'down', 'up'], pan: ['Pan', 'left', 'right'], tilt: ['Tilt', 'down', 'up'],
  roll: ['Roll', 'counterclockwise', 'clockwise'], zoom: ['Zoom', 'narrower', 'wider'],
}

const presets: Record<string, string> = {
  down_back: 'Down and back', forward_up: 'Forward and up', right_turn_forward: 'Turn right and forward', left_turn_forward: 'Turn left and forward',
}

// moved returns the CSS transform of the picture when the camera has moved. What the camera does, the picture does the other way.
function moved(c: Record<Axis, number>): string {
  const zoom = 1.25 * 1.045 ** -c.zoom
  return `translate(${-c.horizontal * 1.2}%, ${c.vertical * 1.2}%) rotateY(${c.pan * 2}deg) rotateX(${c.tilt * 2}deg) rotateZ(${-c.roll * 2}deg) scale(${zoom})`
}

export function CameraField(p: { error?: string }) {
  const d = draft.value
  const still = axes.every((a) => d.camera[a] === 0)
  return (
    <details class="more camera" open={!still || !!d.preset}>
      <summary>Camera</summary>
      <div class="camera-parts">
        <Preview />
        <div>
          <label class="inline">
            Move
            <select value={d.preset} onChange={(e) => change({ preset: e.currentTarget.value })}>
              <option value="">By the axes</option>
              {Object.entries(presets).map(([name, text]) => <option key={name} value={name}>{text}</option>)}
            </select>
          </label>
          {!d.preset && axes.map((a) => <Slider key={a} axis={a} />)}
          {!d.preset && !still && <button type="button" class="plain" onClick={() => change({ camera: { horizontal: 0, vertical: 0, pan: 0, tilt: 0, roll: 0, zoom: 0 } })}>Hold still</button>}
        </div>
      </div>
      {p.error && <p class="error">{p.error}</p>}
    </details>
  )
}

function Slider(p: { axis: Axis }) {
  const [name, minus, plus] = ends[p.axis]
  const value = draft.value.camera[p.axis]
  const said = value === 0 ? 'still' : `${Math.abs(value)} ${value < 0 ? minus : plus}`
  return (
    <label class="slider">
      <span>{name}</span>
      <input type="range" min={-10} max={10} step={1} value={value} aria-valuetext={said}
        onInput={(e) => change({ camera: { ...draft.value.camera, [p.axis]: Number(e.currentTarget.value) } })} />
      <output>{said}</output>
    </label>
  )
}

// Preview moves the first frame as the camera would move over it. Without a picture it moves a grid.
function Preview() {
  const d = draft.value
  const box = useRef<HTMLDivElement>(null)
  const to = moved(d.camera)
  useEffect(() => {
    if (!box.current || d.preset) return
    const still = matchMedia('(prefers-reduced-motion: reduce)').matches
    const motion = box.current.animate([{ transform: 'scale(1.25)' }, { transform: to }], { duration: 2500, iterations: still ? 1 : Infinity, direction: 'alternate', easing: 'ease-in-out', fill: 'both' })
    if (still) motion.finish()
    return () => motion.cancel()
  }, [to, d.preset])
  return (
    <div class="camera-view" aria-hidden="true">
      <div ref={box} class={d.first?.shown ? '' : 'grid'}>{d.first?.shown && <img src={d.first.shown} alt="" />}</div>
    </div>
  )
}
