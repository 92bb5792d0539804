import type { Task } from '../api'

// titleOf returns what a task is called on the pages.
export const titleOf = (t: Task) => t.name || t.prompt || 'Without a prompt'
