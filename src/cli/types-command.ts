/** `sluice types`. */
export async function runTypesCommand(args: readonly string[]): Promise<void> {
  void args
}
