// The page on which takes are made: the form, and beside it what is under way.
import { useEffect, useState } from 'preact/hooks'
import { call, Problem, words, type Task } from '../api'
import { allowed, builtIn, offered, own, price } from '../models'
import { Check, described, Field, tell } from '../parts'
import { began } from '../tasks'
import { UnderWay } from '../takes/underway'
import { CameraField } from './camera'
import { bodies, change, clear, draft, mode } from './draft'
import { FrameField } from './frame'
import { ModelFacts } from './facts'
import { RequestShown } from './request'
import { Seconds } from './seconds'
import { ShapeField } from './shape'

export function Make() {
  return (
    <div class="make">
      <h1 class="hidden">Make a take</h1>
      <Form />
      <UnderWay />
    </div>
  )
}

function Form() {
  const d = draft.value
  const [errors, setErrors] = useState<Record<string, string>>({})
  const [failed, setFailed] = useState('')
  const [busy, setBusy] = useState(false)
  const model = own().find((m) => m.name === d.model)
  const can = allowed(model, mode(d))
  const uploading = d.first?.url === '' || d.last?.url === ''

  // The first field that is wrong gets the focus.
  useEffect(() => document.querySelector<HTMLElement>('.compose [aria-invalid=true]')?.focus(), [errors])

  async function submit(e: Event) {
    e.preventDefault()
    setBusy(true)
    setErrors({})
    setFailed('')
    try {
      for (const b of bodies(d)) {
        began(await call<Task>('POST', 'api/v1/tasks', b, { headers: { 'Idempotency-Key': crypto.randomUUID?.() ?? String(Math.random()) } }))
      }
      tell(d.takes === 1 ? 'The take is on its way.' : `${d.takes} takes are on their way.`)
    } catch (e) {
      if (e instanceof Problem) setErrors(e.fields)
      setFailed(words(e))
    }
    setBusy(false)
  }

  return (
    <form class="compose" onSubmit={submit} novalidate aria-label="New take">
      <Prompt error={errors.prompt} limit={can.promptLimit} />
      <div class="frames">
        <FrameField id="first-frame" label="First frame" picture={d.first} shape={d.shape} builtIn={builtIn(model)} pastes={!d.first || !!d.last} error={errors.first_frame} onChange={(first) => change({ first })} />
        <FrameField id="last-frame" label="Last frame" picture={d.last} shape={d.shape} builtIn={builtIn(model)} pastes={!!d.first && !d.last} error={errors.last_frame} onChange={(last) => change({ last })} />
      </div>
      <div class="row">
        <Field id="model" label="Model" error={errors.model}>
          <select {...described('model', true, errors.model)} value={d.model} onChange={(e) => change({ model: e.currentTarget.value })}>
            {offered(d.model).map((name) => <option key={name} value={name}>{name}</option>)}
          </select>
        </Field>
        <Seconds id="seconds" value={d.seconds} choices={can.seconds} most={can.maxSeconds} error={errors.seconds} onChange={(seconds) => change({ seconds })} />
      </div>
      <ModelFacts model={model} mode={mode(d)} can={can} />
      <ShapeField shapes={can.shapes} error={errors.aspect_ratio} />
      <CameraField error={errors.camera} />
      <More errors={errors} resolutions={can.resolutions} seed={can.seed} />
      <div class="checks">
        <Check label="Enhance the prompt" checked={d.enhance} onChange={(enhance) => change({ enhance })} />
        <Check label="Watermark" checked={d.watermark} onChange={(watermark) => change({ watermark })} />
        {can.caption && <Check label="Prompt as caption" checked={d.caption} onChange={(caption) => change({ caption })} />}
      </div>
      {failed && <p class="error" role="alert">{failed}</p>}
      <div class="actions">
        <button class="primary" disabled={busy || uploading}>{busy ? 'Sending…' : uploading ? 'Waiting for the picture…' : d.takes === 1 ? 'Make a take' : `Make ${d.takes} takes`}</button>
        <label class="inline">
          Takes
          <select value={d.takes} onChange={(e) => change({ takes: Number(e.currentTarget.value) })}>
            {[1, 2, 3, 4, 6, 8].map((n) => <option key={n} value={n}>{n}</option>)}
          </select>
        </label>
        <Price sum={price(model, d.seconds * d.takes)} />
        <button type="button" class="plain push" onClick={clear}>Clear</button>
      </div>
      <RequestShown />
    </form>
  )
}

const Price = (p: { sum: string }) => (p.sum ? <span class="hint">about {p.sum}</span> : null)

function Prompt(p: { error?: string; limit: number | null }) {
  const d = draft.value
  const length = [...d.prompt].length
  const hint = p.limit && length > p.limit * 0.8 ? `${length} of ${p.limit} characters` : ''
  function submit(e: KeyboardEvent & { currentTarget: HTMLTextAreaElement }) {
    if (e.key === 'Enter' && (e.ctrlKey || e.metaKey)) e.currentTarget.form?.requestSubmit()
  }
  return (
    <Field id="prompt" label="Prompt" hint={hint} error={p.error}>
      <textarea {...described('prompt', hint, p.error)} rows={3} value={d.prompt} placeholder="A lighthouse in a storm, slow push in"
        onInput={(e) => change({ prompt: e.currentTarget.value })} onKeyDown={submit} />
    </Field>
  )
}

function More(p: { errors: Record<string, string>; resolutions: string[] | null; seed: boolean }) {
  const d = draft.value
  return (
    <details class="more">
      <summary>More</summary>
      <Field id="negative" label="Not in the video" error={p.errors.negative_prompt}>
        <input {...described('negative', '', p.errors.negative_prompt)} value={d.negative} placeholder="rain, people"
          onInput={(e) => change({ negative: e.currentTarget.value })} />
      </Field>
      <div class="row">
        <Field id="resolution" label="Resolution" error={p.errors.resolution}>
          <select {...described('resolution', '', p.errors.resolution)} value={d.resolution} onChange={(e) => change({ resolution: e.currentTarget.value })}>
            <option value="">The model’s own</option>
            {(p.resolutions ?? ['480p', '540p', '720p', '1080p']).map((r) => <option key={r} value={r}>{r}</option>)}
          </select>
        </Field>
        <Field id="seed" label="Seed" error={p.errors.seed} hint={p.seed ? 'The same seed and request make the same video.' : 'This model makes another video each time.'}>
          <input {...described('seed', true, p.errors.seed)} inputMode="numeric" value={d.seed} placeholder="at random"
            onInput={(e) => change({ seed: e.currentTarget.value.replace(/\D/g, '') })} />
        </Field>
      </div>
    </details>
  )
}
