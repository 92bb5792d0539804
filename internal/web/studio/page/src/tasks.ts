// The tasks that have not ended, kept up to date, and what is done to tasks.
import { signal } from '@preact/signals'
import { call, ended, get, words, type Task } from './api'
import { tell } from './parts'

// underWay are the tasks that have not ended, newest first.
export const underWay = signal<Task[]>([])

// justEnded are the tasks that ended while this page was open, newest first.
export const justEnded = signal<Task[]>([])

// changed is the task that changed last. Pages that show tasks look at it.
export const changed = signal<Task | null>(null)

const open = 'api/v1/tasks?status=QUEUED,THROTTLED,PENDING,RUNNING&limit=100'
const events = ['task.created', 'task.running', 'task.progress', 'task.succeeded', 'task.failed', 'task.cancelled']
const often = 2000 // milliseconds between two looks without a stream
const seldom = 15000 // with one, in case it is cut without a word

let timer: number | undefined
let stream: EventSource | undefined
let watching = false

// watchTasks keeps underWay up to date until the function that it returns is called.
export function watchTasks(): () => void {
  watching = true
  document.addEventListener('visibilitychange', follow)
  follow()
  return () => {
    watching = false
    document.removeEventListener('visibilitychange', follow)
    rest()
  }
}

function rest() {
  clearTimeout(timer)
  stream?.close()
  stream = undefined
}

// follow opens the stream of events. A page that is hidden has none, because browsers open few connections to a server.
function follow() {
  rest()
  if (!watching || document.hidden) return
  stream = new EventSource('api/v1/events')
  for (const type of events) stream.addEventListener(type, (e) => take((JSON.parse(e.data) as { data: Task }).data))
  stream.addEventListener('open', () => void look()) // what happened before it was open
  void look()
}

// take records a task as an event tells it.
function take(t: Task) {
  const known = underWay.value.find((x) => x.id === t.id)
  if (known && known.updated_at > t.updated_at) return
  if (ended(t.status)) {
    underWay.value = underWay.value.filter((x) => x.id !== t.id)
    finish(t)
  } else if (known) underWay.value = underWay.value.map((x) => (x.id === t.id ? t : x))
  else began(t)
}

// look reads the open tasks.
async function look() {
  clearTimeout(timer)
  try {
    const found = (await get<{ tasks: Task[] }>(open)).tasks
    const still = new Set(found.map((t) => t.id))
    const gone = underWay.value.filter((t) => !still.has(t.id))
    underWay.value = found
    for (const t of gone) finish(await get<Task>('api/v1/tasks/' + t.id))
  } catch {
    // The bar says that the server can't be reached, and a sign-out shows the sign-in.
  }
  clearTimeout(timer)
  if (watching && !document.hidden) timer = setTimeout(look, stream?.readyState === EventSource.OPEN ? seldom : often)
}

// finish records a task that has ended.
function finish(t: Task) {
  changed.value = t
  if (!ended(t.status) || t.deleted) return
  justEnded.value = [t, ...justEnded.value.filter((x) => x.id !== t.id)].slice(0, 24)
}

// began adds a new task.
export function began(t: Task) {
  underWay.value = [t, ...underWay.value.filter((x) => x.id !== t.id)]
  changed.value = t
}

export async function cancel(t: Task) {
  try {
    const now = await call<Task>('POST', `api/v1/tasks/${t.id}/cancel`)
    underWay.value = underWay.value.filter((x) => x.id !== t.id)
    finish(now)
  } catch (e) {
    tell(words(e), true)
  }
}

export async function retry(t: Task) {
  try {
    began(await call<Task>('POST', `api/v1/tasks/${t.id}/retry`))
    tell('Trying again.')
  } catch (e) {
    tell(words(e), true)
  }
}

// remove deletes a task with its files.
export async function remove(t: Task) {
  await call('DELETE', 'api/v1/tasks/' + t.id)
  underWay.value = underWay.value.filter((x) => x.id !== t.id)
  justEnded.value = justEnded.value.filter((x) => x.id !== t.id)
  changed.value = { ...t, deleted: true }
}
