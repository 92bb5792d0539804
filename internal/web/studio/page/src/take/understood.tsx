// What the built-in renderer read in the prompt: what it drew, what it had no drawing of, and how the camera moves.
import type { Task, Understood } from '../api'
import { Row } from './facts'

const seconds = (s: number) => `${Math.round(s * 10) / 10}`

export function Read(p: { task: Task; understood: Understood }) {
  const { drawn, cards, moves } = p.understood
  return (
    <section aria-label="Read in the prompt">
      <h2>Read in the prompt</h2>
      <dl class="facts-list">
        <Row name="Drawn">{drawn.length > 0 && <Words of={drawn} />}</Row>
        <Row name="On a card">{cards.length > 0 && <><Words of={cards} /><p class="hint">There is no drawing of this, so the words themselves are shown.</p></>}</Row>
        <Row name="Camera moves">{moves.length > 0 ? <Moves of={moves} /> : p.task.camera ? 'those of the request’s camera' : 'none named'}</Row>
      </dl>
    </section>
  )
}

function Words(p: { of: string[] }) {
  return <ul class="words">{p.of.map((w, i) => <li key={i}>{w}</li>)}</ul>
}

function Moves(p: { of: Understood['moves'] }) {
  return <ol class="moves">{p.of.map((m, i) => <li key={i}>{m.move} <span class="hint">{seconds(m.from_seconds)} to {seconds(m.to_seconds)} s</span></li>)}</ol>
}
