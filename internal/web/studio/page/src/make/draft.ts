// The draft: what the form holds, and the request that it makes.
import { signal } from '@preact/signals'
import type { Camera, Task } from '../api'

// Picture is a first or a last frame, which the server has or is given.
export interface Picture {
  url: string // what the request gives; "" while it is uploaded or fetched
  shown: string // what the page shows; "" if it can't show it before the server has it
  name: string
  width: number // pixels; 0 = not known
  height: number
}

export const axes = ['horizontal', 'vertical', 'pan', 'tilt', 'roll', 'zoom'] as const
export type Axis = (typeof axes)[number]

export interface Draft {
  prompt: string
  negative: string
  model: string
  first: Picture | null
  last: Picture | null
  seconds: number
  shape: string // "" = as the picture, or the engine's own
  resolution: string // "" = the engine's own
  seed: string // "" = at random
  enhance: boolean
  watermark: boolean
  caption: boolean
  camera: Record<Axis, number>
  preset: string
  takes: number
}

const still = (): Record<Axis, number> => ({ horizontal: 0, vertical: 0, pan: 0, tilt: 0, roll: 0, zoom: 0 })

const blank = (): Draft => ({
  prompt: '', negative: '', model: 'default', first: null, last: null, seconds: 5, shape: '', resolution: '', seed: '',
  enhance: false, watermark: false, caption: false, camera: still(), preset: '', takes: 1,
})

export const draft = signal<Draft>(blank())

// change changes fields of the draft.
export function change(fields: Partial<Draft>) {
  draft.value = { ...draft.value, ...fields }
}

export function clear() {
  draft.value = blank()
}

// from fills the draft with what a task was asked for.
export function from(t: Task) {
  const picture = (url: string | null, name: string): Picture | null => (url ? { url, shown: url, name, width: 0, height: 0 } : null)
  const camera = still()
  for (const axis of axes) camera[axis] = t.camera?.[axis] ?? 0
  draft.value = {
    ...blank(), prompt: t.prompt, negative: t.negative_prompt ?? '', model: t.dialect === 'filmgate' ? t.model : 'default',
    first: picture(t.first_frame, 'first frame'), last: picture(t.last_frame, 'last frame'), seconds: t.seconds || 5,
    shape: t.aspect_ratio ?? '', resolution: t.resolution ?? '', seed: t.seed === null ? '' : String(t.seed),
    enhance: t.expand_prompt, watermark: t.watermark, caption: t.caption, camera, preset: t.camera?.preset ?? '',
  }
}

// mode is what the draft starts from, as /api/v1/models names it.
export function mode(d: Draft): string {
  if (d.first && d.last) return 'first_and_last_frame'
  return d.first ? 'first_frame' : d.last ? 'last_frame' : 'text'
}

export type Body = Record<string, unknown>

// body returns the request of the draft, without what is as it is if a request does not say it.
export function body(d: Draft): Body {
  const b: Body = {}
  if (d.prompt) b.prompt = d.prompt
  if (d.negative) b.negative_prompt = d.negative
  if (d.model !== 'default') b.model = d.model
  b.seconds = d.seconds
  if (d.shape) b.aspect_ratio = d.shape
  if (d.resolution) b.resolution = d.resolution
  if (d.first) b.first_frame = d.first.url
  if (d.last) b.last_frame = d.last.url
  if (d.seed) b.seed = Number(d.seed)
  if (d.enhance) b.expand_prompt = true
  if (d.watermark) b.watermark = true
  if (d.caption) b.caption = true
  const camera = cameraOf(d)
  if (camera) b.camera = camera
  return b
}

export function cameraOf(d: Draft): Partial<Camera> | null {
  if (d.preset) return { preset: d.preset }
  const moved = axes.filter((a) => d.camera[a] !== 0)
  return moved.length ? Object.fromEntries(moved.map((a) => [a, d.camera[a]])) : null
}

// bodies returns one request a take. Takes of a given seed have the seeds that follow it, so that they differ.
export function bodies(d: Draft): Body[] {
  return Array.from({ length: d.takes }, (_, i) => (d.seed ? { ...body(d), seed: (Number(d.seed) + i) % 2 ** 32 } : body(d)))
}
