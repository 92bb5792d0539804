// How a task went through its states.
import { useEffect, useState } from 'preact/hooks'
import { ended, get, words, type Reached, type Task } from '../api'
import { lasting, stateName } from '../parts'

// Timeline shows each state of the task, when it came into it and how long it was in it.
export function Timeline(p: { task: Task }) {
  const { id, status } = p.task
  const [states, setStates] = useState<Reached[]>([])
  const [failed, setFailed] = useState('')
  useEffect(() => {
    let stale = false
    get<{ states: Reached[] }>(`api/v1/tasks/${id}/states`).then(
      (a) => { if (!stale) { setStates(a.states); setFailed('') } },
      (e) => { if (!stale) setFailed(words(e)) },
    )
    return () => { stale = true }
  }, [id, status])
  return (
    <section aria-label="Timeline">
      <h2>Timeline</h2>
      {failed && <p class="error" role="alert">{failed}</p>}
      <ol class="timeline">{states.map((s, i) => <Step key={i} reached={s} until={states[i + 1]} begin={states[0]!} />)}</ol>
    </section>
  )
}

// clock shows a time to the second, with the day if that is not today.
function clock(at: string): string {
  const time = new Date(at)
  const today = time.toDateString() === new Date().toDateString()
  return time.toLocaleString(undefined, today ? { timeStyle: 'medium' } : { dateStyle: 'medium', timeStyle: 'medium' })
}

function Step(p: { reached: Reached; until: Reached | undefined; begin: Reached }) {
  const { status, at } = p.reached
  const between = (from: string, to: string) => lasting(Math.max(0, Date.parse(to) - Date.parse(from)) / 1000)
  return (
    <li class={status === 'FAILED' ? 'bad' : ''}>
      <b>{stateName(status)}</b> <time dateTime={at} title={new Date(at).toLocaleString()}>{clock(at)}</time>
      <span class="hint">{p.until ? ` for ${between(at, p.until.at)}` : ended(status) ? ` after ${between(p.begin.at, at)} in all` : ' until now'}</span>
    </li>
  )
}
