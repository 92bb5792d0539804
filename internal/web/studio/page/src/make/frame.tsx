// A first or a last frame: a picture that is dropped, pasted, chosen, or named by a URL. The preview shows which part of it the
// chosen shape leaves.
import { useEffect, useRef, useState } from 'preact/hooks'
import { call, Problem, words, type Dataset } from '../api'
import type { Picture } from './draft'
import { ratioOf } from './shape'

const accepted = 'image/jpeg,image/png,image/webp,image/avif,image/heic'

interface Props {
  id: string // of the control that chooses a file
  label: string
  picture: Picture | null
  shape: string // of the video; "" = as the picture
  pastes: boolean // whether a picture that is pasted anywhere on the page is taken
  error?: string
  onChange: (picture: Picture | null) => void
}

export function FrameField(p: Props) {
  const { id, picture } = p
  const [over, setOver] = useState(false)
  const [failed, setFailed] = useState('')
  const error = failed || p.error
  const now = useRef(p)
  now.current = p

  async function take(file: File | undefined) {
    if (!file) return
    setFailed('')
    const shown = URL.createObjectURL(file)
    const name = file.name
    const still = () => now.current.picture?.shown === shown
    now.current.onChange({ url: '', shown, name, width: 0, height: 0 })
    try {
      const kept = await call<Dataset>('POST', 'api/v1/datasets', file)
      if (still()) now.current.onChange({ url: kept.url, shown, name, width: kept.width, height: kept.height })
    } catch (e) {
      if (still()) now.current.onChange(null)
      setFailed(e instanceof Problem ? (e.fields.file ?? e.message) : words(e))
    }
  }
  useEffect(() => (p.pastes ? pasted((file) => take(file)) : undefined), [])

  return (
    <div class={'frame' + (over ? ' over' : '')} role="group" aria-label={p.label}
      onDragOver={(e) => { e.preventDefault(); setOver(true) }} onDragLeave={() => setOver(false)}
      onDrop={(e) => { e.preventDefault(); setOver(false); void take(e.dataTransfer?.files[0]) }}>
      {picture ? <Shown picture={picture} shape={p.shape} label={p.label} onRemove={() => p.onChange(null)} /> : (
        <>
          <label class="drop" for={id}>
            <b>{p.label}</b>
            <span>Drop{p.pastes && ', paste'} or choose a picture</span>
          </label>
          <input id={id} class="hidden" type="file" accept={accepted} aria-invalid={!!error} aria-describedby={error ? id + '-error' : undefined}
            onChange={(e) => { void take(e.currentTarget.files?.[0]); e.currentTarget.value = '' }} />
          <ByURL label={p.label} onURL={(url) => p.onChange({ url, shown: '', name: url, width: 0, height: 0 })} />
        </>
      )}
      {error && <p class="error" id={id + '-error'} role="alert">{error}</p>}
    </div>
  )
}

// pasted calls take with each picture that is pasted anywhere on the page.
function pasted(take: (file: File) => void): () => void {
  const listen = (e: ClipboardEvent) => {
    const file = [...(e.clipboardData?.files ?? [])].find((f) => f.type.startsWith('image/'))
    if (file) take(file)
  }
  addEventListener('paste', listen)
  return () => removeEventListener('paste', listen)
}

function ByURL(p: { label: string; onURL: (url: string) => void }) {
  const [text, setText] = useState('')
  const use = () => text.trim() && p.onURL(text.trim())
  return (
    <input class="url" type="url" placeholder="or its URL" aria-label={p.label + ' by URL'} value={text} onInput={(e) => setText(e.currentTarget.value)}
      onBlur={use} onKeyDown={(e) => { if (e.key === 'Enter') { e.preventDefault(); use() } }} />
  )
}

function Shown(p: { picture: Picture; shape: string; label: string; onRemove: () => void }) {
  const { picture, shape } = p
  const [natural, setNatural] = useState(0) // width of the picture for a height of 1
  const image = useRef<HTMLImageElement>(null)
  return (
    <>
      {picture.shown ? (
        <div class="cropped">
          <img ref={image} src={picture.shown} alt={`${p.label}: ${picture.name}`}
            onLoad={(e) => setNatural(e.currentTarget.naturalWidth / e.currentTarget.naturalHeight)} />
          {shape && natural > 0 && <Crop natural={natural} wanted={ratioOf(shape)} />}
        </div>
      ) : <p class="address">{picture.name}</p>}
      <p class="caption">
        <b>{p.label}</b>
        <span>{picture.url ? picture.width ? `${picture.width} × ${picture.height}` : 'by URL' : 'uploading…'}</span>
        <button type="button" class="plain" onClick={p.onRemove} aria-label={'Remove the ' + p.label.toLowerCase()}>Remove</button>
      </p>
    </>
  )
}

// Crop dims what the shape cuts off: the centre of the picture is kept.
function Crop(p: { natural: number; wanted: number }) {
  const x = p.wanted < p.natural ? (1 - p.wanted / p.natural) / 2 : 0
  const y = p.wanted > p.natural ? (1 - p.natural / p.wanted) / 2 : 0
  return <div class="crop" style={{ inset: `${y * 100}% ${x * 100}%` }} />
}
