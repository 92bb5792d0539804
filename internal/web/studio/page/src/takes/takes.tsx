// The takes that were made, newest first.
import { useEffect, useState } from 'preact/hooks'
import { get, query, words, type Task } from '../api'
import { Empty, Loading, Status, Time } from '../parts'
import { link } from '../router'
import { Hover } from './hover'
import { titleOf } from './underway'

interface Page {
  tasks: Task[]
  next: string | null
}

export function Takes() {
  const [tasks, setTasks] = useState<Task[] | null>(null)
  const [next, setNext] = useState<string | null>(null)
  const [failed, setFailed] = useState('')
  async function more(cursor: string | null) {
    try {
      const page = await get<Page>(query('api/v1/tasks', { limit: 50, cursor }))
      setTasks([...(cursor ? (tasks ?? []) : []), ...page.tasks])
      setNext(page.next)
    } catch (e) {
      setFailed(words(e))
    }
  }
  useEffect(() => void more(null), [])
  if (failed) return <p class="error" role="alert">{failed}</p>
  if (!tasks) return <Loading what="your takes" />
  return (
    <div class="takes">
      <h1>Takes</h1>
      {tasks.length === 0 && <Empty title="No takes yet"><p><a href={link()}>Make the first one.</a></p></Empty>}
      <ul class="cards">{tasks.map((t) => <Card key={t.id} task={t} />)}</ul>
      {next && <button onClick={() => more(next)}>Show more</button>}
    </div>
  )
}

function Card(p: { task: Task }) {
  const t = p.task
  const asset = t.artifacts[0]
  return (
    <li class="card">
      <a href={link('takes', t.id)}>
        {asset && !asset.deleted ? <Hover asset={asset} /> : <div class="hover blank"><Status state={t.status} /></div>}
        <span class="title">{titleOf(t)}</span>
      </a>
      <p class="hint">{t.model} · <Time at={t.created_at} /></p>
    </li>
  )
}
