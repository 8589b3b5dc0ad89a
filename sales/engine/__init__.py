"""The rules of sales, worked out of values: no database, no clock. Pure."""
