// The length of a video: one of those that the model makes, or any number up to its longest.
import { described, Field } from '../parts'

interface Props {
  id: string
  value: number
  choices: number[] | null // null = any length
  most: number
  error?: string
  onChange: (seconds: number) => void
}

export function Seconds(p: Props) {
  const set = (value: string) => p.onChange(Number(value))
  return (
    <Field id={p.id} label="Length" error={p.error}>
      {p.choices ? (
        <select {...described(p.id, '', p.error)} value={p.value} onChange={(e) => set(e.currentTarget.value)}>
          {[...new Set([...p.choices, p.value])].sort((a, b) => a - b).map((s) => <option key={s} value={s}>{s} s</option>)}
        </select>
      ) : (
        <span class="withunit">
          <input {...described(p.id, '', p.error)} type="number" min={1} max={p.most} value={p.value} onInput={(e) => set(e.currentTarget.value)} /> s
        </span>
      )}
    </Field>
  )
}
