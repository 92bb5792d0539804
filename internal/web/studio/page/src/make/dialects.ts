// The draft as each dialect says it. What a dialect can't say is left out and named.
import { body, cameraOf, type Body, type Draft } from './draft'
import * as programs from './programs'
import { ratioOf } from './shape'

// Said is a request as a dialect says it.
export interface Said {
  path: string
  body: Body
  headers?: Record<string, string>
  left: string[] // what of the draft the dialect can't say
}

export interface Dialect {
  name: string
  say: (d: Draft) => Said
  program: (said: Said, draft: Draft) => string // in TypeScript, with the vendor's SDK if it has one
}

// nearest returns the number of a list that is nearest to n.
const nearest = (n: number, list: number[]) => list.reduce((a, b) => (Math.abs(b - n) < Math.abs(a - n) ? b : a))

// near returns the shape of a list that is nearest to the draft's; undefined if the draft has none.
function near(d: Draft, list: string[]): string | undefined {
  if (!d.shape || list.includes(d.shape)) return d.shape || undefined
  const off = (s: string) => Math.abs(Math.log(ratioOf(s) / ratioOf(d.shape)))
  return list.reduce((a, b) => (off(b) < off(a) ? b : a))
}

// known removes fields without a value.
function known(b: Body): Body {
  return Object.fromEntries(Object.entries(b).filter(([, v]) => v !== undefined && v !== '' && v !== null))
}

const seed = (d: Draft) => (d.seed ? Number(d.seed) : undefined)

// left names what of the draft is not among what a dialect can say.
function left(d: Draft, can: string[], seconds?: number, shape?: string): string[] {
  const asked: [string, unknown, string][] = [
    ['last', d.last, 'the last frame'], ['negative', d.negative, 'what is not in the video'], ['seed', d.seed, 'the seed'], ['camera', cameraOf(d), 'the camera'],
    ['resolution', d.resolution, 'the resolution'], ['enhance', d.enhance, 'enhancing the prompt'], ['watermark', d.watermark, 'the watermark'], ['caption', d.caption, 'the caption'],
  ]
  const out = asked.filter(([name, value]) => value && !can.includes(name)).map(([, , text]) => text)
  if (seconds !== undefined && seconds !== d.seconds) out.push(`a length of ${d.seconds} s (the nearest is ${seconds} s)`)
  if (d.shape && shape !== d.shape) out.push(shape ? `the shape ${d.shape} (the nearest is ${shape})` : `the shape ${d.shape}`)
  return out
}

function makevid(d: Draft): Said {
  const seconds = nearest(d.seconds, [5, 10])
  const lone = !d.first && !!d.last
  const b = known({
    text_prompt: d.prompt, init_image: (d.first ?? d.last)?.url, image_as_end_frame: lone || undefined, seconds,
    seed: seed(d), enhance_prompt: d.enhance || undefined, watermark: d.watermark || undefined,
  })
  return { path: 'api/v1/create_runway', body: b, left: left(d, ['seed', 'enhance', 'watermark', ...(lone ? ['last'] : [])], seconds, '') }
}

function runway(d: Draft): Said {
  const seconds = nearest(d.seconds, [5, 10])
  const shape = near(d, ['16:9', '9:16', '1:1', '4:3', '3:4', '21:9']) ?? '16:9'
  const sizes: Record<string, string> = { '16:9': '1280:720', '9:16': '720:1280', '1:1': '960:960', '4:3': '1104:832', '3:4': '832:1104', '21:9': '1584:672' }
  const frames = [d.first && { uri: d.first.url, position: 'first' }, d.last && { uri: d.last.url, position: 'last' }].filter(Boolean)
  const b = known({ model: 'gen4.5', promptText: d.prompt, promptImage: d.first && !d.last ? d.first.url : frames.length ? frames : undefined, duration: seconds, ratio: sizes[shape], seed: seed(d) })
  return {
    path: `runway/v1/${frames.length ? 'image' : 'text'}_to_video`, body: b, headers: { 'X-Runway-Version': '2024-11-06' }, left: left(d, ['last', 'seed'], seconds, shape),
  }
}

