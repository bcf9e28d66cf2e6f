/** What the watch reads of neo-go's Prometheus metrics; null where it is missing. */
export interface NodeMetrics {
  readonly persistedHeight: number | null
  readonly memoryBytes: number | null
  readonly pooled: number | null
}

export const noMetrics: NodeMetrics = { persistedHeight: null, memoryBytes: null, pooled: null }

/** Reads the text form of Prometheus. Nothing in it is trusted but its form; what is no number is missing. */
export function readNodeMetrics(text: string): NodeMetrics {
  return {
    persistedHeight: gaugeOf(text, 'neogo_persisted_height'),
    memoryBytes: gaugeOf(text, 'process_resident_memory_bytes'),
    pooled: gaugeOf(text, 'neogo_mempool_unsorted_tx'),
  }
}

/**
 * Free bytes of the file system that a node's data lies on, of node_exporter's metrics: of the one with the least room, tmpfs left out.
 *
 * The data may lie on any of them, and a full root file system stops a host as well.
 */
export function readHostDisk(text: string): number | null {
  const free = [...text.matchAll(/^node_filesystem_avail_bytes\{([^}]*)\} (\S+)$/gm)]
    .filter(([, labels]) => !/fstype="(tmpfs|ramfs|overlay|squashfs|devtmpfs|vfat)"/.test(labels!))
    .map(([, , value]) => Number(value))
    .filter(value => Number.isFinite(value) && value >= 0)
  return free.length === 0 ? null : Math.min(...free)
}

function gaugeOf(text: string, name: string): number | null {
  const start = text.startsWith(`${name} `) ? 0 : text.indexOf(`\n${name} `) + 1
  if (start === 0 && !text.startsWith(`${name} `)) return null
  const end = text.indexOf('\n', start)
  const value = Number(text.slice(start + name.length + 1, end < 0 ? undefined : end))
  return Number.isFinite(value) && value >= 0 ? value : null
}
