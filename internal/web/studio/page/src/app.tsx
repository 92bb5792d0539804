// The frame of all pages: the bar with the pages' names, and the page itself.
import { useEffect, useState } from 'preact/hooks'
import { online, signedIn, words } from './api'
import { Make } from './make/make'
import { Loading, Logo, Notice, tell } from './parts'
import { link, place } from './router'
import { begin, SignIn, signOut } from './session'
import { Settings } from './settings/settings'
import { Storyboards } from './storyboards/list'
import { StoryboardPage } from './storyboards/storyboard'
import { Compare } from './take/compare'
import { Take } from './take/take'
import { Takes } from './takes/takes'
import { watchTasks } from './tasks'

const pages = [
  { name: 'Make', path: '' },
  { name: 'Takes', path: 'takes' },
  { name: 'Storyboards', path: 'storyboards' },
  { name: 'Settings', path: 'settings' },
] as const

export function App() {
  const [failed, setFailed] = useState('')
  useEffect(() => {
    begin().catch((e) => setFailed(words(e)))
  }, [])
  useEffect(() => (signedIn.value ? watchTasks() : undefined), [signedIn.value])
  if (failed) {
    return (
      <main class="signin">
        <div role="alert">
          <h1>The studio can’t start</h1>
          <p>{failed}</p>
          <button class="primary" onClick={() => location.reload()}>Try again</button>
        </div>
      </main>
    )
  }
  if (signedIn.value === null) return <main class="signin"><Loading what="the studio" /></main>
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
  switch (place.value.path[0] ?? '') {
    case '':
      return <Make />
    case 'takes':
      return place.value.path[1] ? <Take id={place.value.path[1]} /> : <Takes />
    case 'storyboards':
      return place.value.path[1] ? <StoryboardPage id={place.value.path[1]} /> : <Storyboards />
    case 'settings':
      return <Settings />
    case 'compare':
      return <Compare ids={place.value.path.slice(1)} />
  }
  return <p>There is no such page. <a href={link()}>Make a take</a></p>
}
