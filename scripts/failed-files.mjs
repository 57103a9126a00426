/** A reporter of Node's test runner that writes the path of the file of each failure, a line each. */
// biome-ignore lint/style/noDefaultExport: that is how the runner finds a reporter.
export default async function* failedFiles(events) {
  for await (const { type, data } of events)
    if (type === 'test:fail' && data.file !== undefined) yield `${data.file}\n`
}
