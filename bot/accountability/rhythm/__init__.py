"""The digests of a series: weekly for its channel, monthly for its sponsor; and the kept-rate of a team."""
