"""The local workspace: a small Slack on loopback, for the demo, the end-to-end tests and the benchmarks."""
