// What was asked for and what became of it, by day and by model, as the API sums it up.
import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import { get, query, words } from '../api'
import { Empty, lasting, Loading } from '../parts'

const periods = [14, 30, 90] // days

// Sums are the tasks of a day or of a model.
interface Sums {
  from: string | null
  model: string | null
  tasks: number
  succeeded: number
  failed: number
  cancelled: number
  video_seconds: number
  wait_seconds_p50: number | null
  wait_seconds_p90: number | null
  costs: { engine: string; cost: number; currency: string }[]
}

// midnight returns the begin of the day that was so many days ago.
function midnight(ago: number): Date {
  const d = new Date()
  return new Date(d.getFullYear(), d.getMonth(), d.getDate() - ago)
}

// read returns the sums of some days, today among them, of one model or of all.
const read = (days: number, by: 'day' | 'model', model: string) =>
  get<{ usage: Sums[] }>(query('api/v1/usage', { from: midnight(days - 1).toISOString(), by, model })).then((a) => a.usage)

export function Usage() {
  const [days, setDays] = useState(periods[0]!)
  const [model, setModel] = useState('') // "" = all
  const [byModel, setByModel] = useState<Sums[] | null>(null)
  const [byDay, setByDay] = useState<Sums[] | null>(null)
  const [failed, setFailed] = useState('')
  useEffect(() => reading(read(days, 'model', ''), setByModel), [days])
  useEffect(() => reading(read(days, 'day', model), setByDay), [days, model])

  // reading takes what is read, unless the function that it returns was called before.
  function reading<T>(answer: Promise<T>, take: (v: T) => void): () => void {
    let stale = false
    answer.then((v) => { if (!stale) { take(v); setFailed('') } }, (e) => stale || setFailed(words(e)))
    return () => { stale = true }
  }

  if (failed) return <p class="error" role="alert">{failed}</p>
  if (!byModel || !byDay) return <Loading what="the usage" />
  return (
    <section class="panel" aria-labelledby="usage">
      <header class="actions">
        <h2 id="usage">Usage of the last {days} days</h2>
        <label class="inline push">
          Model
          <select value={model} onChange={(e) => setModel(e.currentTarget.value)}>
            <option value="">All</option>
            {byModel.map((s) => <option key={s.model} value={s.model!}>{s.model}</option>)}
          </select>
        </label>
        <label class="inline">
          Days
          <select value={days} onChange={(e) => setDays(Number(e.currentTarget.value))}>{periods.map((n) => <option key={n}>{n}</option>)}</select>
        </label>
      </header>
      {byModel.length === 0 ? <Empty title={`Nothing was asked for in ${days} days`} /> : (
        <>
          <Totals all={byDay} />
          <Plots all={byDay} />
          <ByModel all={byModel} />
          <Costs all={byModel} />
        </>
      )}
    </section>
  )
}

// success returns how many of the tasks that ended by themselves succeeded, in percent; undefined of none.
const success = (s: Sums) => (s.succeeded + s.failed ? (100 * s.succeeded) / (s.succeeded + s.failed) : undefined)

const percent = (s: Sums) => (success(s) === undefined ? '–' : `${Math.round(success(s)!)} %`)

const wait = (seconds: number | null) => (seconds === null ? '–' : lasting(seconds))

// total adds up sums. Waits can't be added up.
const total = (all: Sums[]): Sums => all.reduce((a, s) => ({
  ...a, tasks: a.tasks + s.tasks, succeeded: a.succeeded + s.succeeded, failed: a.failed + s.failed, cancelled: a.cancelled + s.cancelled,
  video_seconds: a.video_seconds + s.video_seconds, costs: [...a.costs, ...s.costs],
}), { from: null, model: null, tasks: 0, succeeded: 0, failed: 0, cancelled: 0, video_seconds: 0, wait_seconds_p50: null, wait_seconds_p90: null, costs: [] })

// money adds up costs by their currency.
function money(costs: Sums['costs']): string {
  const by = new Map<string, number>()
  for (const c of costs) by.set(c.currency, (by.get(c.currency) ?? 0) + c.cost)
  return [...by].map(([currency, n]) => `${Math.round(n * 100) / 100} ${currency}`).join(' + ')
}

