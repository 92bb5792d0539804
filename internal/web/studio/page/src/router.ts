// The page that is shown is named by the URL's fragment, "#/takes/ID", so that it works below any path.
import { signal } from '@preact/signals'

export interface Place {
  path: string[] // "takes", "ID"
  query: URLSearchParams
}

function read(): Place {
  const [path = '', query = ''] = location.hash.replace(/^#\/?/, '').split('?')
  return { path: path.split('/').filter(Boolean).map(decodeURIComponent), query: new URLSearchParams(query) }
}

export const place = signal(read())

addEventListener('hashchange', () => {
  place.value = read()
})

// link returns the address of a page for an href.
export const link = (...path: string[]) => location.pathname + '#/' + path.map(encodeURIComponent).join('/')

export function go(...path: string[]) {
  location.hash = '/' + path.map(encodeURIComponent).join('/')
}
