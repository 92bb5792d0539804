// API keys: those of the account, a new one, which is shown once, and their end.
import { useEffect, useState } from 'preact/hooks'
import { call, get, Problem, words } from '../api'
import { Check, described, Empty, Field, Loading, tell, Time } from '../parts'
import { signOut } from '../session'
import { Once } from './once'

const scopes = ['read', 'write', 'admin'] as const
type Scope = (typeof scopes)[number]

const allows: Record<Scope, string> = { read: 'Read takes and videos', write: 'Make, change and delete them', admin: 'Manage keys' }

interface Key {
  id: string
  key: string | null // itself; only in the answer to its create
  hint: string
  name: string
  scopes: Scope[]
  current: boolean
  created_at: string
}

export function Keys() {
  const [all, setAll] = useState<Key[] | null>(null)
  const [failed, setFailed] = useState<unknown>(null)
  const [made, setMade] = useState<Key | null>(null) // with the key that is shown once
  useEffect(() => {
    get<{ keys: Key[] }>('api/v1/keys').then((a) => setAll(a.keys), setFailed)
  }, [])
  if (failed instanceof Problem && failed.status === 403) {
    return <Empty title="This key may not manage keys"><p>Sign in with one that has the scope admin, as that of the first start has. <code>filmgate key create --scopes read,write,admin</code> makes another.</p></Empty>
  }
  if (failed) return <p class="error" role="alert">{words(failed)}</p>
  if (!all) return <Loading what="the keys" />
  const mine = all.find((k) => k.current)
  async function revoke(k: Key) {
    if (!confirm(k.current ? 'Revoke the key that you are signed in with? You are signed out at once.' : `Revoke the key ${k.name || k.hint}? Programs that use it are refused at once.`)) return
    try {
      await call('DELETE', 'api/v1/keys/' + k.id)
      setAll(all!.filter((x) => x !== k))
      tell('The key is revoked.')
      if (k.current) await signOut()
    } catch (e) {
      tell(words(e), true)
    }
  }
  return (
    <section class="panel" aria-labelledby="keys">
      <h2 id="keys">API keys</h2>
      <p class="hint">Programs and people call the API with a key. All keys of the account see the same takes. A key can’t be shown again: only its first characters are kept.</p>
      {made && <Once title="The key, shown this once." hint="Programs send it as Authorization: Bearer." text={made.key!} what="The key" onClose={() => setMade(null)} />}
      <ul class="rows">
        {all.map((k) => (
          <li key={k.id} class="key-row">
            <div>
              <b>{k.name || 'Without a name'}</b>{k.current && ' (yours)'}
              <p class="hint"><code>{k.hint}…</code> · {k.scopes.join(', ')} · made <Time at={k.created_at} /></p>
            </div>
            <button class="danger" aria-label={`Revoke ${k.name || k.hint}`} onClick={() => revoke(k)}>Revoke</button>
          </li>
        ))}
      </ul>
      <New may={mine?.scopes ?? []} onMade={(k) => { setAll([...all, { ...k, key: null }]); setMade(k) }} />
    </section>
  )
}

// New makes a key. It offers no scope that the caller's key lacks, because the server would refuse it.
function New(p: { may: Scope[]; onMade: (k: Key) => void }) {
  const [name, setName] = useState('')
  const [chosen, setChosen] = useState<Scope[]>(['read', 'write'])
  const [errors, setErrors] = useState<Record<string, string>>({})
  const [failed, setFailed] = useState('')
  async function submit(e: SubmitEvent) {
    e.preventDefault()
    setErrors({})
    setFailed('')
    try {
      p.onMade(await call<Key>('POST', 'api/v1/keys', { name: name.trim(), scopes: chosen }))
      setName('')
    } catch (e) {
      if (e instanceof Problem && Object.keys(e.fields).length) setErrors(e.fields)
      else setFailed(words(e))
    }
  }
  return (
    <form class="stack" onSubmit={submit} novalidate aria-labelledby="new-key">
      <h3 id="new-key">New key</h3>
      <Field id="key-name" label="Whose key it is" error={errors.name}>
        <input {...described('key-name', '', errors.name)} value={name} placeholder="the web shop" onInput={(e) => setName(e.currentTarget.value)} />
      </Field>
      <fieldset aria-describedby={errors.scopes ? 'scopes-error' : undefined}>
        <legend>What it may do</legend>
        <div class="checks">
          {scopes.filter((s) => p.may.includes(s)).map((s) => (
            <Check key={s} label={allows[s]} checked={chosen.includes(s)} onChange={(on) => setChosen(on ? [...chosen, s] : chosen.filter((x) => x !== s))} />
          ))}
        </div>
        {errors.scopes && <p class="error" id="scopes-error">{errors.scopes}</p>}
      </fieldset>
      {failed && <p class="error" role="alert">{failed}</p>}
      <div><button class="primary" disabled={chosen.length === 0}>Create the key</button></div>
    </form>
  )
}
