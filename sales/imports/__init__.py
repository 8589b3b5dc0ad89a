"""Files people send: read, shown with their faults, recorded as one batch."""
