"""Telling other programs what has happened, by signed HTTP calls (Standard Webhooks)."""
