// The engines and how they do. Only keys of the operator may see them.
import { useEffect, useState } from 'preact/hooks'
import { get, Problem, words } from '../api'
import { Empty, lasting, Loading, Time } from '../parts'

interface Key {
  name: string
  state: 'working' | 'paused' | 'probing'
  paused_until: string | null
  pause_reason: string | null
  in_flight: number
  max_in_flight: number | null
  last_error: string | null
  last_error_at: string | null
}

interface Engine {
  name: string
  type: string
  models: string[]
  routes: string[]
  not_ready: string | null
  keys: Key[]
}

const interval = 5000 // milliseconds between two looks

const looks: Record<Key['state'], string> = { working: 'succeeded', paused: 'failed', probing: 'running' }

export function Engines() {
  const [all, setAll] = useState<Engine[] | null>(null)
  const [failed, setFailed] = useState<unknown>(null)
  useEffect(() => {
    let timer: number | undefined
    let gone = false
    async function look() {
      try {
        if (!document.hidden || !all) setAll((await get<{ engines: Engine[] }>('api/v1/engines')).engines)
        setFailed(null)
      } catch (e) {
        setFailed(e)
        if (e instanceof Problem) return
      }
      if (!gone) timer = setTimeout(look, interval)
    }
    void look()
    return () => {
      gone = true
      clearTimeout(timer)
    }
  }, [])
  if (failed instanceof Problem && failed.status === 403) {
    return <Empty title="This key may not see the engines"><p>They are the operator’s: sign in with a key of account 1 that has the scope admin, as that of the first start has.</p></Empty>
  }
  if (failed && !all) return <p class="error" role="alert">{words(failed)}</p>
  if (!all) return <Loading what="the engines" />
  return (
    <section class="panel" aria-labelledby="engines">
      <h2 id="engines">Engines</h2>
      <p class="hint">As the server that answers sees them. An engine is paused after repeated failures; its takes wait, or go to the next engine of their model.</p>
      <ul class="rows">{all.map((e) => <One key={e.name} engine={e} alone={all.length === 1} />)}</ul>
    </section>
  )
}

const shownRoutes = 8

function One(p: { engine: Engine; alone: boolean }) {
  const e = p.engine
  const routes = e.routes.map((r) => (r === '*' ? (p.alone ? 'all models' : 'all other models') : r))
  const more = routes.length - shownRoutes
  return (
    <li class="engine">
      <h3>{e.name}{e.type !== e.name && <span class="hint"> {e.type}</span>} {e.keys.length === 0 && <span class={'status ' + (e.not_ready ? 'failed' : 'succeeded')}>{e.not_ready ? 'not ready' : 'working'}</span>}</h3>
      {e.not_ready && <p class="error">{e.not_ready}</p>}
      <p class="hint">
        {routes.length ? `Makes ${routes.slice(0, shownRoutes).join(', ')}${more > 0 ? ` and ${more} more` : ''}.` : 'No model leads to it.'}
        {e.models.length > 0 && e.models.join() !== e.name && ` Its models: ${e.models.join(', ')}.`}
      </p>
      {e.keys.map((k) => <KeyRow key={k.name} of={k} />)}
    </li>
  )
}

function KeyRow(p: { of: Key }) {
  const k = p.of
  const left = k.paused_until ? Math.max(0, (Date.parse(k.paused_until) - Date.now()) / 1000) : 0
  return (
    <div class="engine-key">
      <p>
        <span class={'status ' + looks[k.state]}>{k.state}</span> {k.name && <b>{k.name} </b>}
        <span class="hint">{k.in_flight}{k.max_in_flight !== null && ` of ${k.max_in_flight}`} in flight</span>
      </p>
      {k.state === 'paused' && <p class="warning">{k.pause_reason}{left > 0 && `, for ${lasting(Math.ceil(left))} more`}</p>}
      {k.last_error && <p class="error">{k.last_error} <span class="hint"><Time at={k.last_error_at!} /></span></p>}
    </div>
  )
}
