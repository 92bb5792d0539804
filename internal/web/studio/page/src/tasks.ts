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
const interval = 2000 // milliseconds between two looks, if nothing is pushed

let timer: number | undefined
let watching = false

// watchTasks keeps underWay up to date until the function that it returns is called.
export function watchTasks(): () => void {
  watching = true
  document.addEventListener('visibilitychange', look)
  void look()
  return () => {
    watching = false
    document.removeEventListener('visibilitychange', look)
    clearTimeout(timer)
  }
}

// look reads the open tasks. While the page is hidden it waits.
async function look() {
  clearTimeout(timer)
  if (!watching || document.hidden) return
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
  if (watching) timer = setTimeout(look, interval)
}

// finish records a task that has ended.
function finish(t: Task) {
  changed.value = t
  if (!ended(t.status) || t.deleted) return
  justEnded.value = [t, ...justEnded.value.filter((x) => x.id !== t.id)].slice(0, 24)
}

// began adds a new task.
export function began(t: Task) {
  underWay.value = [t, ...underWay.value]
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
