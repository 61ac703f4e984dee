"""The scheduler: what order, how many at once, once per key; pays safely and publishes. Does not decide what is stale."""
