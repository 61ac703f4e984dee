"""From the text of a manifest to the values that travel the road: reading, schema, merging, expansion, findings."""
