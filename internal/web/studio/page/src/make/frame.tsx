// A first or a last frame: a picture that is dropped, pasted, chosen, or named by a URL. The preview shows which part of it the
// chosen shape leaves, or how the built-in renderer chooses it.
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
  builtIn: boolean // whether the built-in renderer frames the picture, and not a model that keeps the middle
  pastes: boolean // whether it takes a picture that is pasted while no frame has the pointer or the focus
  error?: string
  onChange: (picture: Picture | null) => void
}

export function FrameField(p: Props) {
  const { id, picture } = p
  const [over, setOver] = useState(false)
  const [failed, setFailed] = useState('')
  const [address, setAddress] = useState('') // that could not be fetched
  const error = failed || p.error
  const box = useRef<HTMLDivElement>(null)
  const now = useRef(p)
  now.current = p

  // keep shows a picture and has the server store it.
  async function keep(shown: string, name: string, stored: Promise<Dataset>) {
    setFailed('')
    const mine = { url: '', shown, name, width: 0, height: 0 }
    const change = (to: Picture | null) => { if (now.current.picture === mine) now.current.onChange(to) }
    now.current.onChange(mine)
    try {
      const kept = await stored
      if (!kept.type.startsWith('image/')) throw new Error('This is no picture.')
      setAddress('')
      change({ url: kept.url, shown: shown || kept.url, name, width: kept.width, height: kept.height })
    } catch (e) {
      change(null)
      setFailed(e instanceof Problem ? (e.fields.file ?? e.fields.url ?? e.message) : words(e))
    }
  }
  function take(file: File) {
    setAddress('')
    void keep(URL.createObjectURL(file), file.name, call<Dataset>('POST', 'api/v1/datasets', file))
  }
  function takeURL(url: string) {
    setAddress(url)
    void keep('', url, call<Dataset>('POST', 'api/v1/datasets/fetch', { url }))
  }
  function drop(e: DragEvent) {
    e.preventDefault()
    setOver(false)
    const file = e.dataTransfer?.files[0]
    const url = e.dataTransfer?.getData('text/uri-list') // of a picture of another page
    if (file) take(file)
    else if (url) takeURL(url)
  }
  useEffect(() => pasted((file) => {
    const aimed = document.querySelector('.frame:is(:hover, :focus-within)')
    if (aimed ? aimed === box.current : now.current.pastes) take(file)
  }), [])

  return (
    <div ref={box} class={'frame' + (over ? ' over' : '')} role="group" aria-label={p.label}
      onDragOver={(e) => { e.preventDefault(); setOver(true) }} onDragLeave={() => setOver(false)} onDrop={drop}>
      {picture ? <Shown picture={picture} shape={p.shape} builtIn={p.builtIn} label={p.label} onRemove={() => p.onChange(null)} /> : (
        <>
          <label class="drop" for={id}>
            <b>{p.label}</b>
            <span>Drop, paste or choose a picture</span>
          </label>
          <input id={id} class="hidden" type="file" accept={accepted} aria-invalid={!!error} aria-describedby={error ? id + '-error' : undefined}
            onChange={(e) => { const file = e.currentTarget.files?.[0]; if (file) take(file); e.currentTarget.value = '' }} />
          <ByURL label={p.label} before={address} onURL={takeURL} />
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

// ByURL takes a URL with the enter key, or when it is left. before is one that was tried and stays to be corrected.
function ByURL(p: { label: string; before: string; onURL: (url: string) => void }) {
  const [text, setText] = useState(p.before)
  const tried = useRef(p.before)
  function use(again: boolean) {
    const url = text.trim()
    if (!url || (url === tried.current && !again)) return
    tried.current = url
    p.onURL(url)
  }
  return (
    <input class="url" type="url" placeholder="or its URL" aria-label={p.label + ' by URL'} value={text} onInput={(e) => setText(e.currentTarget.value)}
      onBlur={() => use(false)} onKeyDown={(e) => { if (e.key === 'Enter') { e.preventDefault(); use(true) } }} />
  )
}

function Shown(p: { picture: Picture; shape: string; builtIn: boolean; label: string; onRemove: () => void }) {
  const { picture, shape } = p
  const [natural, setNatural] = useState(0) // width of the picture for a height of 1
  const differs = shape !== '' && natural > 0 && Math.abs(Math.log(ratioOf(shape) / natural)) > 0.05
  const image = useRef<HTMLImageElement>(null)
  return (
    <>
      {picture.shown ? (
        <div class="cropped">
          <img ref={image} src={picture.shown} alt={`${p.label}: ${picture.name}`}
            onLoad={(e) => setNatural(e.currentTarget.naturalWidth / e.currentTarget.naturalHeight)} />
          {differs && !p.builtIn && <Crop natural={natural} wanted={ratioOf(shape)} />}
        </div>
      ) : <p class="address">{picture.name}</p>}
      <p class="caption">
        <b>{p.label}</b>
        <span>{picture.url ? picture.width > 0 && `${picture.width} × ${picture.height}` : picture.shown ? 'uploading…' : 'fetching…'}</span>
        <button type="button" class="plain" onClick={p.onRemove} aria-label={'Remove the ' + p.label.toLowerCase()}>Remove</button>
      </p>
      {differs && <p class="framing">{p.builtIn
        ? `The built-in renderer fills ${shape} with the part round faces, or else the middle. Drawings and pages are shown whole.`
        : `Most models keep the middle for ${shape}.`}</p>}
    </>
  )
}

// Crop dims what a shape cuts off if the middle of the picture is kept.
function Crop(p: { natural: number; wanted: number }) {
  const x = p.wanted < p.natural ? (1 - p.wanted / p.natural) / 2 : 0
  const y = p.wanted > p.natural ? (1 - p.natural / p.wanted) / 2 : 0
  return <div class="crop" style={{ inset: `${y * 100}% ${x * 100}%` }} />
}
