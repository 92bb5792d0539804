// Webhooks: make, test, disable, delete, a new secret, and what was delivered.
import { useEffect, useState } from 'preact/hooks'
import { call, get, Problem, words } from '../api'
import { described, Empty, Field, Loading, tell, Time } from '../parts'
import { go, link } from '../router'
import { Deliveries } from './deliveries'
import { Once } from './once'

export interface Webhook {
  id: string
  url: string
  types: string[]
  description: string
  enabled: boolean
  disabled_reason: string | null
  failing_since: string | null
  secret: string | null
  created_at: string
}

const types = ['task.created', 'task.running', 'task.succeeded', 'task.failed', 'task.cancelled']

export function Webhooks(p: { id: string | undefined }) {
  const [all, setAll] = useState<Webhook[] | null>(null)
  const [failed, setFailed] = useState('')
  const [made, setMade] = useState<Webhook | null>(null) // with the secret that is shown once
  useEffect(() => {
    get<{ webhooks: Webhook[] }>('api/v1/webhooks').then((a) => setAll(a.webhooks), (e) => setFailed(words(e)))
  }, [])
  if (failed) return <p class="error" role="alert">{failed}</p>
  if (!all) return <Loading what="the webhooks" />
  const chosen = all.find((w) => w.id === p.id)
  const put = (w: Webhook) => {
    setAll(all.some((x) => x.id === w.id) ? all.map((x) => (x.id === w.id ? w : x)) : [...all, w])
    if (w.secret) setMade(w)
  }
  return (
    <section class="panel" aria-labelledby="webhooks">
      <h2 id="webhooks">Webhooks</h2>
      <p class="hint">A webhook is told by POST when a task of yours begins or ends. What it gets is signed with its secret, by Standard Webhooks.</p>
      {made && <Once title="The secret, shown this once." hint="The receiver checks the signatures with it." text={made.secret!} what="The secret" onClose={() => setMade(null)} />}
      {chosen ? <One webhook={chosen} onChange={put} onDelete={() => { setAll(all.filter((w) => w !== chosen)); go('settings', 'webhooks') }} /> : (
        <>
          {all.length === 0 ? <Empty title="No webhooks yet" /> : (
            <ul class="rows">
              {all.map((w) => (
                <li key={w.id}>
                  <a href={link('settings', 'webhooks', w.id)}>{w.url}</a>
                  <span class="hint">{w.enabled ? (w.failing_since ? 'failing' : 'enabled') : 'disabled'} · {w.types.length ? w.types.join(', ') : 'all events'}</span>
                </li>
              ))}
            </ul>
          )}
          <New onMade={put} />
        </>
      )}
    </section>
  )
}

function New(p: { onMade: (w: Webhook) => void }) {
  const [errors, setErrors] = useState<Record<string, string>>({})
  async function submit(e: SubmitEvent) {
    e.preventDefault()
    const form = e.currentTarget as HTMLFormElement
    const data = new FormData(form)
    try {
      p.onMade(await call<Webhook>('POST', 'api/v1/webhooks', { url: data.get('url'), description: data.get('description'), types: data.getAll('types') }))
      setErrors({})
      form.reset()
    } catch (e) {
      setErrors(e instanceof Problem && Object.keys(e.fields).length ? e.fields : { url: words(e) })
    }
  }
  return (
    <form class="stack" onSubmit={submit} novalidate aria-labelledby="new-webhook">
      <h3 id="new-webhook">New webhook</h3>
      <Field id="url" label="URL" error={errors.url}><input {...described('url', '', errors.url)} name="url" type="url" placeholder="https://example.com/filmgate" /></Field>
      <Field id="description" label="What it is for" error={errors.description}><input {...described('description', '', errors.description)} name="description" /></Field>
      <fieldset>
        <legend>Events (none chosen means all)</legend>
        <div class="checks">{types.map((t) => <label key={t} class="check"><input type="checkbox" name="types" value={t} />{t}</label>)}</div>
      </fieldset>
      <div><button class="primary">Create the webhook</button></div>
    </form>
  )
}

function One(p: { webhook: Webhook; onChange: (w: Webhook) => void; onDelete: () => void }) {
  const w = p.webhook
  const [sent, setSent] = useState(0)
  const path = 'api/v1/webhooks/' + w.id
  const act = (work: Promise<unknown>, done?: (got: unknown) => void) => work.then(done, (e) => tell(words(e), true))
  return (
    <div class="stack">
      <a href={link('settings', 'webhooks')}>All webhooks</a>
      <h3 class="address">{w.url}</h3>
      <p class="hint">{w.description && w.description + ' · '}{w.types.length ? w.types.join(', ') : 'all events'} · made <Time at={w.created_at} /></p>
      {!w.enabled && <p class="warning">Disabled: {w.disabled_reason}</p>}
      {w.enabled && w.failing_since && <p class="warning">Every attempt has failed since <Time at={w.failing_since} />.</p>}
      <div class="actions">
        <button disabled={!w.enabled} onClick={() => act(call('POST', path + '/test'), () => { tell('A test event is on its way.'); setSent(sent + 1) })}>Send a test event</button>
        <button onClick={() => act(call<Webhook>('PATCH', path, { enabled: !w.enabled }), (got) => p.onChange(got as Webhook))}>{w.enabled ? 'Disable' : 'Enable'}</button>
        <button onClick={() => confirm('Make a new secret? The old one works for one day more.') && act(call<Webhook>('POST', path + '/secret', {}), (got) => p.onChange(got as Webhook))}>New secret</button>
        <button class="danger push" onClick={() => confirm('Delete this webhook and its log?') && act(call('DELETE', path), p.onDelete)}>Delete</button>
      </div>
      <Deliveries path={path} sent={sent} />
    </div>
  )
}
