"""Who is to be on which terminal, and how that comes about.

names.py      a name as a terminal can show it (pure)
planning.py   what differs between a terminal and the register (pure)
knowing.py    what was read of a terminal's users, kept
tasks.py      additions and removals as rows, done by the collectors, proved by reading back
copying.py    fingers from one terminal to another, if that is switched on
consent.py    consent to the use of fingerprints, and its withdrawal
"""
