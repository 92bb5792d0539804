// Dragging a shot by its handle to another place, with a mouse, a pen or a finger. The buttons beside it do the same for keyboards.
import { useRef, useState } from 'preact/hooks'

// useDrag returns the attributes of the handles, and where the dragged item would be dropped: null while nothing is dragged.
export function useDrag(onDrop: (id: string, to: number) => void) {
  const list = useRef<HTMLOListElement>(null)
  const [dragged, setDragged] = useState<{ id: string; from: number; to: number } | null>(null)

  // place returns the index that an item at a height of the window has among the items other than the dragged one.
  function place(y: number, from: number): number {
    const boxes = [...list.current!.children].map((e) => e.getBoundingClientRect())
    return boxes.filter((b, i) => i !== from && b.top + b.height / 2 < y).length
  }

  const handle = (id: string, from: number) => ({
    onPointerDown: (e: PointerEvent & { currentTarget: HTMLElement }) => {
      if (e.button !== 0) return
      e.preventDefault()
      e.currentTarget.setPointerCapture(e.pointerId)
      setDragged({ id, from, to: from })
    },
    onPointerMove: (e: PointerEvent) => {
      if (dragged?.id !== id) return
      if (e.clientY < 90) scrollBy(0, -12)
      if (e.clientY > innerHeight - 40) scrollBy(0, 12)
      setDragged({ ...dragged, to: place(e.clientY, dragged.from) })
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