function openai(d: Draft): Said {
  const seconds = nearest(d.seconds, [4, 8, 12])
  const shape = near(d, ['16:9', '9:16']) ?? '16:9'
  const b = known({
    model: 'sora-2', prompt: d.prompt || ' ', seconds: String(seconds), size: shape === '9:16' ? '720x1280' : '1280x720',
    input_reference: d.first ? { image_url: d.first.url } : undefined,
  })
  return { path: 'openai/v1/videos', body: b, left: left(d, [], seconds, shape) }
}

function luma(d: Draft): Said {
  const seconds = nearest(d.seconds, [5, 9])
  const shape = near(d, ['16:9', '9:16', '1:1', '4:3', '3:4', '21:9', '9:21']) ?? '16:9'
  const frame = (url: string | undefined) => (url ? { type: 'image', url } : undefined)
  const frames = known({ frame0: frame(d.first?.url), frame1: frame(d.last?.url) })
  const b = known({ model: 'ray-2', prompt: d.prompt, aspect_ratio: shape, duration: `${seconds}s`, keyframes: Object.keys(frames).length ? frames : undefined })
  return { path: 'luma/dream-machine/v1/generations', body: b, left: left(d, ['last'], seconds, shape) }
}

function kling(d: Draft): Said {
  const seconds = nearest(d.seconds, [5, 10])
  const shape = near(d, ['16:9', '9:16', '1:1']) ?? '16:9'
  const pictures = !!(d.first || d.last)
  const axes = Object.entries(d.camera).filter(([, n]) => n !== 0)
  const camera = d.preset ? { type: d.preset } : axes.length === 1 ? { type: 'simple', config: Object.fromEntries(axes) } : undefined
  const b = known({
    model_name: 'kling-v2-6', prompt: d.prompt, negative_prompt: d.negative, duration: String(seconds), image: d.first?.url, image_tail: d.last?.url,
    aspect_ratio: pictures ? undefined : shape, camera_control: camera, watermark_info: d.watermark ? { enabled: true } : undefined,
  })
  const can = ['last', 'negative', 'watermark', ...(camera ? ['camera'] : [])]
  return { path: `kling/v1/videos/${pictures ? 'image' : 'text'}2video`, body: b, left: left(d, can, seconds, pictures ? '' : shape) }
}

function xai(d: Draft): Said {
  const seconds = Math.min(d.seconds, 15)
  const shape = near(d, ['1:1', '16:9', '9:16', '4:3', '3:4', '3:2', '2:3'])
  const frame = (url: string | undefined) => (url ? { url } : undefined)
  const b = known({ model: 'grok-imagine-video', prompt: d.prompt, duration: seconds, aspect_ratio: shape, image: frame(d.first?.url), last_frame: frame(d.last?.url) })
  return { path: 'xai/v1/videos/generations', body: b, left: left(d, ['last'], seconds, shape) }
}

function google(d: Draft): Said {
  const frame = (url: string | undefined) => (url ? { gcsUri: url, mimeType: 'image/jpeg' } : undefined)
  const instance = known({ prompt: d.prompt, image: frame(d.first?.url), lastFrame: frame(d.last?.url) })
  const parameters = known({ sampleCount: 1, durationSeconds: d.seconds, aspectRatio: d.shape, negativePrompt: d.negative, seed: seed(d), resolution: d.resolution })
  return { path: 'google/v1beta/models/veo-3.1-generate-001:predictLongRunning', body: { instances: [instance], parameters }, left: left(d, ['last', 'negative', 'seed', 'resolution'], undefined, d.shape) }
}

function fal(d: Draft): Said {
  const seconds = nearest(d.seconds, [4, 6, 8])
  const shape = near(d, ['16:9', '9:16', '1:1', '4:3', '3:4', '21:9', '9:21'])
  const b = known({
    prompt: d.prompt, duration: `${seconds}s`, aspect_ratio: shape, negative_prompt: d.negative, seed: seed(d), first_frame_url: d.first?.url, last_frame_url: d.last?.url,
  })
  return { path: 'fal/fal-ai/veo3.1', body: b, left: left(d, ['last', 'negative', 'seed'], seconds, shape) }
}

