// The player: the browser's own, with steps of one frame, and the previews, which lead to their places in the video.
import type { Ref } from 'preact'
import { useRef, useState } from 'preact/hooks'
import type { Asset } from '../api'

export function Player(p: { asset: Asset; video?: Ref<HTMLVideoElement>; label?: string }) {
  const { asset } = p
  const own = useRef<HTMLVideoElement>(null)
  const [frame, setFrame] = useState(0)
  const frames = Math.round(asset.duration_seconds * asset.frame_rate)
  const set = (v: HTMLVideoElement | null) => {
    own.current = v
    if (p.video && typeof p.video === 'object') p.video.current = v
  }
  // to shows a frame. Its middle is meant: a time at its edge may show the frame before.
  function to(n: number) {
    const v = own.current
    if (!v) return
    v.pause()
    v.currentTime = (Math.max(0, Math.min(frames - 1, n)) + 0.5) / asset.frame_rate
  }
  const now = () => Math.floor((own.current?.currentTime ?? 0) * asset.frame_rate + 0.01)
  function keys(e: KeyboardEvent) {
    if (e.key !== ',' && e.key !== '.') return
    e.preventDefault()
    to(now() + (e.key === '.' ? 1 : -1))
  }
  const poster = asset.files.find((f) => f.role === 'poster')?.url ?? asset.preview_urls[0]
  return (
    <div class="player" onKeyDown={keys}>
      <video ref={set} src={asset.url} poster={poster} controls loop playsInline preload="auto" aria-label={p.label ?? 'The video'}
        width={asset.width} height={asset.height} onTimeUpdate={() => setFrame(now())} />
      <div class="steps">
        <button onClick={() => to(now() - 1)} aria-label="One frame back" title="One frame back (,)">‹</button>
        <output>Frame {Math.min(frame, frames - 1) + 1} of {frames}</output>
        <button onClick={() => to(now() + 1)} aria-label="One frame on" title="One frame on (.)">›</button>
      </div>
      <div class="stills" style={{ '--shape': asset.width / asset.height }}>
        {asset.preview_urls.map((url, i) => (
          <button key={url} class="still" aria-label={`Go to preview ${i + 1} of ${asset.preview_urls.length}`}
            onClick={() => to(Math.round((i / Math.max(1, asset.preview_urls.length - 1)) * (frames - 1)))}>
            <img src={url} alt="" loading="lazy" />
          </button>
        ))}
      </div>
    </div>
  )
}
