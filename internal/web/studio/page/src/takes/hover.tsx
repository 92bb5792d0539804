// The picture of a take, which steps through its previews under the pointer.
import { useState } from 'preact/hooks'
import type { Asset } from '../api'

export function Hover(p: { asset: Asset }) {
  const { asset } = p
  const stills = asset.preview_urls
  const [at, setAt] = useState(0)
  const src = stills[at] ?? asset.files.find((f) => f.role === 'poster')?.url
  function step(e: PointerEvent & { currentTarget: HTMLDivElement }) {
    const box = e.currentTarget.getBoundingClientRect()
    setAt(Math.max(0, Math.min(stills.length - 1, Math.floor(((e.clientX - box.left) / box.width) * stills.length))))
  }
  return (
    <div class="hover" onPointerMove={step} onPointerLeave={() => setAt(0)}>
      {src && <img src={src} alt="" loading="lazy" decoding="async" />}
      {stills.length > 1 && <span class="ticks" aria-hidden="true">{stills.map((s, i) => <i key={s} class={i === at ? 'on' : ''} />)}</span>}
    </div>
  )
}
