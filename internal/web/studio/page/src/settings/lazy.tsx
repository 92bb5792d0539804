// A component that is loaded when it is first shown.
import type { ComponentChildren, FunctionComponent } from 'preact'
import { useEffect, useState } from 'preact/hooks'

type Load = () => Promise<FunctionComponent>

// lazy makes load run once, however often what it loads is shown.
export function lazy(load: Load): Load {
  let loaded: Promise<FunctionComponent> | undefined
  return () => (loaded ??= load())
}

export function Suspense(p: { of: Load; fallback: ComponentChildren }) {
  const [Part, setPart] = useState<FunctionComponent | null>(null)
  useEffect(() => {
    void p.of().then((c) => setPart(() => c))
  }, [])
  return Part ? <Part /> : <>{p.fallback}</>
}
