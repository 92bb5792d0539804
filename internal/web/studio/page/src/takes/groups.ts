// The account's asset groups, and moving a video from one to another.
import { signal } from '@preact/signals'
import { call, get, type Asset } from '../api'

export interface Group {
  id: string
  name: string
}

export const groups = signal<Group[]>([])

// readGroups reads the groups. Without them the pages offer none.
export const readGroups = () => get<{ asset_groups: Group[] }>('api/v1/asset_groups').then((all) => { groups.value = all.asset_groups }, () => undefined)

// moveTo moves a video to the group of a name, which is made if there is none.
export async function moveTo(asset: Asset, name: string): Promise<Asset> {
  const moved = await call<Asset>('PATCH', 'api/v1/assets/' + asset.id, { asset_group: name })
  if (!groups.value.some((g) => g.id === moved.asset_group_id)) await readGroups()
  return moved
}
