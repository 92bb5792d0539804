// The request of each dialect as a program in TypeScript: with the vendor's SDK, or with fetch if it has none.
import type { Said } from './dialects'
import type { Body, Draft } from './draft'

// server is the address of this server, as a program would have it.
export const server = () => new URL('.', document.baseURI).href.replace(/\/$/, '')

const json = (value: unknown, indent = '') => JSON.stringify(value, null, 2).replaceAll('\n', '\n' + indent)

// polling returns a program that creates and then reads until the end. created and found are the names of the two answers' tasks.
const polling = (s: Said, created: string, read: string, found: string, ended: string, video: string) => `const server = '${server()}'
const headers = { Authorization: \`Bearer \${process.env.FILMGATE_API_KEY}\`, 'Content-Type': 'application/json' }

const created = await fetch(server + '/${s.path}', { method: 'POST', headers, body: JSON.stringify(${json(s.body)}) })
if (!created.ok) throw new Error(await created.text())
let task = (await created.json())${created}
while (!${ended}) {
  await new Promise((done) => setTimeout(done, 1000))
  task = (await (await fetch(server + \`/${read}\`, { headers })).json())${found}
}
console.log(task.${video})
`

export const filmgate = (s: Said) => polling(s, '', 'api/v1/tasks/${task.id}', '', "['SUCCEEDED', 'FAILED', 'CANCELLED'].includes(task.status)", 'artifacts[0]?.url')

export const makevid = (s: Said) => polling(s, '.task', 'api/v1/get_runway/${task.id}', '.task', "['SUCCEEDED', 'FAILED', 'CANCELLED'].includes(task.status)", 'artifacts[0]?.url')

export const kling = (s: Said) => polling(s, '.data', s.path + '/${task.task_id}', '.data', "['succeed', 'failed'].includes(task.task_status)", 'task_result?.videos[0].url')

export const runway = (s: Said) => `import RunwayML from '@runwayml/sdk'

const client = new RunwayML({ baseURL: '${server()}/runway', apiKey: process.env.FILMGATE_API_KEY })
const task = await client.${s.path.includes('image') ? 'imageToVideo' : 'textToVideo'}.create(${json(s.body)}).waitForTaskOutput()
console.log(task.output[0])
`

export const openai = (s: Said) => `import OpenAI from 'openai'

const client = new OpenAI({ baseURL: '${server()}/openai/v1', apiKey: process.env.FILMGATE_API_KEY })
let video = await client.videos.create(${json(s.body)})
while (video.status === 'queued' || video.status === 'in_progress') {
  await new Promise((done) => setTimeout(done, 1000))
  video = await client.videos.retrieve(video.id)
}
console.log(video.status)
`

export const luma = (s: Said) => `import LumaAI from 'lumaai'

const luma = new LumaAI({ baseURL: '${server()}/dream-machine/v1', authToken: process.env.FILMGATE_API_KEY })
let generation = await luma.generations.create(${json(s.body)})
while (generation.state !== 'completed' && generation.state !== 'failed') {
  await new Promise((done) => setTimeout(done, 1000))
  generation = await luma.generations.get(generation.id!)
}
console.log(generation.assets?.video)
`

export const google = (s: Said) => {
  const { instances, parameters } = s.body as { instances: [Body]; parameters: Body }
  const { lastFrame, ...source } = instances[0]
  const { sampleCount: numberOfVideos, ...rest } = parameters
  return `import { GoogleGenAI } from '@google/genai'

const ai = new GoogleGenAI({ vertexai: true, apiKey: process.env.FILMGATE_API_KEY, httpOptions: { baseUrl: '${server()}/google' } })
let operation = await ai.models.generateVideos({
  model: 'veo-3.1-generate-001',
  source: ${json(source, '  ')},
  config: ${json({ numberOfVideos, ...rest, lastFrame }, '  ')},
})
while (!operation.done) {
  await new Promise((done) => setTimeout(done, 1000))
  operation = await ai.operations.getVideosOperation({ operation })
}
console.log(operation.response?.generatedVideos?.[0]?.video?.mimeType)
`
}

export const fal = (s: Said) => `import { createFalClient } from '@fal-ai/client'

const fal = createFalClient({
  credentials: process.env.FILMGATE_API_KEY,
  requestMiddleware: async (r) => ({ ...r, url: r.url.replace(/^https:\\/\\/(queue\\.fal\\.run|rest\\.fal\\.ai)/, '${server()}/fal') }),
})
const { data } = await fal.subscribe('fal-ai/veo3.1', { input: ${json(s.body)} })
console.log(data.video.url)
`

export const replicate = (s: Said) => `import Replicate from 'replicate'

const replicate = new Replicate({ baseUrl: '${server()}/replicate/v1', auth: process.env.FILMGATE_API_KEY, useFileOutput: false })
const output = await replicate.run('google/veo-3.1', ${json(s.body)})
console.log(output)
`

// generated returns a program with the AI SDK, whose calls are the same with every provider.
function generated(provider: string, made: string, model: string, s: Said, d: Draft): string {
  const frame = (url: string | undefined, frameType: string) => (url ? [{ image: url, frameType }] : [])
  const shape = s.body.aspect_ratio ?? s.body.ratio ?? s.body.aspectRatio
  const settings = {
    prompt: d.first && !d.last ? { image: d.first.url, text: d.prompt } : d.prompt, duration: s.body.duration, aspectRatio: shape, seed: s.body.seed,
    frameImages: d.last ? [...frame(d.first?.url, 'first_frame'), ...frame(d.last.url, 'last_frame')] : undefined,
  }
  return `${provider}
import { experimental_generateVideo as generateVideo } from 'ai'

${made}
const { video } = await generateVideo({
  model: ${model},
  ...${json(settings, '  ')},
  // The AI SDK does not download from private addresses by itself.
  download: async ({ url }) => ({ data: new Uint8Array(await (await fetch(url)).arrayBuffer()), mediaType: 'video/mp4' }),
})
console.log(video.uint8Array.length)
`
}

export const xai = (s: Said, d: Draft) => generated(
  "import { createXai } from '@ai-sdk/xai'", `const xai = createXai({ baseURL: '${server()}/xai/v1', apiKey: process.env.FILMGATE_API_KEY })`, "xai.video('grok-imagine-video')", s, d)

export const openrouter = (s: Said, d: Draft) => generated(
  "import { createOpenRouter } from '@openrouter/ai-sdk-provider'", `const openrouter = createOpenRouter({ baseURL: '${server()}/openrouter/api/v1', apiKey: process.env.FILMGATE_API_KEY })`,
  "openrouter.videoModel('google/veo-3.1')", s, d)

export const ark = (s: Said, d: Draft) => generated(
  "import { createByteDance } from '@ai-sdk/bytedance'", `const ark = createByteDance({ baseURL: '${server()}/ark/api/v3', apiKey: process.env.FILMGATE_API_KEY })`,
  "ark.video('seedance-1-5-pro-251215')", s, d)

export const gateway = (s: Said, d: Draft) => generated(
  "import { createGateway } from 'ai'", `const gateway = createGateway({ baseURL: '${server()}/gateway/v4/ai', apiKey: process.env.FILMGATE_API_KEY })`,
  "gateway.video('google/veo-3.1-generate-001')", s, d)
