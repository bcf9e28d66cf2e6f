/** A QR code (version 2) of `openid4vp://demo?share`: 25 rows of 25 modules, each a number to base 36. */
const rows =
  'jtoqn a6i4h ekhul ek6sd ekrx9 a7igx jvfy7 2dj4 eut18 2gsg f8sub 873sx 8nq7x cib6u czgrj e5ndu enz7i 1f6k ju7o3 a7its eku7z ek31v el25l a5d3d jvfs7'
const modules = rows.split(' ').map(row => Number.parseInt(row, 36).toString(2).padStart(25, '0'))

/** The code's modules: true is dark. */
export const qrModules: readonly (readonly boolean[])[] = modules.map(row => [...row].map(bit => bit === '1'))

/** What a camera sees that looks at the code: one frame of 640 × 480, uncompressed (YUV4MPEG2). */
export function qrVideo(): Buffer {
  const [width, height, scale] = [640, 480, 12]
  const luma = Buffer.alloc(width * height, 200)
  const [left, top] = [(width - 25 * scale) / 2, (height - 25 * scale) / 2]
  for (const [row, line] of qrModules.entries()) {
    for (const [column, dark] of line.entries()) {
      if (!dark) continue
      for (let y = 0; y < scale; y += 1) {
        const start = (top + row * scale + y) * width + left + column * scale
        luma.fill(40, start, start + scale)
      }
    }
  }
  const chroma = Buffer.alloc((width * height) / 2, 128)
  const header = `YUV4MPEG2 W${width} H${height} F5:1 Ip A1:1 C420mpeg2\n`
  return Buffer.concat([Buffer.from(header), Buffer.from('FRAME\n'), luma, chroma, Buffer.from('FRAME\n'), luma, chroma])
}
