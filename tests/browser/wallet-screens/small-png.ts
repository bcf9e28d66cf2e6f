import { crc32, deflateSync } from 'node:zlib'
import type { Page } from 'playwright-core'

/**
 * Takes a picture of a page with at most 256 colours: a quarter of the bytes, and nobody sees it.
 *
 * @returns a PNG file (indexed colour, https://www.w3.org/TR/png-3/)
 */
export async function smallPng(page: Page, reader: Page): Promise<Buffer> {
  // Nothing is to look as if the mouse were over it.
  await page.mouse.move(0, 0)
  const picture = await page.screenshot({ animations: 'disabled' })
  const { width, height, base64 } = await reader.evaluate(async data => {
    const image = await createImageBitmap(await (await fetch(`data:image/png;base64,${data}`)).blob())
    const canvas = new OffscreenCanvas(image.width, image.height)
    const context = canvas.getContext('2d')!
    context.drawImage(image, 0, 0)
    const bytes = context.getImageData(0, 0, image.width, image.height).data
    let text = ''
    for (let at = 0; at < bytes.length; at += 32_768) text += String.fromCharCode(...bytes.subarray(at, at + 32_768))
    return { width: image.width, height: image.height, base64: btoa(text) }
  }, picture.toString('base64'))
  const rgba = Buffer.from(base64, 'base64')
  const colours = new Map<number, number>()
  for (let at = 0; at < rgba.length; at += 4) {
    const colour = (rgba[at]! << 16) | (rgba[at + 1]! << 8) | rgba[at + 2]!
    colours.set(colour, (colours.get(colour) ?? 0) + 1)
  }
  const { palette, indexOf } = choosePalette(colours)
  const lines = Buffer.alloc(height * (width + 1))
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const at = (y * width + x) * 4
      lines[y * (width + 1) + 1 + x] = indexOf.get((rgba[at]! << 16) | (rgba[at + 1]! << 8) | rgba[at + 2]!)!
    }
  }
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header.set([8, 3, 0, 0, 0], 8)
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', header),
    chunk('PLTE', Buffer.from(palette.flatMap(colour => [colour >> 16, (colour >> 8) & 255, colour & 255]))),
    chunk('IDAT', deflateSync(lines, { level: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

function chunk(name: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(name, 'latin1'), data])
  const framed = Buffer.alloc(body.length + 8)
  framed.writeUInt32BE(data.length, 0)
  framed.set(body, 4)
  framed.writeUInt32BE(crc32(body), body.length + 4)
  return framed
}

/** Median cut: halves the box of colours with the widest spread, until there are 256. */
function choosePalette(colours: ReadonlyMap<number, number>): { palette: number[]; indexOf: Map<number, number> } {
  let boxes: number[][] = [[...colours.keys()]]
  const channel = (colour: number, shift: number): number => (colour >> shift) & 255
  const widest = (box: readonly number[]): { shift: number; weight: number } => {
    const spreads = [16, 8, 0].map(shift => {
      let [low, high] = [255, 0]
      for (const colour of box) {
        low = Math.min(low, channel(colour, shift))
        high = Math.max(high, channel(colour, shift))
      }
      return { shift, spread: high - low }
    })
    const best = spreads.toSorted((one, other) => other.spread - one.spread)[0]!
    const pixels = box.reduce((sum, colour) => sum + colours.get(colour)!, 0)
    return { shift: best.shift, weight: best.spread * Math.log2(pixels + 1) }
  }
  let measured = boxes.map(box => ({ box, ...widest(box) }))
  while (boxes.length < 256) {
    const next = measured.toSorted((one, other) => other.weight - one.weight)[0]!
    if (next.box.length < 2) break
    const sorted = next.box.toSorted((one, other) => channel(one, next.shift) - channel(other, next.shift))
    const halves = [sorted.slice(0, sorted.length >> 1), sorted.slice(sorted.length >> 1)]
    measured = [...measured.filter(one => one !== next), ...halves.map(box => ({ box, ...widest(box) }))]
    boxes = measured.map(({ box }) => box)
  }
  const indexOf = new Map<number, number>()
  const palette = boxes.map((box, index) => {
    let [red, green, blue, pixels] = [0, 0, 0, 0]
    for (const colour of box) {
      const count = colours.get(colour)!
      red += channel(colour, 16) * count
      green += channel(colour, 8) * count
      blue += channel(colour, 0) * count
      pixels += count
      indexOf.set(colour, index)
    }
    return (Math.round(red / pixels) << 16) | (Math.round(green / pixels) << 8) | Math.round(blue / pixels)
  })
  return { palette, indexOf }
}
