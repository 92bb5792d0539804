import type { Task } from '../api'

// isRender reports whether a task joins the shots of a storyboard. Such a request is not made on the page Make.
export const isRender = (t: Task) => t.model === 'storyboard'

// titleOf returns what a task is called on the pages.
export const titleOf = (t: Task) => t.name || t.prompt || (isRender(t) ? 'The video of a storyboard' : 'Without a prompt')
