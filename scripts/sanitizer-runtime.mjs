// Loaded into every Node process of a sanitized test run. In the process of a test file the runtime is
// in by now, and what that starts (curl, nginx, openssl …) shall not get it: some of them hang. Tests
// give it on to the proxies that they start.
if (process.env.NODE_TEST_CONTEXT !== undefined) delete process.env.LD_PRELOAD
