// The pages other than Make, which are in a file of their own that is loaded after it.
import { link } from './router'
import { Settings } from './settings/settings'
import { Storyboards } from './storyboards/list'
import { StoryboardPage } from './storyboards/storyboard'
import { Compare } from './take/compare'
import { Take } from './take/take'
import { Takes } from './takes/takes'

// Other shows the page at a path that is not Make's.
export function Other(p: { path: string[] }) {
  const [page, id] = p.path
  switch (page) {
    case 'takes':
      return id ? <Take id={id} /> : <Takes />
    case 'storyboards':
      return id ? <StoryboardPage id={id} /> : <Storyboards />
    case 'settings':
      return <Settings />
    case 'compare':
      return <Compare ids={p.path.slice(1)} />
  }
  return <p>There is no such page. <a href={link()}>Make a take</a></p>
}
