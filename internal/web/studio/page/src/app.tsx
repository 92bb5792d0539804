// The frame of all pages: the bar with the pages' names, and the page itself.
import { useEffect } from 'preact/hooks'
import { online, signedIn, words } from './api'
import { lazy } from './lazy'
import { Make } from './make/make'
import { readModels } from './models'
import { Logo, Notice, tell } from './parts'
import { link, place } from './router'
import { SignIn, signOut } from './session'
import { watchTasks } from './tasks'

const pages = [
  { name: 'Make', path: '' },
  { name: 'Takes', path: 'takes' },
  { name: 'Storyboards', path: 'storyboards' },
  { name: 'Settings', path: 'settings' },
] as const

// The form of a take comes first, as what most people open the studio for. The file of the other pages follows it.
const others = () => import('./pages')
const Other = lazy('the page', () => others().then((m) => m.Other))

export function App() {
  useEffect(() => {
    if (!signedIn.value) return
    readModels()
    others().catch(() => undefined) // the page that needs it tells
    return watchTasks()
  }, [signedIn.value])
  if (!signedIn.value) return <SignIn />
  return (
    <>
      <a class="skip" href="#main" onClick={skip}>Skip to the page</a>
      <Bar />
      {!online.value && <p class="offline" role="alert">The server can’t be reached. Trying again…</p>}
      <main id="main" tabIndex={-1}>
        <Page />
      </main>
      <Notice />
    </>
  )
}

// skip moves the focus past the bar. The address stays, because its fragment names the page.
function skip(e: Event) {
  e.preventDefault()
  document.getElementById('main')?.focus()
}

function Bar() {
  const current = place.value.path[0] ?? ''
  return (
    <header class="bar">
      <a class="brand" href={link()}><Logo /> <span>Filmgate</span></a>
      <nav aria-label="Studio">
        {pages.map((p) => (
          <a key={p.path} href={link(p.path)} aria-current={p.path === (current === 'compare' ? 'takes' : current) ? 'page' : undefined}>{p.name}</a>
        ))}
      </nav>
      <button class="plain" onClick={() => signOut().catch((e) => tell(words(e), true))}>Sign out</button>
    </header>
  )
}

function Page() {
  const { path } = place.value
  return path.length === 0 ? <Make /> : <Other path={path} />
}
