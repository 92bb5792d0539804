// A grid of thousands of cards, of which only those near the window are drawn.
import { observeWindowOffset, observeWindowRect, Virtualizer, windowScroll } from '@tanstack/virtual-core'
import type { ComponentChildren } from 'preact'
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'

const narrowest = 220 // pixels of a card's width
const gap = 16 // pixels between cards
const text = 64 // pixels of a card's height below its picture

interface Props<T> {
  items: T[]
  keyOf: (item: T) => string
  draw: (item: T) => ComponentChildren
  more: boolean // whether there are items beyond the last
  onEnd: () => void // the last row is near the window
}

export function Grid<T>(p: Props<T>) {
  const box = useRef<HTMLUListElement>(null)
  const [width, setWidth] = useState(0)
  const [, redraw] = useState(0)
  const columns = Math.max(1, Math.floor((width + gap) / (narrowest + gap)))
  const column = (width - gap * (columns - 1)) / columns
  const height = (column * 10) / 16 + text + gap
  const rows = width ? Math.ceil(p.items.length / columns) : 0
  const options = {
    count: rows, estimateSize: () => height, overscan: 3, scrollMargin: box.current?.offsetTop ?? 0, initialOffset: () => scrollY,
    getScrollElement: () => window, observeElementRect: observeWindowRect, observeElementOffset: observeWindowOffset, scrollToFn: windowScroll,
    onChange: () => redraw((n) => n + 1),
  }
  const virtual = useRef<Virtualizer<Window, Element> | null>(null)
  virtual.current ??= new Virtualizer<Window, Element>(options)
  const v = virtual.current
  v.setOptions({ ...v.options, ...options })
  useLayoutEffect(() => {
    const watch = new ResizeObserver(([e]) => setWidth(e!.contentRect.width))
    watch.observe(box.current!)
    return () => watch.disconnect()
  }, [])
  useEffect(() => v._didMount(), [])
  useLayoutEffect(() => v._willUpdate())
  useLayoutEffect(() => v.measure(), [height])
  const shown = v.getVirtualItems()
  const last = shown.at(-1)?.index ?? -1
  useEffect(() => {
    if (p.more && width > 0 && last >= rows - 2) p.onEnd() // before the width is known there are no rows
  }, [last, rows, width > 0, p.more])
  return (
    <ul ref={box} class="grid-of-cards" style={{ height: `${v.getTotalSize()}px` }}>
      {shown.flatMap((row) =>
        p.items.slice(row.index * columns, (row.index + 1) * columns).map((item, i) => (
          <li key={p.keyOf(item)} aria-setsize={p.more ? -1 : p.items.length} aria-posinset={row.index * columns + i + 1}
            style={{ width: `${column}px`, height: `${height - gap}px`, transform: `translate(${i * (column + gap)}px, ${row.start - v.options.scrollMargin}px)` }}>
            {p.draw(item)}
          </li>
        )),
      )}
    </ul>
  )
}
