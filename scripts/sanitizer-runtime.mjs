// Loaded into the Node processes of test files that load the native core with sanitizers. In such a
// file's process the runtime is in by now, and what that starts (curl, nginx, openssl …) shall not get
// it: some of them hang. Tests give it on to the proxies that they start.
if (process.env.NODE_TEST_CONTEXT !== undefined) delete process.env.LD_PRELOAD
