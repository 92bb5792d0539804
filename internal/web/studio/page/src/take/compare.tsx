// Two takes side by side, which play and step together.
import { useEffect, useRef, useState } from 'preact/hooks'
import { get, words, type Asset, type Task } from '../api'
import { Loading } from '../parts'
import { link } from '../router'
import { titleOf } from '../takes/title'

interface Pair {
  tasks: Task[]
  assets: Asset[]
}

export function Compare(p: { ids: string[] }) {
  const [pair, setPair] = useState<Pair | null>(null)
  const [failed, setFailed] = useState('')
  useEffect(() => {
    Promise.all(p.ids.map((id) => get<Task>('api/v1/tasks/' + encodeURIComponent(id)))).then((tasks) => {
      const assets = tasks.map((t) => t.artifacts.find((a) => !a.deleted))
      if (assets.length === 2 && assets.every((a) => a !== undefined)) setPair({ tasks, assets })
      else setFailed('Two takes with videos can be compared.')
    }, (e) => setFailed(words(e)))
  }, [p.ids.join()])
  if (failed) return <div class="take"><h1>Nothing to compare</h1><p class="error" role="alert">{failed}</p><a href={link('takes')}>All takes</a></div>
  if (!pair) return <Loading what="the takes" />
  return <Shown pair={pair} />
}

function Shown(p: { pair: Pair }) {
  const videos = [useRef<HTMLVideoElement>(null), useRef<HTMLVideoElement>(null)]
  const [at, setAt] = useState(0) // seconds
  const [playing, setPlaying] = useState(false)
  const { assets, tasks } = p.pair
  const rate = Math.max(...assets.map((a) => a.frame_rate))
  const end = Math.max(...assets.map((a) => a.duration_seconds))
  const frame = Math.floor(at * rate + 0.01)
  const each = (act: (v: HTMLVideoElement) => void) => videos.forEach((v) => v.current && act(v.current))

  function to(seconds: number) {
    const wanted = Math.max(0, Math.min(end - 0.5 / rate, seconds))
    each((v) => { v.pause(); v.currentTime = Math.min(wanted, v.duration || wanted) })
    setPlaying(false)
    setAt(wanted)
  }
  function play() {
    if (playing) return to(videos[0]!.current!.currentTime)
    const from = at >= end - 1 / rate ? 0 : at
    each((v) => { v.currentTime = from; void v.play() })
    setPlaying(true)
  }
  useEffect(() => {
    if (!playing) return
    let next = 0
    const follow = () => {
      const [a, b] = videos.map((v) => v.current!)
      if (Math.abs(a!.currentTime - b!.currentTime) > 1.5 / rate && !b!.ended) b!.currentTime = a!.currentTime
      setAt(Math.max(a!.currentTime, b!.currentTime))
      if (a!.ended && b!.ended) setPlaying(false)
      else next = requestAnimationFrame(follow)
    }
    next = requestAnimationFrame(follow)
    return () => cancelAnimationFrame(next)
  }, [playing])

  return (
    <article class="take">
      <h1>Compare</h1>
      <div class="pair">
        {assets.map((a, i) => (
          <figure key={a.id}>
            <video ref={videos[i]} src={a.url} muted playsInline preload="auto" width={a.width} height={a.height} aria-label={titleOf(tasks[i]!)} />
            <figcaption><a class="title" href={link('takes', tasks[i]!.id)}>{titleOf(tasks[i]!)}</a> <span class="hint">{tasks[i]!.model}, seed {tasks[i]!.seed}</span></figcaption>
          </figure>
        ))}
      </div>
      <div class="steps">
        <button onClick={() => to((frame - 1 + 0.5) / rate)} aria-label="One frame back">‹</button>
        <button class="primary" onClick={play}>{playing ? 'Pause' : 'Play both'}</button>
        <button onClick={() => to((frame + 1 + 0.5) / rate)} aria-label="One frame on">›</button>
        <input type="range" min={0} max={end} step={1 / rate} value={at} aria-label="Place in the videos" aria-valuetext={`frame ${frame + 1}`} onInput={(e) => to(Number(e.currentTarget.value))} />
        <output>Frame {frame + 1} of {Math.round(end * rate)}</output>
      </div>
    </article>
  )
}
