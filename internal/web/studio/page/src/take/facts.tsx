// What was asked for, and which engines tried it.
import type { ComponentChildren } from 'preact'
import { bytes, lasting } from '../parts'
import type { Asset, Attempt, Task } from '../api'
import { axes } from '../make/draft'
import { link } from '../router'

// Row is a line of a list of facts; none if there is nothing to say.
export function Row(p: { name: string; children: ComponentChildren }) {
  if (p.children === null || p.children === undefined || p.children === '' || p.children === false) return null
  return (
    <div>
      <dt>{p.name}</dt>
      <dd>{p.children}</dd>
    </div>
  )
}

function cameraWords(t: Task): string {
  if (!t.camera) return ''
  if (t.camera.preset) return t.camera.preset.replaceAll('_', ' ')
  return axes.filter((a) => t.camera![a]).map((a) => `${a} ${t.camera![a]}`).join(', ')
}

// sound says whether the video has sound, or is to have it.
function sound(t: Task, asset: Asset | undefined): string {
  if (asset?.has_audio) return 'yes'
  if (!asset) return t.audio ? 'asked for' : ''
  return t.audio ? 'none, though it was asked for' : t.audio === false ? 'none' : ''
}

export function Facts(p: { task: Task; asset: Asset | undefined }) {
  const t = p.task
  const video = p.asset?.files.find((f) => f.role === 'video')
  const cost = t.attempts.filter((a) => a.cost > 0).map((a) => `${a.cost} ${a.currency}`).join(' + ')
  return (
    <section aria-label="Facts">
      <h2>Facts</h2>
      <dl class="facts-list">
        <Row name="Prompt">{t.prompt}</Row>
        <Row name="Enhanced prompt">{t.expanded_prompt}</Row>
        <Row name="Not in the video">{t.negative_prompt}</Row>
        <Row name="First frame">{t.first_frame && <img src={t.first_frame} alt="The first frame that was given" loading="lazy" />}</Row>
        <Row name="Last frame">{t.last_frame && <img src={t.last_frame} alt="The last frame that was given" loading="lazy" />}</Row>
        <Row name="Video to change">{t.video && <a href={t.video}>The video that was given</a>}</Row>
        <Row name="References">{t.reference_images.length > 0 && <span class="references">{t.reference_images.map((r) => <img key={r.url} src={r.url} alt={r.name ?? `A reference, ${r.role}`} title={r.name ?? r.role} loading="lazy" />)}</span>}</Row>
        <Row name="Recordings">{t.reference_audio.length > 0 && t.reference_audio.map((r, i) => <a key={r.url} href={r.url}>{r.name ?? `Recording ${i + 1}`} </a>)}</Row>
        <Row name="Length">{t.seconds ? lasting(t.seconds) : ''}</Row>
        <Row name="Shape">{t.aspect_ratio}</Row>
        <Row name="Resolution">{t.resolution}</Row>
        <Row name="Camera">{cameraWords(t)}</Row>
        <Row name="Sound">{sound(t, p.asset)}</Row>
        <Row name="Closeness to the prompt">{t.cfg_scale}</Row>
        <Row name="Quality">{t.mode}</Row>
        <Row name="Seed">{t.seed}</Row>
        <Row name="Watermark">{t.watermark && 'yes'}</Row>
        <Row name="Caption">{t.caption && 'yes'}</Row>
        <Row name="Without effect">{t.ignored.map((i) => `${i.field}: ${i.reason}`).join('\n')}</Row>
        <Row name="Engine">{t.engine && t.engine + (t.engine_model && t.engine_model !== t.engine ? ` (${t.engine_model})` : '')}</Row>
        <Row name="Cost">{cost}</Row>
        <Row name="Group">{!p.asset && t.asset_group}</Row>
        <Row name="Asked by">{t.dialect}</Row>
        <Row name="File">{video && `${video.type}, ${bytes(video.size)}`}</Row>
        <Row name="Converted from">{p.asset?.converted_from}</Row>
        <Row name="SHA-256">{video && <code>{video.sha256}</code>}</Row>
        <Row name="Repeats">{t.retry_of && <a href={link('takes', t.retry_of)}>An earlier take</a>}</Row>
        <Row name="Id"><code>{t.id}</code></Row>
      </dl>
    </section>
  )
}

export function Attempts(p: { task: Task }) {
  if (p.task.attempts.length === 0) return null
  return (
    <section aria-label="Attempts">
      <h2>Attempts</h2>
      <ol class="timeline">{p.task.attempts.map((a, i) => <Tried key={i} attempt={a} />)}</ol>
    </section>
  )
}

function Tried(p: { attempt: Attempt }) {
  const a = p.attempt
  const took = a.ended_at ? ` for ${lasting((Date.parse(a.ended_at) - Date.parse(a.started_at)) / 1000)}` : ''
  return (
    <li class={a.failure ? 'bad' : ''}>
      <b>{a.engine}</b>{a.model && a.model !== a.engine && ` (${a.model})`}{a.key && `, key ${a.key}`}{took}
      {a.cost > 0 && `, ${a.cost} ${a.currency}`}
      {a.failure && <p class="error">{a.failure}</p>}
      {a.handle && <p class="hint">its id there: <code>{a.handle}</code></p>}
    </li>
  )
}
