"""Everything that speaks Slack: Bolt wiring, the gateway to the Web API, rendering, ids, deliveries."""
