// The calls of the public API that the pages use, and their answers. The types are those of /openapi.json.
import { signal } from '@preact/signals'

export type State = 'QUEUED' | 'THROTTLED' | 'PENDING' | 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'CANCELLED'

// Reached is a state that a task has been in since a time.
export interface Reached {
  status: State
  at: string
}

export interface Camera {
  preset: string | null
  horizontal: number
  vertical: number
  pan: number
  tilt: number
  roll: number
  zoom: number
}

export interface File {
  role: string
  url: string
  type: string
  size: number
  width: number
  height: number
  sha256: string
}

export interface Asset {
  id: string
  task_id: string
  asset_group_id: string
  filename: string
  url: string
  preview_urls: string[]
  width: number
  height: number
  frame_rate: number
  duration_seconds: number
  has_audio: boolean
  converted_from: string | null
  files: File[]
  private: boolean
  sealed: boolean
  share_url: string | null
  favorite: boolean
  deleted: boolean
  created_at: string
}

export interface Attempt {
  engine: string
  model: string | null
  key: string | null
  handle: string | null
  unconfirmed: boolean
  reason: string | null
  failure: string | null
  credits: number
  cost: number
  currency: string | null
  started_at: string
  ended_at: string | null
}

// Understood is what the built-in renderer read in a prompt.
export interface Understood {
  moves: { move: string; from_seconds: number; to_seconds: number }[]
  drawn: string[]
  cards: string[]
}

export interface Task {
  id: string
  status: State
  dialect: string
  model: string
  name: string
  prompt: string
  expand_prompt: boolean
  expanded_prompt: string | null
  negative_prompt: string | null
  seconds: number
  aspect_ratio: string | null
  resolution: string | null
  seed: number | null
  first_frame: string | null
  last_frame: string | null
  video: string | null
  reference_images: { url: string; role: string; name: string | null }[]
  reference_audio: { url: string; name: string | null }[]
  audio: boolean | null
  camera: Camera | null
  cfg_scale: number | null
  mode: string | null
  asset_group: string
  watermark: boolean
  caption: boolean
  low_priority: boolean
  progress: number
  progress_text: string | null
  wait_seconds: number
  engine: string
  engine_model: string
  failure: { reason: string; message: string } | null
  attempts: Attempt[]
  ignored: { field: string; reason: string }[]
  understood: Understood | null
  artifacts: Asset[]
  created_at: string
  updated_at: string
  started_at: string | null
  finished_at: string | null
  retry_of: string | null
  deleted: boolean
}

export interface Limits {
  seconds: number[] | null
  max_seconds: number | null
  aspect_ratios: string[] | null
  resolutions: string[] | null
  prompt_limit: number | null
}

export interface Offer extends Limits {
  engine: string
  model: string
  modes: string[]
  needs_prompt: boolean
  by_mode: (Limits & { mode: string; needs_prompt: boolean })[]
  caption: boolean
  seed: boolean
  cancel: boolean
  price: { per_second: number; per_clip: number; currency: string } | null
}

export interface Model {
  name: string
  dialects: string[]
  engines: Offer[]
}

export interface Dataset {
  id: string
  url: string
  type: string
  size: number
  width: number
  height: number
}

interface ProblemDocument {
  title?: string
  detail?: string
  request_id?: string
  errors?: { pointer?: string; parameter?: string; detail: string }[]
}

// Problem is an error answer of the API. fields has what is wrong with each field, by its name.
export class Problem extends Error {
  status: number
  fields: Record<string, string> = {}
  constructor(status: number, document: ProblemDocument) {
    super(document.detail || document.title || `The server answered with status ${status}.`)
    this.status = status
    for (const e of document.errors ?? []) {
      const name = (e.pointer ?? e.parameter ?? '').replace(/^#\//, '')
      this.fields[decodeURIComponent(name)] = e.detail
    }
  }
}

// signedIn says whether the browser has a key. Of a key that is no longer in force, the first call finds out.
export const signedIn = signal('signedIn' in document.getElementById('studio')!.dataset)

// online is false while the server can't be reached.
export const online = signal(true)

export interface Extra {
  headers?: Record<string, string>
  cache?: RequestCache // absent: nothing is kept
  signal?: AbortSignal
}

// send makes a call and returns the answer. body is JSON if it is not a Blob.
export async function send(method: string, path: string, body?: unknown, extra: Extra = {}): Promise<Response> {
  const headers = new Headers(extra.headers)
  const init: RequestInit = { method, headers, signal: extra.signal ?? null, cache: extra.cache ?? 'no-store' }
  if (body instanceof Blob) {
    init.body = body
  } else if (body !== undefined) {
    headers.set('Content-Type', 'application/json')
    init.body = JSON.stringify(body)
  }
  let answer: Response
  try {
    answer = await fetch(path, init)
  } catch (e) {
    if (!(e instanceof DOMException && e.name === 'AbortError')) online.value = false
    throw e instanceof TypeError ? new Error('The server can’t be reached.') : e
  }
  online.value = true
  if (answer.status === 401) signedIn.value = false
  if (!answer.ok) throw new Problem(answer.status, await answer.json().catch(() => ({})))
  return answer
}

// call makes a call and returns what its JSON answer holds; undefined of an empty answer.
export async function call<T>(method: string, path: string, body?: unknown, extra?: Extra): Promise<T> {
  const answer = await send(method, path, body, extra)
  return (answer.status === 204 ? undefined : await answer.json()) as T
}

export const get = <T>(path: string, extra?: Extra) => call<T>('GET', path, undefined, extra)

// query returns a path with parameters, without those that are empty.
export function query(path: string, values: Record<string, string | number | null | undefined>): string {
  const q = new URLSearchParams()
  for (const [name, value] of Object.entries(values)) if (value !== '' && value != null) q.set(name, String(value))
  return q.size ? `${path}?${q}` : path
}

export const ended = (s: State) => s === 'SUCCEEDED' || s === 'FAILED' || s === 'CANCELLED'

// words returns what an error says.
export const words = (e: unknown) => (e instanceof Error ? e.message : String(e))
