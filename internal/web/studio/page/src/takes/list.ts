// What the gallery shows, read page by page.
import { signal } from '@preact/signals'
import { get, query, words, type Asset, type Task } from '../api'

// Item is one card: a task with its video, or a video alone, where favorites or a group are listed.
export interface Item {
  id: string // of the task
  task?: Task
  asset?: Asset
}

export interface Filter {
  from: string // "" = all takes, "favorites", or a group's id
  status: string
  model: string
  search: string
}

export const everything: Filter = { from: '', status: '', model: '', search: '' }

export const filter = signal<Filter>(everything)
export const items = signal<Item[]>([])
export const next = signal<string | null>(null)
export const state = signal<'reading' | 'read' | string>('reading') // or what went wrong

const pageSize = 100
let reading: AbortController | undefined

const ofTask = (task: Task): Item => {
  const asset = task.artifacts.find((a) => !a.deleted)
  return asset ? { id: task.id, task, asset } : { id: task.id, task }
}

// page reads the page at a cursor.
async function page(f: Filter, cursor: string | null, signal: AbortSignal): Promise<{ items: Item[]; next: string | null }> {
  if (f.from) {
    const where = f.from === 'favorites' ? { favorite: 'true' } : { asset_group_id: f.from }
    const found = await get<{ assets: Asset[]; next: string | null }>(query('api/v1/assets', { ...where, limit: pageSize, cursor }), { signal })
    return { items: found.assets.map((asset) => ({ id: asset.task_id, asset })), next: found.next }
  }
  const found = await get<{ tasks: Task[]; next: string | null }>(query('api/v1/tasks', { q: f.search, status: f.status, model: f.model, limit: pageSize, cursor }), { signal })
  return { items: found.tasks.map(ofTask), next: found.next }
}

// matches reports whether an item of favorites or of a group has the search in its name. The server searches in the prompts of the others.
const matches = (i: Item, f: Filter) => !f.from || !f.search || (i.asset?.filename ?? '').toLowerCase().includes(f.search.toLowerCase())

// more reads on, until a page has something that matches.
export async function more() {
  if (reading) return
  const mine = (reading = new AbortController())
  state.value = 'reading'
  try {
    let found: Item[]
    do {
      const p = await page(filter.value, next.value, mine.signal)
      if (mine !== reading) return
      found = p.items.filter((i) => matches(i, filter.value))
      items.value = [...items.value, ...found]
      next.value = p.next
    } while (found.length === 0 && next.value)
    state.value = 'read'
  } catch (e) {
    if (mine === reading) state.value = words(e)
  } finally {
    if (mine === reading) reading = undefined
  }
}

// show begins the list anew with a filter.
export function show(f: Filter) {
  reading?.abort()
  reading = undefined
  filter.value = f
  items.value = []
  next.value = null
  void more()
}

// update takes a changed task into the list.
export function update(t: Task) {
  if (t.deleted) items.value = items.value.filter((i) => i.id !== t.id)
  else if (items.value.some((i) => i.id === t.id)) items.value = items.value.map((i) => (i.id === t.id && i.task ? ofTask(t) : i))
  else if (filter.value === everything && state.value === 'read') items.value = [ofTask(t), ...items.value]
}
