// Sign-in: the server stores the key in a cookie that this script can't read.
import { useState } from 'preact/hooks'
import { call, send, signedIn, words } from './api'
import { models } from './models'
import { Logo } from './parts'

export async function signOut() {
  await send('DELETE', 'studio/session')
  models.value = []
  signedIn.value = false
}

export function SignIn() {
  const [error, setError] = useState('')
  const [busy, setBusy] = useState(false)
  async function submit(e: SubmitEvent) {
    e.preventDefault()
    const key = String(new FormData(e.currentTarget as HTMLFormElement).get('key')).trim()
    if (!key) return setError('Enter an API key.')
    setBusy(true)
    setError('')
    try {
      await call('POST', 'studio/session', { key })
      signedIn.value = true
    } catch (e) {
      setError(words(e))
      setBusy(false)
    }
  }
  return (
    <main class="signin">
      <form onSubmit={submit} novalidate>
        <Logo />
        <h1>Sign in</h1>
        <label for="key">API key</label>
        <input id="key" name="key" type="password" autocomplete="current-password" spellcheck={false} autofocus
          aria-describedby="key-help" aria-invalid={!!error} />
        <p id="key-help" class="hint">
          The first start of <code>filmgate serve</code> prints one. <code>filmgate key create</code> makes another.
        </p>
        {error && <p class="error" role="alert">{error}</p>}
        <button class="primary" disabled={busy}>{busy ? 'Signing in…' : 'Sign in'}</button>
      </form>
    </main>
  )
}
