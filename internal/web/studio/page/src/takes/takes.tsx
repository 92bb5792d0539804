// The gallery: all takes, newest first, with filters, and actions on many at once.
import { useEffect, useRef, useState } from 'preact/hooks'
import { models } from '../models'
import { Empty, Loading, Status, Time } from '../parts'
import { link } from '../router'
import { changed } from '../tasks'
import { Grid } from './grid'
import { groups, readGroups } from './groups'
import { Hover } from './hover'
import { everything, filter, items, more, next, show, state, update, type Filter, type Item } from './list'
import { Many } from './many'
import { titleOf } from './title'

export function Takes() {
  const [chosen, setChosen] = useState<Set<string> | null>(null) // null = no choosing
  useEffect(() => show(filter.value), [])
  const last = changed.value
  useEffect(() => {
    if (last) update(last)
  }, [last])
  const anchor = useRef('') // the one that was chosen last
  // toggle chooses a take or not, and with the shift key all those between it and the one before.
  function toggle(id: string, range: boolean) {
    const ids = items.value.map((i) => i.id)
    const [from, to] = [ids.indexOf(range ? anchor.current : id), ids.indexOf(id)].sort((a, b) => a - b) as [number, number]
    const on = !chosen?.has(id)
    anchor.current = id
    setChosen((before) => {
      const now = new Set(before)
      for (const one of ids.slice(from < 0 ? to : from, to + 1)) now[on ? 'add' : 'delete'](one)
      return now
    })
  }
  return (
    <div class="takes">
      <header class="actions">
        <h1>Takes</h1>
        <Filters />
        <button class="push" aria-pressed={chosen !== null} onClick={() => setChosen(chosen ? null : new Set())}>{chosen ? 'Stop choosing' : 'Choose several'}</button>
      </header>
      {chosen && <Many chosen={items.value.filter((i) => chosen.has(i.id))} onAll={() => setChosen(new Set(items.value.map((i) => i.id)))} onDone={() => setChosen(new Set())} />}
      <Grid items={items.value} keyOf={(i) => i.asset?.id ?? i.id} more={next.value !== null} onEnd={() => void more()}
        draw={(i) => <Card item={i} chosen={chosen?.has(i.id)} onChoose={(range) => toggle(i.id, range)} />} />
      <End />
    </div>
  )
}

function End() {
  if (state.value === 'reading') return <Loading what="your takes" />
  if (state.value !== 'read') {
    return (
      <div role="alert">
        <p class="error">{state.value}</p>
        <button onClick={() => void more()}>Try again</button>
      </div>
    )
  }
  if (items.value.length > 0) return null
  if (filter.value === everything) return <Empty title="No takes yet"><p><a href={link()}>Make the first one.</a></p></Empty>
  return <Empty title="No take matches"><button onClick={() => show(everything)}>Show all takes</button></Empty>
}

const states = [
  ['', 'In any state'], ['SUCCEEDED', 'Done'], ['QUEUED,THROTTLED,PENDING,RUNNING', 'Under way'], ['FAILED', 'Failed'], ['CANCELLED', 'Cancelled'],
] as const

function Filters() {
  useEffect(() => void readGroups(), [])
  const f = filter.value
  const set = (fields: Partial<Filter>) => {
    const wanted = { ...f, ...fields }
    show(Object.values(wanted).some(Boolean) ? wanted : everything)
  }
  return (
    <search class="filters">
      <input type="search" placeholder={f.from ? 'Search in names' : 'Search in prompts'} aria-label={f.from ? 'Search in names' : 'Search in prompts'} value={f.search} onChange={(e) => set({ search: e.currentTarget.value.trim() })} />
      <select aria-label="Which takes" value={f.from} onChange={(e) => set({ from: e.currentTarget.value, status: '', model: '' })}>
        <option value="">All takes</option>
        <option value="favorites">Favorites</option>
        {groups.value.map((g) => <option key={g.id} value={g.id}>Group: {g.name}</option>)}
      </select>
      {!f.from && (
        <>
          <select aria-label="State" value={f.status} onChange={(e) => set({ status: e.currentTarget.value })}>
            {states.map(([value, name]) => <option key={value} value={value}>{name}</option>)}
          </select>
          <select aria-label="Model" value={f.model} onChange={(e) => set({ model: e.currentTarget.value })}>
            <option value="">Of any model</option>
            {models.value.map((m) => <option key={m.name} value={m.name}>{m.name}</option>)}
          </select>
        </>
      )}
    </search>
  )
}

function Card(p: { item: Item; chosen: boolean | undefined; onChoose: (range: boolean) => void }) {
  const { task, asset, id } = p.item
  const title = task ? titleOf(task) : (asset?.filename ?? '')
  return (
    <div class={'card' + (p.chosen ? ' chosen' : '')}>
      <a href={link('takes', id)}>
        {asset ? <Hover asset={asset} /> : <div class="hover blank">{task && <Status state={task.status} />}</div>}
        <span class="title">{title}</span>
      </a>
      <p class="hint">{asset?.favorite && '★ '}{task ? task.model : `${asset?.duration_seconds} s`} · <Time at={(task ?? asset)!.created_at} /></p>
      {p.chosen !== undefined && (
        <label class="choose">
          <input type="checkbox" checked={p.chosen} onClick={(e) => p.onChoose(e.shiftKey)} />
          <span class="hidden">Choose {title}</span>
        </label>
      )}
    </div>
  )
}
