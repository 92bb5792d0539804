// Small parts that several pages use.
import type { ComponentChildren } from 'preact'
import { signal } from '@preact/signals'
import type { State } from './api'

export function Logo() {
  return (
    <svg class="logo" viewBox="0 0 32 32" width="28" height="28" aria-hidden="true">
      <path d="M4 6h24v20H4z" fill="none" stroke="currentColor" stroke-width="2.6" stroke-linejoin="round" />
      <path d="M13 11.5v9l7.5-4.5z" fill="currentColor" />
    </svg>
  )
}

// Field is a labelled control. id is the control's.
export function Field(p: { id: string; label: string; hint?: ComponentChildren; error?: string; children: ComponentChildren }) {
  return (
    <div class="field">
      <label for={p.id}>{p.label}</label>
      {p.children}
      {p.hint && <p class="hint" id={p.id + '-hint'}>{p.hint}</p>}
      {p.error && <p class="error" id={p.id + '-error'}>{p.error}</p>}
    </div>
  )
}

// described returns the attributes that tie a control to its Field's texts.
export const described = (id: string, hint: unknown, error?: string) => ({
  id,
  'aria-invalid': !!error,
  'aria-describedby': [hint && id + '-hint', error && id + '-error'].filter(Boolean).join(' ') || undefined,
})

export function Check(p: { label: string; checked: boolean; disabled?: boolean; onChange: (on: boolean) => void }) {
  return (
    <label class="check">
      <input type="checkbox" checked={p.checked} disabled={p.disabled} onChange={(e) => p.onChange(e.currentTarget.checked)} />
      {p.label}
    </label>
  )
}

const said: Record<State, string> = {
  QUEUED: 'Queued', THROTTLED: 'Waiting', PENDING: 'Starting', RUNNING: 'Running', SUCCEEDED: 'Done', FAILED: 'Failed', CANCELLED: 'Cancelled',
}

export const stateName = (s: State) => said[s]

export const Status = (p: { state: State }) => <span class={'status ' + p.state.toLowerCase()}>{said[p.state]}</span>

export function Empty(p: { title: string; children?: ComponentChildren }) {
  return (
    <div class="empty">
      <h2>{p.title}</h2>
      {p.children}
    </div>
  )
}

export const Loading = (p: { what: string }) => <p class="loading" role="status">Loading {p.what}…</p>

// notice is a short message at the bottom of the window.
export const notice = signal<{ text: string; bad: boolean; at: number } | null>(null)

let clearing: number | undefined

export function tell(text: string, bad = false) {
  notice.value = { text, bad, at: Date.now() }
  clearTimeout(clearing)
  clearing = setTimeout(() => (notice.value = null), bad ? 10_000 : 4_000)
}

export function Notice() {
  const n = notice.value
  return (
    <div class="notices" role="status" aria-live="polite">
      {n && (
        <p class={n.bad ? 'notice bad' : 'notice'}>
          {n.text}
          <button class="plain" aria-label="Close the message" onClick={() => (notice.value = null)}>✕</button>
        </p>
      )}
    </div>
  )
}

export async function copy(text: string, what: string) {
  try {
    await navigator.clipboard.writeText(text)
    tell(`${what} copied.`)
  } catch {
    tell('The browser did not allow copying. Select the text and copy it.', true)
  }
}

const ago = new Intl.RelativeTimeFormat('en', { numeric: 'auto', style: 'long' })

// since returns how long ago a time was, in words.
export function since(time: string): string {
  const s = (Date.parse(time) - Date.now()) / 1000
  for (const [unit, size] of [['day', 86400], ['hour', 3600], ['minute', 60]] as const) {
    if (-s >= size) return ago.format(Math.round(s / size), unit)
  }
  return 'just now'
}

export const Time = (p: { at: string }) => (
  <time dateTime={p.at} title={new Date(p.at).toLocaleString()}>{since(p.at)}</time>
)

// lasting returns a number of seconds as words.
export function lasting(s: number): string {
  if (s < 60) return `${Math.round(s * 10) / 10} s`
  return s < 3600 ? `${Math.floor(s / 60)} min ${Math.round(s % 60)} s` : `${Math.floor(s / 3600)} h ${Math.round((s % 3600) / 60)} min`
}

export const bytes = (n: number) => (n < 1e6 ? `${Math.round(n / 1e3)} KB` : `${(n / 1e6).toFixed(1)} MB`)
