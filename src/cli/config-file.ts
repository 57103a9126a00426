/** Whether a file is a config by its name; other files are scripts. */
export function isConfigFile(file: string): boolean {
  return /\.(ya?ml|json)$/.test(file)
}
