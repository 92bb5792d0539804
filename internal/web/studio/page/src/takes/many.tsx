// What can be done with several takes at once.
import { useState } from 'preact/hooks'
import { call, ended, words, type Asset } from '../api'
import { copy, tell } from '../parts'
import { go, link } from '../router'
import { download } from '../take/download'
import { cancel, changed, remove } from '../tasks'
import { groups, moveTo } from './groups'
import { filter, items, type Item } from './list'

const pause = 400 // milliseconds between two downloads

export function Many(p: { chosen: Item[]; onAll: () => void; onDone: () => void }) {
  const [busy, setBusy] = useState(false)
  const [links, setLinks] = useState<string[]>([]) // of the takes that were shared
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

  // share gives each take a public page, if it has none.
  function share() {
    const made: string[] = []
    return each(films, 'shared', async (i) => {
      const asset = await call<Asset>('POST', `api/v1/assets/${i.asset!.id}/share`)
      items.value = items.value.map((x) => (x.asset?.id === asset.id ? { ...x, asset } : x))
      if (asset.share_url) made.push(asset.share_url)
    }).then(() => setLinks(made))
  }

  // save has the browser save the videos one after another: of several at once it may take only the last.
  async function save() {
    for (const i of films) {
      const a = document.createElement('a')
      a.href = download(i.asset!)
      a.download = ''
      a.click()
      await new Promise((next) => setTimeout(next, pause))
    }
  }

  if (links.length > 0) return <Links all={links} onClose={() => setLinks([])} />
  return (
    <div class="actions many" role="group" aria-label="With the chosen takes">
      <b aria-live="polite">{n} chosen</b>
      <button class="plain" disabled={busy || n === items.value.length} onClick={p.onAll}>Choose all {items.value.length}</button>
      <button disabled={busy || films.length === 0} onClick={save}>Download</button>
      <button disabled={busy || films.length === 0} onClick={() => each(films, 'marked as favorites', favorite)}>★ Favorite</button>
      <MoveTo disabled={busy || films.length === 0} onMove={(name) => each(films, `moved to ${name}`, (i) => move(i, name))} />
      <button disabled={busy || films.length === 0} onClick={share}>Share</button>
      <button disabled={busy || films.length === 0} onClick={compose}>Storyboard</button>
      {films.length === 2 && <a class="button" href={link('compare', ...films.map((i) => i.id))}>Compare the two</a>}
      {open.length > 0 && <button disabled={busy} onClick={() => each(open, 'cancelled', (i) => cancel(i.task!))}>Cancel</button>}
      <button class="danger" disabled={busy || n === 0}
        onClick={() => confirm(`Delete ${n === 1 ? 'one take' : `${n} takes`} and the files for good?`) && each(p.chosen, 'deleted', erase)}>Delete</button>
    </div>
  )
}

// Links shows the public pages of the takes that were shared.
const Links = (p: { all: string[]; onClose: () => void }) => (
  <div class="many" role="group" aria-label="Public pages">
    <p><b>Public pages.</b> Whoever has an address sees the take, until you stop sharing on its page.</p>
    <pre tabIndex={0} aria-label="Their addresses">{p.all.join('\n')}</pre>
    <div class="actions">
      <button onClick={() => copy(p.all.join('\n'), p.all.length === 1 ? 'The link' : 'The links')}>Copy</button>
      <button class="plain" onClick={p.onClose}>Close</button>
    </div>
  </div>
)

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