function openrouter(d: Draft): Said {
  const frame = (url: string | undefined, type: string) => (url ? { type: 'image_url', image_url: { url }, frame_type: type } : undefined)
  const frames = [frame(d.first?.url, 'first_frame'), frame(d.last?.url, 'last_frame')].filter(Boolean)
  const b = known({
    model: 'google/veo-3.1', prompt: d.prompt, duration: d.seconds, aspect_ratio: d.shape, resolution: d.resolution, seed: seed(d), frame_images: frames.length ? frames : undefined,
  })
  return { path: 'openrouter/api/v1/videos', body: b, left: left(d, ['last', 'seed', 'resolution'], undefined, d.shape) }
}

function replicate(d: Draft): Said {
  const input = known({
    prompt: d.prompt, negative_prompt: d.negative, duration: d.seconds, aspect_ratio: d.shape, resolution: d.resolution, seed: seed(d), prompt_optimizer: d.enhance || undefined,
    image: d.first?.url, last_frame_image: d.last?.url,
  })
  return { path: 'replicate/v1/models/google/veo-3.1/predictions', body: { input }, left: left(d, ['last', 'negative', 'seed', 'resolution', 'enhance'], undefined, d.shape) }
}

function ark(d: Draft): Said {
  const frame = (url: string | undefined, role: string) => (url ? { type: 'image_url', image_url: { url }, role } : undefined)
  const text = d.prompt ? { type: 'text', text: d.prompt } : undefined
  const b = known({
    model: 'seedance-1-5-pro-251215', content: [text, frame(d.first?.url, 'first_frame'), frame(d.last?.url, 'last_frame')].filter(Boolean),
    ratio: d.shape, duration: d.seconds, resolution: d.resolution, seed: seed(d), watermark: d.watermark || undefined,
  })
  return { path: 'ark/api/v3/contents/generations/tasks', body: b, left: left(d, ['last', 'seed', 'resolution', 'watermark'], undefined, d.shape) }
}

function gateway(d: Draft): Said {
  const frame = (url: string | undefined, frameType: string) => (url ? { image: { type: 'url', url }, frameType } : undefined)
  const frames = [frame(d.first?.url, 'first_frame'), frame(d.last?.url, 'last_frame')].filter(Boolean)
  const b = known({
    prompt: d.prompt, n: 1, duration: d.seconds, aspectRatio: d.resolution ? undefined : d.shape, resolution: d.resolution && pixels(d.resolution, d.shape), seed: seed(d),
    frameImages: frames.length ? frames : undefined, providerOptions: {},
  })
  return { path: 'gateway/v4/ai/video-model/start', body: b, headers: { 'ai-model-id': 'google/veo-3.1-generate-001' }, left: left(d, ['last', 'seed', 'resolution'], undefined, d.shape) }
}

// pixels returns the width and height of a resolution in a shape: "1280x720". Its shorter side has the resolution's number.
export function pixels(resolution: string, shape: string): string {
  const short = parseInt(resolution)
  const ratio = ratioOf(shape || '16:9')
  const long = Math.round((short * Math.max(ratio, 1 / ratio)) / 2) * 2
  return ratio < 1 ? `${short}x${long}` : `${long}x${short}`
}

export const dialects: Dialect[] = [
  { name: 'Filmgate', say: (d) => ({ path: 'api/v1/tasks', body: body(d), left: [] }), program: programs.filmgate },
  { name: 'makevid', say: makevid, program: programs.makevid },
  { name: 'Runway', say: runway, program: programs.runway },
  { name: 'OpenAI', say: openai, program: programs.openai },
  { name: 'Luma', say: luma, program: programs.luma },
  { name: 'Kling', say: kling, program: programs.kling },
  { name: 'xAI', say: xai, program: programs.xai },
  { name: 'Gemini', say: google, program: programs.google },
  { name: 'fal', say: fal, program: programs.fal },
  { name: 'Replicate', say: replicate, program: programs.replicate },
  { name: 'OpenRouter', say: openrouter, program: programs.openrouter },
  { name: 'Ark', say: ark, program: programs.ark },
  { name: 'AI SDK gateway', say: gateway, program: programs.gateway },
]
