"""Starts, supervises and stops everything the product consists of, on one machine."""
