// A secret that is shown once.
import { copy } from '../parts'

export function Once(p: { title: string; hint: string; text: string; what: string; onClose: () => void }) {
  return (
    <div class="secret" role="alert">
      <p><b>{p.title}</b> {p.hint}</p>
      <code>{p.text}</code>
      <div class="actions">
        <button onClick={() => copy(p.text, p.what)}>Copy</button>
        <button class="plain" onClick={p.onClose}>I have it</button>
      </div>
    </div>
  )
}
