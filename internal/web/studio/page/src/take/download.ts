import type { Asset } from '../api'

// download returns the address that saves the video as a file.
export const download = (a: Asset) => a.url + (a.url.includes('?') ? '&' : '?') + 'download=' + encodeURIComponent(a.filename)
