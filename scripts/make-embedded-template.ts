// Run by the set-up: makes the empty embedded database that servers copy when they start for the first time.
import { makeEmbeddedTemplate } from '@hufu/service'

await makeEmbeddedTemplate()
