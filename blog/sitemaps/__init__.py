"""The sitemap (sitemaps.org, protocol 0.9): an index, and the chunks that it names.

A chunk holds what has a key in one range, so it is found without counting and without reading past
what stands in others, and a new story changes the last one only. That holds for a million stories:
a chunk takes three queries over its own range, the index one look into an index for each chunk.
"""
