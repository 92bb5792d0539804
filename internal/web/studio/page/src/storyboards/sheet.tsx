// The contact sheet of a storyboard, as a picture here and as files to keep.
import { useEffect, useState } from 'preact/hooks'
import { words } from '../api'
import { Loading } from '../parts'
import { path, sheet, type Storyboard } from './board'

export function ContactSheet(p: { board: Storyboard }) {
  const b = p.board
  const [open, setOpen] = useState(false)
  const file = `${b.name || 'storyboard'} contact sheet`
  return (
    <section class="panel" aria-labelledby="sheet">
      <h2 id="sheet">Contact sheet</h2>
      <details onToggle={(e) => setOpen(e.currentTarget.open)}>
        <summary>Show it</summary>
        {open && <Sheet board={b} />}
      </details>
      <div class="actions">
        <a class="button" href={path(b.id) + '/contact_sheet'} download={file + '.jpg'}>Save the picture</a>
        <a class="button" href={path(b.id) + '/contact_sheet?format=pdf'} download={file + '.pdf'}>Save as PDF</a>
      </div>
    </section>
  )
}

// Sheet draws it again with every change of the storyboard or its takes.
function Sheet(p: { board: Storyboard }) {
  const [address, setAddress] = useState('')
  const [failed, setFailed] = useState('')
  useEffect(() => {
    const reading = new AbortController()
    let made = ''
    sheet(p.board, reading.signal).then((picture) => {
      setAddress((made = URL.createObjectURL(picture)))
      setFailed('')
    }, (e) => { if (!reading.signal.aborted) setFailed(words(e)) })
    return () => {
      reading.abort()
      URL.revokeObjectURL(made)
    }
  }, [p.board])
  if (failed) return <p class="error" role="alert">{failed}</p>
  return address ? <img class="sheet" src={address} alt="A still of each shot with its number, length and prompt" /> : <Loading what="the sheet" />
}
