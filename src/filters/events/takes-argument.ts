/** `() => …`, with nothing between the parentheses. */
const NO_PARAMETERS = /^(?:async\s*)?\(\s*\)\s*=>/

/**
 * Whether a script function can look at what it is called with. Rest and default parameters are
 * not counted by `length`, and a plain function has `arguments`, so that only an arrow function
 * with an empty list is known not to. Called when a filter is planned, not for each event.
 */
export function takesArgument(callback: (...args: never[]) => unknown): boolean {
  return callback.length > 0 || !NO_PARAMETERS.test(Function.prototype.toString.call(callback))
}
