import { Shell, useSession, useSpeech, useTexts, WhoIsIn } from '@hufu/look'
import {
  IconAnchor,
  IconBinaryTree,
  IconBuildingBank,
  IconGauge,
  IconListSearch,
  IconLogin,
  IconSearch,
  IconServer2,
  IconShieldCheck,
  IconUserCircle,
} from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { NetworkPulse } from '../fleet/network-pulse.tsx'
import { frameTexts } from './frame-texts.ts'
import { pagesSettings } from './pages-settings.ts'

/** What stands around every page: how the network is, and where one may go, signed in or not. */
export function ConsoleShell({ children }: { readonly children: ReactNode }) {
  const texts = useTexts(frameTexts)
  const { say } = useSpeech()
  const { me, host } = useSession()
  const { places, groups } = texts
  const name = say(host.name)
  const own =
    me === null
      ? [{ path: '/sign-in', name: places.signIn, icon: IconLogin }]
      : [{ path: '/account', name: places.account, icon: IconUserCircle }]
  return (
    <Shell
      subtitle={name === say(pagesSettings.name) ? `${texts.network} ${host.network}` : `${name} · ${host.network}`}
      status={<NetworkPulse />}
      groups={[
        {
          name: groups.network,
          places: [
            { path: '/', name: places.overview, icon: IconGauge },
            { path: '/fleet', name: places.fleet, icon: IconServer2 },
          ],
        },
        {
          name: groups.registry,
          places: [
            { path: '/explorer', name: places.explorer, icon: IconSearch },
            { path: '/trust', name: places.trust, icon: IconShieldCheck },
            { path: '/trees', name: places.trees, icon: IconBinaryTree },
            { path: '/anchor', name: places.anchor, icon: IconAnchor },
          ],
        },
        {
          name: groups.council,
          places: [
            { path: '/council', name: places.council, icon: IconBuildingBank },
            { path: '/audit', name: places.audit, icon: IconListSearch },
          ],
        },
        { name: groups.own, places: own },
      ]}
      lower={me === null ? null : <WhoIsIn />}
    >
      {children}
    </Shell>
  )
}
