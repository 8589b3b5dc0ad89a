"""Where every serial is: printed, in a warehouse, with an agent, back, destroyed."""
