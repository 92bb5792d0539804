// The task as each dialect answers it, for whoever writes a program.
import { useEffect, useState } from 'preact/hooks'
import { send, words, type Task } from '../api'
import { copy } from '../parts'

// Getter is a dialect's get of a task.
interface Getter {
  name: string
  path: string // {id} is the task's id
  headers?: Record<string, string>
}

const getters: Getter[] = [
  { name: 'Filmgate', path: 'api/v1/tasks/{id}' },
  { name: 'makevid, Runway family', path: 'api/v1/get_runway/{id}' },
  { name: 'makevid, Luma family', path: 'api/v1/get_luma/{id}' },
  { name: 'makevid, Kling family', path: 'api/v1/kling/text2video/get_kling/{id}' },
  { name: 'Runway', path: 'runway/v1/tasks/{id}', headers: { 'X-Runway-Version': '2024-11-06' } },
  { name: 'OpenAI', path: 'openai/v1/videos/{id}' },
  { name: 'Luma', path: 'luma/dream-machine/v1/generations/{id}' },
  { name: 'Kling', path: 'kling/v1/videos/text2video/{id}' },
  { name: 'xAI', path: 'xai/v1/videos/{id}' },
  { name: 'Gemini', path: 'google/v1beta/models/veo-3.1-generate-001/operations/{id}' },
  { name: 'fal', path: 'fal/fal-ai/veo3.1/requests/{id}/status' },
  { name: 'Replicate', path: 'replicate/v1/predictions/{id}' },
  { name: 'OpenRouter', path: 'openrouter/api/v1/videos/{id}' },
  { name: 'Ark', path: 'ark/api/v3/contents/generations/tasks/{id}' },
]

export function Answers(p: { task: Task }) {
  const [open, setOpen] = useState(false)
  return (
    <details class="more" onToggle={(e) => setOpen(e.currentTarget.open)}>
      <summary>The answer in each API</summary>
      {open && <Answer task={p.task} />}
    </details>
  )
}

function Answer(p: { task: Task }) {
  const [name, setName] = useState(getters[0]!.name)
  const [text, setText] = useState('')
  const getter = getters.find((g) => g.name === name)!
  const path = getter.path.replace('{id}', p.task.id)
  useEffect(() => {
    let stale = false
    send('GET', path, undefined, { headers: getter.headers ?? {} })
      .then((a) => a.json())
      .then((v) => JSON.stringify(v, null, 2), words)
      .then((t) => stale || setText(t))
    return () => { stale = true }
  }, [path, p.task.updated_at])
  return (
    <div class="code">
      <div class="actions">
        <label class="inline">
          API
          <select value={name} onChange={(e) => setName(e.currentTarget.value)}>{getters.map((g) => <option key={g.name}>{g.name}</option>)}</select>
        </label>
        <button class="push" onClick={() => copy(text, 'The answer')}>Copy</button>
      </div>
      <p class="hint"><code>GET /{path}</code></p>
      <pre tabIndex={0} aria-label="The answer">{text || 'Loading…'}</pre>
    </div>
  )
}
