// The models, and what they allow. The server decides: these rules only keep people from asking for what it would refuse.
import { signal } from '@preact/signals'
import { get, signedIn, words, type Limits, type Model } from './api'

// models is empty until they are read.
export const models = signal<Model[]>([])

// unread says why the models can't be read; "" if they can.
export const unread = signal('')

const again = 3000 // milliseconds

// readModels reads the models, again and again until it has them or nobody is signed in.
export function readModels() {
  get<{ models: Model[] }>('api/v1/models', { cache: 'no-cache' }).then((all) => {
    models.value = all.models
    unread.value = ''
  }, (e) => {
    unread.value = words(e)
    if (signedIn.value) setTimeout(readModels, again)
  })
}

// own returns the models that our own create takes.
export const own = () => models.value.filter((m) => m.dialects.includes('filmgate') && m.engines.length > 0)

// offered returns the names of the models to choose from, the chosen one among them, also while the others are not read yet.
export const offered = (chosen: string) => [...new Set([...own().map((m) => m.name), chosen])].sort()

// builtIn reports whether a model's requests go to the built-in renderer first.
export const builtIn = (m: Model | undefined) => m?.engines[0]?.engine === 'animatic'

// Allowed is what at least one engine of a model makes from what a request starts from. null is anything.
export interface Allowed {
  starts: boolean // whether any engine can start from that
  seconds: number[] | null
  maxSeconds: number
  shapes: string[] | null
  resolutions: string[] | null
  promptLimit: number | null
  seed: boolean
  caption: boolean
  needsPrompt: boolean
}

// union joins lists; null, which is no limit, wins. Of a model that is not known yet there are none, and no limit.
function union<T>(lists: (T[] | null)[]): T[] | null {
  return lists.length === 0 || lists.includes(null) ? null : [...new Set((lists as T[][]).flat())]
}

// longest is how many seconds a create may ask for, whatever the engine.
const longest = 60

export function allowed(m: Model | undefined, mode: string): Allowed {
  const offers = (m?.engines ?? []).filter((o) => o.modes.includes(mode))
  const all = offers.length > 0 ? offers : (m?.engines ?? [])
  const limits = all.map((o): Limits & { needs_prompt: boolean } => {
    const special = o.by_mode.find((x) => x.mode === mode)
    return {
      seconds: special?.seconds ?? (special?.max_seconds ? null : o.seconds),
      max_seconds: special?.max_seconds ?? o.max_seconds,
      aspect_ratios: special?.aspect_ratios ?? o.aspect_ratios,
      resolutions: special?.resolutions ?? o.resolutions,
      prompt_limit: special?.prompt_limit ?? o.prompt_limit,
      needs_prompt: special?.needs_prompt ?? o.needs_prompt,
    }
  })
  const prompts = limits.map((l) => l.prompt_limit)
  return {
    starts: offers.length > 0 || !m,
    seconds: union(limits.map((l) => l.seconds))?.sort((a, b) => a - b) ?? null,
    maxSeconds: m ? Math.min(longest, Math.max(...limits.map((l) => l.max_seconds ?? Math.max(...(l.seconds ?? [longest]))), 1)) : longest,
    shapes: union(limits.map((l) => l.aspect_ratios)),
    resolutions: union(limits.map((l) => l.resolutions)),
    promptLimit: prompts.includes(null) || prompts.length === 0 ? null : Math.max(...(prompts as number[])),
    seed: all.some((o) => o.seed),
    caption: all.some((o) => o.caption),
    needsPrompt: limits.length > 0 && limits.every((l) => l.needs_prompt),
  }
}

// price returns what a video of some seconds costs at the first engine that says so.
export function price(m: Model | undefined, seconds: number): string {
  const p = m?.engines.find((o) => o.price)?.price
  if (!p) return ''
  const sum = p.per_clip + p.per_second * seconds
  return p.currency === 'credits' ? `${sum} credits` : `${sum.toFixed(2)} ${p.currency}`
}
