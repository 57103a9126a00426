import type { Layout } from '../../engine/layout.ts'

/**
 * Whether a session of this pipeline speaks for the client of one downstream connection, so that no
 * other may share it: it, or a pipeline that it leads to, tells an endpoint of the client.
 */
export function isPerClient(layout: Layout, seen: Set<Layout> = new Set()): boolean {
  if (seen.has(layout)) return false
  seen.add(layout)
  const { runtime, module } = layout
  return layout.stages.some(({ tellsOfClient, targets = [], reference }) => {
    if (tellsOfClient === true) return true
    const next = targets.map((name) => runtime.findLayout(module, name))
    if (reference !== undefined) {
      next.push(runtime.findLayout(runtime.findModule(reference.module), reference.pipeline))
    }
    return next.some((one) => one !== undefined && isPerClient(one, seen))
  })
}
