import type { FleetNode, FleetSnapshot } from './fleet.ts'

interface Gauge {
  readonly name: string
  readonly help: string
  readonly values: readonly { readonly labels: Readonly<Record<string, string>>; readonly value: number | null }[]
}

/** The state of a fleet in the text form of Prometheus. What is not known has no line. */
export function fleetMetrics(snapshot: FleetSnapshot): string {
  return [...networkGauges(snapshot), ...nodeGauges(snapshot.nodes)].map(writeGauge).join('')
}

function networkGauges(snapshot: FleetSnapshot): readonly Gauge[] {
  const single = (name: string, help: string, value: number | null): Gauge => ({ name, help, values: [{ labels: {}, value }] })
  return [
    single(
      'polled_timestamp_seconds',
      'When the watch last looked; if it stays behind, the watch itself has stopped',
      snapshot.atMs / 1000,
    ),
    single('height', 'Highest block whose header a quorum signed', snapshot.height),
    single('since_block_seconds', 'Since the chain moved last', secondsOf(snapshot.sinceBlockMs)),
    single('block_time_seconds', 'Mean time between blocks in the window', secondsOf(snapshot.blockTimeMs)),
    single('view_changes', 'View changes in the window', snapshot.viewChanges),
    single('quorum', 'Validators that must take part in each block', snapshot.quorum),
    single('margin', 'Validators that may still be lost before the chain stops', snapshot.margin),
    {
      name: 'alarm',
      help: '1 for each alarm that is on',
      values: snapshot.alarms.map(({ code, node = '', severity, certainty }) => ({
        labels: { code, node, severity, certainty },
        value: 1,
      })),
    },
  ]
}

function nodeGauges(nodes: readonly FleetNode[]): readonly Gauge[] {
  const each = (name: string, help: string, read: (node: FleetNode) => number | null): Gauge => ({
    name: `node_${name}`,
    help,
    values: nodes.map(node => ({ labels: { node: node.name }, value: read(node) })),
  })
  return [
    each('up', '1 if it answers, truly', node => (node.up ? 1 : 0)),
    each('height', 'Its latest block', node => node.height),
    each('persisted_height', 'Its latest block on disk', node => node.persistedHeight),
    each('peers', 'Nodes it is connected to', node => node.peers),
    each('passed_over', 'Turns to propose that were passed over in the window', node => node.viewChanges),
    each('proposed', 'Blocks it proposed in the window', node => node.proposed),
    each('pooled', 'Transactions that wait in its pool', node => node.pooled),
    each('memory_bytes', 'Resident memory', node => node.memoryBytes),
    each('disk_free_bytes', 'Free bytes of its disk', node => node.diskFreeBytes),
    each('disk_full_seconds', 'Until its disk is full at the pace of late', node => secondsOf(node.diskFullInMs)),
    each('answer_seconds', 'How long it took to answer', node => secondsOf(node.answerMs)),
  ]
}

function writeGauge({ name, help, values }: Gauge): string {
  const lines = values.flatMap(({ labels, value }) => (value === null ? [] : [`hufu_watch_${name}${writeLabels(labels)} ${value}\n`]))
  return `# HELP hufu_watch_${name} ${help}\n# TYPE hufu_watch_${name} gauge\n${lines.join('')}`
}

function writeLabels(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${value.replace(/[\\"\n]/g, '_')}"`)
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`
}

function secondsOf(ms: number | null): number | null {
  return ms === null ? null : ms / 1000
}
