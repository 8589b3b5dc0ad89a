"""The company's public website: what is published, for everybody, by a process of its own."""
