// What was made by day, and how long it waited: computed here from the list of tasks.
import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import { get, query, words, type Task } from '../api'
import { Empty, lasting, Loading } from '../parts'

const days = 14
const most = 2000 // tasks that are read

interface Read {
  tasks: Task[]
  all: boolean // whether these are all tasks of the time
}

export function Usage() {
  const [read, setRead] = useState<Read | null>(null)
  const [failed, setFailed] = useState('')
  const from = useMemo(() => midnight(days - 1), [])
  useEffect(() => {
    tasksSince(from).then(setRead, (e) => setFailed(words(e)))
  }, [])
  if (failed) return <p class="error" role="alert">{failed}</p>
  if (!read) return <Loading what="the tasks" />
  if (read.tasks.length === 0) return <Empty title={`Nothing was asked for in ${days} days`} />
  return <Shown read={read} />
}

function Shown(p: { read: Read }) {
  const { tasks, all } = p.read
  const [model, setModel] = useState('') // "" = all
  const names = useMemo(() => [...new Set(tasks.map((t) => t.model))].sort(), [tasks])
  const byDay = useMemo(() => {
    const mine = tasks.filter((t) => !model || t.model === model)
    return Array.from({ length: days }, (_, i) => of(mine, midnight(days - 1 - i), midnight(days - 2 - i)))
  }, [tasks, model])
  const line = (name: string, colour: string, of: (s: Sum) => number): Line => [name, colour, byDay.map(of)]
  return (
    <section class="panel" aria-labelledby="usage">
      <header class="actions">
        <h2 id="usage">Usage of the last {days} days</h2>
        <label class="inline push">
          Model
          <select value={model} onChange={(e) => setModel(e.currentTarget.value)}>
            <option value="">All</option>
            {names.map((name) => <option key={name} value={name}>{name}</option>)}
          </select>
        </label>
      </header>
      {!all && <p class="hint">Computed from the newest {most} tasks.</p>}
      <div class="plots" key={model}>
        <Plot title="Tasks" lines={[line('made', '--good', (s) => s.done), line('failed', '--bad', (s) => s.failed), line('others', '--edge', (s) => s.tasks - s.done - s.failed)]} />
        <Plot title="Seconds of video" lines={[line('seconds', '--accent', (s) => s.seconds)]} />
        <Plot title="Success, of the tasks that were made or failed" most={100} lines={[line('%', '--good', (s) => success(s) ?? 0)]} />
        <Plot title="Wait for the work to begin, mean" lines={[line('seconds', '--run', (s) => s.wait)]} />
      </div>
      <ByModel tasks={tasks} names={names} />
    </section>
  )
}

// midnight returns the begin of the day that was so many days ago.
function midnight(ago: number): Date {
  const d = new Date()
  return new Date(d.getFullYear(), d.getMonth(), d.getDate() - ago)
}

async function tasksSince(from: Date): Promise<Read> {
  const tasks: Task[] = []
  let cursor: string | null = null
  do {
    const page: { tasks: Task[]; next: string | null } = await get(query('api/v1/tasks', { created_from: from.toISOString(), limit: 100, cursor }))
    tasks.push(...page.tasks)
    cursor = page.next
  } while (cursor && tasks.length < most)
  return { tasks, all: !cursor }
}

interface Sum {
  tasks: number
  done: number
  failed: number
  seconds: number
  wait: number // mean seconds
  cost: string
}

const seconds = (from: string, to: string) => (Date.parse(to) - Date.parse(from)) / 1000

function sum(tasks: Task[]): Sum {
  const begun = tasks.filter((t) => t.started_at)
  const costs = new Map<string, number>()
  for (const a of tasks.flatMap((t) => t.attempts)) if (a.cost > 0) costs.set(a.currency ?? '', (costs.get(a.currency ?? '') ?? 0) + a.cost)
  return {
    tasks: tasks.length,
    done: tasks.filter((t) => t.status === 'SUCCEEDED').length,
    failed: tasks.filter((t) => t.status === 'FAILED').length,
    seconds: tasks.flatMap((t) => t.artifacts).reduce((n, a) => n + a.duration_seconds, 0),
    wait: begun.length ? begun.reduce((n, t) => n + seconds(t.created_at, t.started_at!), 0) / begun.length : 0,
    cost: [...costs].map(([currency, n]) => `${Math.round(n * 100) / 100} ${currency}`).join(' + '),
  }
}

