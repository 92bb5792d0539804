// What is under way, with its progress, and what has just ended.
import { ended, type Task } from '../api'
import { Empty, lasting, Status, Time } from '../parts'
import { link } from '../router'
import { cancel, justEnded, retry, underWay } from '../tasks'
import { from } from '../make/draft'
import { Hover } from './hover'
import { isRender, titleOf } from './title'

export function UnderWay() {
  const all = [...underWay.value, ...justEnded.value]
  return (
    <section class="underway" aria-labelledby="underway">
      <h2 id="underway">Under way</h2>
      {all.length === 0 ? (
        <Empty title="Nothing is being made">
          <p>Describe a shot, or drop a picture into First frame, and press Make a take. It appears here while it is made.</p>
        </Empty>
      ) : (
        <ul class="jobs">{all.map((t) => <Job key={t.id} task={t} />)}</ul>
      )}
    </section>
  )
}

function Job(p: { task: Task }) {
  const t = p.task
  const asset = t.artifacts[0]
  return (
    <li class="job">
      {asset && !asset.deleted && <a href={link('takes', t.id)} aria-label={'Open ' + titleOf(t)}><Hover asset={asset} /></a>}
      <div class="job-text">
        <a class="title" href={link('takes', t.id)}>{titleOf(t)}</a>
        <p class="hint"><Status state={t.status} /> {t.model} · {t.seconds ? lasting(t.seconds) : ''} · <Time at={t.created_at} /></p>
        {!ended(t.status) && <Progress task={t} />}
        {t.failure && <p class="error">{t.failure.message}</p>}
        <div class="actions">
          {!ended(t.status) && <button onClick={() => cancel(t)}>Cancel</button>}
          {(t.status === 'FAILED' || t.status === 'CANCELLED') && <button onClick={() => retry(t)}>Try again</button>}
          {ended(t.status) && !isRender(t) && <button class="plain" onClick={() => from(t)}>Use its settings</button>}
        </div>
      </div>
    </li>
  )
}

// waitOf says honestly what a task waits for.
export function waitOf(t: Task): string {
  if (t.status === 'RUNNING') return t.progress_text ?? `${Math.round(t.progress * 100)} %`
  const wait = t.wait_seconds > 0 ? `, about ${lasting(t.wait_seconds)}` : ''
  return (t.progress_text ?? (t.status === 'PENDING' ? 'Waits for the engine' : 'Waits for its turn')) + wait
}

export function Progress(p: { task: Task }) {
  const t = p.task
  const known = t.status === 'RUNNING' && t.progress > 0
  return (
    <div class="progress">
      <progress aria-label={'Progress of ' + titleOf(t)} max={1} value={known ? t.progress : undefined} />
      <span>{waitOf(t)}</span>
    </div>
  )
}
