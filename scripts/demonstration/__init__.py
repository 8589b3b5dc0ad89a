"""The demonstration company: invented people, agents and figures, plainly marked as such.

Everything follows from a `Plan` (the day it is made for and a seed): the same plan makes the same
company, on every machine.
"""
