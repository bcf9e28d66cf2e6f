import { useTexts } from '@hufu/look'
import type { Fleet } from '../../../src/api-types.ts'
import { fleetTexts } from './fleet-texts.ts'
import classes from './quorum-ring.module.css'

const centre = 100
const radius = 86
const gapDegrees = 4

/** The validators around a table, and in its middle how many of them may still fail. */
export function QuorumRing({ fleet }: { readonly fleet: Fleet }) {
  const texts = useTexts(fleetTexts)
  const { nodes, quorum, margin } = fleet
  const step = 360 / nodes.length
  const up = nodes.filter(node => node.up).length
  return (
    <svg viewBox="0 0 200 200" className={classes.ring} role="img" aria-label={texts.ring(up, nodes.length, quorum)}>
      {nodes.map(({ name, up: isUp }, index) => (
        <path
          key={name}
          className={classes.arc}
          data-up={isUp}
          d={arc(index * step + gapDegrees / 2 - step / 2, (index + 1) * step - gapDegrees / 2 - step / 2)}
        />
      ))}
      <text x={centre} y={centre + 6} className={classes.margin} data-margin={Math.max(-1, Math.min(2, margin))}>
        {Math.abs(margin)}
      </text>
      <text x={centre} y={centre + 32} className={classes.unit}>
        {texts.marginUnit(margin)}
      </text>
      <text x={centre} y={centre - 42} className={classes.unit}>
        {texts.needed(quorum, nodes.length)}
      </text>
    </svg>
  )
}

/** Part of the circle, clockwise from the top. */
function arc(fromDegrees: number, toDegrees: number): string {
  const [from, to] = [fromDegrees, toDegrees].map(degrees => {
    const angle = ((degrees - 90) * Math.PI) / 180
    return `${(centre + radius * Math.cos(angle)).toFixed(2)} ${(centre + radius * Math.sin(angle)).toFixed(2)}`
  })
  return `M${from}A${radius} ${radius} 0 ${toDegrees - fromDegrees > 180 ? 1 : 0} 1 ${to}`
}
