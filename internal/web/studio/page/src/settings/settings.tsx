// Settings: models, engines, usage, webhooks, keys.
import { lazy } from '../lazy'
import { link, place } from '../router'
import { Engines } from './engines'
import { Keys } from './keys'
import { Models } from './models'
import { Webhooks } from './webhooks'

// The plots are loaded when they are looked at.
const Usage = lazy('the plots', () => import('./usage').then((m) => m.Usage))

const parts = [
  { name: 'Models', path: '' },
  { name: 'Engines', path: 'engines' },
  { name: 'Usage', path: 'usage' },
  { name: 'Webhooks', path: 'webhooks' },
  { name: 'API keys', path: 'keys' },
] as const

export function Settings() {
  const part = place.value.path[1] ?? ''
  return (
    <div class="settings">
      <h1>Settings</h1>
      <nav class="parts" aria-label="Settings">
        {parts.map((p) => <a key={p.path} href={p.path ? link('settings', p.path) : link('settings')} aria-current={p.path === part ? 'page' : undefined}>{p.name}</a>)}
        <a href="reference">API reference</a>
      </nav>
      <Part part={part} />
    </div>
  )
}

function Part(p: { part: string }) {
  switch (p.part) {
    case 'engines':
      return <Engines />
    case 'usage':
      return <Usage />
    case 'webhooks':
      return <Webhooks id={place.value.path[2]} />
    case 'keys':
      return <Keys />
  }
  return <Models />
}
