"""The eight steps that the first year is rated on."""
