"""Briefings (họp giao ban): when they are held, who comes, what is on the agenda, what was said."""
