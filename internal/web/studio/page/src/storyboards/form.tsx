// The form of a shot: of a new one, or of another take of one.
import { useState } from 'preact/hooks'
import { Problem, words, type Task } from '../api'
import type { Picture } from '../make/draft'
import { FrameField } from '../make/frame'
import { Seconds } from '../make/seconds'
import { allowed, builtIn, offered, own } from '../models'
import { described, Field } from '../parts'

interface Values {
  prompt: string
  model: string
  seconds: number
  first: Picture | null
}

const blank: Values = { prompt: '', model: 'default', seconds: 4, first: null }

// valuesOf returns what a task was asked for.
function valuesOf(t: Task): Values {
  const first = t.first_frame ? { url: t.first_frame, shown: t.first_frame, name: 'first frame', width: 0, height: 0 } : null
  return { prompt: t.prompt, model: t.dialect === 'filmgate' ? t.model : 'default', seconds: t.seconds || blank.seconds, first }
}

// request returns the fields of a request that differ from before. A picture that is taken away is an empty text.
function request(v: Values, before: Values | null): Record<string, unknown> {
  const all: Record<string, unknown> = { prompt: v.prompt, model: v.model, seconds: v.seconds, first_frame: v.first?.url ?? '' }
  const old: Record<string, unknown> = before ? { prompt: before.prompt, model: before.model, seconds: before.seconds, first_frame: before.first?.url ?? '' } : { model: 'default', first_frame: '' }
  return Object.fromEntries(Object.entries(all).filter(([name, value]) => value !== old[name]))
}

interface Props {
  id: string // a prefix of the controls' ids
  label: string
  action: string // the button
  like?: Task // what the form begins with
  onSend: (request: Record<string, unknown>) => Promise<void>
  onClose?: () => void
}

export function ShotForm(p: Props) {
  const before = p.like ? valuesOf(p.like) : null
  const [v, setV] = useState(before ?? blank)
  const [errors, setErrors] = useState<Record<string, string>>({})
  const [failed, setFailed] = useState('')
  const [busy, setBusy] = useState(false)
  const set = (fields: Partial<Values>) => setV((now) => ({ ...now, ...fields }))
  const model = own().find((m) => m.name === v.model)
  const can = allowed(model, v.first ? 'first_frame' : 'text')
  const uploading = v.first?.url === ''

  async function submit(e: Event) {
    e.preventDefault()
    setBusy(true)
    setErrors({})
    setFailed('')
    try {
      await p.onSend(request(v, before))
      if (!p.like) setV({ ...blank, model: v.model, seconds: v.seconds })
    } catch (e) {
      if (e instanceof Problem) setErrors(lastNames(e.fields))
      setFailed(words(e))
    }
    setBusy(false)
  }

  return (
    <form class="shot-form" onSubmit={submit} novalidate aria-label={p.label}>
      <Field id={p.id + '-prompt'} label="Prompt" error={errors.prompt}>
        <textarea {...described(p.id + '-prompt', '', errors.prompt)} rows={3} value={v.prompt} placeholder="The harbour at dawn, slow zoom in"
          onInput={(e) => set({ prompt: e.currentTarget.value })}
          onKeyDown={(e) => { if (e.key === 'Enter' && (e.ctrlKey || e.metaKey)) e.currentTarget.form?.requestSubmit() }} />
      </Field>
      <FrameField id={p.id + '-frame'} label="First frame" picture={v.first} shape="" builtIn={builtIn(model)} pastes={false} error={errors.first_frame} onChange={(first) => set({ first })} />
      <div class="row">
        <Field id={p.id + '-model'} label="Model" error={errors.model}>
          <select {...described(p.id + '-model', '', errors.model)} value={v.model} onChange={(e) => set({ model: e.currentTarget.value })}>
            {offered(v.model).map((name) => <option key={name} value={name}>{name}</option>)}
          </select>
        </Field>
        <Seconds id={p.id + '-seconds'} value={v.seconds} choices={can.seconds} most={can.maxSeconds} error={errors.seconds} onChange={(seconds) => set({ seconds })} />
      </div>
      {failed && <p class="error" role="alert">{failed}</p>}
      <div class="actions">
        <button class="primary" disabled={busy || uploading}>{busy ? 'Sending…' : uploading ? 'Waiting for the picture…' : p.action}</button>
        {p.onClose && <button type="button" onClick={p.onClose}>Close</button>}
      </div>
    </form>
  )
}

// lastNames returns the errors by the last part of their paths: those of a new shot are below "shots/3/request/".
const lastNames = (fields: Record<string, string>) => Object.fromEntries(Object.entries(fields).map(([path, text]) => [path.split('/').pop()!, text]))
