// What the chosen model can do, in a sentence or two.
import type { Model } from '../api'
import { models, price, unread, type Allowed } from '../models'

const starts: Record<string, string> = {
  text: 'a prompt', first_frame: 'a first frame', last_frame: 'a last frame', first_and_last_frame: 'both frames', video: 'a video',
}

export function ModelFacts(p: { model: Model | undefined; mode: string; can: Allowed }) {
  const m = p.model
  if (!m) return <div class="facts" id="model-hint"><Unknown /></div>
  const modes = [...new Set(m.engines.flatMap((o) => o.modes))].map((x) => starts[x] ?? x)
  const engines = m.engines.map((o) => o.engine + (o.model && o.model !== m.name && o.model !== o.engine ? ` (${o.model})` : ''))
  const cost = price(m, 1)
  return (
    <div class="facts" id="model-hint">
      <p>
        Made by {engines.join(', then ')}. Starts from {modes.join(', ')}.{' '}
        {p.can.seconds ? `Lengths: ${p.can.seconds.join(', ')} s.` : `Up to ${p.can.maxSeconds} s.`}
        {cost && ` ${cost} for a second.`}
      </p>
      {!p.can.starts && <p class="warning">It can’t start from {starts[p.mode]} alone. The server will refuse this take.</p>}
    </div>
  )
}

// Unknown stands in for a model that is not among those that were read, or before they were.
function Unknown() {
  if (models.value.length > 0) return <p class="warning">There is no such model here any more. The server will refuse this take.</p>
  return unread.value ? <p class="warning">The models can’t be read: {unread.value} Trying again…</p> : <p>Reading what it can do…</p>
}
