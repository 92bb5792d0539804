// Components that are loaded when they are first shown, so that the first page has less to wait for.
import type { FunctionComponent } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { Loading } from './parts'

// lazy returns a component that loads another one. what names it while it is loaded.
export function lazy<P extends object>(what: string, load: () => Promise<FunctionComponent<P>>): FunctionComponent<P> {
  let loaded: FunctionComponent<P> | undefined
  return (props: P) => {
    const [Part, setPart] = useState(() => loaded)
    const [failed, setFailed] = useState(false)
    useEffect(() => {
      if (!Part) load().then((c) => setPart(() => (loaded = c)), () => setFailed(true))
    }, [])
    if (failed) return <Outdated />
    return Part ? <Part {...props} /> : <Loading what={what} />
  }
}

// Outdated is shown in place of a part that can't be loaded: mostly because the server has the files of a newer build.
const Outdated = () => (
  <div role="alert">
    <p class="error">This part of the studio can’t be loaded. The server may have a newer version of it.</p>
    <button class="primary" onClick={() => location.reload()}>Load the studio again</button>
  </div>
)
