import type { PipelineSketch, SourceRange } from '../program/flow/sketch.ts'
import type { LbOrigin } from '../program/lb/load-balancer.ts'
import type { Path } from './problem.ts'
import type { Config } from './schema/config.ts'

/** Tells where in a config's text something is that it has; undefined for what it has not. */
export type RangeOf = (path: Path) => SourceRange | undefined

/**
 * The keys that filters come from, in the section that their pipeline comes from: the first that is
 * there. Other filters come from the section as a whole.
 */
const KEYS: Readonly<Record<string, readonly string[]>> = {
  demux: ['upstream', 'routes'],
  route: ['split', 'routes'],
  link: ['upstream', 'split'],
  compressResponse: ['compress'],
  limitAccess: ['access'],
  limitRate: ['rateLimit'],
  tellPolicy: ['timeouts', 'retry', 'hedge'],
  changeRequest: ['rewrite', 'requestHeaders'],
  changeResponse: ['responseHeaders'],
  mirror: ['mirror'],
  redirect: ['redirect'],
  serveFiles: ['files'],
  replaceMessage: ['respond'],
  tieRequest: ['hash', 'sticky'],
  tieResponse: ['sticky'],
  mux: ['balance', 'upstream', 'routes'],
  connect: ['endpoints', 'upstream'],
}

/** The pipelines of a config with the places that they come from; `origins` are in their order. */
export function placePipelines(
  pipelines: readonly PipelineSketch[],
  origins: readonly LbOrigin[],
  config: Config,
  rangeOf: RangeOf,
): PipelineSketch[] {
  return pipelines.map((pipeline, index) => {
    const origin = origins[index]
    if (origin === undefined) return pipeline
    const section = sectionOf(origin, config)
    const stages = pipeline.stages.map((stage) => {
      return { ...stage, ...at(placeOf(stage.name, section, rangeOf)) }
    })
    return { ...pipeline, stages, ...at(rangeOf(section)) }
  })
}

function sectionOf(origin: LbOrigin, { listeners, upstreams }: Config): Path {
  if ('upstream' in origin) return ['upstreams', Object.keys(upstreams)[origin.upstream] ?? '']
  const { listener, route } = origin
  const section = ['listeners', listener]
  if (route === undefined) return section
  const { routes, upstream } = listeners[listener] ?? {}
  if (routes !== undefined) return [...section, 'routes', route]
  // An upstream of its own is a route without conditions.
  return upstream === undefined ? ['routes', route] : section
}

function placeOf(filter: string, section: Path, rangeOf: RangeOf): SourceRange | undefined {
  for (const key of KEYS[filter] ?? []) {
    const found = rangeOf([...section, key])
    if (found !== undefined) return found
    // Listeners without routes of their own have those of all.
    if (key === 'routes') return rangeOf(['routes'])
  }
  return undefined
}

function at(place: SourceRange | undefined): { place?: SourceRange } {
  return place === undefined ? {} : { place }
}
