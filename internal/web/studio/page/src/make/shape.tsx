// The shape of the video: a radio button for each aspect ratio, drawn as a rectangle of that shape.
import { change, draft } from './draft'

export const shapes = ['16:9', '9:16', '1:1', '4:3', '3:4', '3:2', '2:3', '5:3', '3:5', '21:9', '9:21']

// ratioOf returns the width of a shape for a height of 1.
export function ratioOf(shape: string): number {
  const [w = 16, h = 9] = shape.split(':').map(Number)
  return w / h
}

export function ShapeField(p: { shapes: string[] | null; error?: string }) {
  const chosen = draft.value.shape
  const all = ['', ...new Set([...(p.shapes ?? shapes), ...(chosen ? [chosen] : [])])]
  return (
    <fieldset class="shapes" aria-describedby={p.error ? 'shape-error' : undefined}>
      <legend>Shape</legend>
      <div class="chips">
        {all.map((s) => {
          const r = ratioOf(s || '16:9')
          const size = { width: `${Math.min(22, 18 * r)}px`, height: `${Math.min(22, 18 * r) / r}px` }
          return (
            <label key={s} class="chip">
              <input type="radio" name="shape" value={s} checked={s === chosen} onChange={() => change({ shape: s })} />
              <span class="outline" style={s ? size : { ...size, borderStyle: 'dashed' }} />
              {s || 'As the picture'}
            </label>
          )
        })}
      </div>
      {p.error && <p class="error" id="shape-error">{p.error}</p>}
    </fieldset>
  )
}
