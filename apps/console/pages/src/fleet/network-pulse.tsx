import { useSpeech, useTexts } from '@hufu/look'
import { frameTexts } from '../frame/frame-texts.ts'
import { useLiveFleet } from './live-fleet.tsx'
import classes from './network-pulse.module.css'
import { stateOfFleet } from './state-of-fleet.ts'

/** How the network is, on every page: its height, and a colour that says whether all is well. */
export function NetworkPulse() {
  const texts = useTexts(frameTexts)
  const { number } = useSpeech()
  const { fleet, isConnected } = useLiveFleet()
  const tone = !isConnected || fleet === undefined ? 'plain' : stateOfFleet(fleet).tone
  return (
    <span className={classes.pulse} data-tone={tone} title={isConnected ? texts.live : texts.lost}>
      <span className={classes.words}>{texts.block} </span>
      {fleet?.height == null ? '—' : number(fleet.height)}
    </span>
  )
}
