// The storyboard that is open, and how it is changed: one change after the other, each based on the version before it.
import { signal } from '@preact/signals'
import { call, get, Problem, send, words, type State } from '../api'
import { tell } from '../parts'

export interface Line {
  id: string
  name: string
  shot_count: number
  preview_url: string | null
  updated_at: string
}

export interface ShotTake {
  task: string
  status: State | null // null = the task is gone
  deleted: boolean
  prompt: string
  progress: number
  failure: string | null
  url: string | null
  preview_url: string | null
  duration_seconds: number | null
}

export interface Transition {
  type: 'cut' | 'dissolve'
  seconds: number
}

export interface Shot {
  id: string
  take: string
  takes: ShotTake[]
  transition: Transition
  seconds: number | null
}

export interface Storyboard {
  id: string
  name: string
  version: number
  width: number
  height: number
  frame_rate: number
  ready: boolean
  seconds: number | null
  shots: Shot[]
  updated_at: string
}

// ShotChange is a shot as a change names it: what is not said of it stays.
export type ShotChange = { id: string; take?: string; transition?: Transition } | { request: Record<string, unknown> }

export type Change = Partial<Pick<Storyboard, 'name' | 'width' | 'height' | 'frame_rate'>> & { shots?: ShotChange[] }

// board is the open storyboard; null until it is read.
export const board = signal<Storyboard | null>(null)

export const path = (id: string) => 'api/v1/storyboards/' + encodeURIComponent(id)

let changes: Promise<unknown> = Promise.resolve()

// read reads the storyboard, after the changes that are under way.
export function read(id: string): Promise<void> {
  return after(async () => {
    board.value = await get<Storyboard>(path(id))
  })
}

// after runs work when all before it has ended.
function after<T>(work: () => Promise<T>): Promise<T> {
  const done = changes.then(work)
  changes = done.catch(() => undefined)
  return done
}

// edit changes the open storyboard. change returns what to send, from the storyboard as it is when its turn comes. A change of a
// version that is not the newest is refused, and the newest is read.
export function edit(change: (b: Storyboard) => Change): Promise<void> {
  return after(async () => {
    const b = board.value!
    try {
      board.value = await call<Storyboard>('PATCH', path(b.id), change(b), { headers: { 'If-Match': `"${b.version}"` } })
    } catch (e) {
      if (!(e instanceof Problem) || e.status !== 412) throw e
      board.value = await get<Storyboard>(path(b.id))
      throw new Error('The storyboard has changed meanwhile. This is how it is now; change it again.')
    }
  })
}

// attempt is edit for changes whose errors no field shows. After one the page shows the storyboard as the server has it.
export function attempt(change: (b: Storyboard) => Change): Promise<boolean> {
  return edit(change).then(() => true, async (e) => {
    tell(words(e), true)
    await read(board.value!.id).catch(() => undefined)
    return false
  })
}

const named = (b: Storyboard): ShotChange[] => b.shots.map((s) => ({ id: s.id }))

// addShot adds a shot at the end, whose task is made of a request.
export const addShot = (request: Record<string, unknown>) => edit((b) => ({ shots: [...named(b), { request }] }))

// changeShot changes one shot.
export const changeShot = (id: string, fields: { take?: string; transition?: Transition }) =>
  attempt((b) => ({ shots: b.shots.map((s) => (s.id === id ? { id, ...fields } : { id: s.id })) }))

export const removeShot = (id: string) => attempt((b) => ({ shots: named({ ...b, shots: b.shots.filter((s) => s.id !== id) }) }))

// moveShot puts a shot at another place, 0 the first, and shows it there at once.
export function moveShot(id: string, to: number): Promise<boolean> {
  board.value = moved(board.value!, id, to)
  return attempt((b) => ({ shots: named(moved(b, id, to)) }))
}

function moved(b: Storyboard, id: string, to: number): Storyboard {
  const shots = b.shots.filter((s) => s.id !== id)
  const shot = b.shots.find((s) => s.id === id)
  if (shot) shots.splice(to, 0, shot)
  return { ...b, shots }
}

// retake makes another take of a shot, with the fields that are different.
export function retake(shot: string, fields: Record<string, unknown>): Promise<void> {
  return after(async () => {
    const b = board.value!
    await call('POST', `${path(b.id)}/shots/${shot}/takes`, fields, { headers: { 'Idempotency-Key': crypto.randomUUID?.() ?? String(Math.random()) } })
    board.value = await get<Storyboard>(path(b.id))
  })
}

// sheet returns the contact sheet as a picture.
export async function sheet(b: Storyboard, signal: AbortSignal): Promise<Blob> {
  return (await send('GET', path(b.id) + '/contact_sheet', undefined, { signal })).blob()
}
