import type { Configuration, Entry } from '../configuration.ts'
import { formatAddress } from '../format-address.ts'
import { renderArguments } from './render-arguments.ts'
import type { PipelineSketch, StageSketch } from './sketch.ts'

/**
 * Draws the pipelines that a module has made. `written` is what its text tells; where that is the
 * same pipelines, it adds places and the arguments as they were written.
 */
export function sketchConfiguration(
  { pipelines }: Configuration,
  written: readonly PipelineSketch[] = [],
): PipelineSketch[] {
  let tasks = 0
  const made = pipelines.map(({ entry, stages, targets }): PipelineSketch => {
    if (entry.kind === 'task') tasks++
    return {
      ...nameEntry(entry, tasks),
      stages: stages.map(({ name, args }) => ({ name, args, options: renderArguments(args) })),
      targets,
    }
  })
  if (!isSame(made, written)) return made
  return made.map((one, index) => {
    const text = written[index]
    if (text === undefined) return one
    const stages = one.stages.map((stage, number) => ({ ...stage, ...textOf(text.stages[number]) }))
    return { ...one, stages, ...textOf(text) }
  })
}

/** What only the text tells. */
function textOf(
  text: Pick<StageSketch, 'options' | 'place'> | undefined,
): Partial<Pick<StageSketch, 'options' | 'place'>> {
  if (text === undefined) return {}
  const { options, place } = text
  return { options, ...(place !== undefined && { place }) }
}

/** A script may make its pipelines in loops; then the text is of no use. */
function isSame(made: readonly PipelineSketch[], written: readonly PipelineSketch[]): boolean {
  const shape = (pipelines: readonly PipelineSketch[]): string =>
    JSON.stringify(pipelines.map(({ kind, stages }) => [kind, stages.map(({ name }) => name)]))
  return shape(made) === shape(written)
}

function nameEntry(
  entry: Entry,
  tasks: number,
): Pick<PipelineSketch, 'kind' | 'name' | 'title' | 'options'> {
  const { kind } = entry
  switch (entry.kind) {
    case 'listen': {
      const name = formatAddress({ host: entry.options.host ?? '0.0.0.0', port: entry.port })
      const options = renderArguments([entry.options]).replace(/^\{\}$/, '')
      return { kind, name, title: `Listen on ${name}`, options }
    }
    case 'task': {
      const name = `Task #${tasks}`
      return { kind, name, title: `${name} (every ${entry.intervalMs / 1000}s)`, options: '' }
    }
    case 'pipeline':
      return { kind, name: entry.name, title: entry.name, options: '' }
  }
}
