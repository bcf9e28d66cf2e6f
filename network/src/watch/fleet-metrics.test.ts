import { expect, test } from 'vitest'
import { fleetMetrics } from './fleet-metrics.ts'
import { readHostDisk, readNodeMetrics } from './node-metrics.ts'
import { HandClock, magic, ScriptedFleet } from './watch-fixture.ts'
import { watchNetwork } from './watch-network.ts'

test('a fleet in the form of Prometheus: a line for what is known, none for what is not', async () => {
  const fleet = await ScriptedFleet.make(4)
  await fleet.grow(3)
  const clock = new HandClock(fleet.nowMs)
  const watch = watchNetwork({
    nodes: fleet.nodes,
    magic,
    fetch: fleet.fetch,
    clock,
    isManual: true,
    thresholds: { answerWithinMs: 5_000 },
  })
  fleet.behaviours[2] = { mode: 'refuses' }
  await watch.poll()
  await watch.poll()
  const text = fleetMetrics(watch.snapshot())
  expect(text).toContain('\nhufu_watch_margin 0\n')
  expect(text).toContain(`\nhufu_watch_height ${fleet.head.blockIndex}\n`)
  expect(text).toContain('\nhufu_watch_node_up{node="city-1"} 1\n')
  expect(text).toContain('\nhufu_watch_node_up{node="city-2"} 0\n')
  expect(text).toContain('hufu_watch_alarm{code="ALARM_NODE_DOWN",node="city-2",severity="warning",certainty="seen"} 1\n')
  expect(text).not.toContain('hufu_watch_node_height{node="city-2"}')
  expect(text).not.toContain('hufu_watch_node_disk_free_bytes{')
  for (const line of text.trimEnd().split('\n'))
    expect(line).toMatch(/^(# (HELP|TYPE) hufu_watch_\w+ .+|hufu_watch_\w+(\{\w+="[^"]*"(,\w+="[^"]*")*\})? -?[\d.e+-]+)$/)
  expect(text.match(/^# TYPE (\S+)/gm)!.length).toBe(new Set(text.match(/^# TYPE (\S+)/gm)).size)
})

test('reads of neo-go’s metrics what there is', () => {
  const text = 'neogo_persisted_height 8\nneogo_mempool_unsorted_tx 2\nprocess_resident_memory_bytes 4.4683264e+07\n'
  expect(readNodeMetrics(text)).toEqual({ persistedHeight: 8, pooled: 2, memoryBytes: 44_683_264 })
  const nothing = { persistedHeight: null, pooled: null, memoryBytes: null }
  expect(readNodeMetrics('')).toEqual(nothing)
  expect(readNodeMetrics('xneogo_persisted_height 8\nneogo_persisted_height_total 9\n# neogo_mempool_unsorted_tx 2\n')).toEqual(nothing)
  expect(readNodeMetrics('neogo_persisted_height -1\nneogo_mempool_unsorted_tx NaN\n')).toEqual(nothing)
  expect(readNodeMetrics('neogo_persisted_height 8')).toMatchObject({ persistedHeight: 8 })
})

test('reads of node_exporter’s metrics the fullest real file system', () => {
  const text = [
    'node_filesystem_avail_bytes{device="/dev/sda1",fstype="ext4",mountpoint="/"} 5e+10',
    'node_filesystem_avail_bytes{device="/dev/sdb1",fstype="xfs",mountpoint="/var/lib/hufu"} 2e+10',
    'node_filesystem_avail_bytes{device="tmpfs",fstype="tmpfs",mountpoint="/run"} 100',
    'node_filesystem_size_bytes{device="/dev/sdb1",fstype="xfs",mountpoint="/var/lib/hufu"} 1',
  ].join('\n')
  expect(readHostDisk(text)).toBe(2e10)
  expect(readHostDisk('')).toBeNull()
})
