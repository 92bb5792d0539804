// The group that a video is in, and moving it to another one.
import { useEffect, useState } from 'preact/hooks'
import { words, type Asset } from '../api'
import { tell } from '../parts'
import { groups, moveTo, readGroups } from '../takes/groups'

export function GroupField(p: { asset: Asset; onChange: (a: Asset) => void }) {
  const now = groups.value.find((g) => g.id === p.asset.asset_group_id)?.name ?? ''
  const [name, setName] = useState(now)
  useEffect(() => void readGroups(), [])
  useEffect(() => setName(now), [now])
  async function submit(e: Event) {
    e.preventDefault()
    try {
      p.onChange(await moveTo(p.asset, name.trim()))
      tell(`Moved to ${name.trim()}.`)
    } catch (e) {
      tell(words(e), true)
      setName(now)
    }
  }
  return (
    <form class="actions" onSubmit={submit} novalidate aria-label="Group">
      <label class="inline">
        Group
        <input list="take-groups" value={name} onInput={(e) => setName(e.currentTarget.value)} />
      </label>
      <datalist id="take-groups">{groups.value.map((g) => <option key={g.id} value={g.name} />)}</datalist>
      {name.trim() !== now && name.trim() !== '' && <button>Move it there</button>}
    </form>
  )
}
