"""The process that tells followers of a presentation which page it is on. It holds no numbers."""
