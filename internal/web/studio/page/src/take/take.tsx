// A take's page: the video, what was asked for, and how it was made.
import { useEffect, useState } from 'preact/hooks'
import { call, ended, get, words, type Asset, type Task } from '../api'
import { from } from '../make/draft'
import { copy, lasting, Loading, Status, tell, Time } from '../parts'
import { go, link } from '../router'
import { isRender, titleOf } from '../takes/title'
import { Progress } from '../takes/underway'
import { cancel, changed, remove, retry, underWay } from '../tasks'
import { GroupField } from './group'
import { Attempts, Facts } from './facts'
import { Timeline } from './timeline'
import { Read } from './understood'
import { download } from './download'
import { Player } from './player'
import { Answers } from './answers'

export function Take(p: { id: string }) {
  const [task, setTask] = useState<Task | null>(null)
  const [failed, setFailed] = useState('')
  const read = () => get<Task>('api/v1/tasks/' + encodeURIComponent(p.id)).then(setTask, (e) => setFailed(words(e)))
  useEffect(() => {
    setTask(null)
    setFailed('')
    void read()
  }, [p.id])
  const live = underWay.value.find((t) => t.id === p.id)
  const last = changed.value
  useEffect(() => {
    if (live) setTask(live)
    else if (last?.id === p.id) setTask(last)
  }, [live, last])
  if (failed) return <div class="take"><h1>There is no such take</h1><p class="error" role="alert">{failed}</p><a href={link('takes')}>All takes</a></div>
  if (!task) return <Loading what="the take" />
  return <Shown task={task} onChange={setTask} />
}

function Shown(p: { task: Task; onChange: (t: Task) => void }) {
  const t = p.task
  const asset = t.artifacts.find((a) => !a.deleted)
  const set = (a: Asset) => p.onChange({ ...t, artifacts: t.artifacts.map((x) => (x.id === a.id ? a : x)) })
  return (
    <article class="take">
      <header>
        <h1>{titleOf(t)}</h1>
        <p class="hint"><Status state={t.status} /> {t.model} · <Time at={t.created_at} />{t.deleted && ' · deleted'}</p>
      </header>
      <div class="take-parts">
        <div class="stage">
          {asset ? <Player asset={asset} /> : <Without task={t} />}
          {asset && <Sharing asset={asset} onChange={set} />}
          {asset && <GroupField asset={asset} onChange={set} />}
        </div>
        <aside>
          <Actions task={t} asset={asset} />
          <Facts task={t} asset={asset} />
          {t.understood && <Read task={t} understood={t.understood} />}
          <Timeline task={t} />
          <Attempts task={t} />
          <Answers task={t} />
        </aside>
      </div>
    </article>
  )
}

function Without(p: { task: Task }) {
  const t = p.task
  return (
    <div class="nothing">
      {!ended(t.status) ? <Progress task={t} /> : <p>{t.failure?.message ?? (t.artifacts.length ? 'Its files were deleted.' : 'There is no video.')}</p>}
    </div>
  )
}

function Actions(p: { task: Task; asset: Asset | undefined }) {
  const t = p.task
  async function erase() {
    if (!confirm('Delete this take and its files for good?')) return
    try {
      await remove(t)
      tell('The take is deleted.')
      go('takes')
    } catch (e) {
      tell(words(e), true)
    }
  }
  return (
    <div class="actions">
      {p.asset && <a class="button" href={download(p.asset)}>Download</a>}
      {!ended(t.status) && <button onClick={() => cancel(t)}>Cancel</button>}
      {(t.status === 'FAILED' || t.status === 'CANCELLED') && <button onClick={() => retry(t)}>Try again</button>}
      {!isRender(t) && <button onClick={() => { from(t); go() }}>Make another like it</button>}
      {!t.deleted && <button class="danger push" onClick={erase}>Delete</button>}
    </div>
  )
}

function Sharing(p: { asset: Asset; onChange: (a: Asset) => void }) {
  const { asset } = p
  const path = `api/v1/assets/${asset.id}`
  const act = (method: string, at: string, body?: unknown) => call<Asset>(method, at, body).then(p.onChange, (e) => tell(words(e), true))
  return (
    <div class="actions">
      <button aria-pressed={asset.favorite} onClick={() => act('PATCH', path, { favorite: !asset.favorite })}>{asset.favorite ? '★ Favorite' : '☆ Favorite'}</button>
      {asset.share_url ? (
        <>
          <a href={asset.share_url} target="_blank" rel="noopener">Public page</a>
          <button onClick={() => copy(asset.share_url!, 'The link')}>Copy the link</button>
          <button onClick={() => act('DELETE', path + '/share')}>Stop sharing</button>
        </>
      ) : <button onClick={() => act('POST', path + '/share')}>Share</button>}
      <span class="hint push">{lasting(asset.duration_seconds)} · {asset.width} × {asset.height} · {asset.frame_rate} frames a second{asset.has_audio && ' · with sound'}</span>
    </div>
  )
}
