"""Keeping agents: their files, the terms of their contracts, and the regions they are in."""
