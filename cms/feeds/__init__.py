"""Feeds: what they say is put together once, and written in three formats."""
