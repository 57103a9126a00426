/** Whether a file is a config by its name; other files are scripts. */
export function isConfigFile(file: string): boolean {
  return /\.(ya?ml|json)$/.test(file) || isConfigModule(file)
}

/** Whether a config is a module: `lb.config.ts`, for example. A script would end in `.js` alone. */
export function isConfigModule(file: string): boolean {
  return /\.config\.[mc]?[jt]s$/.test(file)
}
