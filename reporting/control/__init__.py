"""Controlled documents (tài liệu kiểm soát): their issues, copies and reviews, and the forms they control."""
