"""CCO Advisor: a Slack bot that answers, checks and keeps promises about the Chief Customer Officer."""
