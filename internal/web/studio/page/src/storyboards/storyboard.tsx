// A storyboard's page: its shots in their order, and the video that is made of them.
import { useEffect, useState } from 'preact/hooks'
import { call, words } from '../api'
import { lasting, Loading, tell } from '../parts'
import { go, link } from '../router'
import { changed } from '../tasks'
import { addShot, attempt, board, moveShot, path, read, type Storyboard } from './board'
import { useDrag } from './drag'
import { ShotForm } from './form'
import { Renders } from './renders'
import { ContactSheet } from './sheet'
import { ShotCard } from './shot'

export function StoryboardPage(p: { id: string }) {
  const [failed, setFailed] = useState('')
  useEffect(() => {
    board.value = null
    setFailed('')
    read(p.id).catch((e) => setFailed(words(e)))
  }, [p.id])
  const b = board.value
  const last = changed.value
  useEffect(() => {
    if (last && board.value?.shots.some((s) => s.takes.some((t) => t.task === last.id))) void read(p.id).catch(() => undefined)
  }, [last])
  if (failed) return <div class="takes"><h1>There is no such storyboard</h1><p class="error" role="alert">{failed}</p><a href={link('storyboards')}>All storyboards</a></div>
  if (!b) return <Loading what="the storyboard" />
  return (
    <div class="takes">
      <Head board={b} />
      <div class="board">
        <div class="stack">
          <Shots board={b} />
          <section class="panel" aria-labelledby="add">
            <h2 id="add">Add a shot</h2>
            <ShotForm id="new" label="Add a shot" action="Add the shot" onSend={addShot} />
          </section>
        </div>
        <div class="stack result">
          <Renders board={b} />
          <ContactSheet board={b} />
        </div>
      </div>
    </div>
  )
}

const sizes = [[0, 0], [1280, 720], [1920, 1080], [854, 480], [720, 1280], [1080, 1920], [1080, 1080]] as const

function Head(p: { board: Storyboard }) {
  const b = p.board
  const size = `${b.width}x${b.height}`
  const all = [...new Set([...sizes.map(([w, h]) => `${w}x${h}`), size])]
  async function erase() {
    if (!confirm('Delete this storyboard? Its takes stay.')) return
    try {
      await call('DELETE', path(b.id))
      go('storyboards')
    } catch (e) {
      tell(words(e), true)
    }
  }
  const rename = (name: string) => attempt(() => ({ name }))
  function resize(text: string) {
    const [width = 0, height = 0] = text.split('x').map(Number)
    return attempt(() => ({ width, height }))
  }
  return (
    <header class="actions">
      <h1 class="hidden">Storyboard {b.name || 'without a name'}</h1>
      <input class="board-name" aria-label="Name of the storyboard" placeholder="Without a name" value={b.name} onChange={(e) => rename(e.currentTarget.value.trim())} />
      <span class="hint">{b.shots.length} {b.shots.length === 1 ? 'shot' : 'shots'}{b.seconds !== null && `, ${lasting(b.seconds)}`}</span>
      <label class="inline push">
        Size
        <select value={size} onChange={(e) => resize(e.currentTarget.value)}>
          {all.map((s) => <option key={s} value={s}>{s === '0x0' ? 'As the first shot' : s.replace('x', ' × ')}</option>)}
        </select>
      </label>
      <button class="danger" onClick={erase}>Delete</button>
    </header>
  )
}

function Shots(p: { board: Storyboard }) {
  const { shots } = p.board
  const { list, dragged, handle } = useDrag((id, to) => void moveShot(id, to))
  if (shots.length === 0) return <p class="hint">No shots yet. Describe the first one.</p>
  // While a shot is dragged, the line is above the shot that would come after it.
  const line = dragged && dragged.to !== dragged.from ? (dragged.to > dragged.from ? dragged.to + 1 : dragged.to) : -1
  return (
    <ol class="shots" ref={list}>
      {shots.map((s, i) => (
        <li key={s.id} class={line === i ? 'line-above' : line === shots.length && i === shots.length - 1 ? 'line-below' : undefined}>
          <ShotCard shot={s} at={i} count={shots.length} handle={handle(s.id, i)} dragged={dragged?.id === s.id} />
        </li>
      ))}
    </ol>
  )
}