function Totals(p: { all: Sums[] }) {
  const s = total(p.all)
  return (
    <dl class="totals">
      <div><dt>Tasks</dt><dd>{s.tasks}</dd></div>
      <div><dt>Success</dt><dd>{percent(s)}</dd></div>
      <div><dt>Video</dt><dd>{lasting(s.video_seconds)}</dd></div>
      {s.costs.length > 0 && <div><dt>Cost</dt><dd>{money(s.costs)}</dd></div>}
    </dl>
  )
}

function Plots(p: { all: Sums[] }) {
  const { all } = p
  const line = (name: string, colour: string, of: (s: Sums) => number): Line => [name, colour, all.map(of)]
  // A day begins an hour early or late if the clocks are changed meanwhile: its noon is surely in it.
  const x = useMemo(() => all.map((s) => new Date(Date.parse(s.from!) + 12 * 3600_000).setHours(0, 0, 0, 0) / 1000), [all])
  return (
    <div class="plots">
      <Plot x={x} title="Tasks" lines={[line('made', '--good', (s) => s.succeeded), line('failed', '--bad', (s) => s.failed), line('others', '--edge', (s) => s.tasks - s.succeeded - s.failed)]} />
      <Plot x={x} title="Seconds of video" lines={[line('seconds', '--accent', (s) => s.video_seconds)]} />
      <Plot x={x} title="Success, of the tasks that were made or failed" most={100} lines={[line('%', '--good', (s) => success(s) ?? 0)]} />
      <Plot x={x} title="Seconds until the work began" over lines={[line('half at most', '--run', (s) => s.wait_seconds_p50 ?? 0), line('nine in ten at most', '--edge', (s) => s.wait_seconds_p90 ?? 0)]} />
    </div>
  )
}

function ByModel(p: { all: Sums[] }) {
  return (
    <div class="scroll" tabIndex={0} role="group" aria-label="By model">
      <table>
        <thead><tr><th scope="col">Model</th><th scope="col">Tasks</th><th scope="col">Made</th><th scope="col">Failed</th><th scope="col">Cancelled</th><th scope="col">Success</th><th scope="col">Video</th><th scope="col">Half waited at most</th><th scope="col">Nine in ten</th><th scope="col">Cost</th></tr></thead>
        <tbody>
          {p.all.map((s) => (
            <tr key={s.model}>
              <th scope="row">{s.model}</th><td>{s.tasks}</td><td>{s.succeeded}</td><td>{s.failed}</td><td>{s.cancelled}</td><td>{percent(s)}</td>
              <td>{lasting(s.video_seconds)}</td><td>{wait(s.wait_seconds_p50)}</td><td>{wait(s.wait_seconds_p90)}</td><td>{money(s.costs) || '–'}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

// Costs shows what each engine cost, as far as it is known.
function Costs(p: { all: Sums[] }) {
  const costs = p.all.flatMap((s) => s.costs)
  const engines = [...new Set(costs.map((c) => c.engine))].sort()
  if (engines.length === 0) return null
  return (
    <div class="scroll" tabIndex={0} role="group" aria-label="By engine">
      <table>
        <thead><tr><th scope="col">Engine</th><th scope="col">Cost</th></tr></thead>
        <tbody>{engines.map((e) => <tr key={e}><th scope="row">{e}</th><td>{money(costs.filter((c) => c.engine === e))}</td></tr>)}</tbody>
      </table>
    </div>
  )
}

type Line = [name: string, colour: string, values: number[]]

// Plot draws values by day: those of several lines upon one another, or with over each from the ground. Its table has the same for screen
// readers.
function Plot(p: { title: string; x: number[]; most?: number; over?: boolean; lines: Line[] }) {
  const box = useRef<HTMLDivElement>(null)
  const { x } = p
  useEffect(() => {
    const colour = (name: string) => getComputedStyle(document.documentElement).getPropertyValue(name)
    const axis = () => ({ stroke: colour('--dim'), grid: { stroke: colour('--line'), width: 1 }, ticks: { stroke: colour('--line'), width: 1 } })
    // The highest stack is drawn first, and the others over it.
    const stacks = p.lines.map(([name, colour, own], n): Line => [name, colour, p.over ? own : x.map((_, i) => p.lines.slice(0, n + 1).reduce((sum, [, , v]) => sum + v[i]!, 0))]).reverse()
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
  }, [x])
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
