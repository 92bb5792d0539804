// What a webhook was told, and what it answered.
import { useEffect, useState } from 'preact/hooks'
import { call, get, query, words } from '../api'
import { Empty, Loading, tell, Time } from '../parts'
import { link } from '../router'

interface Delivery {
  id: string
  task_id: string | null
  type: string
  status: 'pending' | 'delivered' | 'failed' | 'dropped'
  tries: number
  next_attempt_at: string | null
  attempts: { started_at: string; duration_seconds: number; response_status: number | null; response_body: string | null; error: string | null }[]
  created_at: string
}

const looks: Record<Delivery['status'], string> = { pending: 'running', delivered: 'succeeded', failed: 'failed', dropped: 'cancelled' }
interface Page {
  deliveries: Delivery[]
  next: string | null
}

const step = 50 // deliveries that are read at once
const most = 100 // by one call
const interval = 2000 // milliseconds between two looks while something is pending

const spans = [['in the last hour', 1], ['in the last day', 24], ['in the last week', 168]] as const // and their hours

// Deliveries lists them, newest first. sent changes when there is a new one.
export function Deliveries(p: { path: string; sent: number }) {
  const [all, setAll] = useState<Delivery[] | null>(null)
  const [next, setNext] = useState<string | null>(null)
  const [failed, setFailed] = useState('')
  const page = (cursor: string | null, limit: number) => get<Page>(query(p.path + '/deliveries', { limit, cursor }))
  // read reads again what is shown, and more what follows it.
  const read = () => page(null, Math.min(most, Math.max(step, all?.length ?? 0))).then((a) => { setAll(a.deliveries); setNext(a.next) }, (e) => setFailed(words(e)))
  const more = () => page(next, step).then((a) => { setAll([...all!, ...a.deliveries]); setNext(a.next) }, (e) => tell(words(e), true))
  useEffect(() => void read(), [p.path, p.sent])
  const pending = all?.some((d) => d.status === 'pending')
  useEffect(() => {
    const timer = pending ? setTimeout(read, interval) : undefined
    return () => clearTimeout(timer)
  }, [all])
  if (failed) return <p class="error" role="alert">{failed}</p>
  if (!all) return <Loading what="the deliveries" />
  if (all.length === 0) return <Empty title="Nothing was delivered yet" />
  const replay = (d: Delivery) => call('POST', `${p.path}/deliveries/${d.id}/replay`).then(read, (e) => tell(words(e), true))
  return (
    <section aria-labelledby="deliveries" class="stack">
      <header class="actions">
        <h3 id="deliveries">Deliveries</h3>
        <Failed path={p.path} onReplay={read} />
      </header>
      <ul class="rows">
        {all.map((d) => (
          <li key={d.id}>
            <details>
              <summary><span class={'status ' + looks[d.status]}>{d.status}</span> {d.type} · <Time at={d.created_at} /></summary>
              <div class="stack">
                {d.task_id && <a href={link('takes', d.task_id)}>The take</a>}
                {d.attempts.map((a) => (
                  <div key={a.started_at}>
                    <p class="hint"><Time at={a.started_at} />, {a.duration_seconds} s: {a.response_status ? `status ${a.response_status}` : 'no answer'}{a.error && `. ${a.error}`}</p>
                    {a.response_body && <pre tabIndex={0} aria-label="The answer">{a.response_body}</pre>}
                  </div>
                ))}
                <div><button disabled={d.status === 'pending'} onClick={() => replay(d)}>Deliver again</button></div>
              </div>
            </details>
          </li>
        ))}
      </ul>
      {next && <div><button onClick={more}>Show more</button></div>}
    </section>
  )
}

// Failed delivers again what failed within a time.
function Failed(p: { path: string; onReplay: () => void }) {
  const [hours, setHours] = useState(24)
  async function replay() {
    try {
      const { replayed } = await call<{ replayed: number }>('POST', p.path + '/replay', { since: new Date(Date.now() - hours * 3_600_000).toISOString(), status: 'failed' })
      tell(replayed === 1 ? 'One event is delivered again.' : `${replayed} events are delivered again.`)
      p.onReplay()
    } catch (e) {
      tell(words(e), true)
    }
  }
  return (
    <div class="actions push">
      <label class="inline">
        What failed
        <select value={hours} onChange={(e) => setHours(Number(e.currentTarget.value))}>
          {spans.map(([name, n]) => <option key={n} value={n}>{name}</option>)}
        </select>
      </label>
      <button onClick={replay}>Deliver again</button>
    </div>
  )
}
