// A shot of a storyboard: the chosen take, the other takes, and what can be done with it.
import { useState } from 'preact/hooks'
import { ended, get, words, type Task } from '../api'
import { lasting, stateName, Status, tell } from '../parts'
import { link } from '../router'
import { waitOf } from '../takes/underway'
import { underWay } from '../tasks'
import { changeShot, moveShot, removeShot, retake, type Shot, type ShotTake, type Transition } from './board'
import { ShotForm } from './form'

interface Props {
  shot: Shot
  at: number // its place, 0 the first
  count: number // of shots
  handle: object // the attributes of the handle that drags it
  dragged: boolean
}

export function ShotCard(p: Props) {
  const { shot, at } = p
  const [like, setLike] = useState<Task | null>(null) // of the form of another take
  const take = shot.takes.find((t) => t.task === shot.take)!
  const n = at + 1
  const change = () => get<Task>('api/v1/tasks/' + shot.take).then(setLike, (e) => tell(words(e), true))
  const again = () => retake(shot.id, {}).then(() => tell(`Another take of shot ${n} is on its way.`), (e) => tell(words(e), true))
  return (
    <>
      {at > 0 && <Between shot={shot} n={n} />}
      <article class={p.dragged ? 'shot dragged' : 'shot'} aria-label={`Shot ${n}`}>
        <div class="grip" aria-hidden="true" title="Drag to another place" {...p.handle}>⠿</div>
        <a class="shot-picture" href={link('takes', shot.take)} aria-label={`Open the take of shot ${n}`}><Picture take={take} /></a>
        <div class="shot-text">
          <p class="hint"><b>Shot {n}</b> · {shot.seconds === null ? 'not ready' : lasting(shot.seconds)}</p>
          <p class="title">{take.prompt || 'Without a prompt'}</p>
          <State take={take} />
          {shot.takes.length > 1 && <Choice shot={shot} n={n} />}
          <div class="actions">
            <button id={`up-${shot.id}`} disabled={at === 0} aria-label={`Move shot ${n} up`} title="Move up" onClick={() => move(shot.id, at, at - 1)}>↑</button>
            <button id={`down-${shot.id}`} disabled={at === p.count - 1} aria-label={`Move shot ${n} down`} title="Move down" onClick={() => move(shot.id, at, at + 1)}>↓</button>
            <button onClick={again} aria-label={`Retake shot ${n}`} title="Make it again with another seed">Retake</button>
            <button onClick={change} aria-expanded={like !== null} aria-label={`Change… and retake shot ${n}`}>Change…</button>
            <button class="danger push" onClick={() => removeShot(shot.id)} aria-label={`Delete shot ${n}`}>Delete</button>
          </div>
        </div>
        {like && (
          <ShotForm key={like.id} id={'retake-' + shot.id} label={`Another take of shot ${n}`} action="Make the take" like={like} onClose={() => setLike(null)}
            onSend={(fields) => retake(shot.id, fields).then(() => setLike(null))} />
        )}
      </article>
    </>
  )
}

// move moves a shot by a button, which keeps the focus; at an end it can't, and the other one has it.
async function move(id: string, from: number, to: number) {
  const focus = () => {
    const [first, second] = to < from ? ['up-', 'down-'] : ['down-', 'up-']
    const button = document.getElementById(first + id) as HTMLButtonElement | null
    ;(button?.disabled ? document.getElementById(second + id) : button)?.focus()
  }
  const sent = moveShot(id, to)
  requestAnimationFrame(focus)
  if (await sent) tell(`Shot ${from + 1} is shot ${to + 1} now.`)
}

function Picture(p: { take: ShotTake }) {
  const t = p.take
  if (t.preview_url) return <span class="hover"><img src={t.preview_url} alt="" loading="lazy" /></span>
  return <span class="hover blank">{t.status ? <Status state={t.status} /> : 'Gone'}</span>
}

// State says what there is to say of a take without a video.
function State(p: { take: ShotTake }) {
  const t = p.take
  const live = underWay.value.find((x) => x.id === t.task)
  if (t.deleted || !t.status) return <p class="error">Its video was deleted. Make another take, or choose one.</p>
  if (t.status === 'FAILED' || t.status === 'CANCELLED') return <p class="error">{t.failure ?? 'It was cancelled.'}</p>
  if (ended(t.status)) return null
  const progress = live?.status === 'RUNNING' ? live.progress : t.progress
  return (
    <div class="progress">
      <progress aria-label={'Progress of ' + t.prompt} max={1} value={progress > 0 ? progress : undefined} />
      <span>{live ? waitOf(live) : stateName(t.status)}</span>
    </div>
  )
}

// Choice chooses among the takes of a shot.
function Choice(p: { shot: Shot; n: number }) {
  const { shot } = p
  return (
    <fieldset class="choice">
      <legend class="hidden">Takes of shot {p.n}</legend>
      {shot.takes.map((t, i) => (
        <label key={t.task} class="chip" title={t.prompt}>
          <input type="radio" name={'take-' + shot.id} checked={t.task === shot.take} onChange={() => changeShot(shot.id, { take: t.task })} />
          {t.preview_url && <img src={t.preview_url} alt="" loading="lazy" />}
          Take {i + 1}{t.status !== 'SUCCEEDED' && `, ${t.status ? stateName(t.status).toLowerCase() : 'gone'}`}
        </label>
      ))}
    </fieldset>
  )
}

const longestDissolve = 10 // seconds

// Between says how the shot before turns into this one.
function Between(p: { shot: Shot; n: number }) {
  const { shot, n } = p
  const now = shot.transition
  const set = (t: Transition) => changeShot(shot.id, { transition: t })
  return (
    <div class="between">
      <label class="inline">
        <span class="hidden">From shot {n - 1} to shot {n}</span>
        <select value={now.type} onChange={(e) => set(e.currentTarget.value === 'cut' ? { type: 'cut', seconds: 0 } : { type: 'dissolve', seconds: 0.5 })}>
          <option value="cut">Cut</option>
          <option value="dissolve">Dissolve</option>
        </select>
      </label>
      {now.type === 'dissolve' && (
        <label class="inline">
          <span class="hidden">Seconds of the dissolve to shot {n}</span>
          <input type="number" min={0.1} max={longestDissolve} step={0.1} value={now.seconds} onChange={(e) => set({ type: 'dissolve', seconds: Number(e.currentTarget.value) })} /> s
        </label>
      )}
    </div>
  )
}
