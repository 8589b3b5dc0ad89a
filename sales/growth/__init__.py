"""What helps to sell more and bring less back: plans, demand, advice on allocation, agents' health.

`demand`, `seasons`, `allocation`, `health` and `backtest` are pure. What their numbers mean, and
how good they were on history, stands in docs/growth.md.
"""
