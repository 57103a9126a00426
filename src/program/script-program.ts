import type { Runtime } from '../engine/runtime.ts'
import { Configuration } from './configuration.ts'
import { instantiateModule } from './script/instantiate.ts'
import { modulePath } from './script/module-path.ts'
import { describeRuntimeError } from './script/runtime-error.ts'
import { ModuleScope } from './script/scope.ts'
import { ScriptError } from './script/script-error.ts'
import { createProgramGlobals } from './script-globals.ts'
import type { ScriptSpec } from './spec.ts'

/** Evaluates a script's modules for this worker; throws what they throw. */
export function loadModules(
  spec: ScriptSpec,
  runtime: Runtime,
  shared: SharedArrayBuffer | undefined,
): Configuration[] {
  const { modules } = spec.program
  const globals = createProgramGlobals({
    root: spec.program.root,
    write: (level, line) => runtime.log[level](line),
    runtime,
    shared,
  })
  runtime.root = spec.program.root
  const indexes = new Map(modules.map(({ path }, index) => [path, index]))
  runtime.findModule = (name) => indexes.get(modulePath(name) ?? '') ?? -1
  runtime.describeError = (error) => describeRuntimeError(error, modules)
  return modules.map((compiled) => {
    const scope = new ModuleScope(compiled)
    const value = instantiateModule(compiled, scope.cell, globals)
    if (!(value instanceof Configuration)) {
      throw new ScriptError(
        'reference',
        'Script did not return a Configuration object',
        compiled.path,
      )
    }
    scope.declare(value.variables)
    runtime.addScope(scope)
    return value
  })
}
