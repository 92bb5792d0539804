// Dragging a shot by its handle to another place, with a mouse, a pen or a finger. The buttons beside it do the same for keyboards.
import { useEffect, useRef, useState } from 'preact/hooks'

const speed = 12 // pixels a frame that the window moves while the pointer is at its edge

// useDrag returns the attributes of the handles, and where the dragged item would be dropped: null while nothing is dragged.
export function useDrag(onDrop: (id: string, to: number) => void) {
  const list = useRef<HTMLOListElement>(null)
  const y = useRef(0) // of the pointer in the window
  const [dragged, setDragged] = useState<{ id: string; from: number; to: number } | null>(null)

  // place returns the index that the dragged item has among the others where the pointer is.
  function place(from: number): number {
    const boxes = [...list.current!.children].map((e) => e.getBoundingClientRect())
    return boxes.filter((b, i) => i !== from && b.top + b.height / 2 < y.current).length
  }
  const look = () => setDragged((now) => now && { ...now, to: place(now.from) })

  // At the edge of the window the page moves on, also while the pointer rests there.
  useEffect(() => {
    if (!dragged) return
    let next = requestAnimationFrame(function move() {
      const before = scrollY
      if (y.current < 90) scrollBy(0, -speed)
      if (y.current > innerHeight - 40) scrollBy(0, speed)
      if (scrollY !== before) look()
      next = requestAnimationFrame(move)
    })
    return () => cancelAnimationFrame(next)
  }, [dragged?.id])

  const handle = (id: string, from: number) => ({
    onPointerDown: (e: PointerEvent & { currentTarget: HTMLElement }) => {
      if (e.button !== 0) return
      e.preventDefault()
      e.currentTarget.setPointerCapture(e.pointerId)
      y.current = e.clientY
      setDragged({ id, from, to: from })
    },
    onPointerMove: (e: PointerEvent) => {
      if (dragged?.id !== id) return
      y.current = e.clientY
      look()
    },
    onPointerUp: () => {
      if (dragged?.id !== id) return
      setDragged(null)
      if (dragged.to !== dragged.from) onDrop(id, dragged.to)
    },
    onPointerCancel: () => setDragged(null),
  })
  return { list, dragged, handle }
}
