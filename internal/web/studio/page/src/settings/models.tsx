// Every model, with the engines that make it and what each can do.
import { useState } from 'preact/hooks'
import type { Offer } from '../api'
import { models, unread } from '../models'
import { Empty, Loading } from '../parts'

export function Models() {
  const [search, setSearch] = useState('')
  if (models.value.length === 0) return unread.value ? <p class="error" role="alert">{unread.value}</p> : <Loading what="the models" />
  const found = models.value.filter((m) => `${m.name} ${m.dialects.join(' ')} ${m.engines.map((o) => o.engine).join(' ')}`.toLowerCase().includes(search.toLowerCase()))
  return (
    <section class="panel" aria-labelledby="models">
      <header class="actions">
        <h2 id="models">Models</h2>
        <input class="push" type="search" placeholder="Name, API or engine" aria-label="Search in the models" value={search} onInput={(e) => setSearch(e.currentTarget.value)} />
      </header>
      <p class="hint">The engines of a model are tried in this order. The settings file says which engine makes which model.</p>
      {found.length === 0 ? <Empty title="No model matches" /> : (
        <div class="scroll" tabIndex={0} role="group" aria-labelledby="models">
          <table>
            <thead><tr><th scope="col">Model</th><th scope="col">Engines</th><th scope="col">Starts from</th><th scope="col">Lengths</th><th scope="col">Price</th><th scope="col">APIs</th></tr></thead>
            <tbody>
              {found.map((m) => (
                <tr key={m.name}>
                  <th scope="row">{m.name}</th>
                  <td>{m.engines.map((o) => <div key={o.engine + o.model}>{o.engine}{o.model !== m.name && o.model !== o.engine && ` (${o.model})`}</div>)}</td>
                  <td>{[...new Set(m.engines.flatMap((o) => o.modes))].map((x) => x.replaceAll('_', ' ')).join(', ')}</td>
                  <td>{m.engines.map((o) => <div key={o.engine + o.model}>{lengths(o)}</div>)}</td>
                  <td>{m.engines.map((o) => <div key={o.engine + o.model}>{cost(o)}</div>)}</td>
                  <td>{m.dialects.join(', ')}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  )
}

const lengths = (o: Offer) => (o.seconds ? `${o.seconds.join(', ')} s` : o.max_seconds ? `up to ${o.max_seconds} s` : 'any')

function cost(o: Offer): string {
  if (!o.price) return '–'
  const all = [o.price.per_second && `${o.price.per_second} a second`, o.price.per_clip && `${o.price.per_clip} a video`]
  return `${all.filter(Boolean).join(' + ')} ${o.price.currency}`
}
