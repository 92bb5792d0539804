// The joined video of a storyboard: rendering it, and the videos that were rendered.
import { useEffect, useState } from 'preact/hooks'
import { call, ended, get, words, type Task } from '../api'
import { Status, tell, Time } from '../parts'
import { link } from '../router'
import { download } from '../take/download'
import { Player } from '../take/player'
import { Progress } from '../takes/underway'
import { began, cancel, changed, underWay } from '../tasks'
import { path, type Storyboard } from './board'

export function Renders(p: { board: Storyboard }) {
  const b = p.board
  const [all, setAll] = useState<Task[]>([])
  const [failed, setFailed] = useState('')
  const [busy, setBusy] = useState(false)
  useEffect(() => {
    get<{ tasks: Task[] }>(path(b.id) + '/renders').then((page) => setAll(page.tasks), (e) => setFailed(words(e)))
  }, [b.id])
  const last = changed.value
  useEffect(() => {
    if (last) setAll((before) => before.map((t) => (t.id === last.id ? last : t)).filter((t) => !t.deleted))
  }, [last])

  async function render() {
    setBusy(true)
    setFailed('')
    try {
      const made = await call<Task>('POST', path(b.id) + '/renders', {}, { headers: { 'Idempotency-Key': crypto.randomUUID?.() ?? String(Math.random()) } })
      setAll([made, ...all])
      began(made)
      tell('The video is on its way.')
    } catch (e) {
      setFailed(words(e))
    }
    setBusy(false)
  }

  const now = all.map((t) => underWay.value.find((x) => x.id === t.id) ?? t)
  const newest = now[0]
  return (
    <section class="panel" aria-labelledby="renders">
      <header class="actions">
        <h2 id="renders">The video</h2>
        <button class="primary push" disabled={busy || b.shots.length === 0} onClick={render}>{busy ? 'Sending…' : 'Render the video'}</button>
      </header>
      {failed && <p class="error" role="alert">{failed}</p>}
      {newest ? <Newest task={newest} board={b} /> : (
        <p class="hint">{b.shots.length === 0 ? 'All shots together become one MP4. Add the first one.' : b.ready ? 'All shots are ready to become one MP4.' : 'All shots become one MP4, as soon as the last of them is ready.'}</p>
      )}
      {now.length > 1 && (
        <details>
          <summary>Earlier videos</summary>
          <ul class="rows">
            {now.slice(1).map((t) => <li key={t.id}><a href={link('takes', t.id)}><Time at={t.created_at} /></a> <span><Status state={t.status} /></span></li>)}
          </ul>
        </details>
      )}
    </section>
  )
}

// Newest shows the video that was asked for last.
function Newest(p: { task: Task; board: Storyboard }) {
  const t = p.task
  const asset = t.artifacts.find((a) => !a.deleted)
  const old = Date.parse(p.board.updated_at) > Date.parse(t.created_at)
  return (
    <>
      <p class="hint"><Status state={t.status} /> <Time at={t.created_at} />{old && ' · the storyboard has changed since'}</p>
      {asset ? <Player asset={asset} label="The joined video" /> : !ended(t.status) ? <Progress task={t} /> : <p class="error">{t.failure?.message ?? 'There is no video.'}</p>}
      <div class="actions">
        {asset && <a class="button" href={download(asset)}>Download</a>}
        {!ended(t.status) && <button onClick={() => cancel(t)}>Cancel</button>}
        <a class="button" href={link('takes', t.id)}>Its page</a>
      </div>
    </>
  )
}
