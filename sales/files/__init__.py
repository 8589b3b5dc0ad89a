"""Workbooks, CSV and PDF that pages and the API hand out."""