// success returns how many of the tasks that ended by themselves were made, in percent; undefined of none.
const success = (s: Sum) => (s.done + s.failed ? (100 * s.done) / (s.done + s.failed) : undefined)

const of = (tasks: Task[], from: Date, to: Date) => sum(tasks.filter((t) => Date.parse(t.created_at) >= from.getTime() && Date.parse(t.created_at) < to.getTime()))

function ByModel(p: { tasks: Task[]; names: string[] }) {
  return (
    <div class="scroll" tabIndex={0} role="group" aria-label="By model">
      <table>
        <thead><tr><th scope="col">Model</th><th scope="col">Tasks</th><th scope="col">Made</th><th scope="col">Failed</th><th scope="col">Success</th><th scope="col">Video</th><th scope="col">Mean wait</th><th scope="col">Cost</th></tr></thead>
        <tbody>
          {p.names.map((name) => {
            const s = sum(p.tasks.filter((t) => t.model === name))
            return <tr key={name}><th scope="row">{name}</th><td>{s.tasks}</td><td>{s.done}</td><td>{s.failed}</td><td>{success(s) === undefined ? '–' : `${Math.round(success(s)!)} %`}</td><td>{lasting(s.seconds)}</td><td>{lasting(s.wait)}</td><td>{s.cost || '–'}</td></tr>
          })}
        </tbody>
      </table>
    </div>
  )
}

type Line = [name: string, colour: string, values: number[]]

// Plot draws values by day, those of several lines upon one another. Its table has the same for screen readers.
function Plot(p: { title: string; most?: number; lines: Line[] }) {
  const box = useRef<HTMLDivElement>(null)
  const x = Array.from({ length: days }, (_, i) => midnight(days - 1 - i).getTime() / 1000)
  useEffect(() => {
    const colour = (name: string) => getComputedStyle(document.documentElement).getPropertyValue(name)
    const axis = () => ({ stroke: colour('--dim'), grid: { stroke: colour('--line'), width: 1 }, ticks: { stroke: colour('--line'), width: 1 } })
    // The highest stack is drawn first, and the others over it.
    const stacks = p.lines.map(([name, colour], n): Line => [name, colour, x.map((_, i) => p.lines.slice(0, n + 1).reduce((sum, [, , v]) => sum + v[i]!, 0))]).reverse()
    const frame = box.current!
    const draw = () => {
      frame.replaceChildren()
      return new uPlot({
        width: frame.clientWidth, height: 180, legend: { show: false }, cursor: { show: false }, scales: { x: { range: (_u, min, max) => [min - 43200, max + 43200] }, y: { range: (_u, _min, max) => [0, p.most ?? Math.max(1, max * 1.1)] } },
        axes: [{ ...axis(), space: 60, values: (_u, all) => all.map((s) => new Date(s * 1000).toLocaleDateString('en', { day: 'numeric', month: 'short' })) }, { ...axis(), size: 44 }],
        series: [{}, ...stacks.map(([, name]) => ({ fill: colour(name), width: 0, points: { show: false }, paths: uPlot.paths.bars!({ size: [0.7, 40] }) }))],
      }, [x, ...stacks.map(([, , values]) => values)], frame)
    }
    let plot = draw()
    const again = () => { plot.destroy(); plot = draw() }
    const scheme = matchMedia('(prefers-color-scheme: dark)')
    scheme.addEventListener('change', again)
    const size = new ResizeObserver(() => plot.setSize({ width: frame.clientWidth, height: 180 }))
    size.observe(frame)
    return () => { scheme.removeEventListener('change', again); size.disconnect(); plot.destroy() }
  }, [])
  return (
    <figure>
      <figcaption>
        {p.title}
        {p.lines.length > 1 && p.lines.map(([name, colour]) => <span key={name} class="key"><i style={{ background: `var(${colour})` }} /> {name}</span>)}
      </figcaption>
      <div ref={box} aria-hidden="true" />
      <table class="hidden">
        <caption>{p.title}</caption>
        <tbody>{x.map((s, i) => <tr key={s}><th scope="row">{new Date(s * 1000).toLocaleDateString()}</th>{p.lines.map(([name, , v]) => <td key={name}>{Math.round(v[i]! * 10) / 10} {name}</td>)}</tr>)}</tbody>
      </table>
    </figure>
  )
}
