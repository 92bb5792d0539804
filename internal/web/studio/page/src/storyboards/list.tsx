// All storyboards, newest first, and a new one.
import { useEffect, useState } from 'preact/hooks'
import { call, get, query, words } from '../api'
import { Empty, Loading, tell, Time } from '../parts'
import { go, link } from '../router'
import type { Line, Storyboard } from './board'

interface Page {
  storyboards: Line[]
  next: string | null
}

export function Storyboards() {
  const [page, setPage] = useState<Page | null>(null)
  const [failed, setFailed] = useState('')
  async function more(before: Page | null) {
    try {
      const found = await get<Page>(query('api/v1/storyboards', { limit: 50, cursor: before?.next }))
      setPage({ storyboards: [...(before?.storyboards ?? []), ...found.storyboards], next: found.next })
    } catch (e) {
      setFailed(words(e))
    }
  }
  useEffect(() => void more(null), [])
  return (
    <div class="takes">
      <header class="actions">
        <h1>Storyboards</h1>
        <New />
      </header>
      {failed ? <p class="error" role="alert">{failed}</p> : !page ? <Loading what="the storyboards" /> : page.storyboards.length === 0 ? (
        <Empty title="No storyboards yet"><p>A storyboard is a list of shots. Each has its takes, and all of them become one video.</p></Empty>
      ) : (
        <ul class="boards">{page.storyboards.map((b) => <Card key={b.id} board={b} />)}</ul>
      )}
      {page?.next && <div><button onClick={() => void more(page)}>Show more</button></div>}
    </div>
  )
}

function New() {
  const [name, setName] = useState('')
  const [busy, setBusy] = useState(false)
  async function submit(e: Event) {
    e.preventDefault()
    setBusy(true)
    try {
      go('storyboards', (await call<Storyboard>('POST', 'api/v1/storyboards', { name: name.trim() })).id)
    } catch (e) {
      tell(words(e), true)
      setBusy(false)
    }
  }
  return (
    <form class="new-board push" onSubmit={submit} novalidate aria-label="New storyboard">
      <input aria-label="Name of the new storyboard" placeholder="Name" value={name} onInput={(e) => setName(e.currentTarget.value)} />
      <button class="primary" disabled={busy}>New storyboard</button>
    </form>
  )
}

function Card(p: { board: Line }) {
  const b = p.board
  return (
    <li class="card">
      <a href={link('storyboards', b.id)}>
        <div class={b.preview_url ? 'hover' : 'hover blank'}>{b.preview_url ? <img src={b.preview_url} alt="" loading="lazy" /> : <span class="hint">No picture yet</span>}</div>
        <span class="title">{b.name || 'Without a name'}</span>
      </a>
      <p class="hint">{b.shot_count} {b.shot_count === 1 ? 'shot' : 'shots'} · <Time at={b.updated_at} /></p>
    </li>
  )
}
