// What can be done with several takes at once.
import { useState } from 'preact/hooks'
import { call, ended, words, type Asset } from '../api'
import { tell } from '../parts'
import { go, link } from '../router'
import { download } from '../take/download'
import { cancel, changed, remove } from '../tasks'
import { groups, moveTo } from './groups'
import { filter, items, type Item } from './list'

export function Many(p: { chosen: Item[]; onDone: () => void }) {
  const [busy, setBusy] = useState(false)
  const n = p.chosen.length
  const films = p.chosen.filter((i) => i.asset)
  const open = p.chosen.filter((i) => i.task && !ended(i.task.status))

  // each does something with the takes one after another, and says how many it was done with.
  async function each(list: Item[], what: string, act: (i: Item) => Promise<unknown>) {
    setBusy(true)
    let done = 0
    try {
      for (const i of list) {
        await act(i)
        done++
      }
      tell(`${done} ${done === 1 ? 'take' : 'takes'} ${what}.`)
      p.onDone()
    } catch (e) {
      tell(`${done} of ${list.length} ${what}. ${words(e)}`, true)
    }
    setBusy(false)
  }

  async function favorite(i: Item) {
    const asset = await call<Asset>('PATCH', `api/v1/assets/${i.asset!.id}`, { favorite: true })
    items.value = items.value.map((x) => (x.asset?.id === asset.id ? { ...x, asset } : x))
  }

  async function move(i: Item, name: string) {
    const asset = await moveTo(i.asset!, name)
    const gone = filter.value.from !== '' && filter.value.from !== 'favorites' && filter.value.from !== asset.asset_group_id
    items.value = gone ? items.value.filter((x) => x.asset?.id !== asset.id) : items.value.map((x) => (x.asset?.id === asset.id ? { ...x, asset } : x))
  }

  async function erase(i: Item) {
    if (i.task) return remove(i.task)
    await call('DELETE', 'api/v1/tasks/' + i.id)
    items.value = items.value.filter((x) => x.id !== i.id)
    changed.value = null
  }

  // compose makes a storyboard of the takes, the oldest first.
  async function compose() {
    setBusy(true)
    try {
      go('storyboards', (await call<{ id: string }>('POST', 'api/v1/storyboards', { shots: films.map((i) => ({ task: i.id })).reverse() })).id)
    } catch (e) {
      tell(words(e), true)
      setBusy(false)
    }
  }

  function save() {
    for (const i of films) {
      const a = document.createElement('a')
      a.href = download(i.asset!)
      a.download = ''
      a.click()
    }
  }

  return (
    <div class="actions many" role="group" aria-label="With the chosen takes">
      <b aria-live="polite">{n} chosen</b>
      <button disabled={busy || films.length === 0} onClick={save}>Download</button>
      <button disabled={busy || films.length === 0} onClick={() => each(films, 'marked as favorites', favorite)}>★ Favorite</button>
      <MoveTo disabled={busy || films.length === 0} onMove={(name) => each(films, `moved to ${name}`, (i) => move(i, name))} />
      <button disabled={busy || films.length === 0} onClick={compose}>Storyboard</button>
      {films.length === 2 && <a class="button" href={link('compare', ...films.map((i) => i.id))}>Compare the two</a>}
      {open.length > 0 && <button disabled={busy} onClick={() => each(open, 'cancelled', (i) => cancel(i.task!))}>Cancel</button>}
      <button class="danger" disabled={busy || n === 0}
        onClick={() => confirm(`Delete ${n} takes and their files for good?`) && each(p.chosen, 'deleted', erase)}>Delete</button>
    </div>
  )
}

// MoveTo moves to a group by its name: one of the list, or a new one.
function MoveTo(p: { disabled: boolean; onMove: (name: string) => void }) {
  const [name, setName] = useState('')
  function submit(e: Event) {
    e.preventDefault()
    if (name.trim()) p.onMove(name.trim())
  }
  return (
    <form class="move-to" onSubmit={submit} novalidate aria-label="Move to a group">
      <input list="groups" aria-label="Group to move to" placeholder="Group" value={name} onInput={(e) => setName(e.currentTarget.value)} />
      <datalist id="groups">{groups.value.map((g) => <option key={g.id} value={g.name} />)}</datalist>
      <button disabled={p.disabled || !name.trim()}>Move</button>
    </form>
  )
}
