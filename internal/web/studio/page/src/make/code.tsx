// The request as curl, as JSON of each dialect, and as a program, with the vendor's SDK if it has one.
import { useState } from 'preact/hooks'
import { copy } from '../parts'
import { dialects, type Said } from './dialects'
import { draft } from './draft'
import { server } from './programs'

const forms = ['curl', 'JSON', 'TypeScript'] as const
type Form = (typeof forms)[number]

export function Code() {
  const [name, setName] = useState(dialects[0]!.name)
  const [form, setForm] = useState<Form>('curl')
  const dialect = dialects.find((d) => d.name === name)!
  const said = dialect.say(draft.value)
  const text = form === 'JSON' ? JSON.stringify(said.body, null, 2) : form === 'curl' ? curl(said) : dialect.program(said, draft.value)
  return (
    <div class="code">
      <div class="actions">
        <label class="inline">
          API
          <select value={name} onChange={(e) => setName(e.currentTarget.value)}>
            {dialects.map((d) => <option key={d.name}>{d.name}</option>)}
          </select>
        </label>
        <label class="inline">
          As
          <select value={form} onChange={(e) => setForm(e.currentTarget.value as Form)}>
            {forms.map((f) => <option key={f}>{f}</option>)}
          </select>
        </label>
        <button type="button" class="push" onClick={() => copy(text, 'The request')}>Copy</button>
      </div>
      {said.left.length > 0 && <p class="hint">This API can’t say: {said.left.join(', ')}.</p>}
      <pre tabIndex={0} aria-label="The request">{text}</pre>
    </div>
  )
}

// curl returns a command for a shell. Its quotes are a shell's: ' ends the text, so that it is written '\''.
function curl(s: Said): string {
  const quoted = (t: string) => `'${t.replaceAll("'", String.raw`'\''`)}'`
  const headers = Object.entries({ 'Content-Type': 'application/json', ...s.headers }).map(([name, value]) => ` \\\n  -H ${quoted(`${name}: ${value}`)}`)
  return `curl ${server()}/${s.path} -H "Authorization: Bearer $FILMGATE_API_KEY"${headers.join('')} \\\n  -d ${quoted(JSON.stringify(s.body, null, 2))}`
}
