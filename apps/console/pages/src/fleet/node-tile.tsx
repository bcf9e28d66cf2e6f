import { Mark, type Tone, useSpeech, useTexts } from '@hufu/look'
import type { Fleet } from '../../../src/api-types.ts'
import { duration, size } from '../frame/durations.ts'
import { fleetTexts } from './fleet-texts.ts'
import classes from './node-tile.module.css'

type Node = Fleet['nodes'][number]

/** A validator in a few words. */
export function NodeTile({ node, fleet }: { readonly node: Node; readonly fleet: Fleet }) {
  const texts = useTexts(fleetTexts)
  const { number, language } = useSpeech()
  const behind = blocksBehind(node, fleet)
  return (
    <li className={classes.tile} data-up={node.up}>
      <div className={classes.head}>
        <strong>{node.name}</strong>
        <NodeMark node={node} fleet={fleet} />
      </div>
      <p className={classes.height}>
        {node.height === null ? '—' : number(node.height)}
        {behind > 1 && <span>{texts.lagging(behind)}</span>}
      </p>
      <p className={classes.small}>
        {texts.peers} {node.peers ?? '—'}
        {node.diskFreeBytes !== null && ` · ${texts.disk} ${size(node.diskFreeBytes, language)}`}
      </p>
      {node.diskFullInMs !== null && (
        <p className={classes.small}>
          {texts.diskFull} {duration(node.diskFullInMs, language)}
        </p>
      )}
    </li>
  )
}

/** How a validator stands, in a word. */
export function NodeMark({ node, fleet }: { readonly node: Node; readonly fleet: Fleet }) {
  const texts = useTexts(fleetTexts)
  const tone: Tone = !node.up ? 'bad' : blocksBehind(node, fleet) > 2 ? 'waiting' : 'good'
  return <Mark tone={tone}>{texts.condition[node.up ? 'answers' : node.condition === 'answers' ? 'broken' : node.condition]}</Mark>
}

function blocksBehind(node: Node, fleet: Fleet): number {
  return node.height === null || fleet.height === null ? 0 : Math.max(0, fleet.height - node.height)
}
