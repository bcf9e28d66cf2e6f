import { Page, useMe, useTexts } from '@hufu/look'
import { Link } from 'wouter'
import { useInstitution } from '../session/use-institution.ts'
import { frameTexts } from './frame-texts.ts'
import classes from './home-page.module.css'
import { placeIcons } from './place-icons.ts'
import { placesFor } from './places.ts'

/** Where somebody begins: what they may do. */
export function HomePage() {
  const texts = useTexts(frameTexts)
  const me = useMe()
  const institution = useInstitution()
  const places = placesFor(me.roles, institution.roles).flatMap(group => group.places)
  return (
    <Page title={texts.hello(me.name)} explain={texts.homeExplain}>
      <ul className={classes.tiles}>
        {places.map(({ name, path }) => {
          const Icon = placeIcons[name]
          return (
            <li key={name}>
              <Link href={path} className={classes.tile!}>
                <span className={classes.icon}>
                  <Icon size={26} stroke={1.6} aria-hidden />
                </span>
                <span className={classes.name}>{texts.places[name].name}</span>
                <span className={classes.explain}>{texts.places[name].explain}</span>
              </Link>
            </li>
          )
        })}
      </ul>
    </Page>
  )
}
