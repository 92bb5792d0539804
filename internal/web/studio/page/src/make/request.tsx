// The same request for programs, loaded when it is looked at.
import { useState } from 'preact/hooks'
import { lazy } from '../lazy'

const Code = lazy('the request', () => import('./code').then((m) => m.Code))

export function RequestShown() {
  const [open, setOpen] = useState(false)
  return (
    <details class="more" onToggle={(e) => setOpen(e.currentTarget.open)}>
      <summary>The same request in code</summary>
      {open && <Code />}
    </details>
  )
}
